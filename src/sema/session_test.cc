#include <gtest/gtest.h>

#include "sema/test_session.h"

namespace zerodb::sema {
namespace session_test {

const std::string kSchema = "DEFINE TABLE acct SCHEMAFULL (n int ASSERT $value >= 0)";

void check(std::initializer_list<Case> cases) {
  EXPECT_EQ(failing_cases(kSchema, std::span<const Case>(cases.begin(), cases.size())), "");
}

TEST(SessionCheck, ParametersAreBoundOnce) {
  check({
      {"LET $limit: int = 5; SELECT $limit AS l", "(l int)"},
      {"LET $limit = 5; LET $limit = 6", "E0209"},
      {"LET $bad: int = 'x'", "E0306"},
      {"LET $rich: array<record<acct>> = ARRAY(SELECT AS VALUE id FROM acct WHERE n > 5); SELECT "
       "length($rich) AS l",
       "(l int)"},
      {"LET $x = nope", "E0202"},
  });
}

TEST(SessionCheck, Settings) {
  check({
      {"SET exec.tier = 'interpreter'", "ok"},
      {"SET exec.tier = 'fast'", "E0317"},
      {"SET exec.tier = 5", "E0317"},
      {"SET statement.timeout = 90s", "ok"},
      {"SET statement.timeout = none", "ok"},
      {"SET statement.timeout = 'soon'", "E0317"},
      {"SET statement.memory = 1000000", "ok"},
      {"SET statement.memory = none", "ok"},
      {"SET statement.memory = 0", "E0317"},
      {"SET statement.threads = 2", "ok"},
      {"SET statement.threads = 0", "E0317"},
      {"SET statement.memory = 'much'", "E0317"},
      {"SET no.such = 1", "E0210"},
      {"RESET exec.tier", "ok"},
      {"RESET ALL", "ok"},
      {"RESET nosuch", "E0210"},
      {"SHOW exec.tier", "(exec.tier string)"},
      {"SHOW ALL", "(name string, value any)"},
      {"SHOW tables", "E0210"},
  });
}

TEST(SessionCheck, TransactionsDatabasesAndPlans) {
  check({
      {"BEGIN READ ONLY ISOLATION SNAPSHOT", "ok"},
      {"COMMIT", "ok"},
      {"ROLLBACK TO one", "ok"},
      {"SAVEPOINT one", "ok"},
      {"RELEASE one", "ok"},
      {"USE main.main", "ok"},
      {"USE main", "ok"},
      {"USE other", "E0206"},
      {"USE other.main", "E0206"},
      {"EXPLAIN SELECT n FROM acct", "(plan string)"},
      {"EXPLAIN ANALYZE FORMAT json SELECT n FROM acct", "(plan object)"},
      {"EXPLAIN FORMAT xml SELECT n FROM acct", "E0210"},
      {"EXPLAIN SELECT nope FROM acct", "E0202"},
      {"ANALYZE acct", "ok"},
      {"LIVE SELECT n FROM acct", "(id uuid)"},
      {"COPY acct TO STDOUT", "ok"},
      {"GRANT SELECT ON TABLE acct TO someone", "E0207"},
  });
}

TEST(SessionCheck, AnExplainedWriteWritesOnlyWithAnalyze) {
  TestSession session;
  session.run(kSchema);
  EXPECT_FALSE(session.run("EXPLAIN INSERT INTO acct (n) VALUES (1)").front().statement.writes);
  EXPECT_TRUE(
      session.run("EXPLAIN ANALYZE INSERT INTO acct (n) VALUES (1)").front().statement.writes);
  EXPECT_FALSE(session.run("EXPLAIN ANALYZE SELECT n FROM acct").front().statement.writes);
}

}  // namespace session_test
}  // namespace zerodb::sema
