#include "value/operators.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "value/cast.h"
#include "value/operator_types.h"
#include "value/test_values.h"
#include "value/text.h"

namespace zerodb {
namespace operators_test {

using namespace test;
using Op = BinaryOp;

void check(Op op, const Value& left, const Value& right, std::string_view expected) {
  const auto result = binary(op, left, right);
  const std::string shown =
      literal_text(left) + " " + std::string(operator_text(op)) + " " + literal_text(right);
  const std::string got =
      result ? literal_text(*result) : std::string(code_name(result.error().code()));
  EXPECT_EQ(got, expected) << shown;
}

TEST(Operators, Integers) {
  check(Op::Add, integer(2), integer(3), "5");
  check(Op::Add, integer(INT64_MAX), integer(1), "E0901");
  check(Op::Add, integer(Tag::U64, UINT64_MAX), integer(1), "18446744073709551616i128");
  check(Op::Add, integer(Tag::U8, 255), integer(Tag::U8, 1), "E0901");
  check(Op::Add, integer(Tag::U8, 255), integer(Tag::I8, -1), "254i16");
  check(Op::Subtract, Value::uint128(~u128{0}), integer(1),
        "340282366920938463463374607431768211454u128");
  check(Op::Subtract, Value::uint128(0), integer(1), "E0901");
  check(Op::Divide, integer(7), integer(2), "3.5");
  check(Op::Divide, integer(6), integer(3), "2.0");
  check(Op::Divide, integer(1), integer(0), "E0902");
  check(Op::IntDivide, integer(-7), integer(2), "-3");
  check(Op::IntDivide, integer(INT64_MIN), integer(-1), "E0901");
  check(Op::Modulo, integer(-7), integer(3), "-1");
  check(Op::Modulo, integer(INT64_MIN), integer(-1), "0");
  check(Op::Power, integer(2), integer(62), "4611686018427387904");
  check(Op::Power, integer(2), integer(63), "E0901");
  check(Op::Power, integer(2), integer(-1), "E0620");
  check(Op::Power, integer(-1), integer(INT64_MAX), "-1");
  check(Op::BitAnd, integer(5), integer(3), "1");
  check(Op::BitXor, integer(5), integer(3), "6");
  check(Op::ShiftLeft, integer(1), integer(4), "16");
  check(Op::ShiftLeft, integer(1), integer(63), "-9223372036854775808");
  check(Op::ShiftLeft, integer(1), integer(64), "E0620");
  check(Op::ShiftRight, integer(-8), integer(1), "-4");
  check(Op::ShiftRight, integer(1), integer(-1), "E0620");
  check(Op::ShiftLeft, integer(Tag::U8, 255), integer(1), "254u8");
}

TEST(Operators, FloatsAndDecimals) {
  check(Op::Add, number(0.1), number(0.2), "0.30000000000000004");
  check(Op::Divide, number(1.5), number(0.0), "E0902");
  check(Op::Multiply, number(1e308), number(10), "E0901");
  check(Op::Add, number(INFINITY), number(1), "CAST('Infinity' AS float)");
  check(Op::Power, number(2.0), integer(-2), "0.25");
  check(Op::Power, number(-8.0), number(0.5), "E0620");
  check(Op::IntDivide, number(-7.5), number(2), "-3.0");
  check(Op::Modulo, number(-7.5), number(2), "-1.5");
  check(Op::Add, Value::float32(0.1f), Value::float32(0.2f), "0.3f32");
  check(Op::Add, Value::float32(0.5f), integer(1), "1.5");
  check(Op::Divide, dec("10"), dec("4"), "2.500000dec");
  check(Op::Divide, integer(5), dec("2"), "2.500000dec");
  check(Op::Add, dec("0.1"), number(0.1), "E0308");
  check(Op::Add, dec("0.1"), Value::integer(Tag::I128, 1), "E0307");
  check(Op::IntDivide, dec("-7.5"), dec("2"), "-3dec");
  check(Op::Power, dec("2"), dec("0.5"), "E0620");
}

TEST(Operators, Times) {
  check(Op::Add, at("2026-01-31T12:00:00Z"), span("1h30m"), "d'2026-01-31T13:30:00Z'");
  check(Op::Subtract, at("2026-03-01"), at("2026-02-01"), "28d");
  check(Op::Subtract, span("2h"), span("30m"), "1h30m");
  check(Op::Multiply, span("1h30m"), integer(2), "3h");
  check(Op::Multiply, number(0.5), span("3h"), "1h30m");
  check(Op::Multiply, span("1s"), dec("0.1234567891"), "123ms456us789ns");
  check(Op::Divide, span("3h"), integer(0), "E0902");
  check(Op::Divide, span("3h"), integer(2), "1h30m");
  check(Op::Add, at("9999-12-31"), span("1d"), "E0901");
  check(Op::Add, at("2026-01-01"), at("2026-01-01"), "E0904");
  check(Op::Multiply, span("52w"), number(1e300), "E0901");
}

TEST(Operators, Absence) {
  check(Op::Equal, none(), none(), "true");
  check(Op::Equal, none(), integer(1), "false");
  check(Op::NotEqual, none(), integer(1), "true");
  check(Op::Less, none(), integer(1), "false");
  check(Op::GreaterEqual, none(), none(), "false");
  check(Op::Add, integer(1), none(), "none");
  check(Op::Concat, text("a"), none(), "none");
  check(Op::In, none(), array({integer(1), none()}), "false");
  check(Op::NotIn, integer(1), array({integer(2), none()}), "true");
  check(Op::Like, none(), text("%"), "false");
  check(Op::NotLike, none(), text("%"), "true");
}

TEST(Operators, Comparisons) {
  check(Op::Equal, integer(1), number(1.0), "true");
  check(Op::Equal, dec("0.1"), number(0.1), "false");
  check(Op::Equal, integer(9007199254740993), number(9007199254740992.0), "false");
  check(Op::Equal, integer(1), text("1"), "false");
  check(Op::Less, integer(1), text("a"), "false");
  check(Op::Less, text("a"), integer(1), "false");
  check(Op::Less, boolean(false), boolean(true), "true");
  check(Op::Less, array({integer(1)}), array({integer(1), integer(2)}), "true");
}

TEST(Operators, Containers) {
  check(Op::Concat, array({integer(1)}), array({integer(2)}), "[1, 2]");
  check(Op::Concat, text("ab"), text("c"), "'abc'");
  check(Op::Concat, integer(1), text("c"), "E0904");
  check(Op::BitOr, set({integer(1)}), set({integer(2)}), "hashset{1, 2}");
  check(Op::BitAnd, set({integer(1), integer(2)}), set({integer(2)}), "hashset{2}");
  check(Op::Subtract, set({integer(1), integer(2)}), set({integer(2)}), "hashset{1}");
  check(Op::BitXor, set({integer(1), integer(2)}), set({integer(2), integer(3)}), "hashset{1, 3}");
  check(Op::Contains, array({integer(1), integer(2)}), number(2), "true");
  check(Op::ContainsAny, array({integer(1), integer(2)}), array({integer(5), integer(2)}), "true");
  check(Op::ContainsAll, array({integer(1), integer(2)}), array({integer(1), integer(4)}), "false");
  check(Op::NotContainsAll, array({integer(1)}), array({integer(1)}), "false");
  check(Op::In, text("a"), object({{"a", none()}}), "true");
  check(Op::In, integer(1), integer(2), "E0904");
  const Value half_open = *binary(Op::Range, integer(1), integer(5));
  const Value closed = *binary(Op::RangeInclusive, integer(1), integer(5));
  check(Op::In, integer(5), half_open, "false");
  check(Op::In, integer(5), closed, "true");
  check(Op::In, number(4.5), half_open, "true");
  check(Op::In, text("a"), half_open, "false");
}

TEST(Operators, Like) {
  const auto matches = [](std::string_view subject, std::string_view pattern,
                          std::string_view escape = "", bool fold = false) {
    const auto result = like(subject, pattern, escape, fold);
    return result ? (*result ? "yes" : "no") : std::string(code_name(result.error().code()));
  };
  EXPECT_EQ(matches("abc", "abc"), "yes");
  EXPECT_EQ(matches("abc", "a_c"), "yes");
  EXPECT_EQ(matches("a\u00f1c", "a_c"), "yes");
  EXPECT_EQ(matches("abc", "ab"), "no");
  EXPECT_EQ(matches("", "%"), "yes");
  EXPECT_EQ(matches("", ""), "yes");
  EXPECT_EQ(matches("", "_"), "no");
  EXPECT_EQ(matches("abcabd", "%ab_"), "yes");
  EXPECT_EQ(matches("abcabd", "%b_a%d"), "yes");
  EXPECT_EQ(matches("aXbXc", "a%_b%c"), "yes");
  EXPECT_EQ(matches("ab", "a%b%b"), "no");
  EXPECT_EQ(matches("a_c", "a!_c", "!"), "yes");
  EXPECT_EQ(matches("abc", "a!_c", "!"), "no");
  EXPECT_EQ(matches("abc", "abc!", "!"), "E0626");
  EXPECT_EQ(matches("ABC", "a%"), "no");
  EXPECT_EQ(matches("ABC", "a%", "", true), "yes");
  EXPECT_EQ(matches("\u00c5S", "\u00e5_", "", true), "yes");
  const std::string many(200, 'a');
  EXPECT_EQ(matches(std::string(100'000, 'a'), "%" + many + "b%"), "no");
  EXPECT_EQ(matches(std::string(100'000, 'a') + "b", "%_" + many + "_b"), "yes");
}

// The definition of LIKE, slow and plain.
bool slow_like(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%')
    return slow_like(text, pattern.substr(1)) ||
           (!text.empty() && slow_like(text.substr(1), pattern));
  return !text.empty() && (pattern[0] == '_' || pattern[0] == text[0]) &&
         slow_like(text.substr(1), pattern.substr(1));
}

RC_GTEST_PROP(Operators, LikeAgreesWithItsDefinition, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::element('a', 'b'));
  const auto pattern = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '%', '_'));
  RC_ASSERT(*like(text, pattern, "", false) == slow_like(text.substr(0, 24), pattern) ||
            text.size() > 24);
}

void check_access(const Result<Value>& result, std::string_view expected) {
  EXPECT_EQ(result ? literal_text(*result) : std::string(code_name(result.error().code())),
            expected);
}

TEST(Operators, Access) {
  const Value list = array({integer(10), integer(20), integer(30), integer(40)});
  check_access(element(list, integer(1)), "20");
  check_access(element(list, integer(9)), "none");
  check_access(element(list, integer(-1)), "none");
  check_access(element(list, text("a")), "E0904");
  check_access(slice(list, integer(1), integer(3), false), "[20, 30]");
  check_access(slice(list, none(), integer(2), false), "[10, 20]");
  check_access(slice(list, integer(2), none(), false), "[30, 40]");
  check_access(slice(list, integer(1), integer(2), true), "[20, 30]");
  check_access(slice(list, integer(3), integer(1), false), "[]");
  check_access(slice(list, integer(-5), integer(99), false), "[10, 20, 30, 40]");
  check_access(slice(list, integer(0), integer(INT64_MAX), true), "[10, 20, 30, 40]");
  check_access(slice(text("a\u00f1\U0001F600b"), integer(1), integer(3), false),
               "'\u00f1\U0001F600'");
  check_access(element(text("a\u00f1b"), integer(1)), "'\u00f1'");
  check_access(slice(vector({1, 2, 3}), integer(1), none(), false), "vector([2.0, 3.0])");
  const Value document = object({{"a", integer(1)}, {"none", none()}});
  check_access(member(document, "a"), "1");
  check_access(member(document, "b"), "none");
  check_access(member(none(), "b"), "none");
  check_access(member(integer(1), "b"), "E0904");
  check_access(element(document, text("a")), "1");
  check_access(element(map({{integer(1), text("x")}}), number(1.0)), "'x'");
  check_access(members(array({document, none(), document}), "a"), "[1, none, 1]");
  check_access(members(array({document, integer(1)}), "a"), "E0904");
}

TEST(Operators, Unary) {
  check_access(unary(UnaryOp::Negate, integer(INT64_MIN)), "E0901");
  check_access(unary(UnaryOp::Negate, integer(Tag::U8, 1)), "E0901");
  check_access(unary(UnaryOp::Negate, span("1h")), "-1h");
  check_access(unary(UnaryOp::Negate, none()), "none");
  check_access(unary(UnaryOp::Negate, text("a")), "E0904");
  check_access(unary(UnaryOp::Not, none()), "true");
  check_access(unary(UnaryOp::Not, integer(1)), "E0904");
}

// What the checker says about types is what the operators do with values.
void check_type_agrees(Op op, const Value& left, const Value& right) {
  const auto type = binary_type(op, type_of(left), type_of(right));
  const auto result = binary(op, left, right);
  if (type) {
    if (result) {
      EXPECT_TRUE(is_of_type(*result, *type));
    } else {
      const ErrorCode code = result.error().code();
      EXPECT_TRUE(code == ErrorCode::E0901 || code == ErrorCode::E0902 || code == ErrorCode::E0620);
    }
  } else if (!is_predicate(op)) {
    EXPECT_TRUE(!result.has_value());
  }
}

TEST(Operators, TypesAgreeWithValues) {
  const std::vector<Value> values = {none(),
                                     boolean(true),
                                     integer(Tag::I8, 3),
                                     integer(Tag::U8, 3),
                                     integer(Tag::I32, 3),
                                     integer(3),
                                     integer(Tag::U64, 3),
                                     Value::integer(Tag::I128, 3),
                                     Value::uint128(3),
                                     number(2.5),
                                     Value::float32(2.5f),
                                     dec("2.5"),
                                     text("a"),
                                     Value::bytes("a"),
                                     at("2026-01-01"),
                                     span("1h"),
                                     array({integer(1)}),
                                     vector({1.5}),
                                     set({integer(1)}),
                                     map({{integer(1), integer(2)}}),
                                     tuple({integer(1), text("a")}),
                                     object({{"a", integer(1)}})};
  for (const Value& left : values) {
    for (const Value& right : values) {
      for (int number = 0; number <= static_cast<int>(Op::NotContainsAll); ++number) {
        const auto op = static_cast<Op>(number);
        if (op == Op::RegexMatch || op == Op::RegexNotMatch) continue;
        SCOPED_TRACE(literal_text(left) + " " + std::string(operator_text(op)) + " " +
                     literal_text(right));
        check_type_agrees(op, left, right);
      }
    }
  }
}

}  // namespace operators_test
}  // namespace zerodb
