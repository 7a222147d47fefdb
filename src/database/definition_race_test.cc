// Definitions beside writers: nobody meets anything but conflicts, and the store is right
// afterwards. ZERODB_SECONDS says how long; one second otherwise.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <set>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "database/sessions_test.h"
#include "database/store_check.h"

namespace zerodb::database {
namespace definition_race_test {

class DefinitionRace : public testing::TestWithParam<EngineKind> {};

constexpr int64_t kSecond = 1'000'000'000;
constexpr uint64_t kRecords = 500;

int64_t seconds() {
  const char* const text = std::getenv("ZERODB_SECONDS");
  return text == nullptr ? 1 : std::strtoll(text, nullptr, 10);
}

// Counts what went well and what met a conflict; everything else is a failure of the test.
struct Tally {
  std::atomic<uint64_t> done = 0;
  std::atomic<uint64_t> conflicts = 0;

  void run(Session& session, const std::string& text) {
    const std::string code = database::run(session, text).code;
    const bool is_conflict = code == "E0801" || code == "E0808";
    if (code.empty()) ++done;
    if (is_conflict) ++conflicts;
    EXPECT_TRUE(code.empty() || is_conflict) << code << ": " << text;
  }
};

void write(Session& session, SeededRandom& random, Tally& tally) {
  const uint64_t id = random.below(kRecords);
  const uint64_t n = random.below(100);
  switch (random.below(6)) {
    case 0:
      tally.run(session, fmt::format("DELETE thing:{}", id));
      return;
    case 1:
      tally.run(session, fmt::format("UPDATE thing SET n += 1 WHERE n = {}", n));
      return;
    case 2:
      tally.run(session,
                fmt::format("INSERT INTO thing (id, n, name) VALUES (thing:{}, {}, 'x') ON "
                            "CONFLICT DO UPDATE SET n = NEW.n",
                            id, n));
      return;
    case 3:
      tally.run(session, fmt::format("SELECT count(*) FROM thing WHERE n = {}", n));
      return;
    default:
      tally.run(session, fmt::format("UPSERT thing:{} SET n = {}, name = 'name {}'", id, n, n));
      return;
  }
}

// A definition, and later the one that takes it back.
void define(Session& session, SeededRandom& random, Tally& tally) {
  const auto both = [&](const std::string& first, const std::string& second) {
    tally.run(session, first);
    tally.run(session, second);
  };
  switch (random.below(6)) {
    case 0:
      both("DEFINE INDEX IF NOT EXISTS by_n ON thing (n)", "REMOVE INDEX IF EXISTS by_n ON thing");
      return;
    case 1:
      tally.run(session, "DEFINE INDEX IF NOT EXISTS by_name ON thing (name, n DESC)");
      tally.run(session, "ALTER INDEX by_name ON thing REBUILD");
      tally.run(session, "REMOVE INDEX IF EXISTS by_name ON thing");
      return;
    case 2:
      both("DEFINE FIELD IF NOT EXISTS more ON thing TYPE int DEFAULT n + 1",
           "REMOVE FIELD IF EXISTS more ON thing");
      return;
    case 3:
      both("ALTER TABLE thing ALTER FIELD n TYPE float",
           "ALTER TABLE thing ALTER FIELD n TYPE int");
      return;
    case 4:
      both("DEFINE TABLE IF NOT EXISTS other SCHEMALESS", "REMOVE TABLE IF EXISTS other");
      return;
    default:
      both("ALTER TABLE thing COMMENT 'one'", "ANALYZE thing");
      return;
  }
}

TEST_P(DefinitionRace, WritersMeetNothingButConflicts) {
  const uint64_t seed = SystemRandom().next();
  SCOPED_TRACE(seed);
  const Opened opened(GetParam());
  const auto session = opened.session();
  check(*session, "DEFINE TABLE thing SCHEMAFULL (n int, name string)");
  check(*session, fmt::format("INSERT INTO thing (id, n, name) SELECT i, i % 100, 'first' FROM "
                              "series(0..{}) AS r (i)",
                              kRecords));
  SystemClock clock;
  const int64_t until = clock.monotonic_ns() + seconds() * kSecond;
  Tally writes;
  Tally definitions;
  std::vector<std::thread> threads;
  for (uint64_t writer = 0; writer < 8; ++writer) {
    threads.emplace_back([&, writer] {
      SystemClock own_clock;
      SeededRandom random(seed + writer);
      const auto own = opened.session();
      check(*own, "SET transaction.durability = 'relaxed'");
      while (own_clock.monotonic_ns() < until) write(*own, random, writes);
    });
  }
  SeededRandom random(seed);
  while (clock.monotonic_ns() < until) define(*session, random, definitions);
  for (std::thread& each : threads) each.join();
  EXPECT_GT(writes.done, 0U);
  EXPECT_GT(definitions.done, 0U);
  const auto report = StoreCheck(*opened.database, nullptr, [](const std::string& problem) {
                        ADD_FAILURE() << problem;
                      }).run();
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->problems, 0U);
  std::printf("%llu writes, %llu conflicts; %llu definitions, %llu conflicts; %llu records\n",
              static_cast<unsigned long long>(writes.done),
              static_cast<unsigned long long>(writes.conflicts),
              static_cast<unsigned long long>(definitions.done),
              static_cast<unsigned long long>(definitions.conflicts),
              static_cast<unsigned long long>(report->records));
}

INSTANTIATE_TEST_SUITE_P(Engines, DefinitionRace,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& info) {
                           return info.param == EngineKind::Memory ? "Memory" : "Rocks";
                         });

}  // namespace definition_race_test
}  // namespace zerodb::database
