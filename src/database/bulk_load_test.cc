// COPY into an empty table, which goes past the log: the same rows and entries as row by row, and
// nothing of loads that do not finish.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "base/property_test.h"
#include "database/sessions_test.h"
#include "database/store_check.h"

namespace zerodb::database {
namespace bulk_load_test {

constexpr int64_t kRows = 30'000;
constexpr int kRounds = kIsSanitized ? 2 : 6;

class BulkLoadTest : public testing::TestWithParam<EngineKind> {
 protected:
  BulkLoadTest() { open(); }

  void open() {
    DatabaseOptions options;
    options.memory_budget = 64 << 20;
    options.files.emplace("/", "/");
    auto opened = GetParam() == EngineKind::Memory
                      ? Database::open_memory(options)
                      : Database::open(folder_.path() + "/db", options);
    ASSERT_TRUE(opened.has_value());
    database_ = std::move(*opened);
    session_ = database_->create_session().value();
  }
  // Rows 0 .. kRows - 1; `odd` stands in place of the number of one of them.
  std::string write_file(std::string_view odd = "") const {
    const std::string path = folder_.path() + "/rows.csv";
    std::ofstream file(path);
    file << "id,number,text\n";
    for (int64_t id = 0; id < kRows; ++id) {
      const bool is_odd = !odd.empty() && id == kRows - 1000;
      file << id << ',' << (is_odd ? std::string(odd) : std::to_string(number_of(id))) << ",text "
           << id % 100 << '\n';
    }
    return path;
  }
  static int64_t number_of(int64_t id) { return id * 7919 % 1000; }
  void define() {
    check(*session_, "DEFINE TABLE item SCHEMAFULL (number int, text string?)");
    check(*session_, "DEFINE INDEX by_number ON item (number DESC)");
    check(*session_, "DEFINE INDEX by_text ON item (text, number) WHERE number > 500");
  }
  int64_t count() { return number(*session_, "SELECT count(*) FROM item"); }
  void expect_rows() {
    EXPECT_EQ(count(), kRows);
    EXPECT_EQ(number(*session_, "SELECT sum(number) FROM item"), kRows / 1000 * 499'500);
    EXPECT_EQ(number(*session_, "SELECT count(*) FROM item WHERE number = 17"), kRows / 1000);
    EXPECT_EQ(number(*session_, fmt::format("SELECT number FROM item:{}", kRows - 1)),
              number_of(kRows - 1));
    EXPECT_EQ(number(*session_, "SELECT number FROM item ORDER BY number DESC LIMIT 1"), 999);
  }
  // Everything agrees, and no space waits for ever.
  void expect_sound() {
    ASSERT_TRUE(database_->maintain().has_value());
    const auto report = StoreCheck(*database_, nullptr, [](const std::string& text) {
                          ADD_FAILURE() << text;
                        }).run();
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(number(*session_, "SELECT count(*) FROM system::jobs"), 0);
  }

  storage::TestFolder folder_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Session> session_;
};

TEST_P(BulkLoadTest, GivesTheRowsAndTheirEntries) {
  define();
  check(*session_, "COPY item FROM '" + write_file() + "'");
  expect_rows();
  expect_sound();
  // Life goes on in the new space.
  check(*session_, "UPDATE item SET number += 1 WHERE number = 17");
  check(*session_, "CREATE item SET number = 17, text = 'late'");
  EXPECT_EQ(number(*session_, "SELECT count(*) FROM item WHERE number = 17"), 1);
  check(*session_, "COPY item FROM '" + write_file() + "'", "E1001");
  EXPECT_EQ(count(), kRows + 1);
  check(*session_, "DELETE item WHERE true");
  check(*session_, "COPY item FROM '" + write_file() + "'");
  expect_rows();
  expect_sound();
  if (GetParam() == EngineKind::Memory) return;
  session_.reset();
  database_.reset();
  open();
  expect_rows();
  expect_sound();
}

TEST_P(BulkLoadTest, KeepsTheRowsBeforeABrokenRule) {
  define();
  check(*session_, "COPY item FROM '" + write_file("seven") + "'", "E0903");
  EXPECT_EQ(count(), 0);
  check(*session_, "ALTER TABLE item ALTER FIELD number SET ASSERT $value < 1000");
  check(*session_, "COPY item FROM '" + write_file("5000") + "'", "E1003");
  const int64_t kept = count();
  EXPECT_GT(kept, 0);
  EXPECT_LE(kept, kRows - 1000);
  EXPECT_EQ(number(*session_, fmt::format("SELECT count(*) FROM item:0..{}", kept)), kept);
  expect_sound();
}

// Rules that read the table see the rows before, so these are there batch by batch.
TEST_P(BulkLoadTest, RulesSeeTheRowsBefore) {
  check(*session_, "DEFINE TABLE item SCHEMAFULL (number int, text string?)");
  check(*session_,
        "ALTER TABLE item ADD FIELD before int DEFAULT (SELECT count(*) FROM item AS i)");
  check(*session_, "COPY item FROM '" + write_file() + "'");
  expect_rows();
  EXPECT_GT(number(*session_, "SELECT max(before) FROM item"), kRows / 2);
  expect_sound();

  check(*session_, "REMOVE TABLE item");
  check(*session_, "DEFINE TABLE item SCHEMAFULL (number int, text string?)");
  check(*session_,
        "ALTER TABLE item ALTER FIELD text SET ASSERT (SELECT count(*) FROM item AS i) < 20000");
  check(*session_, "COPY item FROM '" + write_file() + "'", "E1003");
  EXPECT_GT(count(), 0);
  EXPECT_LT(count(), kRows);
  expect_sound();
}

TEST_P(BulkLoadTest, AnElementThatComesTwiceHasOneEntry) {
  check(*session_, "DEFINE TABLE item SCHEMAFULL (tags array<string>)");
  check(*session_, "DEFINE INDEX by_tag ON item (tags[*])");
  const std::string path = folder_.path() + "/rows.ndjson";
  std::ofstream file(path);
  for (int64_t id = 0; id < kRows; ++id)
    file << R"({"id":)" << id << R"(,"tags":["twice","twice","tag )" << id % 10 << "\"]}\n";
  file.close();
  check(*session_, "COPY item FROM '" + path + "'");
  EXPECT_EQ(number(*session_, "SELECT count(*) FROM item"), kRows);
  expect_sound();
}

TEST_P(BulkLoadTest, CountsTowardsTheLimitOfStorage) {
  define();
  check(*session_, "ALTER DATABASE main SET (storage_max = 300_000)");
  check(*session_, "COPY item FROM '" + write_file() + "'", "E1110");
  EXPECT_LT(count(), kRows);
  expect_sound();
}

// Pipes cannot be read again should the load be lost, so their rows go in as usual.
TEST_P(BulkLoadTest, ReadsPipesOnce) {
  define();
  const std::string pipe = folder_.path() + "/pipe.csv";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::string path = write_file();
  std::thread feeder([&] {
    std::ifstream in(path);
    std::ofstream out(pipe);
    out << in.rdbuf();
  });
  check(*session_, "COPY item FROM '" + pipe + "'");
  feeder.join();
  expect_rows();
  expect_sound();
}

TEST_P(BulkLoadTest, LiveQueriesSeeEachRow) {
  define();
  check(*session_, "LIVE SELECT number FROM item");
  check(*session_, "COPY item FROM '" + write_file() + "'");
  expect_rows();
  expect_sound();
}

TEST_P(BulkLoadTest, RowsOutOfOrderGoInAsUsual) {
  define();
  const std::string path = folder_.path() + "/rows.csv";
  std::ofstream file(path);
  file << "id,number,text\n";
  for (int64_t id = kRows - 1; id >= 0; --id)
    file << id << ',' << number_of(id) << ",text " << id % 100 << '\n';
  file.close();
  check(*session_, "COPY item FROM '" + path + "'");
  expect_rows();
  expect_sound();
}

TEST_P(BulkLoadTest, WritersMeanwhileWin) {
  const std::string path = write_file();
  for (int round = 0; round < kRounds; ++round) {
    check(*session_, "REMOVE TABLE IF EXISTS item");
    define();
    std::thread writer([&] {
      const auto own = database_->create_session().value();
      std::string code = "E0801";
      while (code == "E0801") code = run(*own, "CREATE item:1000000 SET number = 1").code;
      EXPECT_EQ(code, "");
    });
    check(*session_, "COPY item FROM '" + path + "'");
    writer.join();
    EXPECT_EQ(count(), kRows + 1);
    expect_sound();
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, BulkLoadTest,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& info) {
                           return info.param == EngineKind::Memory ? "Memory" : "Rocks";
                         });

}  // namespace bulk_load_test
}  // namespace zerodb::database
