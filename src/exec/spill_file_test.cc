#include "exec/spill_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

namespace zerodb::exec {
namespace spill_file_test {

// Bytes in memory, of which only some fit.
class SmallDevice final : public SpillDevice {
 public:
  SmallDevice(std::string& bytes, size_t capacity) : bytes_(bytes), capacity_(capacity) {}

  Status write(uint64_t offset, std::string_view bytes) override {
    bytes_.resize(offset);
    bytes_.append(bytes.substr(0, capacity_ - std::min<size_t>(capacity_, offset)));
    if (bytes_.size() < offset + bytes.size()) return Error(ErrorCode::E1204, "full");
    return ok_status();
  }
  Status read(uint64_t offset, size_t size, std::string& out) override {
    if (offset + size > bytes_.size()) return Error(ErrorCode::E1206, "beyond the end");
    out = bytes_.substr(offset, size);
    return ok_status();
  }
  void truncate(uint64_t size) override { bytes_.resize(size); }

 private:
  std::string& bytes_;
  size_t capacity_;
};

std::string folder() {
  const std::string path =
      std::filesystem::temp_directory_path() / ("spill_test." + std::to_string(::getpid()));
  std::filesystem::create_directories(path);
  return path;
}

TEST(SpillFile, GivesBackWhatWasWritten) {
  const std::string path = folder();
  {
    SpillFile file = SpillFile::create(path).value();
    EXPECT_TRUE(std::filesystem::is_empty(path));  // nothing to be left by a crash
    std::vector<SpillFile::Block> blocks;
    std::vector<std::string> contents = {"", "a", std::string(100'000, 'x'), std::string(3, '\0')};
    for (const std::string& content : contents) blocks.push_back(file.write(content).value());
    std::string buffer;
    for (size_t i = contents.size(); i-- > 0;)
      EXPECT_EQ(file.read(blocks[i], buffer).value(), contents[i]);
    file.clear();
    const SpillFile::Block again = file.write("again").value();
    EXPECT_EQ(again.offset, 0u);
    EXPECT_EQ(file.read(again, buffer).value(), "again");
    EXPECT_FALSE(file.read(blocks[2], buffer).has_value());
    EXPECT_GT(file.bytes_written(), 100'000u);
  }
  std::filesystem::remove_all(path);
}

TEST(SpillFile, LeavesNothingOfABlockThatDoesNotFit) {
  std::string bytes;
  SpillFile file(std::make_unique<SmallDevice>(bytes, 100));
  const SpillFile::Block first = file.write("first").value();
  const size_t used = bytes.size();
  const auto refused = file.write(std::string(100, 'x'));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::E1204);
  EXPECT_EQ(bytes.size(), used);
  std::string buffer;
  EXPECT_EQ(file.read(first, buffer).value(), "first");
  EXPECT_TRUE(file.write("second").has_value());
}

TEST(SpillFile, KnowsDamage) {
  std::string bytes;
  SpillFile file(std::make_unique<SmallDevice>(bytes, 1000));
  const SpillFile::Block block = file.write("content").value();
  std::string buffer;
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= 1;
    const auto read = file.read(block, buffer);
    ASSERT_FALSE(read.has_value()) << i;
    EXPECT_EQ(read.error().code(), ErrorCode::E1205);
    bytes[i] ^= 1;
  }
  EXPECT_TRUE(file.read(block, buffer).has_value());
}

TEST(SpillFile, NeedsAFolder) {
  const auto file = SpillFile::create("/no/such/folder");
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code(), ErrorCode::E1206);
}

}  // namespace spill_file_test
}  // namespace zerodb::exec
