#include "database/store_check.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/bytes.h"
#include "database/sessions_test.h"
#include "storage/rocks_engine.h"

namespace zerodb::database {
namespace store_check_test {

constexpr std::string_view kDefinitions[] = {
    "DEFINE TABLE person SCHEMAFULL (name string UNIQUE, age int?, tags array<string> DEFAULT [])",
    "DEFINE INDEX by_tag ON person (tags[*])",
    "DEFINE INDEX grown ON person (age DESC) WHERE age >= 18",
    "DEFINE INDEX by_lower ON person ((lower(name)))",
    "DEFINE EDGE likes FROM person TO person (since datetime?)",
    "DEFINE TABLE reading SCHEMALESS KEY (sensor string, at int)",
    "DEFINE TABLE note SCHEMAFULL (about record<person> REFERENCE ON DELETE CASCADE)",
    "DEFINE VIEW names AS SELECT name FROM person",
    "INSERT INTO person (id, name, age, tags) VALUES (1, 'Ann', 40, ['a', 'b', 'a']), "
    "(2, 'Bo', 7, []), (3, 'Cy', none, ['b'])",
    "RELATE person:1 -> likes -> person:2",
    "CREATE note:1 SET about = person:1",
    "CREATE reading:['s', 1] SET value = 2.5",
    "UPDATE person:2 SET age = 18",
    "DELETE person:3",
};

std::vector<std::string> problems_of(Database& database, StoreReport* counts = nullptr) {
  std::vector<std::string> found;
  const auto report =
      StoreCheck(database, nullptr, [&](const std::string& text) { found.push_back(text); }).run();
  EXPECT_TRUE(report.has_value());
  EXPECT_EQ(report->problems, found.size());
  if (counts != nullptr) *counts = *report;
  return found;
}

class StoreCheckTest : public testing::TestWithParam<EngineKind> {};

TEST_P(StoreCheckTest, ASoundStoreHasNoProblem) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  for (const std::string_view text : kDefinitions) check(*session, text);
  StoreReport counts;
  EXPECT_EQ(problems_of(*opened.database, &counts), std::vector<std::string>());
  EXPECT_EQ(counts.tables, 5u);
  EXPECT_EQ(counts.records, 5u);
  // 2 names, 2 tags, 2 grown, 2 lower; 2 ends of the edge; 1 of the reference.
  EXPECT_EQ(counts.entries, 11u);
  // What was dropped is nobody's until it is freed.
  check(*session, "REMOVE INDEX by_tag ON person");
  EXPECT_EQ(problems_of(*opened.database), std::vector<std::string>());
  ASSERT_TRUE(opened.database->maintain().has_value());
  EXPECT_EQ(problems_of(*opened.database), std::vector<std::string>());
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreCheckTest,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& info) {
                           return info.param == EngineKind::Memory ? "Memory" : "Rocks";
                         });

// Takes away, adds or changes single keys behind the database's back; each is found.
TEST(StoreCheckOfADamagedStore, EachDamageIsFound) {
  const storage::TestFolder folder;
  const std::string path = folder.path() + "/db";
  {
    const auto database = Database::open(path, {.memory_budget = 64 << 20}).value();
    const auto session = database->create_session().value();
    for (const std::string_view text : kDefinitions) check(*session, text);
  }
  struct Damage {
    storage::Family family;
    std::string key;
    std::string value;
  };
  std::vector<Damage> all;
  const auto engine = [&] {
    storage::RocksOptions options;
    options.path = path;
    options.memory_budget_bytes = 64 << 20;
    return storage::RocksEngine::open(options).value();
  };
  {
    const auto store = engine();
    for (const storage::Family family : {storage::Family::Row, storage::Family::Index}) {
      const auto entries =
          store->iterate(family, storage::Range::all(), storage::Direction::Forward, nullptr);
      while (const storage::Entry* entry = entries->next())
        all.push_back({family, std::string(entry->key), std::string(entry->value)});
    }
  }
  const auto found_after = [&](const Damage& damage, const std::optional<std::string>& value) {
    {
      const auto store = engine();
      storage::WriteBatch batch;
      if (value) {
        batch.put(damage.family, damage.key, *value);
      } else {
        batch.erase(damage.family, damage.key);
      }
      EXPECT_TRUE(store->write(batch, {}).has_value());
    }
    const auto database = Database::open(path, {.memory_budget = 64 << 20}).value();
    return problems_of(*database).size();
  };
  size_t tried = 0;
  for (const Damage& each : all) {
    const bool is_tombstone = each.value.size() <= 9;
    if (is_tombstone) continue;
    ++tried;
    // A record of `reading` has no entry and nothing refers to it: nobody can miss it.
    const bool is_missed = found_after(each, std::nullopt) > 0;
    const bool may_go = each.family == storage::Family::Row;
    EXPECT_TRUE(is_missed || may_go) << "key without " << each.key;
    Damage stray = each;
    stray.key += "\x01";
    EXPECT_EQ(found_after(each, each.value), 0u);
  }
  EXPECT_GT(tried, 10u);
  std::string nowhere;
  put_be(nowhere, uint64_t{0x1'0000'7777});
  for (const storage::Family family : {storage::Family::Row, storage::Family::Index}) {
    const Damage stray{family, nowhere + "x", {}};
    EXPECT_GT(found_after(stray, all.front().value), 0u);
    EXPECT_EQ(found_after(stray, std::nullopt), 0u);
  }
}

}  // namespace store_check_test
}  // namespace zerodb::database
