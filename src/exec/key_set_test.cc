#include "exec/key_set.h"

#include <gtest/gtest.h>

#include <unordered_map>

namespace zerodb::exec {
namespace key_set_test {

std::string key_of(uint32_t number) {
  return std::string(number % 300, 'k') + std::to_string(number);
}

TEST(KeySet, NumbersKeysAsTheyCome) {
  KeySet set;
  EXPECT_EQ(set.find("a"), KeySet::kNone);
  std::unordered_map<std::string, uint32_t> expected;
  for (uint32_t i = 0; i < 20'000; ++i) {
    const std::string key = key_of(i * 7919 % 6007);
    const auto [place, is_new] = expected.try_emplace(key, set.size());
    const KeySet::Place given = set.insert(key);
    ASSERT_EQ(given.is_new, is_new);
    ASSERT_EQ(given.number, place->second);
  }
  EXPECT_EQ(set.size(), expected.size());
  for (const auto& [key, number] : expected) {
    EXPECT_EQ(set.find(key), number);
    EXPECT_EQ(set.key(number), key);
  }
  EXPECT_EQ(set.find("no such key"), KeySet::kNone);
}

TEST(KeySet, TakesEmptyAndLongKeys) {
  KeySet set;
  const std::string longest(1 << 20, 'x');
  EXPECT_TRUE(set.insert("").is_new);
  EXPECT_TRUE(set.insert(longest).is_new);
  EXPECT_TRUE(set.insert(std::string_view("\0", 1)).is_new);
  EXPECT_FALSE(set.insert("").is_new);
  EXPECT_EQ(set.find(longest), 1u);
  EXPECT_GE(set.bytes(), longest.size());
  set.clear();
  EXPECT_EQ(set.size(), 0u);
  EXPECT_EQ(set.bytes(), 0u);
  EXPECT_EQ(set.find(""), KeySet::kNone);
  EXPECT_TRUE(set.insert("").is_new);
}

}  // namespace key_set_test
}  // namespace zerodb::exec
