#include "value/key_codec.h"

#include <gtest/gtest.h>

#include "base/property_test.h"
#include "value/arbitrary.h"

namespace zerodb {
namespace key_codec_test {

int sign(int order) {
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

std::string key_of(const Value& value, KeyOrder order = KeyOrder::Ascending) {
  std::string key;
  const Status status = append_key(key, value, order);
  EXPECT_TRUE(status.has_value());
  return key;
}

// Order of keys is order of values, equal values have one key, and a key decodes to an equal value
// that has the same key.
void check_pair(const Value& left, const Value& right, uint64_t seed) {
  const std::string a = key_of(left);
  const std::string b = key_of(right);
  ASSERT_EQ(sign(a.compare(b)), compare(left, right)) << "seed " << seed;
  ASSERT_EQ(a == b, equals(left, right)) << "seed " << seed;
  if (equals(left, right)) {
    ASSERT_EQ(hash(left), hash(right)) << "seed " << seed;
  }
  const std::string down_a = key_of(left, KeyOrder::Descending);
  const std::string down_b = key_of(right, KeyOrder::Descending);
  const bool with_none = left.is_none() || right.is_none();
  ASSERT_EQ(sign(down_a.compare(down_b)), with_none ? compare(left, right) : -compare(left, right))
      << "seed " << seed;
}

void check_round_trip(const Value& value, uint64_t seed) {
  for (const KeyOrder order : {KeyOrder::Ascending, KeyOrder::Descending}) {
    const std::string key = key_of(value, order);
    const std::string padded = key + "rest";
    std::string_view in = padded;
    const auto decoded = decode_key(in, order);
    ASSERT_TRUE(decoded.has_value()) << "seed " << seed << " " << decoded.error().message();
    ASSERT_EQ(in, "rest") << "seed " << seed;
    ASSERT_TRUE(equals(*decoded, value)) << "seed " << seed;
    ASSERT_EQ(key_of(*decoded, order), key) << "seed " << seed;
  }
}

TEST(KeyCodec, OrderOfKeysIsOrderOfValues) {
  for (uint64_t seed = 0; seed < property_cases(100'000) && !::testing::Test::HasFatalFailure();
       ++seed) {
    ArbitraryValues source(seed);
    const Value left = source.value();
    const Value right = source.chance(4) ? equal_twin(left, source) : source.value();
    check_pair(left, right, seed);
  }
}

TEST(KeyCodec, NumbersOfEveryWidthShareOneOrder) {
  for (uint64_t seed = 0; seed < property_cases(100'000) && !::testing::Test::HasFatalFailure();
       ++seed) {
    ArbitraryValues source(seed);
    const Value left = source.number();
    const Value right = source.chance(3) ? equal_twin(left, source) : source.number();
    check_pair(left, right, seed);
    check_round_trip(left, seed);
  }
}

TEST(KeyCodec, OneClassAtATime) {
  for (uint64_t seed = 0; seed < property_cases(100'000) && !::testing::Test::HasFatalFailure();
       ++seed) {
    ArbitraryValues source(seed);
    const auto tag = static_cast<Tag>(15 + source.below(16));
    check_pair(source.of_tag(tag), source.of_tag(tag), seed);
  }
}

TEST(KeyCodec, DecodingGivesAnEqualValue) {
  for (uint64_t seed = 0; seed < property_cases(100'000) && !::testing::Test::HasFatalFailure();
       ++seed) {
    check_round_trip(ArbitraryValues(seed).value(4), seed);
  }
}

// Compositions of a column list keep the order of the columns whatever follows.
TEST(KeyCodec, NoKeyIsAPrefixOfAnother) {
  for (uint64_t seed = 0; seed < property_cases(100'000); ++seed) {
    ArbitraryValues source(seed);
    const std::string a = key_of(source.value());
    const std::string b = key_of(source.value());
    if (a != b) {
      ASSERT_FALSE(a.starts_with(b) || b.starts_with(a)) << "seed " << seed;
    }
  }
}

TEST(KeyCodec, NegativeFloatsAscend) {
  const double numbers[] = {-INFINITY, -1e300, -2.5, -2.25, -1.0,     -5e-324, 0.0,
                            5e-324,    0.1,    1.0,  1e300, INFINITY, NAN};
  for (size_t i = 1; i < std::size(numbers); ++i) {
    EXPECT_LT(key_of(Value::float64(numbers[i - 1])), key_of(Value::float64(numbers[i]))) << i;
  }
}

TEST(KeyCodec, EqualNumbersHaveOneShortKey) {
  const std::string one = key_of(Value::int64(1));
  EXPECT_EQ(one, key_of(Value::float64(1.0)));
  EXPECT_EQ(one, key_of(Value::decimal({100, 2})));
  EXPECT_EQ(one, key_of(Value::integer(Tag::U8, 1)));
  EXPECT_EQ(one.size(), 10u);
  EXPECT_NE(key_of(Value::float64(0.1)), key_of(Value::decimal({1, 1})));
}

Type type_of_tag(Tag tag) {
  switch (tag) {
    case Tag::Bool:
      return Type::boolean();
    case Tag::I8:
      return Type(TypeKind::I8);
    case Tag::I16:
      return Type(TypeKind::I16);
    case Tag::I32:
      return Type(TypeKind::I32);
    case Tag::I64:
      return Type::int64();
    case Tag::I128:
      return Type(TypeKind::I128);
    case Tag::U8:
      return Type(TypeKind::U8);
    case Tag::U16:
      return Type(TypeKind::U16);
    case Tag::U32:
      return Type(TypeKind::U32);
    case Tag::U64:
      return Type(TypeKind::U64);
    case Tag::U128:
      return Type(TypeKind::U128);
    case Tag::F32:
      return Type(TypeKind::F32);
    case Tag::F64:
      return Type::float64();
    case Tag::String:
      return Type::string();
    case Tag::Bytes:
      return Type(TypeKind::Bytes);
    case Tag::Datetime:
      return Type(TypeKind::Datetime);
    case Tag::Duration:
      return Type(TypeKind::Duration);
    case Tag::Uuid:
      return Type(TypeKind::Uuid);
    case Tag::Regex:
      return Type(TypeKind::Regex);
    default:
      return Type::any();
  }
}

TEST(KeyCodec, TypedKeysKeepOrderAndWidth) {
  for (uint64_t seed = 0; seed < property_cases(100'000); ++seed) {
    ArbitraryValues source(seed);
    const auto tag = static_cast<Tag>(1 + source.below(22));
    if (tag == Tag::Decimal) continue;
    const bool is_optional = source.chance(2);
    const Type type = is_optional ? type_of_tag(tag).optional() : type_of_tag(tag);
    const auto order = source.chance(2) ? KeyOrder::Ascending : KeyOrder::Descending;
    const Value left = type.admits_none() && source.chance(5) ? Value::none() : source.of_tag(tag);
    const Value right = source.of_tag(tag);
    std::string a;
    std::string b;
    ASSERT_TRUE(append_typed_key(a, left, type, order).has_value()) << "seed " << seed;
    ASSERT_TRUE(append_typed_key(b, right, type, order).has_value()) << "seed " << seed;
    const int expected = order == KeyOrder::Descending && !left.is_none() ? -compare(left, right)
                                                                          : compare(left, right);
    ASSERT_EQ(sign(a.compare(b)), expected) << "seed " << seed << " type " << to_string(type);
    std::string_view in = a;
    const auto decoded = decode_typed_key(in, type, order);
    ASSERT_TRUE(decoded.has_value()) << "seed " << seed;
    ASSERT_TRUE(in.empty() && equals(*decoded, left)) << "seed " << seed;
    if (has_typed_key(type)) {
      ASSERT_EQ(decoded->tag(), left.tag()) << "seed " << seed;
    }
  }
}

TEST(KeyCodec, TypedDecimalsAreAtTheScaleOfTheType) {
  const Type type = Type::decimal(10, 2);
  std::string low;
  std::string high;
  ASSERT_TRUE(append_typed_key(low, Value::decimal({-105, 1}), type).has_value());
  ASSERT_TRUE(append_typed_key(high, Value::decimal({-1049, 2}), type).has_value());
  EXPECT_LT(low, high);
  EXPECT_EQ(low.size(), 16u);
  std::string_view in = low;
  EXPECT_TRUE(equals(*decode_typed_key(in, type), Value::decimal({-1050, 2})));
  std::string out;
  EXPECT_EQ(append_typed_key(out, Value::decimal({12345, 3}), type).error().code(),
            ErrorCode::E0306);
  EXPECT_TRUE(out.empty());
}

TEST(KeyCodec, WrongTypesAndLongKeysAreRefused) {
  std::string out = "before";
  EXPECT_EQ(append_typed_key(out, Value::string("1"), Type::int64()).error().code(),
            ErrorCode::E0306);
  EXPECT_EQ(append_typed_key(out, Value::none(), Type::int64()).error().code(), ErrorCode::E0306);
  EXPECT_EQ(append_key(out, Value::string(std::string(9000, 'x'))).error().code(),
            ErrorCode::E1104);
  EXPECT_EQ(out, "before");
  EXPECT_TRUE(append_key(out, Value::string(std::string(8000, 'x'))).has_value());
}

TEST(KeyCodec, DamagedKeysNeverCrash) {
  uint64_t decoded = 0;
  uint64_t refused = 0;
  for (uint64_t seed = 0; seed < property_cases(100'000); ++seed) {
    ArbitraryValues source(seed);
    std::string key = key_of(source.value());
    for (uint64_t flips = 1 + source.below(3); flips > 0; --flips)
      key[source.below(key.size())] = static_cast<char>(source.below(256));
    if (source.chance(4)) key.resize(source.below(key.size() + 1));
    std::string_view in = key;
    const auto result =
        decode_key(in, source.chance(2) ? KeyOrder::Ascending : KeyOrder::Descending);
    if (result) {
      ++decoded;
      ASSERT_EQ(compare(*result, *result), 0);
    } else {
      ++refused;
      ASSERT_TRUE(result.error().code() == ErrorCode::E1205 ||
                  result.error().code() == ErrorCode::E1103);
    }
  }
  EXPECT_GT(decoded, 0u);
  EXPECT_GT(refused, 0u);
  std::string_view deep_bytes;
  const std::string deep(5000, '\x40');
  deep_bytes = deep;
  std::string pair;
  ArrayBuilder parts;
  parts.add(Value::int64(7));
  parts.add(Value::string("x"));
  ASSERT_TRUE(append_key(pair, *parts.build()));
  EXPECT_TRUE(equals(*decode_key_component(pair, 0), Value::int64(7)));
  EXPECT_TRUE(equals(*decode_key_component(pair, 1), Value::string("x")));
  EXPECT_EQ(decode_key_component(pair, 2).error().code(), ErrorCode::E1205);
  EXPECT_EQ(decode_key_component(pair.substr(1), 0).error().code(), ErrorCode::E1205);
  EXPECT_EQ(decode_key(deep_bytes).error().code(), ErrorCode::E1103);
}

TEST(KeyCodec, BoundsOfPrefixes) {
  EXPECT_EQ(key_successor("ab"), std::string("ab\0", 3));
  EXPECT_EQ(prefix_end("ab"), "ac");
  EXPECT_EQ(prefix_end("a\xFF\xFF"), "b");
  EXPECT_EQ(prefix_end("\xFF\xFF"), std::nullopt);
}

}  // namespace key_codec_test
}  // namespace zerodb
