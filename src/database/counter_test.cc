// Many threads count up: no increment is lost. ZERODB_CASES=10 makes 10,000 of each thread.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/property_test.h"
#include "database/sessions_test.h"

namespace zerodb::database {
namespace counter_test {

class Counter : public testing::TestWithParam<EngineKind> {};

constexpr uint64_t kThreads = 16;

void count_up(EngineKind kind, uint64_t records) {
  const Opened opened(kind);
  const auto session = opened.session();
  check(*session, "DEFINE TABLE counter SCHEMAFULL (n int)");
  for (uint64_t i = 0; i < records; ++i)
    check(*session, fmt::format("CREATE counter:{} SET n = 0", i));
  const uint64_t increments = property_cases(1000);
  std::vector<std::thread> threads;
  for (uint64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      const auto own = opened.session();
      check(*own, "SET transaction.durability = 'relaxed'");
      for (uint64_t i = 0; i < increments; ++i) {
        const std::string text =
            fmt::format("UPDATE counter:{} SET n += 1", (thread + i * 7) % records);
        // The database repeats a statement many times by itself; under this load that can still
        // not be enough.
        std::string code = "E0801";
        while (code == "E0801") code = run(*own, text).code;
        ASSERT_EQ(code, "") << text;
      }
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(number(*session, "SELECT sum(n) FROM counter"),
            static_cast<int64_t>(kThreads * increments));
}

TEST_P(Counter, OneRecord) {
  count_up(GetParam(), 1);
}

TEST_P(Counter, ManyRecords) {
  count_up(GetParam(), 64);
}

INSTANTIATE_TEST_SUITE_P(Engines, Counter, testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& info) {
                           return info.param == EngineKind::Memory ? "Memory" : "Rocks";
                         });

}  // namespace counter_test
}  // namespace zerodb::database
