// Queries of which several threads make parts: they give what one thread gives, row by row.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "database/sessions_test.h"
#include "value/json.h"

namespace zerodb::database {
namespace parallel_query_test {

struct Both {
  storage::TestFolder folder;
  std::unique_ptr<Database> database;
  std::unique_ptr<Session> one;   // with one thread
  std::unique_ptr<Session> many;  // with four

  explicit Both(EngineKind kind, uint64_t operator_memory = UINT64_MAX) {
    DatabaseOptions options;
    options.memory_budget = 64 << 20;
    options.threads = 4;
    options.morsel_rows = 30;
    options.operator_memory = operator_memory;
    database = kind == EngineKind::Memory ? Database::open_memory(options).value()
                                          : Database::open(folder.path() + "/db", options).value();
    one = database->create_session().value();
    many = database->create_session().value();
    check(*one, "SET statement.threads = 1");
    check(*one,
          "DEFINE TABLE a SCHEMAFULL (g int, f float, d decimal, t string, o int?) KEY (n int)");
    check(*one, "DEFINE TABLE b SCHEMAFULL (w int, s string) KEY (m int)");
    check(*one,
          "INSERT INTO a SELECT x AS n, x * 7 % 23 AS g, CAST(x AS float) / 3.0 AS f, "
          "CAST(x AS decimal) / 8 AS d, 'text number ' || CAST(x % 97 AS string) AS t, "
          "CASE WHEN x % 5 = 0 THEN none ELSE x END AS o FROM series(1..=1200) AS x");
    check(*one,
          "INSERT INTO b SELECT x AS m, x % 40 AS w, 'side ' || CAST(x AS string) AS s "
          "FROM series(1..=700) AS x");
  }
};

std::string text_of(const Outcome& outcome) {
  std::string text = outcome.code;
  for (const auto& row : outcome.rows) {
    text += "\n";
    for (const Value& value : row) text += to_json(value) + " ";
  }
  return text;
}

const std::vector<std::string>& queries() {
  static const std::vector<std::string> kQueries = {
      // Groups, in the order in which they are seen first.
      "SELECT g, count(*), sum(n), avg(f), sum(f), sum(d), avg(d), min(t), max(t), min(n), max(f), "
      "count(o) FROM a GROUP BY g",
      "SELECT count(*), sum(f), min(d), max(o) FROM a WHERE n % 3 = 1",
      "SELECT t, count(*) FROM a WHERE g < 20 GROUP BY t",
      "SELECT g, count(*) FILTER (WHERE o IS none) FROM a GROUP BY g HAVING count(*) >= 53",
      "SELECT sum(n) FROM a WHERE n < 0",
      "SELECT g, sum(n) FROM a WHERE n < 0 GROUP BY g",
      // What cannot be merged is gathered.
      "SELECT g, array_agg(t ORDER BY n DESC)[0], count(DISTINCT t), array_agg(n)[3] FROM a GROUP "
      "BY g",
      "SELECT n, count(*) FROM a GROUP BY n",
      // Joins from the left side, sorts, windows.
      "SELECT a.g, count(*), sum(b.w) FROM a JOIN b ON a.n = b.m GROUP BY a.g",
      "SELECT b.w, count(*) FROM a LEFT JOIN b ON a.g = b.w AND b.m < 100 GROUP BY b.w",
      "SELECT a.n, b.s FROM a JOIN b ON b.m = a.n % 500 ORDER BY a.t, a.n DESC LIMIT 50 OFFSET "
      "300",
      "SELECT n, t FROM a WHERE g = 5 ORDER BY t",
      "SELECT n, sum(n) OVER (PARTITION BY g ORDER BY n) FROM a WHERE n % 9 = 0",
      "SELECT count(*) FROM b JOIN a ON a.g = b.w WHERE a.n > 10",
      "SELECT count(*) FROM b WHERE EXISTS (SELECT * FROM a WHERE a.n = b.m * 2 AND a.g > 3)",
      "SELECT sum(w) FROM b WHERE w > (SELECT avg(g) FROM a WHERE a.n % 700 = b.m)",
      "SELECT count(*) FROM a WHERE g IN (SELECT w FROM b WHERE s LIKE '%7')",
      "SELECT x.g, count(*) FROM a AS x FULL JOIN b ON x.n = b.m + 900 GROUP BY x.g",
      // Functions with caches of their own.
      "SELECT count(*) FROM a WHERE t ~ 'r [0-9]$' AND time::format(d'2024-06-01T00:00:00Z' + 1h * "
      "n, "
      "'%H', 'Europe/Oslo') = '07'",
      // Errors: that of the first row which has one.
      "SELECT sum(10 DIV (n - 1121)) FROM a",
      "SELECT g, sum(n DIV (n - 70)) FROM a WHERE n > 60 GROUP BY g",
      "SELECT n FROM a ORDER BY 1 DIV (n - 1199)",
  };
  return kQueries;
}

class ParallelQuery : public testing::TestWithParam<EngineKind> {};

TEST_P(ParallelQuery, GivesWhatOneThreadGives) {
  const Both both(GetParam());
  for (const std::string tier : {"interpreter", "wasm"}) {
    check(*both.one, "SET exec.tier = '" + tier + "'");
    check(*both.many, "SET exec.tier = '" + tier + "'");
    for (int round = 0; round < 2; ++round) {  // from records, then from columns in memory
      for (const std::string& query : queries()) {
        const Outcome wanted = run(*both.one, query);
        const bool divides = query.find("DIV") != std::string::npos;
        EXPECT_EQ(wanted.code, divides ? "E0902" : "") << query;
        EXPECT_EQ(text_of(run(*both.many, query)), text_of(wanted)) << query;
      }
      check(*both.one, "UPDATE a SET o = 7 WHERE n = 77");
    }
  }
}

TEST_P(ParallelQuery, GoesOnAloneWhenGroupsDoNotFit) {
  const Both both(GetParam(), 4000);
  for (const std::string& query : queries()) {
    if (query.find("GROUP BY") != std::string::npos) continue;  // their order may be another
    EXPECT_EQ(text_of(run(*both.many, query)), text_of(run(*both.one, query))) << query;
  }
  EXPECT_EQ(
      number(*both.many, "SELECT count(*) FROM (SELECT t, g, sum(n) FROM a GROUP BY t, g) AS q"),
      number(*both.one, "SELECT count(*) FROM (SELECT DISTINCT t, g FROM a) AS q"));
}

TEST_P(ParallelQuery, SaysHowManyThreads) {
  const Both both(GetParam());
  const auto plan = [&](Session& session, const std::string& query) {
    return text_of(run(session, "EXPLAIN ANALYZE " + query));
  };
  const std::string grouped = "SELECT g, count(*) FROM a GROUP BY g";
  const std::string sorted = "SELECT a.n FROM a JOIN b ON a.n = b.m ORDER BY a.t";
  EXPECT_NE(plan(*both.many, grouped).find("1200 rows, "), std::string::npos);
  EXPECT_NE(plan(*both.many, grouped).find("4 threads"), std::string::npos);
  EXPECT_NE(plan(*both.many, sorted).find("4 threads"), std::string::npos);
  EXPECT_EQ(plan(*both.one, grouped).find("threads"), std::string::npos);
  // A row is not worth it, and what changes from row to row has an order.
  EXPECT_EQ(plan(*both.many, "SELECT * FROM a WHERE n = 5").find("threads"), std::string::npos);
  EXPECT_EQ(plan(*both.many, "SELECT sum(rand()) FROM a").find("threads"), std::string::npos);
}

// A transaction that has written, or whose reads are validated, reads for itself.
TEST_P(ParallelQuery, SeesTheWritesOfItsTransaction) {
  const Both both(GetParam());
  check(*both.many, "BEGIN");
  check(*both.many, "DELETE a WHERE n > 10");
  EXPECT_EQ(number(*both.many, "SELECT count(*) FROM a"), 10);
  EXPECT_EQ(number(*both.one, "SELECT count(*) FROM a"), 1200);
  check(*both.many, "ROLLBACK");
  check(*both.many, "BEGIN READ ONLY");
  EXPECT_EQ(number(*both.many, "SELECT count(*) FROM a"), 1200);
  check(*both.one, "DELETE a WHERE n > 10");
  EXPECT_EQ(number(*both.many, "SELECT count(*) FROM a"), 1200);
  check(*both.many, "COMMIT");
  EXPECT_EQ(number(*both.many, "SELECT count(*) FROM a"), 10);
}

// More statements than threads, beside a writer, some of them ended early.
TEST_P(ParallelQuery, RunsBesideOthers) {
  const Both both(GetParam());
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 6; ++reader) {
    readers.emplace_back([&, reader] {
      const auto session = both.database->create_session().value();
      for (int i = 0; i < 20; ++i) {
        // Each transfer is seen whole or not at all.
        EXPECT_EQ(number(*session, "SELECT sum(w) FROM b"), 13'470);
        EXPECT_EQ(number(*session, "SELECT count(*) FROM (SELECT s FROM b ORDER BY s) AS q"), 700);
        if (reader % 2 == 1) {
          auto result = session->execute("SELECT n FROM a ORDER BY t");
          ASSERT_TRUE(result.has_value());
          std::vector<Value> row;
          EXPECT_TRUE((*result)->next(row).value());
        }
        if (reader == 0) check(*session, "SELECT sum(1 DIV (n - 700)) FROM a", "E0902");
      }
    });
  }
  for (int i = 1; i <= 40; ++i) {
    const std::string n = std::to_string(i);
    check(*both.one, "BEGIN");
    check(*both.one, "UPDATE b SET w -= 5 WHERE m = " + n);
    check(*both.one, "UPDATE b SET w += 5 WHERE m = " + n + " + 300");
    check(*both.one, "COMMIT");
  }
  for (std::thread& reader : readers) reader.join();
}

TEST_P(ParallelQuery, EndsWhenItsTimeIsOver) {
  const Both both(GetParam());
  const std::string endless =
      "SELECT count(*) FROM a AS x JOIN a AS y ON x.n < y.n + 1000 JOIN b ON b.m < y.n";
  check(*both.many, "SET statement.timeout = 50ms");
  EXPECT_EQ(run(*both.many, endless).code, "E1107");
  check(*both.many, "RESET statement.timeout");
  EXPECT_EQ(number(*both.many, "SELECT count(*) FROM a"), 1200);
}

INSTANTIATE_TEST_SUITE_P(Engines, ParallelQuery,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks));

}  // namespace parallel_query_test
}  // namespace zerodb::database
