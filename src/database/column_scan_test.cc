// Scans from the column cache against what the records are: under any history of writes a statement
// sees its snapshot and nothing else.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "base/property_test.h"
#include "base/random.h"
#include "database/sessions_test.h"

namespace zerodb::database {
namespace column_scan_test {

class ColumnScanTest : public testing::TestWithParam<EngineKind> {};

constexpr int64_t kRows = 30'000;  // several chunks

void fill(Session& session) {
  check(session, "DEFINE TABLE item SCHEMALESS");
  check(session,
        fmt::format(
            "INSERT INTO item (id, n, name, price, doc) SELECT i, i % 100, "
            "'item number ' || CAST(i AS string), CAST(i AS decimal) / 4dec, {{ a: i, b: [i] }} "
            "FROM series(0..{}) AS r (i)",
            kRows));
}

std::string text_of(Session& session, std::string_view query) {
  const Outcome outcome = run(session, query);
  EXPECT_EQ(outcome.code, "") << query;
  std::string text;
  for (const auto& row : outcome.rows) {
    for (const Value& value : row) text += literal_text(value, session.names()) + "|";
    text += "\n";
  }
  return text;
}

TEST_P(ColumnScanTest, EveryKindOfColumnComesBack) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  fill(*session);
  check(*session, "UPDATE item SET name = none WHERE n = 7");
  check(*session, "UPDATE item SET name = 3 WHERE n = 8");
  for (const std::string columns :
       {"n", "id, name", "price, doc, name", "doc.b[0], id", "count(*)", "missing, n"}) {
    const std::string query = fmt::format("SELECT {} FROM item WITH NO INDEX", columns);
    const std::string first = text_of(*session, query);
    for (int again = 0; again < 3; ++again) ASSERT_EQ(text_of(*session, query), first) << query;
  }
}

// One session, random writes; the model is what every scan must give.
TEST_P(ColumnScanTest, ScansFollowWrites) {
  const uint64_t seed = SystemRandom().next();
  SCOPED_TRACE(seed);
  SeededRandom random(seed);
  const Opened opened(GetParam());
  const auto session = opened.session();
  fill(*session);
  std::map<int64_t, int64_t> model;
  for (int64_t i = 0; i < kRows; ++i) model[i] = i % 100;
  for (int step = 0; step < 60; ++step) {
    for (uint64_t write = random.below(3); write > 0; --write) {
      const auto id = static_cast<int64_t>(random.below(kRows + 3'000));
      const auto n = static_cast<int64_t>(random.below(100));
      switch (random.below(4)) {
        case 0:
          check(*session, fmt::format("DELETE item:{}", id));
          model.erase(id);
          break;
        case 1: {
          check(*session, fmt::format("UPDATE item SET n = {} WHERE id >= item:{} AND id < item:{}",
                                      n, id, id + 50));
          for (auto each = model.lower_bound(id); each != model.lower_bound(id + 50); ++each)
            each->second = n;
          break;
        }
        default:
          check(*session, fmt::format("UPSERT item:{} SET n = {}", id, n));
          model[id] = n;
      }
    }
    int64_t sum = 0;
    for (const auto& [id, n] : model) sum += n;
    ASSERT_EQ(number(*session, "SELECT sum(n) FROM item"), sum);
    ASSERT_EQ(number(*session, "SELECT count(*) FROM item"), static_cast<int64_t>(model.size()));
  }
}

// Writers move amounts about in transactions; every scan sees the same total, and transactions that
// write what they summed up never lose an update.
TEST_P(ColumnScanTest, ScansSeeWholeTransactions) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  fill(*session);
  const int64_t total = number(*session, "SELECT sum(n) FROM item");
  check(*session, "DEFINE TABLE note SCHEMALESS");
  std::atomic<bool> is_over = false;
  std::vector<std::thread> writers;
  for (uint64_t writer = 0; writer < 3; ++writer) {
    writers.emplace_back([&, writer] {
      SeededRandom random(writer);
      const auto own = opened.session();
      while (!is_over) {
        const uint64_t from = random.below(kRows);
        const uint64_t to = random.below(kRows);
        if (from == to) continue;
        const bool is_done =
            run(*own, "BEGIN").code.empty() &&
            run(*own, fmt::format("UPDATE item:{} SET n -= 1", from)).code.empty() &&
            run(*own, fmt::format("UPDATE item:{} SET n += 1", to)).code.empty() &&
            run(*own, "COMMIT").code.empty();
        if (!is_done && own->in_transaction()) run(*own, "ROLLBACK");
      }
    });
  }
  const auto stop = [&] {
    is_over = true;
    for (std::thread& writer : writers) {
      if (writer.joinable()) writer.join();
    }
  };
  const auto reader = opened.session();
  for (int scan = 0; scan < (kIsSanitized ? 20 : 60) && !HasFailure(); ++scan) {
    EXPECT_EQ(number(*reader, "SELECT sum(n) FROM item"), total) << scan;
    if (scan % 10 != 0) continue;
    // Serializable: the sum is part of what the commit rests on.
    check(*reader, "BEGIN");
    EXPECT_EQ(number(*reader, "SELECT sum(n) FROM item"), total);
    check(*reader, "UPDATE item:1 SET n += 5");
    EXPECT_EQ(number(*reader, "SELECT sum(n) FROM item"), total + 5);
    check(*reader, "ROLLBACK");
  }
  stop();
  EXPECT_EQ(number(*session, "SELECT sum(n) FROM item"), total);
}

TEST_P(ColumnScanTest, AScanFromTheCacheIsPartOfWhatACommitRestsOn) {
  const Opened opened(GetParam());
  const auto one = opened.session();
  const auto two = opened.session();
  fill(*one);
  for (int scan = 0; scan < 3; ++scan) number(*one, "SELECT sum(n) FROM item");
  check(*one, "DEFINE TABLE note SCHEMALESS");
  for (int scan = 0; scan < 3; ++scan) number(*one, "SELECT sum(n) FROM item");
  check(*one, "BEGIN");
  number(*one, "SELECT sum(n) FROM item");
  check(*one, "CREATE note:1 SET a = 1");
  check(*two, "UPDATE item:12000 SET n = 1000");
  check(*one, "COMMIT", "E0801");
}

// What a definition that is rolled back made of the records is not there for others.
TEST_P(ColumnScanTest, UncommittedDefinitionsLeaveNothing) {
  const Opened opened(GetParam());
  const auto one = opened.session();
  const auto two = opened.session();
  check(*one, "DEFINE TABLE thing SCHEMAFULL (x int)");
  check(*one, "INSERT INTO thing (x) SELECT i FROM series(0..5000) AS r (i)");
  check(*one, "BEGIN");
  check(*one, "ALTER TABLE thing DROP FIELD x");
  check(*one, "ALTER TABLE thing ADD FIELD x int?");
  for (int scan = 0; scan < 3; ++scan) EXPECT_EQ(number(*one, "SELECT count(x) FROM thing"), 0);
  check(*one, "ROLLBACK");
  check(*two, "DEFINE TABLE a SCHEMALESS");
  check(*two, "DEFINE TABLE b SCHEMALESS");
  for (int scan = 0; scan < 3; ++scan) EXPECT_EQ(number(*two, "SELECT count(x) FROM thing"), 5000);
}

INSTANTIATE_TEST_SUITE_P(Engines, ColumnScanTest,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& info) {
                           return info.param == EngineKind::Memory ? "Memory" : "Rocks";
                         });

}  // namespace column_scan_test
}  // namespace zerodb::database
