// Power cuts under a whole database: what the disk had not synced is dropped or torn. Afterwards no
// acknowledged transaction may be lost and none be half there, and records, index entries and
// catalog must agree.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "base/property_test.h"
#include "base/random.h"
#include "database/sessions_test.h"
#include "database/store_check.h"
#include "storage/cut_disk.h"
#include "storage/rocks_engine.h"

namespace zerodb::database {
namespace power_cut_test {

constexpr int64_t kAccounts = 12;
constexpr int64_t kMoney = 100;
constexpr int64_t kLoadedRows = 16'384;  // two full batches, so sorted files are worth it

// An environment over a disk, and a database over it.
struct CutDatabase {
  storage::CutDisk disk;
  std::unique_ptr<rocksdb::Env> environment = storage::cut_environment(disk);
  std::unique_ptr<Database> database;

  Status open(const std::string& path) {
    constexpr size_t kMemory = 16 << 20;
    auto engine = TRY(storage::RocksEngine::open(
        {.path = path, .memory_budget_bytes = kMemory, .environment = environment.get()}));
    DatabaseOptions options;
    options.memory_budget = kMemory;
    options.spill_folder = path;
    options.files.emplace("/", "/");
    database = TRY(Database::open_engine(std::move(engine), options));
    return ok_status();
  }
  void cut() {
    const std::lock_guard lock(disk.mutex);
    disk.is_cut = true;
  }
};

// Account to money; gone accounts are left out.
using Balances = std::map<int64_t, int64_t>;

// Transactions of one store: the n-th writes `done:n`, so that what is there says how far it came.
class Ledger {
 public:
  Ledger(const std::string& folder, uint64_t seed)
      : path_(folder + "/db"), file_(folder + "/rows.csv"), random_(seed) {
    std::ofstream file(file_);
    file << "id,n\n";
    for (int64_t id = 0; id < kLoadedRows; ++id) file << id << ',' << id * 7 % 100 << '\n';
  }

  // Until the power goes, which may be while the store opens.
  void run_until_cut() {
    CutDatabase cut;
    cut.disk.appends_left = 1 + random_.below(random_.below(4) == 0 ? 40 : 500);
    if (cut.open(path_)) {
      const auto session = cut.database->create_session().value();
      if (define(*session)) {
        while (step(*cut.database, *session)) {
        }
      }
      cut.cut();
    }
    cut.database.reset();
    storage::tear_files(cut.disk, random_);
  }

  // With all of the disk there again.
  void check_after_cut() {
    CutDatabase whole;
    const Status opened = whole.open(path_);
    ASSERT_TRUE(opened.has_value()) << opened.error().to_string();
    Database& database = *whole.database;
    const auto report =
        StoreCheck(database, nullptr, [](const std::string& text) { ADD_FAILURE() << text; }).run();
    ASSERT_TRUE(report.has_value()) << report.error().to_string();
    const auto session = database.create_session().value();
    const auto is_missing = [&](const char* table) {
      return run(*session, fmt::format("SELECT count(*) FROM {}", table)).code == "E0201";
    };
    if (is_missing("done") || is_missing("account")) {
      // Not even the tables were durable.
      ASSERT_FALSE(is_defined_);
      is_loaded_.reset();
      states_.clear();
      last_ = 0;
      return;
    }
    last_ = number(*session, "SELECT count(*) FROM done");
    ASSERT_GE(last_, promised_) << "an acknowledged transaction is lost";
    ASSERT_LE(last_, static_cast<int64_t>(states_.size()));
    if (last_ > 0) {
      ASSERT_EQ(number(*session, fmt::format("SELECT count(*) FROM done:1..={}", last_)), last_)
          << "one is missing before another";
    }
    promised_ = last_;
    states_.resize(static_cast<size_t>(last_));
    check_balances(*session);
    check_loaded(*session);
  }

 private:
  bool define(Session& session) {
    constexpr std::string_view kDefinitions[] = {
        "DEFINE TABLE IF NOT EXISTS done SCHEMAFULL (kind string)",
        "DEFINE TABLE IF NOT EXISTS account SCHEMAFULL (money int ASSERT $value >= 0, owner string "
        "UNIQUE, tags array<string>)",
        "DEFINE INDEX IF NOT EXISTS by_money ON account (money DESC)",
        "DEFINE INDEX IF NOT EXISTS by_tag ON account (tags[*])"};
    for (const std::string_view text : kDefinitions) {
      if (!run(session, text).code.empty()) return false;
    }
    is_defined_ = true;
    return true;
  }

  std::string tags() { return fmt::format("['t{}', 't{}']", random_.below(4), random_.below(4)); }

  // False once the power is gone.
  bool step(Database& database, Session& session) {
    if (random_.below(20) == 0 && !change_definitions(session)) return false;
    if (random_.below(40) == 0 && !database.flush()) return false;
    const bool is_synced = random_.below(3) != 0;
    const std::string durability = is_synced ? "synced" : "relaxed";
    if (!run(session, "SET transaction.durability = '" + durability + "'").code.empty())
      return false;
    Balances after = states_.empty() ? Balances() : states_.back();
    std::vector<std::string> statements = {"BEGIN"};
    choose(after, statements);
    const auto n = static_cast<int64_t>(states_.size()) + 1;
    statements.push_back(fmt::format("CREATE done:{} SET kind = 'x'", n));
    statements.push_back("COMMIT");
    // From here on it may be there or not.
    states_.push_back(std::move(after));
    for (const std::string& text : statements) {
      if (!run(session, text).code.empty()) return false;
    }
    if (is_synced) promised_ = n;
    return true;
  }

  void choose(Balances& after, std::vector<std::string>& statements) {
    const auto account = static_cast<int64_t>(random_.below(kAccounts));
    const auto other = static_cast<int64_t>(random_.below(kAccounts));
    if (!after.contains(account)) {
      after[account] = kMoney;
      statements.push_back(fmt::format("CREATE account:{} SET money = {}, owner = 'o{}', tags = {}",
                                       account, kMoney, account, tags()));
    } else if (random_.below(8) == 0) {
      after.erase(account);
      statements.push_back(fmt::format("DELETE account:{}", account));
    } else if (account != other && after.contains(other) && after[account] > 0) {
      const auto sum = static_cast<int64_t>(random_.below(after[account]) + 1);
      after[account] -= sum;
      after[other] += sum;
      statements.push_back(fmt::format("UPDATE account:{} SET money -= {}", account, sum));
      statements.push_back(
          fmt::format("UPDATE account:{} SET money += {}, tags = {}", other, sum, tags()));
    } else {
      statements.push_back(fmt::format("UPDATE account:{} SET tags = {}", account, tags()));
    }
  }

  bool change_definitions(Session& session) {
    switch (random_.below(6)) {
      case 4:
        is_loaded_.reset();
        return is_fine(run(session, "REMOVE TABLE IF EXISTS loaded"));
      case 5:
        return load(session);
      case 0:
        return is_fine(
            run(session, "DEFINE INDEX IF NOT EXISTS by_both ON account (owner, money)"));
      case 1:
        return is_fine(run(session, "REMOVE INDEX IF EXISTS by_both ON account"));
      case 2:
        return is_fine(run(session, "ALTER TABLE account ADD FIELD extra int?"));
      default:
        return is_fine(run(session, "ALTER INDEX by_tag ON account REBUILD"));
    }
  }
  // By sorted files, past the log; or all records of it go at once.
  bool load(Session& session) {
    const bool is_there = is_loaded_ == true;
    is_loaded_.reset();
    for (const std::string& text :
         {std::string("SET transaction.durability = 'synced'"),
          std::string("DEFINE TABLE IF NOT EXISTS loaded SCHEMAFULL (n int)"),
          std::string("DEFINE INDEX IF NOT EXISTS by_n ON loaded (n)"),
          is_there ? "DELETE loaded WHERE true" : "COPY loaded FROM '" + file_ + "'"}) {
      const Outcome outcome = run(session, text);
      if (!is_fine(outcome)) return false;
      if (!outcome.code.empty()) return true;
    }
    is_loaded_ = !is_there;
    return true;
  }

  void check_loaded(Session& session) {
    const Outcome found = run(session, "SELECT count(*) FROM loaded");
    const bool is_there = found.code.empty() && found.rows[0][0].as_int64() > 0;
    if (is_there) EXPECT_EQ(found.rows[0][0].as_int64(), kLoadedRows) << "half a load";
    if (is_loaded_) EXPECT_EQ(is_there, *is_loaded_);
    is_loaded_ = is_there;
  }

  // What the language refuses is no failure of the disk.
  static bool is_fine(const Outcome& outcome) { return !outcome.code.starts_with("E12"); }

  void check_balances(Session& session) {
    const Outcome found = run(session, "SELECT id, money, owner FROM account ORDER BY id");
    ASSERT_EQ(found.code, "");
    const Balances expected = states_.empty() ? Balances() : states_.back();
    ASSERT_EQ(found.rows.size(), expected.size());
    auto row = found.rows.begin();
    for (const auto& [account, money] : expected) {
      EXPECT_EQ(RecordIdView((*row)[0]).key().as_int64(), account);
      EXPECT_EQ((*row)[1].as_int64(), money);
      EXPECT_EQ((*row)[2].as_string(), fmt::format("o{}", account));
      ++row;
    }
  }

  std::string path_;
  std::string file_;
  std::optional<bool> is_loaded_;  // nothing: not known, as what did it was not acknowledged
  SeededRandom random_;
  bool is_defined_ = false;       // the tables were said to be durable
  std::vector<Balances> states_;  // after transaction 1, 2, ..
  int64_t promised_ = 0;          // the last that was said to be durable
  int64_t last_ = 0;
};

// Several cuts on one store, so that recovery itself is cut as well.
void check_lives(uint64_t seed, int lives) {
  const storage::TestFolder folder;
  Ledger ledger(folder.path(), seed);
  for (int life = 0; life < lives && !testing::Test::HasFailure(); ++life) {
    SCOPED_TRACE(fmt::format("seed {} life {}", seed, life));
    ledger.run_until_cut();
    ledger.check_after_cut();
  }
}

// RocksDB waits a second after each failed compaction, so the stores are cut side by side.
TEST(DatabasePowerCut, LosesNoAcknowledgedTransaction) {
  constexpr uint64_t kStoresAtOnce = 20;
  constexpr int kCutsPerStore = 5;
  const uint64_t stores = (property_cases(200) + kCutsPerStore - 1) / kCutsPerStore;
  for (uint64_t first = 1; first <= stores && !HasFailure(); first += kStoresAtOnce) {
    std::vector<std::thread> threads;
    for (uint64_t seed = first; seed < first + kStoresAtOnce && seed <= stores; ++seed)
      threads.emplace_back([=] { check_lives(seed, kCutsPerStore); });
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace power_cut_test
}  // namespace zerodb::database
