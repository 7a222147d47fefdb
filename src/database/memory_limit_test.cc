// Statements that have to keep more rows than they may hold.
#include <gtest/gtest.h>

#include "database/sessions_test.h"

namespace zerodb::database {
namespace {

constexpr const char* kRows = "series(1..=200000) AS x";

struct Kept {
  const char* operation;
  std::string statement;
};

std::vector<Kept> statements_that_keep() {
  const std::string rows = kRows;
  const std::string text =
      "SELECT x, 'a text that is longer than sixteen bytes ' || CAST(x AS string) AS t";
  return {
      {"sort", "SELECT x FROM " + rows + " ORDER BY x % 7"},
      {"sort of texts", text + " FROM " + rows + " ORDER BY t"},
      {"distinct", "SELECT DISTINCT x FROM " + rows},
      {"join",
       "SELECT count(*) FROM series(1..=200000) AS a JOIN series(1..=200000) AS b ON a = b"},
      {"outer join",
       "SELECT count(*) FROM series(1..3) AS a FULL JOIN series(1..=200000) AS b ON a = b"},
      {"groups", "SELECT x, count(*) FROM " + rows + " GROUP BY x"},
      {"ordered aggregate", "SELECT array_agg(x ORDER BY x DESC) FROM " + rows},
      {"except", "SELECT x FROM " + rows + " EXCEPT SELECT y FROM series(1..=200000) AS y"},
      {"union", "SELECT x FROM " + rows + " UNION SELECT y FROM series(5..=200000) AS y"},
      {"window", "SELECT x, row_number() OVER (ORDER BY x DESC) FROM " + rows},
      {"recursion",
       "WITH RECURSIVE f (n) AS (VALUES (1) UNION SELECT n + 1 FROM f WHERE n < 200000) "
       "SELECT count(*) FROM f"},
      {"shared rows",
       "WITH w AS (SELECT x FROM " + rows +
           ") SELECT (SELECT count(*) FROM w), (SELECT max(x) FROM w), (SELECT min(x) FROM w)"},
      {"set of IN",
       "SELECT y FROM (VALUES (1)) AS t (y) WHERE (y + 1) IN (SELECT x FROM " + rows + ")"},
      {"array", "SELECT length(ARRAY(SELECT AS VALUE x FROM " + rows + "))"},
  };
}

TEST(MemoryLimit, HoldsForAllThatKeepsRows) {
  DatabaseOptions options;
  options.spill_folder = "";
  const auto database = Database::open_memory(options).value();
  const auto session = database->create_session().value();
  for (const Kept& kept : statements_that_keep()) {
    check(*session, "SET statement.memory = 3000000");
    EXPECT_EQ(run(*session, kept.statement).code, "E1108") << kept.operation;
    // Nothing of the refused statement is held any more.
    EXPECT_EQ(number(*session, "SELECT count(*) FROM series(1..=100000) AS x"), 100'000);
    check(*session, "RESET statement.memory");
    EXPECT_EQ(run(*session, kept.statement).code, "") << kept.operation;
  }
}

TEST(MemoryLimit, IsSharedByAllStatementsOfADatabase) {
  DatabaseOptions options;
  options.statement_memory = 32 << 20;
  options.statements_memory = 24 << 20;
  options.spill_folder = "";
  const auto database = Database::open_memory(options).value();
  const auto first = database->create_session().value();
  const auto second = database->create_session().value();
  const std::string sorted = "SELECT x FROM series(1..=300000) AS x ORDER BY x DESC";
  {
    auto open = first->execute(sorted).value();
    std::vector<Value> row;
    ASSERT_TRUE(open->next(row).value());
    EXPECT_EQ(run(*second, sorted).code, "E1108");
  }
  EXPECT_EQ(run(*second, sorted).code, "");
}

TEST(MemoryLimit, OfASessionIsAPositiveNumber) {
  const Opened opened(EngineKind::Memory);
  const auto session = opened.session();
  check(*session, "SET statement.memory = 0", "E0317");
  check(*session, "SET statement.memory = 5s", "E0317");
  check(*session, "SET statement.memory = none");
  check(*session, "SET statement.memory = 1000000");
  EXPECT_EQ(number(*session, "SHOW statement.memory"), 1'000'000);
}

// The rows of a statement, that of a limit under which it has to spill being no different.
void check_spilled(Session& session, const std::string& statement) {
  check(session, "RESET statement.memory");
  const Outcome kept = run(session, statement);
  ASSERT_EQ(kept.code, "") << statement;
  check(session, "SET statement.memory = 3000000");
  const Outcome spilled = run(session, statement);
  ASSERT_EQ(spilled.code, "") << statement;
  ASSERT_EQ(spilled.rows.size(), kept.rows.size()) << statement;
  for (size_t row = 0; row < kept.rows.size(); ++row) {
    for (size_t i = 0; i < kept.rows[row].size(); ++i)
      ASSERT_EQ(compare(kept.rows[row][i], spilled.rows[row][i]), 0) << statement << " row " << row;
  }
  const Outcome explained = run(session, "EXPLAIN ANALYZE " + statement);
  std::string text;
  for (const auto& row : explained.rows) text += std::string(row[0].as_string()) + '\n';
  EXPECT_NE(text.find("spilled "), std::string::npos) << text;
}

TEST(MemoryLimit, MovesSortedRowsToDisk) {
  const Opened opened(EngineKind::Rocks);
  const auto session = opened.session();
  const std::string rows = kRows;
  check_spilled(*session, "SELECT x FROM " + rows + " ORDER BY x % 7");
  check_spilled(*session,
                "SELECT x FROM " + rows + " ORDER BY x % 7 DESC, x LIMIT 150000 OFFSET 999");
  check_spilled(*session, "SELECT x, 'longer than sixteen bytes ' || CAST(x AS string) AS t FROM " +
                              rows + " ORDER BY t DESC");
  const std::string gaps = "SELECT x, CASE WHEN x % 3 = 0 THEN x % 100 END AS y FROM " + rows;
  check_spilled(*session, gaps + " ORDER BY y");
  check_spilled(*session, gaps + " ORDER BY y DESC NULLS LAST");
}

TEST(MemoryLimit, NeedsAFolderToSpill) {
  DatabaseOptions options;
  options.spill_folder = "/no/such/folder";
  const auto database = Database::open_memory(options).value();
  const auto session = database->create_session().value();
  check(*session, "SET statement.memory = 3000000");
  check(*session, std::string("SELECT x FROM ") + kRows + " ORDER BY x DESC", "E1206");
  EXPECT_EQ(number(*session, "SELECT count(*) FROM series(1..=1000) AS x"), 1000);
}

TEST(MemoryLimit, IsShownByExplain) {
  const Opened opened(EngineKind::Memory);
  const auto session = opened.session();
  const Outcome outcome =
      run(*session,
          "EXPLAIN ANALYZE SELECT x FROM series(1..=100000) AS x ORDER BY x DESC LIMIT 60000");
  std::string text;
  for (const auto& row : outcome.rows) text += std::string(row[0].as_string()) + '\n';
  EXPECT_NE(text.find("held "), std::string::npos) << text;
}

}  // namespace
}  // namespace zerodb::database
