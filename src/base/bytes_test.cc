#include "base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace zerodb {
namespace bytes_test {

template <typename T>
void check(T value, const std::string& little_endian) {
  std::string little;
  put_le(little, value);
  EXPECT_EQ(little, little_endian);
  EXPECT_EQ(get_le<T>(little.data()), value);
  std::string big;
  put_be(big, value);
  EXPECT_EQ(big, std::string(little_endian.rbegin(), little_endian.rend()));
  EXPECT_EQ(get_be<T>(big.data()), value);
}

TEST(Bytes, HaveAFixedOrder) {
  check<uint16_t>(0x0102, "\x02\x01");
  check<uint32_t>(0x01020304, "\x04\x03\x02\x01");
  check<uint64_t>(0x0102030405060708, "\x08\x07\x06\x05\x04\x03\x02\x01");
}

RC_GTEST_PROP(Bytes, BigEndianSortsLikeTheNumber, (uint64_t a, uint64_t b)) {
  std::string key_a;
  std::string key_b;
  put_be(key_a, a);
  put_be(key_b, b);
  RC_ASSERT((key_a < key_b) == (a < b));
}

}  // namespace bytes_test
}  // namespace zerodb
