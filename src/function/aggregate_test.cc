#include "function/aggregate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "base/random.h"
#include "function/float_sum.h"
#include "function/library.h"
#include "value/decimal.h"
#include "value/temporal.h"
#include "value/text.h"

namespace zerodb::function {
namespace aggregate_test {

const AggregateFunction& named(std::string_view name) {
  for (const AggregateFunction& function : aggregate_functions()) {
    if (function.name == name) return function;
  }
  ADD_FAILURE() << name;
  return aggregate_functions().front();
}

// Adds the values in two states and merges them, so that both ways are tested at once.
void check(std::string_view name, const Type& type, const std::vector<Value>& values,
           std::string_view expected, Distinct distinct = Distinct::No) {
  const AggregateFunction& function = named(name);
  const auto first = make_state(function, {&type, 1}, distinct);
  const auto second = make_state(function, {&type, 1}, distinct);
  for (size_t i = 0; i < values.size(); ++i) {
    const Status added = (i < values.size() / 2 ? first : second)->add({&values[i], 1});
    if (!added) {
      EXPECT_EQ(code_name(added.error().code()), expected);
      return;
    }
  }
  ASSERT_TRUE(first->merge(*second).has_value());
  const auto result = first->finish();
  EXPECT_EQ(result ? literal_text(*result) : std::string(code_name(result.error().code())),
            expected)
      << name;
}

Value i(int64_t value) {
  return Value::int64(value);
}
Value f(double value) {
  return Value::float64(value);
}
Value d(std::string_view text) {
  return Value::decimal(*decimal::parse(text));
}

TEST(Aggregate, Results) {
  check("count", Type::int64(), {i(1), Value::none(), i(1)}, "2");
  check("count", Type::int64(), {i(1), Value::none(), i(1)}, "1", Distinct::Yes);
  check("sum", Type::int64(), {i(1), i(2), Value::none(), i(4)}, "7");
  check("sum", Type::int64(), {i(1), i(2), i(1), i(2)}, "3", Distinct::Yes);
  check("sum", Type::int64(), {}, "0");
  check("sum", Type::float64(), {}, "0.0");
  check("sum", Type::decimal(10, 2), {}, "0.00dec");
  check("sum", Type(TypeKind::U8), {Value::integer(Tag::U8, 255), Value::integer(Tag::U8, 255)},
        "510u64");
  check("sum", Type::int64(), {i(INT64_MAX), i(INT64_MAX), i(-INT64_MAX), i(-1)},
        "9223372036854775806");
  check("sum", Type::int64(), {i(INT64_MAX), i(1)}, "E0901");
  check("sum", Type::float64(), {f(1e308), f(1e308), f(-1e308)}, "1e308");
  check("sum", Type::float64(), {f(1e308), f(1e308)}, "E0901");
  check("sum", Type::float64(), {f(0.1), f(0.2), f(0.3)}, "0.6");
  check("sum", Type::decimal(), {d("0.1"), d("0.25")}, "0.35dec");
  check("sum", Type(TypeKind::Duration), {Value::duration({60, 0}), Value::duration({30, 0})},
        "1m30s");
  check("sum", Type::any(), {i(1), f(0.5)}, "1.5");
  check("sum", Type::any(), {d("1.5"), f(0.5)}, "E0308");
  check("sum", Type::any(), {Value::string("a")}, "E0904");
  check("avg", Type::int64(), {i(1), i(2)}, "1.5");
  check("avg", Type::int64(), {i(INT64_MAX), i(INT64_MAX)}, "9223372036854775808.0");
  check("avg", Type::int64(), {}, "none");
  check("avg", Type::decimal(), {d("1.0"), d("2.0"), d("2.0")}, "1.6666667dec");
  check("min", Type::int64(), {i(3), i(1), Value::none()}, "1");
  check("max", Type::string(), {Value::string("a"), Value::string("b")}, "'b'");
  check("min", Type::int64(), {}, "none");
  check("bool_and", Type::boolean(), {Value::boolean(true), Value::boolean(false)}, "false");
  check("bool_or", Type::boolean(), {}, "false");
  check("array_agg", Type::int64(), {i(1), i(2), i(1)}, "[1, 2, 1]");
  check("string_agg", Type::string(), {Value::string("a"), Value::string("b"), Value::string("c")},
        "'a,b,c'");
}

TEST(Aggregate, Types) {
  const auto type_of_call = [](std::string_view name, const Type& type) {
    const auto result = named(name).result_type({&type, 1});
    return result ? to_string(*result) : std::string(code_name(result.error().code()));
  };
  EXPECT_EQ(type_of_call("sum", Type(TypeKind::I8)), "int");
  EXPECT_EQ(type_of_call("sum", Type(TypeKind::U8).optional()), "u64");
  EXPECT_EQ(type_of_call("sum", Type::string()), "E0602");
  EXPECT_EQ(type_of_call("avg", Type::int64()), "float?");
  EXPECT_EQ(type_of_call("min", Type::string()), "string?");
  EXPECT_EQ(type_of_call("max", Type::any()), "any");
}

// long double holds the exact sum of a few floats of like size, so it can judge.
RC_GTEST_PROP(FloatSum, IsRoundedOnce, ()) {
  const auto parts = *rc::gen::container<std::vector<int32_t>>(rc::gen::arbitrary<int32_t>());
  const int exponent = *rc::gen::inRange(-1074, 900);
  FloatSum sum;
  i128 exact = 0;
  for (const int32_t part : parts) {
    sum.add(std::ldexp(static_cast<double>(part), exponent));
    exact += part;
  }
  RC_ASSERT(sum.value() == std::ldexp(static_cast<double>(static_cast<int64_t>(exact)), exponent));
}

RC_GTEST_PROP(FloatSum, OrderAndSplitDoNotShow, ()) {
  auto values = *rc::gen::container<std::vector<double>>(rc::gen::arbitrary<double>());
  FloatSum forward;
  for (const double value : values) forward.add(value);
  const size_t cut = values.empty() ? 0 : *rc::gen::inRange<size_t>(0, values.size());
  FloatSum left;
  FloatSum right;
  for (size_t k = values.size(); k-- > 0;) (k < cut ? left : right).add(values[k]);
  left.merge(right);
  RC_ASSERT(left.value() == forward.value() ||
            (std::isnan(left.value()) && std::isnan(forward.value())));
}

TEST(FloatSum, Extremes) {
  const auto sum_of = [](std::initializer_list<double> values) {
    FloatSum sum;
    for (const double value : values) sum.add(value);
    return sum.value();
  };
  EXPECT_EQ(sum_of({1e308, 1.0, -1e308}), 1.0);
  EXPECT_EQ(sum_of({5e-324, 5e-324}), 1e-323);
  EXPECT_EQ(sum_of({1.0, 0x1p-53}), 1.0);
  EXPECT_EQ(sum_of({1.0, 0x1p-53, 5e-324}), std::nextafter(1.0, 2.0));
  EXPECT_EQ(sum_of({-1.0, -0x1p-53, -5e-324}), -std::nextafter(1.0, 2.0));
  EXPECT_EQ(sum_of({INFINITY, 1}), INFINITY);
  EXPECT_TRUE(std::isnan(sum_of({INFINITY, -INFINITY})));
  FloatSum third;
  third.add(1.0);
  EXPECT_EQ(third.quotient(3), 1.0 / 3);
  FloatSum tiny;
  tiny.add(5e-324);
  EXPECT_EQ(tiny.quotient(2), 0.0);
  tiny.add(5e-324);
  tiny.add(5e-324);
  EXPECT_EQ(tiny.quotient(2), 1e-323);
}

}  // namespace aggregate_test
}  // namespace zerodb::function
