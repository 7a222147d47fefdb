#include "database/quotas.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "database/sessions_test.h"

namespace zerodb::database {
namespace quotas_test {

class QuotasTest : public testing::TestWithParam<EngineKind> {};

void fill(Session& session, int64_t from) {
  check(session, fmt::format("INSERT INTO thing (id, text) SELECT i, encoding::hex(crypto::sha256("
                             "CAST(i AS string))) FROM series({}..{}) AS r (i)",
                             from, from + 1000));
}

TEST_P(QuotasTest, StorageOfADatabaseIsBounded) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  check(*session, "DEFINE DATABASE small WITH (storage_max = 300_000)");
  check(*session, "USE small");
  check(*session, "DEFINE TABLE thing SCHEMALESS");
  fill(*session, 0);
  int64_t stored = 1000;
  std::string code;
  while (code.empty() && stored < 20'000) {
    ASSERT_TRUE(opened.database->flush().has_value());
    code =
        run(*session, fmt::format("INSERT INTO thing (id, text) SELECT i, encoding::hex("
                                  "crypto::sha256(CAST(i AS string))) FROM series({}..{}) AS r (i)",
                                  stored, stored + 1000))
            .code;
    if (code.empty()) stored += 1000;
  }
  EXPECT_EQ(code, "E1110");
  EXPECT_LT(stored, 10'000);
  EXPECT_EQ(number(*session, "SELECT count(*) FROM thing"), stored);
  // Reading goes on, other databases are not concerned, and a larger quota helps.
  check(*session, "USE main");
  check(*session, "DEFINE TABLE thing SCHEMALESS");
  fill(*session, 0);
  check(*session, "ALTER DATABASE small SET (storage_max = 30_000_000)");
  check(*session, "USE small");
  fill(*session, stored);
  // Also inside of a transaction, by what it is about to write.
  check(*session, "ALTER DATABASE small SET (storage_max = 1000)");
  check(*session, "BEGIN");
  check(*session, "CREATE thing:'new'", "E1110");
  check(*session, "ROLLBACK");
  check(*session, "DELETE thing WHERE true");
}

TEST_P(QuotasTest, StorageOfANamespaceIsThatOfAllItsDatabases) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  check(*session, "DEFINE NAMESPACE team WITH (storage_max = 150_000)");
  check(*session, "DEFINE DATABASE team.one");
  check(*session, "DEFINE DATABASE team.two");
  for (const std::string name : {"one", "two"}) {
    check(*session, "USE team." + name);
    check(*session, "DEFINE TABLE thing SCHEMALESS");
  }
  fill(*session, 0);
  ASSERT_TRUE(opened.database->flush().has_value());
  check(*session, "USE team.one");
  std::string code;
  for (int64_t from = 0; code.empty() && from < 5000; from += 100) {
    ASSERT_TRUE(opened.database->flush().has_value());
    code =
        run(*session, fmt::format("INSERT INTO thing (id, text) SELECT i, encoding::hex("
                                  "crypto::sha256(CAST(i AS string))) FROM series({}..{}) AS r (i)",
                                  from, from + 100))
            .code;
  }
  EXPECT_EQ(code, "E1110");
}

TEST_P(QuotasTest, StatementsAreCountedWhileTheirRowsAreRead) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  const auto other = opened.session();
  check(*session, "DEFINE DATABASE busy WITH (statements_max = 2)");
  for (Session* each : {session.get(), other.get()}) check(*each, "USE busy");
  check(*session, "DEFINE TABLE thing SCHEMALESS");
  fill(*session, 0);
  fill(*session, 1000);
  auto first = session->execute("SELECT * FROM thing").value();
  std::vector<Value> row;
  ASSERT_TRUE(first->next(row).value());
  auto second = other->execute("SELECT * FROM thing").value();
  ASSERT_TRUE(second->next(row).value());
  const auto third = opened.session();
  check(*third, "USE busy");
  check(*third, "SELECT count(*) FROM thing", "E1109");
  second.reset();
  EXPECT_EQ(number(*third, "SELECT count(*) FROM thing"), 2000);
  EXPECT_EQ(first->collect().value().size(), 1999U);
  check(*session, "ALTER DATABASE busy SET (statements_max = 0)");
  check(*session, "SELECT 1", "E1109");
  check(*session, "USE main");
  check(*session, "SELECT 1");
}

TEST_P(QuotasTest, MemoryIsThatOfAllStatements) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  check(*session, "DEFINE NAMESPACE team WITH (memory_max = 3_000_000)");
  check(*session, "DEFINE DATABASE team.one WITH (memory_max = 1_000_000)");
  check(*session, "DEFINE DATABASE team.two");
  const std::string keeps = "SELECT length(array_agg(i)) FROM series(0..{}) AS r (i)";
  const std::string few = fmt::format(fmt::runtime(keeps), 10'000);
  const std::string many = fmt::format(fmt::runtime(keeps), 60'000);
  const std::string most = fmt::format(fmt::runtime(keeps), 600'000);
  check(*session, "USE team.one");
  EXPECT_EQ(number(*session, few), 10'000);
  check(*session, many, "E1108");
  check(*session, "USE team.two");
  EXPECT_EQ(number(*session, many), 60'000);
  check(*session, most, "E1108");
  check(*session, "USE main.main");
  EXPECT_EQ(number(*session, most), 600'000);
  check(*session, "ALTER DATABASE team.one SET (memory_max = 100_000_000)");
  check(*session, "USE team.one");
  EXPECT_EQ(number(*session, many), 60'000);
}

INSTANTIATE_TEST_SUITE_P(Engines, QuotasTest,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& info) {
                           return info.param == EngineKind::Memory ? "Memory" : "Rocks";
                         });

}  // namespace quotas_test
}  // namespace zerodb::database
