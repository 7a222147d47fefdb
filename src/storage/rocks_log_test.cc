#include "storage/rocks_log.h"

#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace zerodb::storage {
namespace rocks_log_test {

namespace fs = std::filesystem;

class RocksLogTest : public testing::Test {
 protected:
  RocksLogTest() { fs::create_directories(folder_); }
  ~RocksLogTest() override { fs::remove_all(folder_); }

  std::string text(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(folder_ / name).rdbuf();
    return out.str();
  }

  const fs::path folder_ = fs::temp_directory_path() / ("rocks_log" + std::to_string(::getpid()));
};

TEST_F(RocksLogTest, KeepsWhatIsSaidAcrossOpenings) {
  for (int i = 0; i < 2; ++i) {
    RocksLog log(folder_.string());
    rocksdb::Warn(&log, "file %d is slow", i);
    rocksdb::Info(&log, "nobody wants to know");
  }
  const std::string said = text("LOG");
  EXPECT_NE(said.find("file 0 is slow\n"), std::string::npos) << said;
  EXPECT_NE(said.find("file 1 is slow\n"), std::string::npos) << said;
  EXPECT_EQ(said.find("nobody"), std::string::npos) << said;
}

TEST_F(RocksLogTest, CutsLongLinesAndPutsLongFilesAside) {
  RocksLog log(folder_.string());
  const std::string line(10'000, 'x');
  for (int i = 0; i < 1200; ++i) rocksdb::Warn(&log, "%s", line.c_str());
  EXPECT_GT(fs::file_size(folder_ / "LOG.old"), uintmax_t{4} << 20);
  EXPECT_LT(fs::file_size(folder_ / "LOG"), uintmax_t{1} << 20);
}

TEST_F(RocksLogTest, IsNotInTheWayWhereNothingCanBeWritten) {
  RocksLog nowhere((folder_ / "absent").string());
  rocksdb::Warn(&nowhere, "lost");
  // Every write to this device fails as on a full disk.
  fs::create_symlink("/dev/full", folder_ / "LOG");
  RocksLog full(folder_.string());
  for (int i = 0; i < 3; ++i) rocksdb::Error(&full, "lost as well");
}

}  // namespace rocks_log_test
}  // namespace zerodb::storage
