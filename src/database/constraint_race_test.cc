// Constraints between transactions that do not see each other: one of them has to give way.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/random.h"
#include "database/sessions_test.h"
#include "database/store_check.h"

namespace zerodb::database {
namespace constraint_race_test {

class ConstraintRace : public testing::TestWithParam<EngineKind> {
 protected:
  static void check_store(Database& database) {
    const auto report = StoreCheck(database, nullptr, [](const std::string& problem) {
                          ADD_FAILURE() << problem;
                        }).run();
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->problems, 0u);
  }
};

TEST_P(ConstraintRace, UniqueHoldsBetweenTransactions) {
  for (const std::string isolation : {"SERIALIZABLE", "SNAPSHOT"}) {
    const Opened opened(GetParam());
    const auto one = opened.session();
    const auto two = opened.session();
    check(*one, "DEFINE TABLE mail SCHEMAFULL (address string UNIQUE)");
    check(*one, "BEGIN ISOLATION " + isolation);
    check(*two, "BEGIN ISOLATION " + isolation);
    check(*one, "CREATE mail:1 SET address = 'a@b'");
    check(*two, "CREATE mail:2 SET address = 'a@b'");
    check(*one, "COMMIT");
    check(*two, "COMMIT", "E0801");
    EXPECT_EQ(number(*one, "SELECT count(*) FROM mail"), 1);
    check_store(*opened.database);
  }
}

TEST_P(ConstraintRace, ReferencesHoldBetweenTransactions) {
  const Opened opened(GetParam());
  const auto one = opened.session();
  const auto two = opened.session();
  check(*one, "DEFINE TABLE person SCHEMALESS");
  check(*one, "DEFINE TABLE note SCHEMAFULL (about record<person> REFERENCE)");
  check(*one, "CREATE person:1");
  check(*one, "BEGIN");
  check(*two, "BEGIN");
  check(*one, "DELETE person:1");
  check(*two, "CREATE note:1 SET about = person:1");
  check(*one, "COMMIT");
  check(*two, "COMMIT", "E0801");
  EXPECT_EQ(number(*one, "SELECT count(*) FROM note"), 0);
}

// Eight writers want the same few values of a unique field.
TEST_P(ConstraintRace, UniqueHoldsBetweenThreads) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  check(*session, "DEFINE TABLE mail SCHEMAFULL (address int UNIQUE)");
  check(*session, "SET transaction.durability = 'relaxed'");
  std::atomic<int> strange = 0;
  std::vector<std::thread> writers;
  for (uint64_t writer = 0; writer < 8; ++writer) {
    writers.emplace_back([&, writer] {
      const auto own = opened.session();
      run(*own, "SET transaction.durability = 'relaxed'");
      SeededRandom random(writer);
      for (int i = 0; i < 150; ++i) {
        const uint64_t id = random.below(40);
        const std::string text =
            random.below(4) == 0
                ? fmt::format("DELETE mail:{}", id)
                : fmt::format("UPSERT mail:{} SET address = {}", id, random.below(40));
        const std::string code = run(*own, text).code;
        if (!code.empty() && code != "E1002" && code != "E0801") ++strange;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(strange.load(), 0);
  EXPECT_EQ(number(*session, "SELECT count(*) FROM mail"),
            number(*session, "SELECT count(DISTINCT address) FROM mail"));
  check_store(*opened.database);
}

INSTANTIATE_TEST_SUITE_P(Engines, ConstraintRace,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& info) { return storage::engine_name(info.param); });

}  // namespace constraint_race_test
}  // namespace zerodb::database
