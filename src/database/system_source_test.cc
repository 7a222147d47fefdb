// What one session sees of others, of statements and of jobs.
#include "database/system_source.h"

#include <gtest/gtest.h>

#include "database/sessions_test.h"
#include "database/statement_counts.h"
#include "value/text.h"

namespace zerodb::database {
namespace system_source_test {

// The rows as text, a row a line.
std::string rows_of(Session& session, std::string_view text) {
  const Outcome outcome = run(session, text);
  std::string out = outcome.code;
  for (const auto& row : outcome.rows) {
    for (const Value& value : row) out += literal_text(value) + " ";
    out += "\n";
  }
  return out;
}

TEST(SystemSource, OtherSessions) {
  const Opened opened(EngineKind::Memory);
  const auto watcher = opened.session();
  const std::string_view states =
      "SELECT state, statement FROM system::sessions() AS s WHERE s.id != session::id() ORDER BY "
      "s.since, s.id";
  EXPECT_EQ(rows_of(*watcher, states), "");
  const auto other = opened.session();
  EXPECT_EQ(rows_of(*watcher, states), "'idle' none \n");
  check(*other, "DEFINE TABLE doc SCHEMALESS");
  EXPECT_EQ(rows_of(*watcher, states), "'idle' 'DEFINE TABLE doc SCHEMALESS' \n");
  check(*other, "BEGIN");
  check(*other, "CREATE doc:1");
  EXPECT_EQ(rows_of(*watcher, states), "'in transaction' 'CREATE doc:1' \n");
  const std::string_view open =
      "SELECT mode, isolation, writes > 0, snapshot > 0 FROM system::transactions() AS t";
  EXPECT_EQ(rows_of(*watcher, open), "'read write' 'serializable' true true \n");
  check(*other, "CREATE doc:1", "E1001");
  EXPECT_EQ(rows_of(*watcher, states), "'aborted' 'CREATE doc:1' \n");
  check(*other, "ROLLBACK");
  EXPECT_EQ(rows_of(*watcher, open), "");
  // A result that is being read, and one that is dropped.
  auto result = other->execute("SELECT 1").value();
  EXPECT_EQ(rows_of(*watcher, states), "'running' 'SELECT 1' \n");
  result.reset();
  EXPECT_EQ(rows_of(*watcher, states), "'idle' 'SELECT 1' \n");
  {
    const auto third = opened.session();
    EXPECT_EQ(number(*watcher, "SELECT count(*) FROM system::sessions() AS s"), 3);
  }
  EXPECT_EQ(number(*watcher, "SELECT count(*) FROM system::sessions() AS s"), 2);
}

TEST(SystemSource, Statements) {
  const Opened opened(EngineKind::Memory);
  const auto session = opened.session();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rows_of(*session, "SELECT 1 AS one"), "1 \n");
  const Parameters zero{{"n", Value::int64(0)}};
  check(*session, "SELECT 1 DIV $n AS failing", "E0902", zero);
  EXPECT_EQ(rows_of(*session,
                    "SELECT text, calls, rows, errors, total > 0s, p95 > 0s, length(digest) FROM "
                    "system::statements() AS s WHERE text LIKE 'SELECT 1%' ORDER BY text"),
            "'SELECT 1 AS one' 3 3 0 true true 16 \n"
            "'SELECT 1 DIV $n AS failing' 0 0 1 false false 16 \n");
  check(*session, "DEFINE TABLE doc SCHEMALESS");
  check(*session, "CREATE doc:1");
  check(*session, "CREATE doc:1", "E1001");
  EXPECT_EQ(rows_of(*session,
                    "SELECT calls, rows, errors FROM system::statements() AS s WHERE text = "
                    "'CREATE doc:1'"),
            "1 1 1 \n");
}

TEST(SystemSource, LiveQueries) {
  const Opened opened(EngineKind::Memory);
  const auto watcher = opened.session();
  check(*watcher, "DEFINE TABLE doc SCHEMALESS");
  EXPECT_EQ(rows_of(*watcher, "SELECT id FROM system::live"), "");
  const auto reader = opened.session();
  const Outcome started = run(*reader, "LIVE SELECT * FROM doc");
  ASSERT_EQ(started.code, "");
  const std::string_view live =
      "SELECT query, session != session::id(), since <= now(), lag FROM system::live() AS l";
  EXPECT_EQ(rows_of(*watcher, live), "'LIVE SELECT * FROM doc' true true 0s \n");
  check(*watcher, "CREATE doc:1");
  EXPECT_EQ(rows_of(*watcher, "SELECT lag >= 0s, lag < 1h FROM system::live"), "true true \n");
  const Parameters id{{"id", started.rows[0][0]}};
  EXPECT_EQ(rows_of(*watcher, "SELECT count(*) FROM system::live"), "1 \n");
  check(*reader, "KILL $id", "", id);
  EXPECT_EQ(rows_of(*watcher, live), "");
}

// They are as they are now, also in a statement that was planned before.
TEST(SystemSource, SizesOfTables) {
  const Opened opened(EngineKind::Memory);
  const auto session = opened.session();
  check(*session, "DEFINE TABLE doc SCHEMALESS");
  const std::string_view sizes =
      "SELECT rows_estimate, bytes FROM system::tables WHERE name = 'doc'";
  EXPECT_EQ(rows_of(*session, sizes), "0 0 \n");
  check(*session,
        "INSERT INTO doc (SELECT i AS id, repeat('x', 100) AS text FROM series(0..1000) AS i)");
  check(*session, "ANALYZE doc");
  EXPECT_EQ(rows_of(*session,
                    "SELECT rows_estimate, bytes > 100000 FROM system::tables WHERE name = 'doc'"),
            "1000 true \n");
  EXPECT_NE(rows_of(*session, sizes), "0 0 \n");
}

TEST(SystemSource, Refused) {
  const Opened opened(EngineKind::Memory);
  const auto session = opened.session();
  check(*session, "SELECT session::setting('no.such')", "E0210");
  check(*session, "SELECT * FROM system::nodes() AS n", "E0601");
  check(*session, "SELECT * FROM system::nothing() AS n", "E0201");
}

TEST(StatementCounts, Quantiles) {
  StatementCounts counts;
  EXPECT_EQ(counts.quantile_ns(0.95), 0u);
  for (int64_t ns = 1; ns <= 1000; ++ns) counts.add(ns * 1000, 1);
  EXPECT_EQ(counts.calls(), 1000u);
  EXPECT_EQ(counts.total_ns(), 500'500'000u);
  const auto high = static_cast<double>(counts.quantile_ns(0.95));
  EXPECT_GE(high, 950'000);
  EXPECT_LE(high, 950'000 * 1.26);
  counts.add(INT64_MAX, 0);
  EXPECT_GT(counts.quantile_ns(1), 1'000'000u);
  counts.add(-1, 0);
  EXPECT_EQ(counts.calls(), 1002u);
}

}  // namespace system_source_test
}  // namespace zerodb::database
