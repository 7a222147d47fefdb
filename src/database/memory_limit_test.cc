// Statements that have to keep more rows than they may hold.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "database/sessions_test.h"
#include "value/json.h"

namespace zerodb::database {
namespace memory_limit_test {

constexpr const char* kRows = "series(1..=40000) AS x";

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
      {"join", "SELECT count(*) FROM series(1..=40000) AS a JOIN series(1..=40000) AS b ON a = b"},
      {"outer join",
       "SELECT count(*) FROM series(1..3) AS a FULL JOIN series(1..=40000) AS b ON a = b"},
      {"groups", "SELECT x, count(*) FROM " + rows + " GROUP BY x"},
      {"ordered aggregate", "SELECT array_agg(x ORDER BY x DESC) FROM " + rows},
      {"except", "SELECT x FROM " + rows + " EXCEPT SELECT y FROM series(1..=40000) AS y"},
      {"union", "SELECT x FROM " + rows + " UNION SELECT y FROM series(5..=40000) AS y"},
      {"window", "SELECT x, row_number() OVER (ORDER BY x DESC) FROM " + rows},
      {"recursion",
       "WITH RECURSIVE f (n) AS (VALUES (1) UNION SELECT n + 1 FROM f WHERE n < 40000) "
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
    check(*session, "SET statement.memory = 300000");
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
  options.statements_memory = 16 << 20;
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

constexpr uint64_t kLimit = 1'500'000;

void sort_rows(Rows& rows) {
  std::ranges::sort(rows, [](const auto& left, const auto& right) {
    for (size_t i = 0; i < left.size(); ++i) {
      if (const int result = compare(left[i], right[i]); result != 0) return result < 0;
    }
    return false;
  });
}

std::string explained(Session& session, const std::string& statement) {
  std::string text;
  for (const auto& row : run(session, "EXPLAIN ANALYZE " + statement).rows)
    text += std::string(row[0].as_string()) + '\n';
  return text;
}

// All values of a member in a JSON text.
std::vector<uint64_t> members(const std::string& json, const std::string& name) {
  std::vector<uint64_t> out;
  const std::string wanted = "\"" + name + "\":";
  for (size_t at = json.find(wanted); at != std::string::npos; at = json.find(wanted, at + 1))
    out.push_back(std::strtoull(json.c_str() + at + wanted.size(), nullptr, 10));
  return out;
}

enum class RowOrder : uint8_t { Kept, Open };

// The rows of a statement are those that it gives where it need not spill; and it does spill, and
// holds no more than it may.
void check_spilled(Session& session, const std::string& statement, RowOrder order) {
  check(session, "RESET statement.memory");
  Outcome kept = run(session, statement);
  ASSERT_EQ(kept.code, "") << statement;
  check(session, "SET statement.memory = " + std::to_string(kLimit));
  Outcome spilled = run(session, statement);
  ASSERT_EQ(spilled.code, "") << statement;
  ASSERT_EQ(spilled.rows.size(), kept.rows.size()) << statement;
  if (order == RowOrder::Open) {
    sort_rows(kept.rows);
    sort_rows(spilled.rows);
  }
  for (size_t row = 0; row < kept.rows.size(); ++row) {
    for (size_t i = 0; i < kept.rows[row].size(); ++i)
      ASSERT_EQ(compare(kept.rows[row][i], spilled.rows[row][i]), 0) << statement << " row " << row;
  }
  const Outcome json = run(session, "EXPLAIN ANALYZE FORMAT json " + statement);
  ASSERT_EQ(json.rows.size(), 1u) << json.code;
  std::string text;
  append_json(text, json.rows[0][0], session.names());
  uint64_t held = 0;
  for (const uint64_t bytes : members(text, "memory_bytes")) held = std::max(held, bytes);
  EXPECT_LE(held, kLimit) << statement;
  uint64_t written = 0;
  for (const uint64_t bytes : members(text, "spilled_bytes")) written += bytes;
  EXPECT_GT(written, 0u) << statement;
}

std::string text_of(const std::string& value) {
  return "'a text that is longer than sixteen bytes ' || CAST(" + value + " AS string)";
}

TEST(MemoryLimit, MovesSortedRowsToDisk) {
  const Opened opened(EngineKind::Rocks);
  const auto session = opened.session();
  const std::string rows = kRows;
  const auto check_one = [&](const std::string& statement) {
    check_spilled(*session, statement, RowOrder::Kept);
  };
  check_one("SELECT x FROM " + rows + " ORDER BY x % 7");
  check_one("SELECT x FROM " + rows + " ORDER BY x % 7 DESC, x LIMIT 35000 OFFSET 999");
  check_one("SELECT x, " + text_of("x") + " AS t FROM " + rows + " ORDER BY t DESC");
  const std::string gaps = "SELECT x, CASE WHEN x % 3 = 0 THEN x % 100 END AS y FROM " + rows;
  check_one(gaps + " ORDER BY y");
  check_one(gaps + " ORDER BY y DESC NULLS LAST");
}

TEST(MemoryLimit, MovesJoinedRowsToDisk) {
  const Opened opened(EngineKind::Memory);
  const auto session = opened.session();
  // Nearly all of the right rows have one key k, and some have none.
  const std::string left =
      "(SELECT x, x % 1000 AS m, CASE WHEN x < 20 THEN 1 WHEN x > 50 THEN x END AS k "
      "FROM series(1..=20000) AS x) AS a";
  const std::string right =
      "(SELECT y, y * 3 AS z, CASE WHEN y < 19000 THEN 1 WHEN y > 19050 THEN y END AS k, " +
      text_of("y") + " AS t FROM series(1..=20000) AS y) AS b";
  for (const std::string kind : {"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"}) {
    const std::string join = " FROM " + left + " " + kind + " " + right + " ON ";
    check_spilled(*session, "SELECT x, y, t" + join + "a.x = b.z", RowOrder::Open);
    check_spilled(*session, "SELECT x, y, t" + join + "a.x = b.z AND a.m < b.y % 1000",
                  RowOrder::Open);
    check_spilled(*session, "SELECT count(*), sum(x), sum(y), max(t)" + join + "a.k = b.k",
                  RowOrder::Open);
  }
  check_spilled(
      *session,
      "SELECT count(*), sum(x) FROM series(1..=20) AS x JOIN " + right + " ON x + 100 > y",
      RowOrder::Open);
  check_spilled(*session,
                "SELECT a.x, b.y FROM " + left + " JOIN " + right +
                    " ON a.x = b.y AND CAST(a.m AS string) = CAST(b.y % 1000 AS string)",
                RowOrder::Open);
}

TEST(MemoryLimit, KeepsTheOrderOfRowsThatAreAskedForAMatch) {
  const Opened opened(EngineKind::Memory);
  const auto session = opened.session();
  check(*session, "DEFINE TABLE t SCHEMAFULL ( m int ) KEY (n int)");
  check(*session, "DEFINE TABLE u SCHEMAFULL ( n int )");
  check(*session, "INSERT INTO t SELECT x AS n, x AS m FROM series(1..=40000) AS x");
  check(*session, "INSERT INTO u SELECT x * 2 AS n FROM series(1..=40000) AS x");
  for (const std::string condition : {"n IN (SELECT n FROM u)", "n NOT IN (SELECT n FROM u)",
                                      "EXISTS (SELECT 1 FROM u WHERE u.n = t.n)"}) {
    check_spilled(*session, "SELECT n FROM t WHERE " + condition + " ORDER BY n DESC",
                  RowOrder::Kept);
  }
  check_spilled(*session,
                "SELECT n, (SELECT count(*) FROM u WHERE u.n = t.n) AS c FROM t ORDER BY n",
                RowOrder::Kept);
}

TEST(MemoryLimit, MovesGroupsToDisk) {
  const Opened opened(EngineKind::Memory);
  const auto session = opened.session();
  const std::string rows = kRows;
  const auto check_one = [&](const std::string& statement) {
    check_spilled(*session, statement, RowOrder::Open);
  };
  check_one("SELECT x, count(*), sum(x) FROM " + rows + " GROUP BY x");
  check_one("SELECT x % 20000 AS g, count(*), avg(x), min(x), max(x) FROM " + rows + " GROUP BY g");
  check_one("SELECT t, count(*) FROM (SELECT " + text_of("x % 16000") + " AS t FROM " + rows +
            ") AS s GROUP BY t");
  check_one("SELECT count(DISTINCT x % 22000), sum(DISTINCT x % 22000) FROM " + rows);
  check_one("SELECT x % 3 AS g, count(DISTINCT x % 22000), array_agg(DISTINCT x % 10) FROM " +
            rows + " GROUP BY g");
  check_one("SELECT x % 15000 AS g, array_agg(DISTINCT x % 7), sum(x) FROM " + rows +
            " GROUP BY g");
  check_one("SELECT x % 5 AS g, length(array_agg(x ORDER BY x % 100 DESC, x)) FROM " + rows +
            " GROUP BY g");
  check_one("SELECT x % 9000 AS g, array_agg(x) FROM " + rows + " GROUP BY g");
  check_one("SELECT x % 9000 AS g, array_agg(x ORDER BY x DESC) FROM " + rows + " GROUP BY g");
  check_one("SELECT x % 12000 AS g, x % 2 AS h, count(*), sum(CAST(x AS decimal)) FROM " + rows +
            " GROUP BY ROLLUP (g, h)");
  check_one("SELECT x % 12000 AS g, x % 2 AS h, count(DISTINCT x % 11) FROM " + rows +
            " GROUP BY GROUPING SETS ((g), (h), ())");
}

TEST(MemoryLimit, MovesSetsToDisk) {
  const Opened opened(EngineKind::Memory);
  const auto session = opened.session();
  const std::string rows = kRows;
  const auto check_one = [&](const std::string& statement) {
    check_spilled(*session, statement, RowOrder::Kept);
  };
  check_one("SELECT DISTINCT x FROM " + rows);
  check_one("SELECT DISTINCT x % 22000 AS y, " + text_of("x % 2") + " AS t FROM " + rows);
  const std::string left = "SELECT x % 22000 AS k FROM " + rows;
  const std::string right = "SELECT y * 2 AS k FROM series(1..=40000) AS y";
  for (const std::string operation :
       {"UNION", "EXCEPT", "INTERSECT", "EXCEPT ALL", "INTERSECT ALL"})
    check_one(left + " " + operation + " " + right);
}

TEST(MemoryLimit, MovesWindowsToDisk) {
  const Opened opened(EngineKind::Memory);
  const auto session = opened.session();
  const std::string rows = kRows;
  const auto check_one = [&](const std::string& statement) {
    check_spilled(*session, statement, RowOrder::Kept);
  };
  check_one("SELECT x, row_number() OVER (PARTITION BY x % 1000 ORDER BY x DESC) FROM " + rows);
  check_one(
      "SELECT x, sum(x) OVER (PARTITION BY x % 500 ORDER BY x ROWS 3 PRECEDING), "
      "rank() OVER (PARTITION BY x % 700 ORDER BY x % 3), lag(x) OVER (PARTITION BY x % 500 "
      "ORDER BY x) FROM " +
      rows);
}

TEST(MemoryLimit, RefusesAPartitionOfAWindowThatDoesNotFit) {
  const Opened opened(EngineKind::Memory);
  const auto session = opened.session();
  check(*session, "SET statement.memory = 1500000");
  check(*session, std::string("SELECT x, row_number() OVER (ORDER BY x DESC) FROM ") + kRows,
        "E1108");
}

// Files that may not grow stand for a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now = before_;
    now.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

// What ends a result before its end.
std::optional<ErrorCode> error_of(ResultSet& result) {
  std::vector<Value> row;
  while (true) {
    const auto more = result.next(row);
    if (!more) return more.error().code();
    if (!*more) return std::nullopt;
  }
}

TEST(MemoryLimit, LeavesNothingOnDisk) {
  const storage::TestFolder folder;
  DatabaseOptions options;
  options.spill_folder = folder.path();
  const auto database = Database::open_memory(options).value();
  const auto session = database->create_session().value();
  check(*session, "SET statement.memory = 1500000");
  const std::vector<std::string> statements = {
      std::string("SELECT x FROM ") + kRows + " ORDER BY x DESC",
      "SELECT a, b FROM series(1..=40000) AS a JOIN series(1..=40000) AS b ON a = b",
      std::string("SELECT x, count(*) FROM ") + kRows + " GROUP BY x",
      std::string("SELECT DISTINCT x FROM ") + kRows,
      std::string("SELECT x, rank() OVER (PARTITION BY x % 500 ORDER BY x) FROM ") + kRows};
  for (const std::string& statement : statements) {
    {
      const FileSizeLimit limit(256 << 10);
      check(*session, statement, "E1204");
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << statement;
    auto open = session->execute(statement).value();
    std::vector<Value> row;
    ASSERT_TRUE(open->next(row).value());
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << statement;
    session->cancel();
    EXPECT_EQ(error_of(*open), ErrorCode::E1107) << statement;
    open.reset();
    session->clear_cancel();
    EXPECT_GE(run(*session, statement).rows.size(), 40'000u) << statement;
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << statement;
  }
}

TEST(MemoryLimit, NeedsAFolderToSpill) {
  DatabaseOptions options;
  options.spill_folder = "/no/such/folder";
  const auto database = Database::open_memory(options).value();
  const auto session = database->create_session().value();
  check(*session, "SET statement.memory = 1500000");
  check(*session, std::string("SELECT x FROM ") + kRows + " ORDER BY x DESC", "E1206");
  EXPECT_EQ(number(*session, "SELECT count(*) FROM series(1..=1000) AS x"), 1000);
}

TEST(MemoryLimit, IsShownByExplain) {
  const Opened opened(EngineKind::Memory);
  const auto session = opened.session();
  const Outcome outcome =
      run(*session,
          "EXPLAIN ANALYZE SELECT x FROM series(1..=100000) AS x ORDER BY x DESC LIMIT 40000");
  std::string text;
  for (const auto& row : outcome.rows) text += std::string(row[0].as_string()) + '\n';
  EXPECT_NE(text.find("held "), std::string::npos) << text;
  check(*session, "SET statement.memory = 1500000");
  text = explained(*session, "SELECT x FROM series(1..=100000) AS x ORDER BY x DESC");
  EXPECT_NE(text.find("spilled "), std::string::npos) << text;
}

}  // namespace memory_limit_test
}  // namespace zerodb::database
