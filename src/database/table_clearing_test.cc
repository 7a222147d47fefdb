// DELETE of all records of a large table at once: what everybody sees of it, and that nothing is
// left.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/property_test.h"
#include "database/live_query.h"
#include "database/sessions_test.h"
#include "database/store_check.h"

namespace zerodb::database {
namespace table_clearing_test {

constexpr int64_t kRecords = 12'000;

class TableClearing : public testing::TestWithParam<EngineKind> {
 protected:
  TableClearing() : opened_(GetParam()), session_(opened_.session()) {}

  void define(std::string_view table = "item") {
    check(*session_, fmt::format("DEFINE TABLE {} SCHEMAFULL (n int UNIQUE, part int?)", table));
    check(*session_, fmt::format("DEFINE INDEX by_part ON {} (part)", table));
  }
  void fill(std::string_view table = "item") {
    check(*session_, fmt::format("INSERT INTO {} SELECT i AS id, i AS n, i % 7 AS part FROM "
                                 "series(1..={}) AS i",
                                 table, kRecords));
  }
  int64_t affected(Session& session, std::string_view text) {
    auto result = session.execute(text);
    EXPECT_TRUE(result.has_value()) << text;
    EXPECT_TRUE((*result)->collect().has_value());
    return static_cast<int64_t>((*result)->statistics().affected);
  }
  int64_t count(std::string_view table = "item") { return count_in(*session_, table); }
  static int64_t count_in(Session& session, std::string_view table = "item") {
    return number(session, fmt::format("SELECT count(*) FROM {}", table));
  }
  // Spaces that wait to be freed; somebody must hold a snapshot meanwhile.
  int64_t waiting_spaces() {
    return number(*session_, "SELECT count(*) FROM system::jobs WHERE kind = 'space'");
  }
  // A session inside a transaction whose snapshot is taken.
  std::unique_ptr<Session> reader() {
    auto session = opened_.session();
    check(*session, "BEGIN READ ONLY");
    EXPECT_EQ(number(*session, "SELECT 1"), 1);
    count_in(*session);
    return session;
  }
  // The error that ends it, or nothing once no event waits.
  static std::string take_events(LiveQuery& query, std::vector<LiveEvent>& events) {
    while (true) {
      auto event = query.next(0);
      if (!event) return std::string(code_name(event.error().code()));
      if (!*event) return "";
      events.push_back(**event);
    }
  }
  std::shared_ptr<LiveQuery> live(std::string_view text) {
    const Outcome outcome = run(*session_, text);
    EXPECT_EQ(outcome.code, "") << text;
    return session_->live_query(outcome.rows[0][0].as_uuid());
  }
  void expect_sound() {
    const auto report = StoreCheck(*opened_.database, nullptr, [](const std::string& text) {
                          ADD_FAILURE() << text;
                        }).run();
    ASSERT_TRUE(report.has_value());
  }

  Opened opened_;
  std::unique_ptr<Session> session_;
};

TEST_P(TableClearing, OldSnapshotsGoOnAndTheSpaceIsFreed) {
  define();
  fill();
  auto before = reader();
  EXPECT_EQ(affected(*session_, "DELETE item WHERE true"), kRecords);
  EXPECT_EQ(waiting_spaces(), 3);
  EXPECT_EQ(count(), 0);
  EXPECT_EQ(run(*session_, "SELECT n FROM item WHERE part = 3").rows.size(), 0u);
  EXPECT_EQ(run(*session_, "SELECT n FROM item:5").rows.size(), 0u);
  EXPECT_EQ(count_in(*before), kRecords);
  EXPECT_EQ(number(*before, "SELECT count(*) FROM item WHERE n = 77"), 1);
  expect_sound();
  // The values are free again, and the record ids are those of before.
  check(*session_, "CREATE item:5 SET n = 77, part = 3");
  EXPECT_EQ(number(*session_, "SELECT n FROM item:5"), 77);
  EXPECT_EQ(number(*before, "SELECT n FROM item:5"), 5);
  check(*before, "COMMIT");
  const auto left = opened_.database->maintain();
  ASSERT_TRUE(left.has_value());
  EXPECT_FALSE(*left);
  EXPECT_EQ(waiting_spaces(), 0);
  EXPECT_EQ(count(), 1);
  expect_sound();
}

TEST_P(TableClearing, IsTakenBackWithItsTransaction) {
  define();
  fill();
  check(*session_, "BEGIN");
  check(*session_, "SAVEPOINT s");
  EXPECT_EQ(affected(*session_, "DELETE item WHERE true"), kRecords);
  EXPECT_EQ(count(), 0);
  check(*session_, "CREATE item:1 SET n = 1");
  EXPECT_EQ(count(), 1);
  // What the transaction wrote itself goes one by one.
  EXPECT_EQ(affected(*session_, "DELETE item WHERE true"), 1);
  check(*session_, "ROLLBACK TO s");
  EXPECT_EQ(count(), kRecords);
  EXPECT_EQ(number(*session_, "SELECT count(*) FROM item WHERE part = 0"), kRecords / 7);
  check(*session_, "DELETE item WHERE true");
  check(*session_, "CREATE item:2 SET n = 1, part = 9");
  check(*session_, "COMMIT");
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(number(*session_, "SELECT n FROM item WHERE part = 9"), 1);
  ASSERT_TRUE(opened_.database->maintain().has_value());
  expect_sound();
}

TEST_P(TableClearing, ConflictsWithWritersBesideIt) {
  define();
  fill();
  auto other = opened_.session();
  check(*other, "BEGIN");
  check(*other, "CREATE item:0 SET n = 0");
  EXPECT_EQ(affected(*session_, "DELETE item WHERE true"), kRecords);
  check(*other, "COMMIT", "E0801");
  EXPECT_EQ(count(), 0);

  fill();
  check(*other, "BEGIN");
  EXPECT_EQ(affected(*other, "DELETE item WHERE true"), kRecords);
  check(*session_, "CREATE item:0 SET n = 0");
  check(*other, "COMMIT", "E0801");
  EXPECT_EQ(count(), kRecords + 1);
  expect_sound();
}

TEST_P(TableClearing, CountsWhatWasThere) {
  define();
  fill();
  check(*session_, "DELETE item WHERE part = 1");
  check(*session_, "UPDATE item SET part = 5 WHERE part = 2");
  check(*session_,
        "INSERT INTO item SELECT i + 50000 AS id, i + 50000 AS n FROM series(1..=10) AS i");
  const int64_t records = count();
  EXPECT_EQ(affected(*session_, "DELETE item WHERE true"), records);
  fill();
  EXPECT_EQ(affected(*session_, "DELETE item WHERE true"), kRecords);
  EXPECT_EQ(affected(*session_, "DELETE item WHERE true"), 0);
}

TEST_P(TableClearing, LooksAtRecordsThatOthersHangOn) {
  define();
  fill();
  check(*session_, "DEFINE TABLE note SCHEMAFULL (about record<item>? REFERENCE ON DELETE UNSET)");
  check(*session_, "CREATE note:1 SET about = item:7");
  EXPECT_EQ(affected(*session_, "DELETE item WHERE true"), kRecords);
  EXPECT_EQ(number(*session_, "SELECT count(*) FROM note WHERE about IS none"), 1);

  define("place");
  check(*session_, "DEFINE EDGE road FROM place TO place");
  fill("place");
  check(*session_, "RELATE place:1 -> road -> place:2");
  EXPECT_EQ(affected(*session_, "DELETE place WHERE true"), kRecords);
  EXPECT_EQ(count("road"), 0);
  ASSERT_TRUE(opened_.database->maintain().has_value());
  expect_sound();
}

TEST_P(TableClearing, LinksAndEdgesFindWhatCameAfter) {
  define();
  fill();
  check(*session_, "DEFINE TABLE note SCHEMAFULL (about record<item>?)");
  check(*session_, "CREATE note:1 SET about = item:7");
  check(*session_, "DELETE item WHERE true");
  EXPECT_EQ(run(*session_, "SELECT about?.n FROM note").rows[0][0].tag(), Tag::None);
  check(*session_, "CREATE item:7 SET n = 70");
  EXPECT_EQ(number(*session_, "SELECT about?.n FROM note"), 70);
  EXPECT_EQ(number(*session_, "SELECT i.n FROM note AS o JOIN item AS i ON i.id = o.about"), 70);
  // Definitions go on over the new space.
  check(*session_, "DEFINE EDGE near FROM item TO item");
  check(*session_, "CREATE item:8 SET n = 80");
  check(*session_, "RELATE item:7 -> near -> item:8");
  EXPECT_EQ(number(*session_, "SELECT b.n FROM MATCH item AS a -> near -> item AS b"), 80);
  check(*session_, "ALTER TABLE item ADD FIELD extra int DEFAULT 3");
  EXPECT_EQ(number(*session_, "SELECT extra FROM item:8"), 3);
  check(*session_, "REMOVE TABLE near");
  check(*session_, "REMOVE TABLE note");
  check(*session_, "REMOVE TABLE item");
  ASSERT_TRUE(opened_.database->maintain().has_value());
  expect_sound();
}

TEST_P(TableClearing, HidesNoRecordsOfOthers) {
  define();
  fill();
  check(*session_, "DEFINE ROLE few");
  check(*session_, "DEFINE USER ann WITH (password = 'p', roles = ['few'])");
  check(*session_, "GRANT SELECT, DELETE ON TABLE item TO few WHERE part = 1");
  auto ann = opened_.database->create_session({.user = "ann", .password = "p"});
  ASSERT_TRUE(ann.has_value());
  const int64_t hers = count_in(**ann);
  EXPECT_GT(hers, 0);
  EXPECT_EQ(affected(**ann, "DELETE item WHERE true"), hers);
  EXPECT_EQ(count(), kRecords - hers);
}

// Isolation SNAPSHOT allows much, but a record that came beside the DELETE is not to go with the
// others.
TEST_P(TableClearing, LosesNoRecordBesideItUnderSnapshots) {
  define();
  fill();
  auto other = opened_.session();
  check(*other, "BEGIN ISOLATION SNAPSHOT");
  EXPECT_EQ(affected(*other, "DELETE item WHERE true"), kRecords);
  check(*session_, "CREATE item:0 SET n = 0");
  check(*other, "COMMIT", "E0801");
  EXPECT_EQ(count(), kRecords + 1);

  check(*other, "BEGIN ISOLATION SNAPSHOT");
  check(*other, "CREATE item:-1 SET n = -1");
  EXPECT_EQ(affected(*session_, "DELETE item WHERE true"), kRecords + 1);
  check(*other, "COMMIT", "E0801");
  EXPECT_EQ(count(), 0);
  expect_sound();
}

TEST_P(TableClearing, ConflictsWithReadersThatWrite) {
  define();
  define("copy");
  fill();
  auto other = opened_.session();
  check(*other, "BEGIN");
  EXPECT_EQ(number(*other, "SELECT n FROM item:9"), 9);
  check(*other, "CREATE copy:1 SET n = 9");
  EXPECT_EQ(affected(*session_, "DELETE item WHERE true"), kRecords);
  check(*other, "COMMIT", "E0801");
  EXPECT_EQ(count("copy"), 0);

  auto reading = opened_.session();
  check(*reading, "BEGIN READ ONLY");
  check(*reading, "DELETE item WHERE true", "E0805");
}

TEST_P(TableClearing, TellsLiveQueriesOfEachRecordUpToTheirLimit) {
  define();
  define("other");
  check(*session_, fmt::format("INSERT INTO item SELECT i AS id, i AS n FROM series(1..={}) AS i",
                               LiveQuery::kWaitingMax));
  const auto query = live("LIVE SELECT n FROM item");
  std::vector<LiveEvent> events;
  EXPECT_EQ(take_events(*query, events), "");
  events.clear();
  check(*session_, "DELETE item WHERE true");
  EXPECT_EQ(take_events(*query, events), "");
  EXPECT_EQ(events.size(), LiveQuery::kWaitingMax);

  // More would end it in any case. Others go on.
  fill("other");
  const auto beside = live("LIVE SELECT n FROM item");
  const auto watching = live("LIVE SELECT n FROM other");
  EXPECT_EQ(take_events(*watching, events), "");
  EXPECT_EQ(affected(*session_, "DELETE other WHERE true"), kRecords);
  check(*session_, "CREATE item:1 SET n = 1");
  EXPECT_EQ(take_events(*watching, events), "E1111");
  events.clear();
  EXPECT_EQ(take_events(*beside, events), "");
  EXPECT_EQ(events.size(), 1U);
}

TEST_P(TableClearing, TakesEdges) {
  define("place");
  check(*session_, "INSERT INTO place SELECT i AS id, i AS n FROM series(1..=200) AS i");
  check(*session_, "DEFINE EDGE road FROM place TO place");
  check(*session_,
        "RELATE a -> road -> b FROM place AS a JOIN place AS b ON a.n <= 100 AND b.n > 70");
  const int64_t roads = 100 * 130;
  EXPECT_EQ(count("road"), roads);
  const std::string_view ends = "SELECT count(*) FROM MATCH place AS a -> road -> place AS b";
  EXPECT_EQ(number(*session_, ends), roads);
  EXPECT_EQ(affected(*session_, "DELETE road WHERE true"), roads);
  EXPECT_EQ(number(*session_, ends), 0);
  check(*session_, "RELATE place:1 -> road -> place:2");
  EXPECT_EQ(number(*session_, ends), 1);
  // What goes with the ends is found in the new space.
  check(*session_, "DELETE place:2");
  EXPECT_EQ(count("road"), 0);
  ASSERT_TRUE(opened_.database->maintain().has_value());
  expect_sound();
}

// Columns in memory belong to the records of one space.
TEST_P(TableClearing, ForgetsColumnsInMemory) {
  define();
  fill();
  const std::string_view sum = "SELECT sum(n) FROM item WHERE part >= 0";
  const int64_t all = kRecords * (kRecords + 1) / 2;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(number(*session_, sum), all);
  auto before = reader();
  check(*session_, "DELETE item WHERE true");
  EXPECT_EQ(number(*session_, sum), 0);
  check(*session_, "INSERT INTO item SELECT i AS id, 1 AS n, 1 AS part FROM series(1..=1) AS i");
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(number(*session_, sum), 1);
    EXPECT_EQ(number(*before, sum), all);
  }
}

TEST_P(TableClearing, SentTwiceIsPlannedAnew) {
  define();
  for (int round = 0; round < 3; ++round) {
    fill();
    EXPECT_EQ(affected(*session_, "DELETE item WHERE true"), kRecords);
    EXPECT_EQ(count(), 0);
    EXPECT_EQ(number(*session_, "SELECT rows_estimate FROM system::tables WHERE name = 'item'"), 0);
  }
  ASSERT_TRUE(opened_.database->maintain().has_value());
  expect_sound();
}

// One fills and clears in a transaction, others look: the table is never seen half full.
TEST_P(TableClearing, IsSeenWholeByOthers) {
  define();
  fill();
  std::atomic<bool> is_over = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      const auto own = opened_.session();
      while (!is_over) {
        EXPECT_EQ(count_in(*own), kRecords);
        EXPECT_EQ(number(*own, "SELECT count(*) FROM item WHERE part = 3"), (kRecords + 4) / 7);
      }
    });
  }
  for (int round = 0; round < (kIsSanitized ? 2 : 6); ++round) {
    check(*session_, "BEGIN");
    check(*session_, "DELETE item WHERE true");
    fill();
    check(*session_, "COMMIT");
    EXPECT_TRUE(opened_.database->maintain().has_value());
  }
  is_over = true;
  for (std::thread& each : readers) each.join();
  expect_sound();
}

TEST(TableClearingOnDisk, IsThereAfterOpeningAnewAndInBackups) {
  const storage::TestFolder folder;
  const std::string path = folder.path() + "/db";
  const auto open = [](const std::string& where) { return Database::open(where, {}).value(); };
  const auto sound = [](Database& database) {
    EXPECT_TRUE(database.maintain().has_value());
    const auto report =
        StoreCheck(database, nullptr, [](const std::string& text) { ADD_FAILURE() << text; }).run();
    EXPECT_TRUE(report.has_value());
  };
  const std::string_view fill =
      "INSERT INTO item SELECT i AS id, i AS n FROM series(1..=12000) AS i";
  {
    const auto database = open(path);
    const auto session = database->create_session().value();
    check(*session, "DEFINE TABLE item SCHEMAFULL (n int)");
    check(*session, "DEFINE INDEX by_n ON item (n)");
    check(*session, fill);
    const auto holding = database->create_session().value();
    check(*holding, "BEGIN READ ONLY");
    EXPECT_EQ(number(*holding, "SELECT count(*) FROM item"), 12'000);
    check(*session, "DELETE item WHERE true");
    check(*session, "CREATE item:7 SET n = 70");
    ASSERT_TRUE(database->backup(folder.path() + "/backups").has_value());
  }
  ASSERT_TRUE(Database::restore(folder.path() + "/backups", folder.path() + "/restored"));
  for (const std::string& where : {path, folder.path() + "/restored"}) {
    const auto database = open(where);
    const auto session = database->create_session().value();
    EXPECT_EQ(number(*session, "SELECT count(*) FROM item"), 1);
    EXPECT_EQ(number(*session, "SELECT n FROM item WHERE n = 70"), 70);
    sound(*database);
    EXPECT_EQ(number(*session, "SELECT count(*) FROM system::jobs"), 0);
    // Counts go on from where they were.
    check(*session, fill, "E1001");
    check(*session, "DELETE item:7");
    check(*session, fill);
    {
      const auto holding = database->create_session().value();
      check(*holding, "BEGIN READ ONLY");
      EXPECT_EQ(number(*holding, "SELECT count(*) FROM item"), 12'000);
      check(*session, "DELETE item WHERE true");
      EXPECT_EQ(number(*session, "SELECT count(*) FROM system::jobs WHERE kind = 'space'"), 2);
    }
    sound(*database);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, TableClearing,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& info) {
                           return info.param == EngineKind::Memory ? "Memory" : "Rocks";
                         });

}  // namespace table_clearing_test
}  // namespace zerodb::database
