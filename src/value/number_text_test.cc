#include "value/number_text.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "value/uuid.h"

namespace zerodb {
namespace number_text_test {

void check(double value, const char* text) {
  EXPECT_EQ(print_float64(value), text);
  const auto back = parse_float64(text);
  ASSERT_TRUE(back.has_value()) << text;
  EXPECT_TRUE(*back == value || (std::isnan(*back) && std::isnan(value))) << text;
}

TEST(NumberText, Floats) {
  check(0.0, "0.0");
  check(2.0, "2.0");
  check(0.1, "0.1");
  check(0.001, "0.001");
  check(1e300, "1e300");
  check(5e-324, "5e-324");
  check(-1.5, "-1.5");
  check(NAN, "NaN");
  check(INFINITY, "Infinity");
  check(-INFINITY, "-Infinity");
  EXPECT_EQ(print_float32(0.1f), "0.1");
  EXPECT_EQ(parse_float64("1e-999"), 0.0);
  for (const char* bad : {"", "x", "1e999", "1.5x", "--1", "0x10", " 1", "1 "})
    EXPECT_FALSE(parse_float64(bad).has_value()) << bad;
}

TEST(NumberText, Integers) {
  const i128 least = -static_cast<i128>(~u128{0} >> 1) - 1;
  EXPECT_EQ(print_int128(least), "-170141183460469231731687303715884105728");
  EXPECT_EQ(parse_int128("-170141183460469231731687303715884105728"), least);
  EXPECT_FALSE(parse_int128("170141183460469231731687303715884105728").has_value());
  EXPECT_EQ(print_uint128(~u128{0}), "340282366920938463463374607431768211455");
  EXPECT_EQ(parse_uint128("340282366920938463463374607431768211455"), ~u128{0});
  EXPECT_FALSE(parse_uint128("340282366920938463463374607431768211456").has_value());
  for (const char* bad : {"", "-", "+", "1.0", "1 ", "a"})
    EXPECT_FALSE(parse_int128(bad).has_value()) << bad;
}

TEST(NumberText, Uuids) {
  SeededRandom random(7);
  const Uuid seven = make_uuid_v7(random, 1'767'225'600'123'456'789);
  EXPECT_EQ(uuid_version(seven), 7);
  EXPECT_EQ(uuid_unix_ms(seven), 1'767'225'600'123);
  EXPECT_EQ(parse_uuid(print_uuid(seven)), seven);
  EXPECT_LT(seven, make_uuid_v7(random, 1'767'225'600'124'000'000));
  EXPECT_LT(seven, make_uuid_v7(random, 1'767'225'600'123'900'000));
  EXPECT_EQ(seven.bytes[8] >> 6, 2);
  const Uuid four = make_uuid_v4(random);
  EXPECT_EQ(uuid_version(four), 4);
  EXPECT_EQ(four.bytes[8] >> 6, 2);
  EXPECT_FALSE(uuid_unix_ms(four).has_value());
  EXPECT_EQ(print_uuid(*parse_uuid("0190A6C2-7D1E-7000-8000-000000000001")),
            "0190a6c2-7d1e-7000-8000-000000000001");
  for (const char* bad :
       {"", "0190a6c2-7d1e-7000-8000-00000000000", "0190a6c27d1e-7000-8000-0000000000011",
        "g190a6c2-7d1e-7000-8000-000000000001"}) {
    EXPECT_FALSE(parse_uuid(bad).has_value()) << bad;
  }
}

}  // namespace number_text_test
}  // namespace zerodb
