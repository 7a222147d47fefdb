#include "storage/rocks_backup.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "storage/rocks_engine.h"
#include "storage/test_engines.h"

namespace zerodb::storage {
namespace rocks_backup_test {

namespace fs = std::filesystem;

class RocksBackup : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

  static std::unique_ptr<RocksEngine> open(const std::string& path) {
    RocksOptions options;
    options.path = path;
    options.memory_budget_bytes = 16 << 20;
    return RocksEngine::open(options).value();
  }
  static void put(Engine& engine, const std::string& key, const std::string& value) {
    WriteBatch batch;
    batch.put(Family::Row, key, value);
    ASSERT_TRUE(engine.write(batch, {}).has_value());
  }
  static std::string get(Engine& engine, const std::string& key) {
    std::string out;
    return engine.get(Family::Row, key, nullptr, out).value() ? out : "-";
  }

  TestFolder folder_;
};

TEST_F(RocksBackup, TheNewestIsRestored) {
  {
    const auto engine = open(path("store"));
    put(*engine, "a", "1");
    ASSERT_TRUE(engine->backup(path("backups")).has_value());
    put(*engine, "a", "2");
    put(*engine, "b", "3");
    ASSERT_TRUE(engine->backup(path("backups")).has_value());
    put(*engine, "b", "4");
  }
  const auto backups = list_backups(path("backups"));
  ASSERT_TRUE(backups.has_value());
  ASSERT_EQ(backups->size(), 2u);
  EXPECT_LT((*backups)[0].number, (*backups)[1].number);
  ASSERT_TRUE(verify_backup(path("backups")).has_value());
  ASSERT_TRUE(restore_backup(path("backups"), path("copy")).has_value());
  const auto copy = open(path("copy"));
  EXPECT_EQ(get(*copy, "a"), "2");
  EXPECT_EQ(get(*copy, "b"), "3");
  put(*copy, "c", "5");
  EXPECT_EQ(get(*copy, "c"), "5");
}

TEST_F(RocksBackup, FoldersOfOthersAreLeftAlone) {
  fs::create_directories(path("mine"));
  std::ofstream(path("mine") + "/letter.txt") << "dear";
  {
    const auto engine = open(path("store"));
    put(*engine, "a", "1");
    const Status refused = engine->backup(path("mine"));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), ErrorCode::E1208);
    ASSERT_TRUE(engine->backup(path("backups")).has_value());
  }
  for (const std::string& folder : {path("mine"), path("absent"), path("store")}) {
    const Status refused = restore_backup(folder, path("copy"));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), ErrorCode::E1208) << folder;
  }
  const Status refused = restore_backup(path("backups"), path("mine"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::E1208);
  EXPECT_TRUE(fs::exists(path("mine") + "/letter.txt"));
  EXPECT_FALSE(fs::exists(path("copy")));
  EXPECT_FALSE(fs::exists(path("absent")));
}

// A flipped bit anywhere in the files of a backup is found before anything is restored.
TEST_F(RocksBackup, DamageIsFound) {
  {
    const auto engine = open(path("store"));
    for (int i = 0; i < 200; ++i) put(*engine, std::to_string(i), std::string(100, 'x'));
    ASSERT_TRUE(engine->backup(path("backups")).has_value());
  }
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path("backups"))) {
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    ++files;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    const auto at = static_cast<std::streamoff>(entry.file_size() / 2);
    file.seekg(at);
    const auto byte = static_cast<char>(file.get());
    file.seekp(at);
    file.put(static_cast<char>(byte ^ 0x10));
    file.close();
    const Status refused = restore_backup(path("backups"), path("copy"));
    EXPECT_FALSE(refused.has_value()) << entry.path();
    EXPECT_FALSE(fs::exists(path("copy")));
    std::fstream back(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    back.seekp(at);
    back.put(byte);
  }
  EXPECT_GE(files, 3);
  ASSERT_TRUE(restore_backup(path("backups"), path("copy")).has_value());
}

}  // namespace rocks_backup_test
}  // namespace zerodb::storage
