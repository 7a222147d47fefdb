#include "value/cast.h"

#include <gtest/gtest.h>

#include <cmath>

#include "value/test_values.h"

namespace zerodb {
namespace cast_test {

using namespace test;

std::string outcome(const Result<Value>& result) {
  return result ? literal_text(*result) : std::string(code_name(result.error().code()));
}
void check_cast(const Value& value, const Type& to, std::string_view expected) {
  EXPECT_EQ(outcome(cast(value, to)), expected) << literal_text(value) << " AS " << to_string(to);
  if (expected == "E0903") return;
  EXPECT_TRUE(cast_exists(type_of(value), to)) << to_string(to);
}
void check_store(const Value& value, const Type& to, std::string_view expected) {
  const auto result = coerce(value, to);
  EXPECT_EQ(outcome(result), expected) << literal_text(value) << " into " << to_string(to);
  if (!result) return;
  EXPECT_TRUE(is_of_type(*result, to)) << to_string(to);
}

const Type kU8(TypeKind::U8);

TEST(Cast, Numbers) {
  check_cast(text("42"), Type::int64(), "42");
  check_cast(text("x"), Type::int64(), "E0903");
  check_cast(integer(7), kU8.optional(), "7u8");
  check_cast(integer(300), kU8, "E0903");
  check_cast(number(-2.9), Type::int64(), "-2");
  check_cast(number(NAN), Type::int64(), "E0903");
  check_cast(number(1e300), Type::int64(), "E0903");
  check_cast(number(0x1p127), Type(TypeKind::U128), "170141183460469231731687303715884105728u128");
  check_cast(dec("2.9"), Type::int64(), "2");
  check_cast(number(0.1), Type::decimal(), "0.1dec");
  check_cast(number(2.345), Type::decimal(10, 2), "2.34dec");
  check_cast(dec("0.1"), Type::float64(), "0.1");
  check_cast(number(1e300), Type(TypeKind::F32), "E0903");
  check_cast(text("1e3"), Type::float64(), "1000.0");
  check_cast(boolean(true), Type::int64(), "1");
  check_cast(integer(0), Type::boolean(), "false");
  check_cast(none(), Type::int64(), "none");
}

TEST(Cast, TextAndTimes) {
  check_cast(text("1h30m"), Type(TypeKind::Duration), "1h30m");
  check_cast(integer(12), Type::string(), "'12'");
  check_cast(number(2.0), Type::string(), "'2.0'");
  check_cast(text("2026-01-31"), Type(TypeKind::Datetime), "d'2026-01-31T00:00:00Z'");
  check_cast(at("2026-01-31"), Type::string(), "'2026-01-31T00:00:00Z'");
  check_cast(text("a"), Type(TypeKind::Bytes), "b'a'");
  check_cast(Value::bytes("\xff"), Type::string(), "E0903");
  check_cast(text("true"), Type::boolean(), "true");
  check_cast(text("yes"), Type::boolean(), "E0903");
  check_cast(array({integer(1), text("a")}), Type::string(), "'[1, ''a'']'");
}

TEST(Cast, Parts) {
  check_cast(array({text("1"), integer(2)}), Type::array(Type::int64()), "[1, 2]");
  check_cast(set({integer(1)}), Type::array(Type::string()), "['1']");
  check_cast(array({integer(1), integer(1)}), Type::hash_set(Type::int64()), "hashset{1}");
  check_cast(array({integer(1)}), Type::vector(Type(TypeKind::F32)), "vector([1.0f32])");
  check_cast(object({{"a", text("1")}}), Type::shape({{"a", Type::int64(), false}}), "{a: 1}");
  check_cast(object({{"a", integer(1)}}), Type::hash_map(Type::string(), Type::int64()),
             "hashmap{'a' => 1}");
  EXPECT_FALSE(cast_exists(Type::array(Type::boolean()), Type::array(Type(TypeKind::Datetime))));
  EXPECT_FALSE(cast_exists(Type::boolean(), Type(TypeKind::Datetime)));
  EXPECT_FALSE(cast_exists(Type::float64(), Type::boolean()));
}

TEST(Cast, Storing) {
  check_store(integer(255), kU8, "255u8");
  check_store(integer(300), kU8, "E0307");
  check_store(number(3.0), Type::int64(), "3");
  check_store(number(3.5), Type::int64(), "E0307");
  check_store(integer(5), Type::string(), "E0306");
  check_store(text("5"), Type::int64(), "E0306");
  check_store(none(), Type::int64(), "E0306");
  check_store(none(), Type::int64().optional(), "none");
  check_store(integer(3), Type::float64(), "3.0");
  check_store(number(0.1), Type(TypeKind::F32), "0.1f32");
  check_store(dec("0.1"), Type::float64(), "E0307");
  check_store(dec("19.9"), Type::decimal(10, 2), "19.90dec");
  check_store(dec("19.999"), Type::decimal(10, 2), "E0307");
  check_store(number(9.99), Type::decimal(10, 2), "9.99dec");
  check_store(array({integer(1), integer(2)}), Type::array(Type::int64(), 3), "E0306");
  check_store(array({integer(1), number(2.5)}), Type::vector(Type(TypeKind::F32), 2),
              "vector([1.0f32, 2.5f32])");
  check_store(array({number(59.9), number(10.7)}), Type::tuple({Type::float64(), Type::float64()}),
              "(59.9, 10.7)");
  const Type size = Type::union_of({Type::literal("S"), Type::literal("M")});
  check_store(text("M"), size, "'M'");
  check_store(text("XL"), size, "E0306");
  check_store(integer(3), Type::union_of({Type::string(), Type::float64()}), "3.0");
  const Type shape = Type::shape(
      {{"street", Type::string(), false}, {"zip", Type::string(), true}, {"n", kU8, true}});
  check_store(object({{"street", text("x")}, {"n", integer(3)}}), shape, "{street: 'x', n: 3u8}");
  check_store(object({{"zip", text("x")}}), shape, "E0306");
  check_store(object({{"street", text("x")}, {"other", text("x")}}), shape, "E0306");
  const auto nested = coerce(array({object({{"street", integer(1)}})}), Type::array(shape));
  EXPECT_EQ(nested.error().message(), "at `[0].street`: 1 (int) is not of type string");
}

TEST(Cast, IsOfType) {
  EXPECT_TRUE(is_of_type(integer(1), Type::int64()));
  EXPECT_FALSE(is_of_type(integer(1), kU8));
  EXPECT_TRUE(is_of_type(array({integer(1), integer(2)}),
                         Type::array(Type::union_of({Type::int64(), Type::string()}))));
  EXPECT_TRUE(is_of_type(array({integer(1), text("a")}),
                         Type::array(Type::union_of({Type::int64(), Type::string()}))));
  EXPECT_FALSE(is_of_type(array({integer(1), text("a")}), Type::array(Type::int64())));
  const Type shape = Type::shape({{"sku", Type::string(), false}, {"qty", Type::int64(), true}});
  EXPECT_TRUE(is_of_type(object({{"sku", text("a")}, {"qty", integer(1)}}), shape));
  EXPECT_FALSE(is_of_type(object({{"qty", integer(1)}}), shape));
  EXPECT_FALSE(is_of_type(none(), Type::int64()));
  EXPECT_TRUE(is_of_type(none(), Type::none()));
}

TEST(Cast, StoringOfStaticTypes) {
  EXPECT_EQ(storing(Type::int64(), kU8), Storing::Narrowing);
  EXPECT_EQ(storing(kU8, Type::int64()), Storing::Convert);
  EXPECT_EQ(storing(Type(TypeKind::U64), Type::int64()), Storing::Narrowing);
  EXPECT_EQ(storing(Type::int64(), Type::float64()), Storing::Convert);
  EXPECT_EQ(storing(Type::float64(), Type::int64()), Storing::Narrowing);
  EXPECT_EQ(storing(Type::any(), Type::int64()), Storing::Check);
  EXPECT_EQ(storing(Type::int64(), Type::string()), Storing::Never);
  EXPECT_EQ(storing(Type::int64().optional(), Type::int64()), Storing::Check);
  EXPECT_EQ(storing(Type::int64(), Type::int64().optional()), Storing::Same);
  EXPECT_EQ(storing(Type::none(), Type::int64()), Storing::Never);
  EXPECT_EQ(storing(Type::object(), Type::shape({{"a", Type::int64(), false}})), Storing::Check);
  EXPECT_EQ(storing(Type::record({TableId(1)}), Type::record({TableId(2)})), Storing::Never);
  EXPECT_EQ(storing(Type::union_of({Type::int64(), Type::string()}), Type::int64()),
            Storing::Check);
}

TEST(Text, Literals) {
  const auto check = [](const Value& value, std::string_view literal, std::string_view display) {
    EXPECT_EQ(literal_text(value), literal);
    EXPECT_EQ(display_text(value), display);
  };
  check(text("it's\n\x01"), "'it''s\\n\\u{01}'", "it's\n\x01");
  check(integer(Tag::U8, 255), "255u8", "255");
  check(Value::float32(2.5f), "2.5f32", "2.5");
  check(dec("19.90"), "19.90dec", "19.90");
  check(at("2026-01-31"), "d'2026-01-31T00:00:00Z'", "2026-01-31T00:00:00Z");
  check(Value::bytes(std::string_view("a\x00'", 3)), "b'a\\x00\\x27'", "b'a\\x00\\x27'");
  check(Value::regex("^a'+$"), "re'^a''+$'", "^a'+$");
  check(object({{"a", text("x")}, {"two words", none()}}), "{a: 'x', 'two words': none}",
        "{a: 'x', 'two words': none}");
  check(tuple({integer(1)}), "(1,)", "(1,)");
  check(tuple({}), "()", "()");
  check(map({{integer(1), text("a")}}), "hashmap{1 => 'a'}", "hashmap{1 => 'a'}");
  check(*make_ok(integer(1)), "ok(1)", "ok(1)");
  check(vector({1, 2.5}), "vector([1.0, 2.5])", "[1.0, 2.5]");
  check(none(), "none", "none");
}

class OneTable final : public TableNames {
 public:
  std::optional<std::string_view> table_name(TableId) const override { return "reading"; }
};

TEST(Text, RecordIds) {
  const OneTable table;
  const auto check = [&](const Value& key, std::string_view expected) {
    EXPECT_EQ(literal_text(Value::record_id(TableId(3), key), {&table, nullptr}), expected);
  };
  check(text("alice"), "reading:alice");
  check(integer(-5), "reading:-5");
  check(integer(Tag::U8, 5), "reading:5");
  check(text("two words"), "reading:'two words'");
  check(text("select"), "reading:'select'");
  check(text("None"), "reading:'None'");
  check(text("selects"), "reading:selects");
  check(text("1"), "reading:'1'");
  check(array({text("s1"), at("2026-01-01")}), "reading:['s1', d'2026-01-01T00:00:00Z']");
  EXPECT_EQ(literal_text(Value::record_id(TableId(3), integer(1))), "#3:1");
}

}  // namespace cast_test
}  // namespace zerodb
