// ANALYZE, and what plans make of it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "database/sessions_test.h"

namespace zerodb::database {
namespace stored_statistics_test {

class StoredStatisticsTest : public testing::TestWithParam<EngineKind> {};

std::string plan_of(Session& session, std::string_view query) {
  const Outcome outcome = run(session, fmt::format("EXPLAIN {}", query));
  EXPECT_EQ(outcome.code, "") << query;
  std::string text;
  for (const auto& row : outcome.rows) text += std::string(row[0].as_string()) + "\n";
  return text;
}

// 20,000 records: 19,000 are open, the others each closed on a day of its own.
void fill(Session& session) {
  check(session, "DEFINE TABLE task SCHEMAFULL (state string, day int, note string?)");
  check(session,
        "INSERT INTO task (id, state, day) SELECT i, CASE WHEN i % 20 = 0 THEN 'closed' ELSE "
        "'open' END, i FROM series(0..20000) AS r (i)");
  check(session, "DEFINE INDEX by_state ON task (state)");
  check(session, "DEFINE INDEX by_day ON task (day)");
}

TEST_P(StoredStatisticsTest, AnIndexIsUsedWhereItLeavesFew) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  fill(*session);
  check(*session, "ANALYZE task");
  EXPECT_NE(plan_of(*session, "SELECT * FROM task WHERE state = 'closed'").find("by_state"),
            std::string::npos);
  EXPECT_EQ(plan_of(*session, "SELECT * FROM task WHERE state = 'open'").find("by_state"),
            std::string::npos);
  // Of two the better one.
  EXPECT_NE(
      plan_of(*session, "SELECT * FROM task WHERE state = 'closed' AND day = 60").find("by_day"),
      std::string::npos);
  EXPECT_NE(
      plan_of(*session, "SELECT * FROM task WHERE state = 'closed' AND day > 0").find("by_state"),
      std::string::npos);
  // A hint wins.
  EXPECT_NE(plan_of(*session, "SELECT * FROM task WITH INDEX (by_state) WHERE state = 'open'")
                .find("by_state"),
            std::string::npos);
  EXPECT_EQ(number(*session, "SELECT count(*) FROM task WHERE state = 'open'"), 19'000);
  EXPECT_EQ(number(*session, "SELECT count(*) FROM task WHERE state = 'closed'"), 1'000);
}

TEST_P(StoredStatisticsTest, EstimatesAreNearWhatIsThere) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  fill(*session);
  check(*session, "ANALYZE");
  EXPECT_NE(
      plan_of(*session, "SELECT id FROM task WHERE day >= 5000 AND day < 15000").find("(about 10"),
      std::string::npos)
      << plan_of(*session, "SELECT id FROM task WHERE day >= 5000 AND day < 15000");
  EXPECT_NE(plan_of(*session, "SELECT state, count(*) FROM task GROUP BY state").find("(about 2 "),
            std::string::npos)
      << plan_of(*session, "SELECT state, count(*) FROM task GROUP BY state");
}

TEST_P(StoredStatisticsTest, SurviveAReopenAndGoWithTheirTable) {
  if (GetParam() == EngineKind::Memory) return;
  storage::TestFolder folder;
  const std::string path = folder.path() + "/db";
  {
    const auto database = Database::open(path, {}).value();
    const auto session = database->create_session().value();
    fill(*session);
    check(*session, "ANALYZE task");
  }
  const auto database = Database::open(path, {}).value();
  const auto session = database->create_session().value();
  EXPECT_EQ(plan_of(*session, "SELECT * FROM task WHERE state = 'open'").find("by_state"),
            std::string::npos);
  check(*session, "REMOVE TABLE task");
  check(*session, "ANALYZE");
  check(*session, "ANALYZE task", "E0201");
}

TEST_P(StoredStatisticsTest, PlansFromBeforeAreMadeAnew) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  fill(*session);
  const auto prepared = session->prepare("EXPLAIN SELECT * FROM task WHERE state = 'open'").value();
  const auto text = [&] {
    std::string out;
    auto rows = session->execute(*prepared).value()->collect().value();
    for (const auto& row : rows) out += std::string(row[0].as_string()) + "\n";
    return out;
  };
  EXPECT_NE(text().find("by_state"), std::string::npos);
  check(*session, "ANALYZE");
  EXPECT_EQ(text().find("by_state"), std::string::npos);
}

// What a plan finds missing is looked up in the background.
TEST_P(StoredStatisticsTest, LargeTablesAreLookedThroughUnasked) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  fill(*session);
  check(*session,
        "UPDATE task SET note = encoding::hex(crypto::sha256(CAST(day AS string))) WHERE true");
  ASSERT_TRUE(opened.database->flush().has_value());
  check(*session, "SELECT * FROM task WHERE day = 1");
  ASSERT_TRUE(opened.database->maintain().has_value());
  EXPECT_EQ(plan_of(*session, "SELECT * FROM task WHERE state = 'open'").find("by_state"),
            std::string::npos);
}

TEST_P(StoredStatisticsTest, EmptyTablesAndViewsAreFine) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  check(*session, "DEFINE TABLE none_here SCHEMALESS");
  check(*session, "DEFINE VIEW shown AS SELECT id FROM none_here");
  check(*session, "ANALYZE");
  check(*session, "ANALYZE none_here");
  EXPECT_EQ(number(*session, "SELECT count(*) FROM none_here"), 0);
  check(*session, "BEGIN");
  check(*session, "ANALYZE none_here");
  check(*session, "COMMIT");
}

INSTANTIATE_TEST_SUITE_P(Engines, StoredStatisticsTest,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& info) {
                           return info.param == EngineKind::Memory ? "memory" : "rocks";
                         });

}  // namespace stored_statistics_test
}  // namespace zerodb::database
