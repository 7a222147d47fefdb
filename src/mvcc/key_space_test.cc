#include "mvcc/key_space.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace zerodb::mvcc {
namespace key_space_test {

std::string random_key(Random& random) {
  std::string key;
  for (uint64_t i = random.below(8); i > 0; --i)
    key.push_back("\x00\x01\x02\xfe\xff"[random.below(5)]);
  return key;
}

int sign(int number) {
  return (number > 0) - (number < 0);
}

void check(Random& random) {
  const std::string a = random_key(random);
  const std::string b = random.below(4) == 0 ? a : random_key(random);
  const Timestamp at(random.next());
  const Timestamp bt(random.next());
  std::string a_bytes;
  std::string b_bytes;
  append_history_key(a_bytes, Family::Row, a, at);
  append_history_key(b_bytes, Family::Row, b, bt);
  const auto parsed = parse_history_key(a_bytes);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->family, Family::Row);
  EXPECT_EQ(parsed->key, a);
  EXPECT_EQ(parsed->at, at);
  // Keys in their order, versions of one key newest first.
  const int expected = a != b ? sign(a.compare(b)) : (at > bt ? -1 : at < bt ? 1 : 0);
  EXPECT_EQ(sign(a_bytes.compare(b_bytes)), expected);
  // The history of a prefix holds exactly the histories of the keys that start with it.
  const std::string prefix = random_key(random);
  EXPECT_EQ(history_range(Family::Row, prefix).contains(a_bytes), a.starts_with(prefix));
  std::string of_key;
  append_history_prefix(of_key, Family::Row, b);
  EXPECT_EQ(a_bytes.starts_with(of_key), a == b);
}

TEST(KeySpace, HistoryKeysSortByKeyThenNewestFirst) {
  SeededRandom random(1);
  for (int i = 0; i < 20000 && !testing::Test::HasFailure(); ++i) check(random);
}

TEST(KeySpace, RefusesDamagedHistoryKeys) {
  std::string bytes;
  append_history_key(bytes, Family::Index, std::string("a\0b", 3), Timestamp(7));
  EXPECT_TRUE(parse_history_key(bytes).has_value());
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(parse_history_key(bytes.substr(0, size)).has_value());
  bytes[0] = 77;
  EXPECT_FALSE(parse_history_key(bytes).has_value());
}

TEST(KeySpace, RecordsOfOneTableLieTogether) {
  const Range range = table_range(TableId(0x1ff));
  EXPECT_TRUE(range.contains(record_key(TableId(0x1ff), "")));
  EXPECT_TRUE(range.contains(record_key(TableId(0x1ff), "\xff\xff\xff")));
  EXPECT_FALSE(range.contains(record_key(TableId(0x1fe), "\xff\xff\xff")));
  EXPECT_FALSE(range.contains(record_key(TableId(0x200), "")));
  EXPECT_EQ(without_id(record_key(TableId(5), "key")), "key");
  EXPECT_EQ(index_key(IndexId(5), "columns", "key"), record_key(TableId(5), "columnskey"));
}

TEST(KeySpace, VersionHeaderRoundTrips) {
  for (const VersionKind kind : {VersionKind::Value, VersionKind::Tombstone}) {
    for (int flags = 0; flags < 4; ++flags) {
      const Version version{
          Timestamp(0x1122334455667788), kind, (flags & 1) != 0, (flags & 2) != 0, {}};
      const std::string bytes = version_header(version) + "payload";
      const auto parsed = parse_version(bytes);
      ASSERT_TRUE(parsed.has_value());
      EXPECT_EQ(parsed->at, version.at);
      EXPECT_EQ(parsed->kind, kind);
      EXPECT_EQ(parsed->has_history, version.has_history);
      EXPECT_EQ(parsed->replaced_by_tombstone, version.replaced_by_tombstone);
      EXPECT_EQ(parsed->payload, "payload");
    }
  }
  EXPECT_FALSE(parse_version("12345678").has_value());
  EXPECT_FALSE(parse_version(std::string("12345678\x80", 9)).has_value());
}

}  // namespace key_space_test
}  // namespace zerodb::mvcc
