// Numbers of sequences under threads and across a restart.
#include "database/sequences.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "database/database.h"
#include "database/session.h"
#include "storage/test_engines.h"

namespace zerodb::database {
namespace sequences_test {

int64_t draw(Session& session) {
  auto result = session.execute("SELECT sequence::next('s') AS n");
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().to_string());
  auto rows = (*result)->collect();
  EXPECT_TRUE(rows.has_value()) << (rows ? "" : rows.error().to_string());
  return (*rows)[0][0].as_int64();
}

void must(Session& session, std::string_view text) {
  const auto done = session.execute(text);
  ASSERT_TRUE(done.has_value()) << text << ": " << (done ? "" : done.error().to_string());
}

// Each number once, in each thread upwards, without a gap among all.
TEST(Sequences, ThreadsGetDifferentNumbers) {
  constexpr int kThreads = 4;
  constexpr int kDraws = 500;
  const auto database = Database::open_memory().value();
  must(*database->create_session().value(), "DEFINE SEQUENCE s WITH (cache = 7)");
  std::vector<std::vector<int64_t>> drawn(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const auto session = database->create_session().value();
      for (int i = 0; i < kDraws; ++i) drawn[t].push_back(draw(*session));
    });
  }
  for (std::thread& each : threads) each.join();
  std::vector<int64_t> all;
  for (const auto& each : drawn) {
    EXPECT_TRUE(std::is_sorted(each.begin(), each.end()));
    all.insert(all.end(), each.begin(), each.end());
  }
  std::sort(all.begin(), all.end());
  for (size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i], static_cast<int64_t>(i) + 1);
}

// A transaction that changes definitions draws in itself, beside others that do not.
TEST(Sequences, DefiningTransactionsDrawNoNumberTwice) {
  const auto database = Database::open_memory().value();
  const auto one = database->create_session().value();
  const auto two = database->create_session().value();
  must(*one, "DEFINE SEQUENCE s WITH (cache = 4)");
  std::vector<int64_t> all{draw(*two)};
  must(*one, "BEGIN");
  must(*one, "DEFINE TABLE t SCHEMALESS");
  all.push_back(draw(*one));
  all.push_back(draw(*two));
  must(*one, "COMMIT");
  for (int i = 0; i < 10; ++i) all.push_back(draw(i % 2 == 0 ? *one : *two));
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

TEST(Sequences, NumbersGoOnAfterARestart) {
  const storage::TestFolder folder;
  const std::string path = folder.path() + "/db";
  int64_t last = 0;
  for (int run = 0; run < 3; ++run) {
    const auto database = Database::open(path, {.memory_budget = 64 << 20}).value();
    const auto session = database->create_session().value();
    if (run == 0) must(*session, "DEFINE SEQUENCE s WITH (cache = 8)");
    for (int i = 0; i < 10; ++i) {
      const int64_t number = draw(*session);
      EXPECT_GT(number, last);
      last = number;
    }
  }
  EXPECT_LE(last, 48);  // at most one block is lost at each end
}

}  // namespace sequences_test
}  // namespace zerodb::database
