// What each aggregate gives, merged at every place where its rows can be split.
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "function/library.h"
#include "value/decimal.h"
#include "value/text.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace aggregate_kinds_test {

using Row = std::vector<Value>;

Value i(int64_t value) {
  return Value::int64(value);
}
Value f(double value) {
  return Value::float64(value);
}
Value d(std::string_view text) {
  return Value::decimal(*decimal::parse(text));
}
Value s(std::string_view text) {
  return Value::string(text);
}
Value array(const std::vector<Value>& elements) {
  ArrayBuilder builder;
  for (const Value& element : elements) builder.add(element);
  return *builder.build();
}
Value vector(const std::vector<double>& elements) {
  VectorBuilder builder(Tag::F64);
  for (const double element : elements) builder.add(f(element));
  return *builder.build();
}

std::string result_of(std::string_view name, std::span<const Row> rows, size_t split) {
  for (const AggregateFunction& function : aggregate_functions()) {
    if (function.name != name) continue;
    const std::vector<Type> types(function.parameters.size());
    const auto first = make_state(function, types, Distinct::No);
    const auto second = make_state(function, types, Distinct::No);
    Status status;
    for (size_t at = 0; at < rows.size() && status; ++at)
      status = (at < split ? first : second)->add(rows[at]);
    if (status) status = first->merge(*second);
    if (!status) return std::string(code_name(status.error().code()));
    const auto result = first->finish();
    return result ? literal_text(*result) : std::string(code_name(result.error().code()));
  }
  return "no such aggregate";
}

void check(std::string_view name, const std::vector<Row>& rows, std::string_view expected) {
  for (size_t split = 0; split <= rows.size(); ++split)
    EXPECT_EQ(result_of(name, rows, split), expected) << name << " split at " << split;
}

TEST(AggregateKinds, Places) {
  const std::vector<Row> rows = {{Value::none()}, {i(3)}, {i(1)}, {Value::none()}, {i(2)}};
  check("first", rows, "3");
  check("last", rows, "2");
  check("first", {{Value::none()}}, "none");
  check("last", {}, "none");
  const auto nth = [](int64_t place) {
    return std::vector<Row>{
        {i(7), i(place)}, {Value::none(), i(place)}, {i(8), i(place)}, {i(9), i(place)}};
  };
  check("nth", nth(0), "7");
  check("nth", nth(1), "8");
  check("nth", nth(2), "9");
  check("nth", nth(3), "none");
  check("nth", nth(-1), "E0623");
  check("nth", {{i(7), s("a")}}, "E0623");
}

TEST(AggregateKinds, ByKey) {
  const std::vector<Row> rows = {{s("b"), i(1)}, {s("c"), i(9)},          {s("a"), i(1)},
                                 {s("d"), i(9)}, {s("z"), Value::none()}, {Value::none(), i(0)}};
  check("min_by", rows, "'a'");
  check("max_by", rows, "'c'");
  check("min_by", {}, "none");
  const auto first = [](int64_t count) {
    return std::vector<Row>{
        {s("b"), i(1), i(count)}, {s("c"), i(9), i(count)}, {s("a"), i(1), i(count)}};
  };
  check("min_by", first(2), "['a', 'b']");
  check("max_by", first(2), "['c', 'a']");
  check("max_by", first(9), "['c', 'a', 'b']");
  check("max_by", first(0), "[]");
  check("max_by", first(-1), "E0623");
}

TEST(AggregateKinds, Quantiles) {
  check("median", {{i(4)}, {i(1)}, {Value::none()}, {i(2)}}, "2.0");
  check("median", {{i(4)}, {i(1)}}, "2.5");
  check("median", {{d("1.00")}, {d("2.01")}}, "1.505dec");
  check("median", {{d("1")}, {f(2)}}, "E0308");
  check("median", {{s("a")}}, "E0904");
  check("median", {}, "none");
  check("median", {{f(1e308)}, {f(-1e308)}}, "0.0");
  check("median", {{Value::duration({1, 0})}, {Value::duration({2, 1})}}, "1s500ms");
  check("median", {{Value::duration({1, 0})}, {Value::duration({2, 3})}}, "1s500ms2ns");
  check("median", {{Value::datetime({0, 0})}, {Value::datetime({3, 0})}},
        "d'1970-01-01T00:00:01.5Z'");
  const auto share = [](const Value& p, std::optional<std::string_view> method = {}) {
    std::vector<Row> rows;
    for (const int64_t x : {40, 10, 30, 20}) {
      rows.push_back({i(x), p});
      if (method) rows.back().push_back(s(*method));
    }
    return rows;
  };
  check("percentile", share(f(0.25)), "17.5");
  check("percentile", share(f(0)), "10.0");
  check("percentile", share(i(1)), "40.0");
  check("percentile", share(d("0.1")), "13.0");
  check("percentile", share(array({f(0), f(0.5), f(1)})), "[10.0, 25.0, 40.0]");
  check("percentile", share(f(0.25), "nearest"), "10");
  check("percentile", share(f(0.26), "nearest"), "20");
  check("percentile", share(f(0.5), "nearest"), "20");
  check("percentile", share(f(0), "nearest"), "10");
  check("percentile", share(f(1), "nearest"), "40");
  check("percentile", share(f(0.5), "middle"), "E0623");
  check("percentile", share(f(1.5)), "E0623");
  check("percentile", share(f(std::nan(""))), "E0623");
  check("percentile", {{s("a"), f(0.5), s("nearest")}, {s("b"), f(0.5), s("nearest")}}, "'a'");
  check("mode", {{i(2)}, {i(1)}, {f(2)}, {i(1)}, {i(3)}}, "1");
  check("mode", {{Value::none()}}, "none");
}

TEST(AggregateKinds, Moments) {
  check("var_samp", {{f(1e9 + 1)}, {f(1e9 + 2)}, {f(1e9 + 4)}}, "2.3333333333333335");
  check("var_pop", {{i(1)}, {i(3)}, {Value::none()}}, "1.0");
  check("var_samp", {{i(1)}}, "none");
  check("var_pop", {{i(1)}}, "0.0");
  check("stddev_samp", {{i(1)}, {i(3)}, {i(5)}}, "2.0");
  check("stddev_pop", {{d("1.5")}, {f(2.5)}}, "0.5");
  check("var_pop", {}, "none");
  check("var_pop", {{f(1e200)}, {f(-1e200)}}, "E0901");
  check("var_pop", {{f(HUGE_VAL)}}, "CAST('NaN' AS float)");
  check("var_pop", {{s("a")}}, "E0904");
  const std::vector<Row> line = {{f(1.5), i(1)}, {f(2), i(2)},          {f(4.25), i(4)},
                                 {f(3), i(3)},   {Value::none(), i(9)}, {i(9), Value::none()}};
  check("covar_samp", line, "1.5416666666666667");
  check("covar_pop", line, "1.15625");
  check("regr_slope", line, "0.925");
  check("regr_intercept", line, "0.375");
  EXPECT_NEAR(std::stod(result_of("corr", line, 2)), 0.9836112880999986, 2e-16);
  check("corr", {{i(1), i(2)}, {i(2), i(4)}, {i(3), i(6)}}, "1.0");
  check("corr", {{i(1), i(2)}, {i(1), i(4)}}, "none");
  check("regr_slope", {{i(1), i(2)}, {i(3), i(2)}}, "none");
  check("corr", {}, "none");
}

TEST(AggregateKinds, Collections) {
  check("set_agg", {{i(2)}, {i(1)}, {Value::none()}, {f(2)}}, "hashset{1, 2}");
  check("set_agg", {}, "hashset{}");
  check("object_agg", {{s("b"), i(1)}, {Value::none(), i(2)}, {s("a"), Value::none()}},
        "{b: 1, a: none}");
  check("object_agg", {}, "{}");
  check("object_agg", {{s("a"), i(1)}, {s("a"), i(2)}}, "E0623");
  check("object_agg", {{i(1), i(1)}}, "E0904");
  check("map_agg", {{i(2), s("x")}, {i(1), Value::none()}}, "hashmap{1 => none, 2 => 'x'}");
  check("map_agg", {{i(1), i(1)}, {f(1), i(2)}}, "E0623");
}

TEST(AggregateKinds, Bits) {
  check("bit_and", {{i(6)}, {i(3)}, {Value::none()}}, "2");
  check("bit_or", {{i(6)}, {i(3)}}, "7");
  check("bit_xor", {{i(6)}, {i(3)}, {i(3)}}, "6");
  check("bit_and", {}, "-1");
  check("bit_or", {}, "0");
  check("bit_and", {{f(1)}}, "E0904");
  const auto of_nothing = [](TypeKind kind) {
    const Type type(kind);
    for (const AggregateFunction& function : aggregate_functions()) {
      if (function.name == "bit_and")
        return literal_text(*make_state(function, {&type, 1}, Distinct::No)->finish());
    }
    return std::string();
  };
  EXPECT_EQ(of_nothing(TypeKind::U8), "255u8");
  EXPECT_EQ(of_nothing(TypeKind::I8), "-1i8");
  EXPECT_EQ(of_nothing(TypeKind::U128), "340282366920938463463374607431768211455u128");
}

TEST(AggregateKinds, Vectors) {
  const std::vector<Row> rows = {{vector({1, 1e100})}, {vector({2, 1})}, {vector({4, -1e100})}};
  check("sum", rows, "vector([7.0, 1.0])");
  check("avg", {{vector({1, 2})}, {vector({2, 4})}}, "vector([1.5, 3.0])");
  check("sum", {{vector({1})}, {vector({1, 2})}}, "E0623");
  check("sum", {{vector({1})}, {i(1)}}, "E0904");
}

TEST(AggregateKinds, Histograms) {
  const Value edges = array({i(0), i(5), i(10)});
  const auto of = [&](const std::vector<Value>& values) {
    std::vector<Row> rows;
    for (const Value& value : values) rows.push_back({value, edges});
    return rows;
  };
  check("histogram", of({i(-1), i(0), i(4), f(5), i(10), f(10.5), Value::none()}),
        "[{low: 0, high: 5, count: 2}, {low: 5, high: 10, count: 2}]");
  check("histogram", {{i(1), array({i(1)})}}, "E0623");
  check("histogram", {{i(1), array({i(1), i(1)})}}, "E0623");
}

// Off by less than five times the standard error, whatever the values are.
TEST(AggregateKinds, Sketches) {
  check("approx_count_distinct", {}, "0");
  check("approx_count_distinct", {{Value::none()}}, "0");
  check("approx_count_distinct", {{i(1)}, {f(1)}, {s("a")}}, "2");
  check("approx_percentile", {}, "none");
  check("approx_percentile", {{i(5), f(0.5)}}, "5.0");
  check("approx_percentile", {{i(5), f(2)}}, "E0623");
  for (const int64_t count : {100, 1'000, 30'000, 200'000}) {
    std::vector<Row> rows;
    for (int64_t x = 0; x < count; ++x) rows.push_back({i(x * 7919), f(0.9)});
    const double distinct = std::stod(result_of("approx_count_distinct", rows, rows.size() / 3));
    EXPECT_NEAR(distinct / static_cast<double>(count), 1, 5 * 0.0081) << count;
    const double high = std::stod(result_of("approx_percentile", rows, rows.size() / 3));
    EXPECT_NEAR(high / (0.9 * 7919 * static_cast<double>(count - 1)), 1, 0.0101) << count;
  }
}

// Rows in any order and split anywhere give the same bits.
TEST(AggregateKinds, OrderDoesNotShow) {
  SeededRandom random(20261128);
  std::vector<Row> rows;
  for (int at = 0; at < 200; ++at) {
    const double x = std::ldexp(static_cast<double>(random.next() >> 11), -53 + at % 90);
    const double y = std::ldexp(static_cast<double>(random.next() >> 11), 20 - at % 60);
    rows.push_back({f(at % 2 == 0 ? x : -x), f(y)});
  }
  for (const std::string_view name : {"corr", "covar_samp", "regr_slope", "regr_intercept"}) {
    const std::string expected = result_of(name, rows, 0);
    std::vector<Row> reversed(rows.rbegin(), rows.rend());
    for (size_t split = 0; split <= rows.size(); split += 17)
      EXPECT_EQ(result_of(name, reversed, split), expected) << name;
  }
}

}  // namespace aggregate_kinds_test
}  // namespace zerodb::function
