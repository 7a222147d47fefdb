#include "base/machine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace zerodb {
namespace machine_test {

class MachineTest : public testing::Test {
 protected:
  ~MachineTest() override { std::filesystem::remove(path_); }
  uint64_t limit(const std::string& text) {
    std::ofstream(path_) << text;
    return memory_limit_in(path_);
  }
  const std::string path_ =
      (std::filesystem::temp_directory_path() / ("limit" + std::to_string(::getpid()))).string();
};

TEST_F(MachineTest, ReadsTheLimitOfAControlGroup) {
  EXPECT_EQ(limit("536870912\n"), 536870912u);
  EXPECT_EQ(limit("max\n"), UINT64_MAX);
  EXPECT_EQ(limit(""), UINT64_MAX);
  EXPECT_EQ(memory_limit_in("/nowhere/memory.max"), UINT64_MAX);
}

TEST_F(MachineTest, HasSomeMemory) {
  EXPECT_GT(usable_memory(), uint64_t{64} << 20);
  EXPECT_LT(usable_memory(), uint64_t{1} << 60);
}

}  // namespace machine_test
}  // namespace zerodb
