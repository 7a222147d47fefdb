#include "database/maintenance.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "base/random.h"
#include "database/sessions_test.h"

namespace zerodb::database {
namespace maintenance_test {

class MaintenanceTest : public testing::TestWithParam<EngineKind> {};

class SetClock final : public Clock {
 public:
  int64_t wall_ns() override { return now_ns.load(); }
  int64_t monotonic_ns() override { return now_ns.load(); }
  std::atomic<int64_t> now_ns = 1'800'000'000'000'000'000;
};

constexpr int64_t kHour = int64_t{3600} * 1'000'000'000;

void fill(Session& session, int64_t rows) {
  check(session, "DEFINE TABLE item SCHEMALESS");
  check(session, fmt::format("INSERT INTO item (id, n, tags) SELECT i, i % 100, [i % 3, i % 7] "
                             "FROM series(0..{}) AS r (i)",
                             rows));
}

// Whatever the index answers, a scan answers too.
void check_in_step(Session& session) {
  for (int64_t n = 0; n < 100; n += 7) {
    const std::string where = fmt::format(" WHERE n = {}", n);
    EXPECT_EQ(number(session, "SELECT count(*) FROM item WITH INDEX (by_n)" + where),
              number(session, "SELECT count(*) FROM item WITH NO INDEX" + where));
  }
}

TEST_P(MaintenanceTest, AnIndexIsBuiltBesideWriters) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  fill(*session, 20'000);
  std::atomic<bool> is_over = false;
  std::atomic<int> writes = 0;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      const auto own = opened.session();
      SeededRandom random(static_cast<uint64_t>(writer));
      while (!is_over) {
        const uint64_t id = random.below(20'000);
        const uint64_t n = random.below(100);
        const bool deletes = random.below(4) == 0;
        check(*own, deletes ? fmt::format("DELETE item:{}", id)
                            : fmt::format("UPSERT item:{} SET n = {}", id, n));
        ++writes;
      }
    });
  }
  while (writes < 10) std::this_thread::yield();
  check(*session, "DEFINE INDEX by_n ON item (n)");
  is_over = true;
  for (std::thread& writer : writers) writer.join();
  check_in_step(*session);
  EXPECT_EQ(run(*session, "SELECT state FROM system::indexes() AS i WHERE name = 'by_n'")
                .rows.at(0)
                .at(0)
                .as_string(),
            "ready");
}

TEST_P(MaintenanceTest, AnIndexThatCannotBeIsTakenBack) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  fill(*session, 10'000);
  check(*session, "UPDATE item SET u = record::key(id) WHERE true");
  check(*session, "UPDATE item:9999 SET u = 3");
  check(*session, "DEFINE INDEX by_u ON item (u) UNIQUE", "E1011");
  EXPECT_EQ(number(*session, "SELECT count(*) FROM system::indexes() AS i"), 0);
  // Nobody is bound by it any more.
  check(*session, "CREATE item SET u = 3");
  check(*session, "DELETE FROM item WHERE u = 3");
  check(*session, "DEFINE INDEX by_u ON item (u) UNIQUE");
  check(*session, "CREATE item SET u = 4", "E1002");
}

TEST_P(MaintenanceTest, ACancelledIndexIsTakenBack) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  fill(*session, 30'000);
  const auto watcher = opened.session();
  std::thread canceller([&] {
    const std::string is_there = "SELECT count(*) FROM system::indexes() AS i WHERE name = 'by_n'";
    while (number(*watcher, is_there) == 0) std::this_thread::yield();
    session->cancel();
  });
  const std::string code = run(*session, "DEFINE INDEX by_n ON item (n)").code;
  canceller.join();
  session->clear_cancel();
  // The cancel may have come too late.
  if (code.empty()) {
    check_in_step(*session);
    return;
  }
  EXPECT_EQ(code, "E1107");
  EXPECT_EQ(number(*session, "SELECT count(*) FROM system::indexes() AS i"), 0);
  check(*session, "DEFINE INDEX by_n ON item (n)");
  check_in_step(*session);
}

TEST_P(MaintenanceTest, WhatIsDroppedIsFreedOnceNobodySeesIt) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  fill(*session, 1'000);
  check(*session, "DEFINE INDEX by_n ON item (n)");
  const auto reader = opened.session();
  check(*reader, "BEGIN READ ONLY");
  EXPECT_EQ(number(*reader, "SELECT count(*) FROM item"), 1'000);
  check(*session, "REMOVE TABLE item");
  EXPECT_TRUE(opened.database->maintain().value());
  EXPECT_EQ(number(*reader, "SELECT count(*) FROM item"), 1'000);
  EXPECT_EQ(number(*reader, "SELECT count(*) FROM item WITH INDEX (by_n) WHERE n = 5"), 10);
  check(*reader, "COMMIT");
  EXPECT_FALSE(opened.database->maintain().value());
  check(*session, "SELECT * FROM item", "E0201");
  fill(*session, 10);
  EXPECT_EQ(number(*session, "SELECT count(*) FROM item"), 10);
}

TEST_P(MaintenanceTest, ADatabaseGoesWithAllThatIsInIt) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  fill(*session, 5);
  check(*session, "DEFINE DATABASE other");
  const auto tenant = opened.session();
  check(*tenant, "USE other");
  fill(*tenant, 1'000);
  check(*tenant, "REMOVE DATABASE other", "E0211");
  check(*session, "REMOVE DATABASE main.main", "E0211");
  check(*session, "REMOVE DATABASE other");
  check(*tenant, "SELECT * FROM item", "E0206");
  EXPECT_FALSE(opened.database->maintain().value());
  check(*session, "DEFINE DATABASE other");
  check(*tenant, "USE other");
  check(*tenant, "SELECT * FROM item", "E0201");
  EXPECT_EQ(number(*session, "SELECT count(*) FROM item"), 5);
}

TEST_P(MaintenanceTest, RecordsGoWhenTheirLifetimeIsOver) {
  SetClock clock;
  const Opened opened(GetParam(), &clock);
  const auto session = opened.session();
  check(*session, "DEFINE TABLE visit SCHEMALESS WITH (ttl = 1h)");
  check(*session, "DEFINE INDEX by_n ON visit (n)");
  check(*session, "DEFINE TABLE note SCHEMAFULL (about record<visit> REFERENCE)");
  for (int n = 0; n < 3; ++n) check(*session, fmt::format("CREATE visit:{} SET n = {}", n, n));
  check(*session, "CREATE note:1 SET about = visit:2");
  clock.now_ns += kHour / 2;
  check(*session, "UPDATE visit:1 SET n = 11");
  ASSERT_TRUE(opened.database->maintain().has_value());
  EXPECT_EQ(number(*session, "SELECT count(*) FROM visit"), 3);

  clock.now_ns += kHour / 2 + 1'000'000;
  ASSERT_TRUE(opened.database->maintain().has_value());
  // One was written later, one is still referred to.
  EXPECT_EQ(number(*session, "SELECT sum(n) FROM visit"), 13);
  EXPECT_EQ(number(*session, "SELECT count(*) FROM visit WITH INDEX (by_n) WHERE n = 0"), 0);

  check(*session, "DELETE note:1");
  check(*session, "ALTER TABLE visit SET (ttl = 10h)");
  clock.now_ns += kHour;
  ASSERT_TRUE(opened.database->maintain().has_value());
  EXPECT_EQ(number(*session, "SELECT count(*) FROM visit"), 2);
  clock.now_ns += 10 * kHour;
  ASSERT_TRUE(opened.database->maintain().has_value());
  EXPECT_EQ(number(*session, "SELECT count(*) FROM visit"), 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, MaintenanceTest,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& info) {
                           return info.param == EngineKind::Memory ? "Memory" : "Rocks";
                         });

// A process that is killed somewhere while it builds an index leaves one that the next process
// finishes.
TEST(MaintenanceAfterACrash, AnIndexIsFinished) {
  const storage::TestFolder folder;
  const std::string path = folder.path() + "/db";
  const auto open = [&] { return Database::open(path, {.memory_budget = 64 << 20}).value(); };
  {
    const auto database = open();
    fill(*database->create_session().value(), 30'000);
  }
  for (int round = 0; round < 5; ++round) {
    int started[2];
    ASSERT_EQ(pipe(started), 0);
    const pid_t child = fork();
    if (child == 0) {
      const auto database = open();
      const auto session = database->create_session().value();
      char byte = 0;
      if (write(started[1], &byte, 1) != 1) _exit(1);
      (void)session->execute("DEFINE INDEX by_n ON item (n)");
      while (true) pause();
    }
    char byte = 0;
    ASSERT_EQ(read(started[0], &byte, 1), 1);
    for (int turn = 0; turn < round * 20'000; ++turn) std::this_thread::yield();
    ASSERT_EQ(kill(child, SIGKILL), 0);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    close(started[0]);
    close(started[1]);

    const auto database = open();
    const auto session = database->create_session().value();
    while (database->maintain().value()) std::this_thread::yield();
    if (number(*session, "SELECT count(*) FROM system::indexes() AS i") == 0) continue;
    check_in_step(*session);
    check(*session, "REMOVE INDEX by_n ON item");
  }
}

}  // namespace maintenance_test
}  // namespace zerodb::database
