#include "database/session.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "database/sessions_test.h"
#include "database/statement.h"
#include "zeroql/literal.h"

namespace zerodb::database {
namespace session_test {

class SessionTest : public testing::TestWithParam<EngineKind> {
 protected:
  Opened opened_{GetParam()};
};

TEST_P(SessionTest, ConcurrentIncrementsAddUp) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 40;
  const auto setup = opened_.session();
  check(*setup, "DEFINE TABLE counter SCHEMAFULL ( n int )");
  check(*setup, "CREATE counter:1 SET n = 0");
  std::atomic<int64_t> done = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      const auto session = opened_.session();
      check(*session, "SET transaction.durability = 'relaxed'");
      for (int i = 0; i < kRounds; ++i) {
        // A statement may give up after many conflicts; then nothing of it was kept.
        const std::string code = run(*session, "UPDATE counter:1 SET n += 1").code;
        if (code.empty()) ++done;
        EXPECT_TRUE(code.empty() || code == "E0801") << code;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(number(*setup, "SELECT n FROM counter:1"), done.load());
  EXPECT_GT(done.load(), kThreads);
}

TEST_P(SessionTest, UniqueKeysHoldUnderConcurrentInserts) {
  constexpr int kThreads = 4;
  constexpr int kKeys = 30;
  const auto setup = opened_.session();
  check(*setup, "DEFINE TABLE mail SCHEMAFULL ( address string UNIQUE )");
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      const auto session = opened_.session();
      for (int i = 0; i < kKeys; ++i) {
        const Parameters address = {{"a", Value::string("key" + std::to_string(i))}};
        const std::string code = run(*session, "CREATE mail SET address = $a", address).code;
        if (code.empty()) ++done;
        EXPECT_TRUE(code.empty() || code == "E1002") << code;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done.load(), kKeys);
  EXPECT_EQ(number(*setup, "SELECT count(*) FROM mail"), kKeys);
}

TEST_P(SessionTest, WriteSkewIsRefused) {
  const auto one = opened_.session();
  const auto two = opened_.session();
  check(*one, "DEFINE TABLE doctor SCHEMAFULL ( on_call bool )");
  check(*one, "INSERT INTO doctor (id, on_call) VALUES ('a', true), ('b', true)");
  for (Session* session : {one.get(), two.get()}) {
    check(*session, "BEGIN");
    EXPECT_EQ(number(*session, "SELECT count(*) FROM doctor WHERE on_call"), 2);
  }
  check(*one, "UPDATE doctor:a SET on_call = false");
  check(*two, "UPDATE doctor:b SET on_call = false");
  check(*one, "COMMIT");
  check(*two, "COMMIT", "E0801");
  EXPECT_FALSE(two->in_transaction());
  EXPECT_EQ(number(*two, "SELECT count(*) FROM doctor WHERE on_call"), 1);
}

TEST_P(SessionTest, SnapshotIsolationLetsWriteSkewPass) {
  const auto one = opened_.session();
  const auto two = opened_.session();
  check(*one, "DEFINE TABLE doctor SCHEMAFULL ( on_call bool )");
  check(*one, "INSERT INTO doctor (id, on_call) VALUES ('a', true), ('b', true)");
  for (Session* session : {one.get(), two.get()}) {
    check(*session, "BEGIN ISOLATION SNAPSHOT");
    EXPECT_EQ(number(*session, "SELECT count(*) FROM doctor WHERE on_call"), 2);
  }
  check(*one, "UPDATE doctor:a SET on_call = false");
  check(*two, "UPDATE doctor:b SET on_call = false");
  check(*one, "COMMIT");
  check(*two, "COMMIT");
  EXPECT_EQ(number(*one, "SELECT count(*) FROM doctor WHERE on_call"), 0);
}

TEST_P(SessionTest, PhantomsAreRefused) {
  const auto one = opened_.session();
  const auto two = opened_.session();
  check(*one, "DEFINE TABLE seat SCHEMAFULL ( row int )");
  check(*one, "DEFINE INDEX by_row ON seat (row)");
  check(*one, "BEGIN");
  EXPECT_EQ(number(*one, "SELECT count(*) FROM seat WHERE row = 7"), 0);
  check(*two, "CREATE seat:1 SET row = 7");
  check(*one, "CREATE seat:2 SET row = 7");
  check(*one, "COMMIT", "E0801");
  EXPECT_EQ(number(*one, "SELECT count(*) FROM seat"), 1);
}

TEST_P(SessionTest, ReadersSeeTheirSnapshot) {
  const auto one = opened_.session();
  const auto two = opened_.session();
  check(*one, "DEFINE TABLE t SCHEMAFULL ( n int )");
  check(*one, "INSERT INTO t (id, n) VALUES (1, 1), (2, 2)");
  check(*one, "BEGIN READ ONLY");
  EXPECT_EQ(number(*one, "SELECT sum(n) FROM t"), 3);
  check(*two, "UPDATE t SET n = 100 WHERE true");
  check(*two, "DELETE t:2");
  EXPECT_EQ(number(*one, "SELECT sum(n) FROM t"), 3);
  check(*one, "CREATE t:3 SET n = 3", "E0805");
  check(*one, "ROLLBACK");
  EXPECT_EQ(number(*one, "SELECT sum(n) FROM t"), 100);
}

TEST_P(SessionTest, PreparedStatementsFollowTheSchema) {
  const auto session = opened_.session();
  const auto other = opened_.session();
  check(*session, "DEFINE TABLE t SCHEMAFULL ( n int, s string? )");
  check(*session, "CREATE t:1 SET n = 5");
  auto all = session->prepare("SELECT * FROM t").value();
  auto by_n = session->prepare("SELECT n FROM t WHERE n = $n").value();
  EXPECT_EQ(all->columns().size(), 3U);
  ASSERT_EQ(by_n->parameters().size(), 1U);
  EXPECT_EQ(by_n->parameters()[0].name, "n");
  check(*other, "ALTER TABLE t ADD FIELD extra int?");
  check(*other, "DEFINE INDEX by_n ON t (n)");
  auto rows = session->execute(*all).value()->collect().value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].size(), 4U);
  EXPECT_EQ(session->execute(*by_n, {{"n", Value::int64(5)}}).value()->collect().value().size(),
            1U);
  check(*other, "REMOVE INDEX by_n ON t");
  EXPECT_EQ(session->execute(*by_n, {{"n", Value::int64(5)}}).value()->collect().value().size(),
            1U);
  check(*other, "REMOVE TABLE t");
  const auto gone = session->execute(*by_n, {{"n", Value::int64(5)}});
  ASSERT_FALSE(gone.has_value());
  EXPECT_EQ(code_name(gone.error().code()), "E0201");
  check(*other, "DEFINE TABLE t SCHEMAFULL ( n string )");
  EXPECT_FALSE(session->execute(*by_n, {{"n", Value::int64(5)}}).has_value());
  EXPECT_TRUE(session->execute(*by_n, {{"n", Value::string("x")}}).has_value());
}

TEST_P(SessionTest, ParametersOfEachClassComeBackEqual) {
  const auto session = opened_.session();
  const std::vector<Value> values = {
      Value::none(),
      Value::boolean(true),
      Value::int64(INT64_MIN),
      Value::integer(Tag::U8, 255),
      Value::integer(Tag::I128, -(i128{1} << 100)),
      Value::uint128(~u128{0}),
      Value::float64(-1.5),
      Value::float32(0.25F),
      Value::decimal({12345, 2}),
      Value::string(""),
      Value::string("a string that is longer than sixteen bytes \xF0\x9F\x98\x80"),
      Value::bytes(std::string_view("\0\xff", 2)),
      Value::datetime({-1, 999'999'999}),
      Value::duration({-1, 999'999'999}),
      Value::uuid({}),
      Value::regex("a+"),
  };
  check(*session, "DEFINE TABLE kept SCHEMALESS");
  for (size_t i = 0; i < values.size(); ++i) {
    SCOPED_TRACE(i);
    const Parameters parameters = {{"v", values[i]}, {"i", Value::int64(static_cast<int64_t>(i))}};
    const Outcome given = run(*session, "SELECT $v", parameters);
    EXPECT_EQ(given.code, "");
    ASSERT_EQ(given.rows.size(), 1U);
    EXPECT_TRUE(equals(given.rows[0][0], values[i]));
    EXPECT_EQ(given.rows[0][0].tag(), values[i].tag());
    check(*session, "CREATE kept SET v = $v, i = $i", "", parameters);
    const Outcome stored = run(*session, "SELECT v FROM kept WHERE i = $i AND v = $v", parameters);
    ASSERT_EQ(stored.rows.size(), 1U) << stored.code;
    EXPECT_EQ(stored.rows[0][0].tag(), values[i].tag());
  }
  check(*session, "SELECT $nosuch", "E0204");
}

TEST_P(SessionTest, CancelEndsAStatementFromAnotherThread) {
  const auto session = opened_.session();
  check(*session, "DEFINE TABLE t SCHEMAFULL ( n int )");
  std::string rows;
  for (int i = 0; i < 3000; ++i) rows += (i == 0 ? "(" : ", (") + std::to_string(i) + ")";
  check(*session, "INSERT INTO t (n) VALUES " + rows);
  std::atomic<bool> ended = false;
  std::thread canceller([&] {
    while (!ended) {
      session->cancel();
      std::this_thread::yield();
    }
  });
  // 27 thousand million pairs: it ends only because it is cancelled.
  const Outcome outcome =
      run(*session, "SELECT count(*) FROM t AS a CROSS JOIN t AS b CROSS JOIN t AS c");
  ended = true;
  canceller.join();
  EXPECT_EQ(outcome.code, "E1107");
  session->clear_cancel();
  EXPECT_EQ(number(*session, "SELECT count(*) FROM t"), 3000);
  check(*session, "SET statement.timeout = 20ms");
  EXPECT_EQ(run(*session, "SELECT count(*) FROM t AS a CROSS JOIN t AS b CROSS JOIN t AS c").code,
            "E1107");
  check(*session, "RESET statement.timeout");
  EXPECT_EQ(number(*session, "SELECT count(*) FROM t"), 3000);
}

TEST_P(SessionTest, OneResultIsReadAtATime) {
  const auto session = opened_.session();
  check(*session, "DEFINE TABLE t SCHEMAFULL ( n int )");
  std::string rows;
  for (int i = 0; i < 5000; ++i) rows += (i == 0 ? "(" : ", (") + std::to_string(i) + ")";
  check(*session, "INSERT INTO t (n) VALUES " + rows);
  auto first = session->execute("SELECT n FROM t").value();
  std::vector<Value> row;
  ASSERT_TRUE(first->next(row).value());
  EXPECT_EQ(number(*session, "SELECT count(*) FROM t"), 5000);
  // What was decoded already may still come; then the result says that it was ended.
  Result<bool> more = first->next(row);
  while (more && *more) more = first->next(row);
  ASSERT_FALSE(more.has_value());
  EXPECT_EQ(code_name(more.error().code()), "E1107");
  // A result that is dropped midway leaves the session as it was.
  {
    auto dropped = session->execute("SELECT n FROM t").value();
    ASSERT_TRUE(dropped->next(row).value());
  }
  EXPECT_EQ(number(*session, "SELECT count(*) FROM t"), 5000);
  auto result = session->execute("SELECT n FROM t").value();
  check(*session, "REMOVE TABLE t");
  EXPECT_FALSE(result->collect().has_value());
}

TEST_P(SessionTest, AResultReadToItsEndHasEnded) {
  const auto session = opened_.session();
  check(*session, "DEFINE TABLE t SCHEMAFULL ( n int )");
  check(*session, "CREATE t:1 SET n = 5");
  const auto first = session->execute("SELECT n FROM t").value();
  EXPECT_EQ(first->collect().value().size(), 1U);
  check(*session, "SELECT 1");
  std::vector<Value> row;
  EXPECT_FALSE(first->next(row).value());
}

// Whoever gives no rows, or rows that are there already, takes time too.
TEST_P(SessionTest, EveryStatementTakesTime) {
  const auto session = opened_.session();
  for (const char* const text :
       {"DEFINE TABLE t SCHEMAFULL ( n int )", "CREATE t:1 SET n = 1",
        "CREATE t:2 SET n = 2 RETURNING n", "BEGIN", "CREATE t:3 SET n = 3",
        "DEFINE TABLE u SCHEMALESS", "SELECT n FROM t", "COMMIT", "SHOW exec.tier", "LET $x = 1",
        "SET exec.tier = 'wasm'", "LIVE SELECT n FROM t"}) {
    const auto result = session->execute(text).value();
    ASSERT_TRUE(result->collect().has_value()) << text;
    EXPECT_GT(result->statistics().elapsed_ns, 0) << text;
  }
}

TEST_P(SessionTest, LargeResultsStreamInOrderOfKeys) {
  const auto session = opened_.session();
  check(*session, "DEFINE TABLE t SCHEMAFULL ( n int )");
  constexpr int kRows = 20000;
  for (int from = 0; from < kRows; from += 5000) {
    std::string rows;
    for (int i = from; i < from + 5000; ++i) {
      rows += (i == from ? "(" : ", (") + std::to_string(i) + ", " + std::to_string(i) + ")";
    }
    check(*session, "INSERT INTO t (id, n) VALUES " + rows);
  }
  auto result = session->execute("SELECT n FROM t ORDER BY id").value();
  std::vector<Value> row;
  int64_t expected = 0;
  while (result->next(row).value()) ASSERT_EQ(row[0].as_int64(), expected++);
  EXPECT_EQ(expected, kRows);
  // Without an order the rows come as they are read: the first is there before the last is.
  auto scan = session->execute("SELECT n FROM t").value();
  ASSERT_TRUE(scan->next(row).value());
  EXPECT_LT(scan->statistics().rows_read, uint64_t{kRows});
}

// A query that uses `table` three times.
std::string link_to(const std::string& table) {
  return fmt::format(
      "SELECT l.x AS x FROM {0} AS l JOIN {0} AS r ON l.x = r.x WHERE EXISTS(SELECT e.x FROM {0} "
      "AS e WHERE e.x = l.x)",
      table);
}

// t0 holds 2 rows, each further table is made of the one before.
std::string chain_of_tables(int links) {
  std::string out = "WITH t0 AS (SELECT 1 AS x UNION ALL SELECT 2)";
  for (int i = 1; i <= links; ++i)
    out += fmt::format(", t{} AS ({})", i, link_to(fmt::format("t{}", i - 1)));
  return out + fmt::format(" SELECT count(*) FROM t{}", links);
}

// Chains of common tables and views that are used several times take linear time in every pass.
TEST_P(SessionTest, SharedTablesAreWalkedOnce) {
  const auto session = opened_.session();
  EXPECT_EQ(number(*session, chain_of_tables(40)), 2);
  check(*session, "DEFINE VIEW v0 AS SELECT 1 AS x UNION ALL SELECT 2");
  for (int i = 1; i <= 40; ++i)
    check(*session, fmt::format("DEFINE VIEW v{} AS {}", i, link_to(fmt::format("v{}", i - 1))));
  EXPECT_EQ(number(*session, "SELECT count(*) FROM v40"), 2);

  const Outcome explained = run(*session, "EXPLAIN " + chain_of_tables(40));
  size_t bytes = 0;
  for (const auto& row : explained.rows) bytes += row[0].as_string().size();
  EXPECT_GT(bytes, 0u);
  EXPECT_LT(bytes, 100'000u);
  check(*session, "EXPLAIN FORMAT json " + chain_of_tables(12));
  check(*session, "EXPLAIN FORMAT json " + chain_of_tables(40), "E1103");
}

TEST_P(SessionTest, ExplainShowsGeneratedCode) {
  const auto session = opened_.session();
  check(*session, "DEFINE TABLE t SCHEMAFULL ( n int, s string )");
  const Outcome explained =
      run(*session, "EXPLAIN FORMAT wasm SELECT s, sum(n) FROM t WHERE n > 3 GROUP BY s");
  std::string text;
  for (const auto& row : explained.rows) text += std::string(row[0].as_string()) + "\n";
  EXPECT_TRUE(text.starts_with(";; ")) << text;
  EXPECT_NE(text.find("\n(module\n"), std::string::npos) << text;
  EXPECT_NE(text.find("(export \"run\""), std::string::npos) << text;
  EXPECT_NE(text.find("aggregate (1 keys, 1 aggregates)"), std::string::npos) << text;
  check(*session, "EXPLAIN ANALYZE FORMAT wasm SELECT n FROM t", "E0210");
}

TEST_P(SessionTest, TransactionsOfDefinitionsAreSeenByNobodyElse) {
  const auto one = opened_.session();
  const auto two = opened_.session();
  check(*one, "BEGIN");
  check(*one, "DEFINE TABLE t SCHEMAFULL ( n int )");
  check(*one, "CREATE t:1 SET n = 1");
  check(*two, "SELECT n FROM t", "E0201");
  check(*one, "ROLLBACK");
  check(*one, "SELECT n FROM t", "E0201");
  check(*one, "DEFINE TABLE t SCHEMAFULL ( s string )");
  check(*two, "CREATE t:1 SET s = 'x'");
  EXPECT_EQ(number(*one, "SELECT count(*) FROM t"), 1);
}

TEST_P(SessionTest, DefinitionsAreThoseOfTheNextStatement) {
  const Opened opened(GetParam());
  const auto one = opened.session();
  const auto other = opened.session();
  const auto knows = [](Session& session, std::string_view table) {
    const auto found = session.definitions();
    EXPECT_TRUE(found.has_value());
    const auto rebuilt = catalog::build(found->rows, found->database);
    EXPECT_TRUE(rebuilt.has_value());
    const bool is_known = found->schema->find_table(table) != nullptr;
    EXPECT_EQ((*rebuilt)->find_table(table) != nullptr, is_known);
    return is_known;
  };
  check(*one, "DEFINE TABLE kept");
  check(*one, "BEGIN");
  check(*one, "DEFINE TABLE dropped");
  EXPECT_TRUE(knows(*one, "kept"));
  EXPECT_TRUE(knows(*one, "dropped"));
  EXPECT_FALSE(knows(*other, "dropped"));
  check(*one, "ROLLBACK");
  EXPECT_FALSE(knows(*one, "dropped"));
  check(*one, "DEFINE DATABASE elsewhere");
  check(*one, "USE elsewhere");
  EXPECT_FALSE(knows(*one, "kept"));
  check(*one, "LET $x = 1");
  EXPECT_EQ(one->variable_names(), std::vector<std::string>{"x"});
}

TEST_P(SessionTest, WritersMeetAChangedSchema) {
  const auto one = opened_.session();
  const auto two = opened_.session();
  check(*one, "DEFINE TABLE t SCHEMAFULL ( n int )");
  check(*one, "BEGIN");
  check(*one, "CREATE t:1 SET n = 1");
  check(*two, "DEFINE INDEX by_n ON t (n) UNIQUE");
  check(*two, "CREATE t:2 SET n = 1");
  // Written without an entry in the new index, the record must not be kept.
  const std::string code = run(*one, "COMMIT").code;
  EXPECT_TRUE(code == "E0801" || code == "E0808") << code;
  EXPECT_EQ(number(*one, "SELECT count(*) FROM t"), 1);
  EXPECT_EQ(number(*one, "SELECT count(*) FROM t WHERE n = 1"), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, SessionTest,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& chosen) { return storage::engine_name(chosen.param); });

TEST(SessionReopening, EverythingIsThere) {
  const storage::TestFolder folder;
  const std::string path = folder.path() + "/db";
  for (int round = 0; round < 3; ++round) {
    const auto database = Database::open(path, {.memory_budget = 64 << 20}).value();
    const auto session = database->create_session().value();
    if (round == 0) {
      check(*session, "DEFINE TABLE t SCHEMAFULL ( n int UNIQUE )");
      check(*session, "DEFINE INDEX by_n ON t (n DESC)");
    }
    const auto again = Database::open(path, {});
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(code_name(again.error().code()), "E1207");
    EXPECT_EQ(number(*session, "SELECT count(*) FROM t"), round);
    check(*session, "CREATE t SET n = $n", "", {{"n", Value::int64(round)}});
    check(*session, "CREATE t SET n = $n", "E1002", {{"n", Value::int64(round)}});
    check(*session, "BEGIN");
    check(*session, "CREATE t SET n = 1000");
  }
}

// Whatever word a table and a key are: the text of the id names the record.
TEST_P(SessionTest, TextsOfRecordIdsAreReadBack) {
  constexpr std::string_view kWords[] = {
#define ZEROQL_RESERVED(name, text) text,
#define ZEROQL_CONTEXTUAL(name, text) text,
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
      "Select", "none", "u", "d", "re", "b", "two words", "a`b", "größe", "1"};
  const auto session = opened_.session();
  for (const std::string_view word : kWords) {
    const std::string table = zeroql::quote_name(word);
    check(*session, fmt::format("DEFINE TABLE {} SCHEMALESS", table));
    check(*session, fmt::format("CREATE {}:{}", table, zeroql::quote_string(word)));
    const Outcome text = run(*session, fmt::format("SELECT CAST(id AS string) FROM {}", table));
    ASSERT_EQ(text.rows.size(), 1u) << word;
    const std::string id(text.rows[0][0].as_string());
    EXPECT_EQ(number(*session, fmt::format("SELECT count(*) FROM {}", id)), 1) << id;
    check(*session, fmt::format("UPDATE {} SET same = id = {}", id, id));
    EXPECT_EQ(number(*session, fmt::format("SELECT count(*) FROM {} WHERE same", table)), 1) << id;
    check(*session, fmt::format("DELETE {}", id));
    check(*session, fmt::format("REMOVE TABLE {}", table));
  }
}

}  // namespace session_test
}  // namespace zerodb::database
