#include "value/json.h"

#include <gtest/gtest.h>

#include "base/property_test.h"
#include "value/arbitrary.h"

namespace zerodb {
namespace json_test {

void check(std::string_view text, std::string_view expected, Tag tag) {
  const auto value = parse_json(text);
  ASSERT_TRUE(value.has_value()) << text << ": " << value.error().message();
  EXPECT_EQ(to_json(*value), expected);
  EXPECT_EQ(value->tag(), tag) << text;
}

void check_refused(std::string_view text, std::string_view fragment = "") {
  const auto value = parse_json(text);
  ASSERT_FALSE(value.has_value()) << text << " gave " << to_json(*value);
  EXPECT_EQ(value.error().code(), ErrorCode::E0624) << text;
  EXPECT_NE(value.error().message().find(fragment), std::string_view::npos)
      << text << ": " << value.error().message();
}

TEST(Json, NumbersTakeTheFirstTypeThatHoldsThem) {
  check("0", "0", Tag::I64);
  check("-0", "0", Tag::I64);
  check(" 9223372036854775807 ", "9223372036854775807", Tag::I64);
  check("-9223372036854775808", "-9223372036854775808", Tag::I64);
  check("9223372036854775808", "9223372036854775808", Tag::U64);
  check("18446744073709551616", "18446744073709551616", Tag::I128);
  check("-9223372036854775809", "-9223372036854775809", Tag::I128);
  check("340282366920938463463374607431768211455", "340282366920938463463374607431768211455",
        Tag::U128);
  check("2.0", "2.0", Tag::F64);
  check("1e3", "1000.0", Tag::F64);
  check("-2.5E-1", "-0.25", Tag::F64);
}

TEST(Json, NumbersAreDecimalsWhereTheTypeHasThem) {
  const auto check_as = [](std::string_view text, const Type& type, std::string_view expected) {
    const auto value = JsonReader().parse(text, type);
    ASSERT_TRUE(value.has_value()) << text << ": " << value.error().message();
    EXPECT_EQ(literal_text(*value), expected) << text;
  };
  const Type decimal = Type::decimal();
  check_as("12345678901234567890.123456789", decimal, "12345678901234567890.123456789dec");
  check_as("1.50", decimal.optional(), "1.50dec");
  check_as("15e-1", Type::decimal(8, 2), "1.5dec");
  check_as("7", decimal, "7");
  check_as("1.50", Type::any(), "1.5");
  check_as("1.50", Type::union_of({decimal, Type::string()}), "1.50dec");
  check_as("1.50", Type::union_of({decimal, Type::float64()}), "1.5");
  check_as("[0.10, [0.10]]", Type::array(decimal), "[0.10dec, [0.1]]");
  check_as("[0.10, 0.10]", Type::tuple({Type::float64(), decimal}), "[0.1, 0.10dec]");
  check_as("[[0.10, 0.10]]", Type::hash_map(Type::float64(), decimal), "[[0.1, 0.10dec]]");
  check_as(R"({"x": 0.10})", Type::hash_map(Type::string(), decimal), "{x: 0.10dec}");
  check_as(R"([{"ok": 0.10}, {"err": 0.10}])", Type::array(Type::result(decimal, Type::float64())),
           "[{ok: 0.10dec}, {err: 0.1}]");
  check_as(R"({"a": 0.10, "b": {"c": 0.10}, "d": 0.10})",
           Type::shape({{"a", Type::float64()}, {"b", Type::shape({{"c", decimal}})}}),
           "{a: 0.1, b: {c: 0.10dec}, d: 0.1}");
  check_as(R"([[0.10], "x"])", Type::array(Type::union_of({Type::string(), Type::array(decimal)})),
           "[[0.10dec], 'x']");
  EXPECT_FALSE(JsonReader().parse("0.1234567890123456789012345678901234567891", decimal));
}

TEST(Json, Documents) {
  check("null", "null", Tag::None);
  check("true", "true", Tag::Bool);
  check(R"("a\u00e9\n\ud83d\ude00\"")", "\"aé\\n😀\\\"\"", Tag::String);
  check("[]", "[]", Tag::Array);
  check("{}", "{}", Tag::Object);
  check(R"( {"b" : [1, {"c":null}], "a":[[]]} )", R"({"b": [1, {"c": null}], "a": [[]]})",
        Tag::Object);
  check(R"({"a": 1, "b": 2, "a": 3})", R"({"a": 3, "b": 2})", Tag::Object);
}

TEST(Json, MalformedTextIsRefused) {
  for (const char* text :
       {"",      " ",       "[",           "]",          "{",        "[1,]", "[,1]",
        "[1 2]", "{\"a\"}", "{\"a\":}",    "{\"a\":1,}", "{a:1}",    "'a'",  "\"a",
        "01",    "1.",      ".5",          "+1",         "1e",       "--1",  "0x1",
        "nul",   "nulll",   "truee",       "tru",        "NaN",      "1]",   "1] [2",
        "1, 2",  "\"\\x\"", "\"\\ud800\"", "\"\x01\"",   "\"\xff\"", "[1}",  "{\"a\":1]",
        "1 1",   "{} {}",   "[] []"}) {
    check_refused(text);
  }
  check_refused("1e999", "out of range");
  check_refused("999999999999999999999999999999999999999999", "out of range");
  check_refused(R"({"a": [1, {"b": 1e999}]})", "$.a[1].b");
}

TEST(Json, NestingIsLimited) {
  const auto nested = [](size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_TRUE(parse_json(nested(128)).has_value());
  EXPECT_EQ(parse_json(nested(129)).error().code(), ErrorCode::E1103);
  EXPECT_FALSE(parse_json(nested(100'000)).has_value());
  EXPECT_FALSE(parse_json(std::string(100'000, '[')).has_value());
}

TEST(Json, ValuesOfOtherTypes) {
  EXPECT_EQ(to_json(Value::bytes(std::string("\x00\xff", 2))), "\"AP8=\"");
  EXPECT_EQ(to_json(Value::bytes("abc")), "\"YWJj\"");
  EXPECT_EQ(to_json(Value::bytes("abcd")), "\"YWJjZA==\"");
  EXPECT_EQ(to_json(Value::float64(NAN)), "\"NaN\"");
  EXPECT_EQ(to_json(Value::float64(INFINITY)), "\"Infinity\"");
  EXPECT_EQ(to_json(Value::float32(2.5f)), "2.5");
  EXPECT_EQ(to_json(Value::decimal({1999, 2})), "19.99");
  EXPECT_EQ(to_json(Value::regex("^a+$")), "\"^a+$\"");
  EXPECT_EQ(to_json(Value::datetime({1769860800, 500'000'000})), "\"2026-01-31T12:00:00.5Z\"");
  EXPECT_EQ(to_json(Value::duration({5400, 0})), "\"1h30m\"");
  EXPECT_EQ(to_json(*make_ok(Value::int64(1))), "{\"ok\": 1}");
  EXPECT_EQ(to_json(*make_err(Value::string("bad"))), "{\"err\": \"bad\"}");
  EXPECT_EQ(to_json(*make_range(Value::int64(1), Value::int64(5), true)), "\"1..=5\"");
  HashMapBuilder map;
  map.set(Value::int64(2), Value::string("two"));
  map.set(Value::int64(1), Value::string("one"));
  EXPECT_EQ(to_json(*map.build()), R"([[1, "one"], [2, "two"]])");
}

// A value made only of what JSON has.
Value json_like(ArbitraryValues& source, uint32_t levels) {
  if (levels > 0 && source.chance(3)) {
    ArrayBuilder builder;
    for (uint64_t count = source.below(5); count > 0; --count)
      builder.add(json_like(source, levels - 1));
    return *builder.build();
  }
  if (levels > 0 && source.chance(2)) {
    ObjectBuilder builder;
    for (uint64_t count = source.below(5); count > 0; --count)
      builder.set(source.text(), json_like(source, levels - 1));
    return *builder.build();
  }
  constexpr Tag kScalars[] = {Tag::None, Tag::Bool, Tag::I64, Tag::U64,
                              Tag::I128, Tag::U128, Tag::F64, Tag::String};
  const Value value = source.of_tag(kScalars[source.below(std::size(kScalars))]);
  return value.tag() == Tag::F64 && !std::isfinite(value.as_float64()) ? Value::float64(0.5)
                                                                       : value;
}

TEST(Json, RoundTrip) {
  JsonReader reader;
  for (uint64_t seed = 0; seed < property_cases(100'000); ++seed) {
    ArbitraryValues source(seed);
    const Value value = json_like(source, 4);
    const std::string text = to_json(value);
    const auto read = reader.parse(text);
    ASSERT_TRUE(read.has_value()) << "seed " << seed << ": " << text << ": "
                                  << read.error().message();
    ASSERT_TRUE(equals(*read, value)) << "seed " << seed << ": " << text;
    ASSERT_EQ(to_json(*read), text) << "seed " << seed;
  }
}

TEST(Json, DamagedTextNeverCrashes) {
  JsonReader reader;
  for (uint64_t seed = 0; seed < property_cases(100'000); ++seed) {
    ArbitraryValues source(seed);
    std::string text = to_json(json_like(source, 4));
    constexpr std::string_view kBytes = "[]{},:\"\\0123456789.eE-+ntf \n\xC3\xFF";
    for (uint64_t edits = 1 + source.below(3); edits > 0; --edits)
      text[source.below(text.size())] = kBytes[source.below(kBytes.size())];
    if (source.chance(4)) text.resize(source.below(text.size() + 1));
    const auto read = reader.parse(text);
    if (read) {
      const auto again = reader.parse(to_json(*read));
      ASSERT_TRUE(again.has_value() && equals(*again, *read)) << "seed " << seed << ": " << text;
    }
  }
}

}  // namespace json_test
}  // namespace zerodb
