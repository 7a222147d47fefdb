#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace zerodb {
namespace crc32c_test {

TEST(Crc32c, GivesTheValuesOfRfc3720) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(""), 0u);
}

TEST(Crc32c, ShowsWhichBitWasFlipped) {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  for (size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = text;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      uint32_t difference = uint32_t{1} << bit;
      for (size_t i = at; i < text.size(); ++i) difference = crc32c_difference_after(difference);
      EXPECT_EQ(crc32c(flipped) ^ crc32c(text), difference);
    }
  }
}

TEST(Crc32c, ContinuesAtEveryCut) {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc32c(text.substr(cut), crc32c(text.substr(0, cut))), crc32c(text));
  }
}

}  // namespace crc32c_test
}  // namespace zerodb
