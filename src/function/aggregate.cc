#include "function/aggregate.h"

#include <array>
#include <unordered_set>

#include "function/aggregate_parts.h"

namespace zerodb::function {
namespace {

// Passes each value of the first argument on once.
class DistinctState final : public AggregateState {
 public:
  explicit DistinctState(std::unique_ptr<AggregateState> inner) : inner_(std::move(inner)) {}
  Status add(std::span<const Value> arguments) override {
    if (arguments.empty() || arguments[0].is_none() || !seen_.insert(arguments[0]).second)
      return ok_status();
    constants_.assign(arguments.begin() + 1, arguments.end());
    bytes_ += sizeof(Value) + 32 + body_bytes(arguments[0]);
    return inner_->add(arguments);
  }
  Status merge(const AggregateState& other) override {
    const auto& same = static_cast<const DistinctState&>(other);
    std::vector<Value> arguments = {Value::none()};
    arguments.insert(arguments.end(), same.constants_.begin(), same.constants_.end());
    for (const Value& value : same.seen_) {
      arguments[0] = value;
      TRY(add(arguments));
    }
    return ok_status();
  }
  Result<Value> finish() const override { return inner_->finish(); }
  size_t bytes() const override { return sizeof(*this) + bytes_ + inner_->bytes(); }

 private:
  std::unique_ptr<AggregateState> inner_;
  std::unordered_set<Value, HashValue, EqualValues> seen_;
  std::vector<Value> constants_;  // the arguments behind the first
  size_t bytes_ = 0;
};

constexpr std::array kOne{AggregateParameter{"x"}};
constexpr std::array kSeparated{AggregateParameter{"x"}, AggregateParameter{"separator"}};
constexpr std::array kPlaced{AggregateParameter{"x"}, AggregateParameter{"n", true}};
constexpr std::array kKeyed{AggregateParameter{"x"}, AggregateParameter{"k"},
                            AggregateParameter{"n", true}};
constexpr std::array kEntries{AggregateParameter{"k"}, AggregateParameter{"v"}};
constexpr std::array kShared{AggregateParameter{"x"}, AggregateParameter{"p", true}};
constexpr std::array kShares{AggregateParameter{"x"}, AggregateParameter{"p", true},
                             AggregateParameter{"method", true}};
constexpr std::array kEdged{AggregateParameter{"x"}, AggregateParameter{"edges", true}};
constexpr std::array kPoints{AggregateParameter{"y"}, AggregateParameter{"x"}};

using Op = AggregateOp;
using Order = InnerOrder;

constexpr AggregateFunction kFunctions[] = {
    {"count", "count(*) -> int, count(x: any) -> int",
     "How many rows there are, or how many values that are not none.", "[1, none, 3].count() = 2",
     Op::Count, kOne, 0, true, Order::Refused, count_type, make_count},
    {"sum", "sum(x: N) -> N",
     "The sum, exact inside: E0901 only if the total does not fit. Vectors add up by element.",
     "[1, 2, 4].sum() = 7", Op::Sum, kOne, 1, true, Order::Refused, sum_type, make_sum},
    {"avg", "avg(x: N) -> float?",
     "The mean; decimals keep six more places, vectors are taken by element.", "[1, 2].avg() = 1.5",
     Op::Avg, kOne, 1, true, Order::Refused, avg_type, make_avg},
    {"min", "min(x: T) -> T?", "The least value.", "[3, 1].min() = 1", Op::Min, kOne, 1, false,
     Order::Refused, same_type, make_min},
    {"max", "max(x: T) -> T?", "The greatest value.", "[3, 1].max() = 3", Op::Max, kOne, 1, false,
     Order::Refused, same_type, make_max},
    {"min_by", "min_by(x: T, k: K, n: int = none) -> T?",
     "The value at the least key, among equal keys the least; with `n` an array of the first n.",
     "", Op::Other, kKeyed, 2, false, Order::Refused, by_key_type, make_min_by},
    {"max_by", "max_by(x: T, k: K, n: int = none) -> T?",
     "The value at the greatest key, among equal keys the least; with `n` an array of the first n.",
     "", Op::Other, kKeyed, 2, false, Order::Refused, by_key_type, make_max_by},
    {"median", "median(x: N) -> float?",
     "The middle value, or half way between two; decimals, datetimes and durations stay.",
     "[1, 2, 4].median() = 2.0", Op::Other, kOne, 1, false, Order::Refused, median_type,
     make_median},
    {"percentile", "percentile(x: N, p: number, method: string = 'linear') -> float?",
     "The value below which a share of the values lies, from 0 to 1, or an array for an array of "
     "shares. 'linear' goes between values, 'nearest' takes one of any ordered type.",
     "[1, 2, 4].percentile(0.25) = 1.5", Op::Other, kShares, 2, false, Order::Refused,
     percentile_type, make_percentile},
    {"mode", "mode(x: T) -> T?", "The commonest value, the least among equally common ones.",
     "[2, 1, 2].mode() = 2", Op::Other, kOne, 1, false, Order::Refused, same_type, make_mode},
    {"stddev_samp", "stddev_samp(x: number) -> float?",
     "The standard deviation of a sample; none below two values.", "[1, 3, 5].stddev_samp() = 2.0",
     Op::Other, kOne, 1, true, Order::Refused, moment_type, make_stddev_samp},
    {"stddev_pop", "stddev_pop(x: number) -> float?", "The standard deviation of all there are.",
     "[1, 3].stddev_pop() = 1.0", Op::Other, kOne, 1, true, Order::Refused, moment_type,
     make_stddev_pop},
    {"var_samp", "var_samp(x: number) -> float?",
     "The variance of a sample; none below two values.", "[1, 3].var_samp() = 2.0", Op::Other, kOne,
     1, true, Order::Refused, moment_type, make_var_samp},
    {"var_pop", "var_pop(x: number) -> float?", "The variance of all there are.",
     "[1, 3].var_pop() = 1.0", Op::Other, kOne, 1, true, Order::Refused, moment_type, make_var_pop},
    {"first", "first(x: T) -> T?", "The first value in the order inside the parentheses.",
     "[3, 1].first() = 3", Op::Other, kOne, 1, false, Order::Wanted, same_type, make_first},
    {"last", "last(x: T) -> T?", "The last value in the order inside the parentheses.",
     "[3, 1].last() = 1", Op::Other, kOne, 1, false, Order::Wanted, same_type, make_last},
    {"nth", "nth(x: T, n: int) -> T?",
     "The value at a place, from 0, in the order inside the parentheses.", "[3, 1].nth(1) = 1",
     Op::Other, kPlaced, 2, false, Order::Wanted, nth_type, make_nth},
    {"any_value", "any_value(x: T) -> T?", "Some value of the group.", "", Op::Other, kOne, 1,
     false, Order::Refused, same_type, make_any_value},
    {"array_agg", "array_agg(x: T) -> array<T>", "All values as an array.", "", Op::Other, kOne, 1,
     true, Order::Taken, array_type, make_array},
    {"set_agg", "set_agg(x: T) -> hashset<T>", "All values as a hashset.", "", Op::Other, kOne, 1,
     false, Order::Refused, set_type, make_set},
    {"object_agg", "object_agg(k: string, v: any) -> object",
     "An object of keys and values: no key is skipped but none, and none may come twice.", "",
     Op::Other, kEntries, 2, false, Order::Taken, object_type, make_object},
    {"map_agg", "map_agg(k: K, v: V) -> hashmap<K, V>",
     "A hashmap of keys and values: no key is skipped but none, and none may come twice.", "",
     Op::Other, kEntries, 2, false, Order::Taken, map_type, make_map},
    {"string_agg", "string_agg(x: string, separator: string = ',') -> string",
     "The strings joined, with a separator between.", "['a', 'b'].string_agg('-') = 'a-b'",
     Op::Other, kSeparated, 1, true, Order::Taken, text_type, make_string},
    {"bool_and", "bool_and(x: bool) -> bool", "Whether all values are true; of nothing true.",
     "[true, false].bool_and() = false", Op::Other, kOne, 1, false, Order::Refused, bool_type,
     make_bool_and},
    {"bool_or", "bool_or(x: bool) -> bool", "Whether some value is true; of nothing false.",
     "[true, false].bool_or() = true", Op::Other, kOne, 1, false, Order::Refused, bool_type,
     make_bool_or},
    {"bit_and", "bit_and(x: N) -> N", "The bits that all integers have; of nothing all ones.",
     "[6, 3].bit_and() = 2", Op::Other, kOne, 1, false, Order::Refused, bits_type, make_bit_and},
    {"bit_or", "bit_or(x: N) -> N", "The bits that some integer has; of nothing 0.",
     "[6, 3].bit_or() = 7", Op::Other, kOne, 1, false, Order::Refused, bits_type, make_bit_or},
    {"bit_xor", "bit_xor(x: N) -> N", "The bits that an odd number of integers has; of nothing 0.",
     "[6, 3].bit_xor() = 5", Op::Other, kOne, 1, false, Order::Refused, bits_type, make_bit_xor},
    {"approx_count_distinct", "approx_count_distinct(x: any) -> int",
     "How many different values there are, by HyperLogLog of 16,384 registers: off by 0.8 %.", "",
     Op::Other, kOne, 1, false, Order::Refused, count_type, make_approx_count_distinct},
    {"approx_percentile", "approx_percentile(x: number, p: number) -> float?",
     "The value below which a share of the values lies, by DDSketch: off by 1 % of it.", "",
     Op::Other, kShared, 2, false, Order::Refused, approx_percentile_type, make_approx_percentile},
    {"histogram", "histogram(x: T, edges: array<T>) -> array<{low: T, high: T, count: int}>",
     "How many values lie between neighbouring edges; the last bin has its upper edge too.", "",
     Op::Other, kEdged, 2, false, Order::Refused, histogram_type, make_histogram},
    {"corr", "corr(y: number, x: number) -> float?",
     "How far two values go together, from -1 to 1; none where one does not change.", "", Op::Other,
     kPoints, 2, false, Order::Refused, moment_type, make_corr},
    {"covar_samp", "covar_samp(y: number, x: number) -> float?",
     "The covariance of a sample; none below two rows.", "", Op::Other, kPoints, 2, false,
     Order::Refused, moment_type, make_covar_samp},
    {"covar_pop", "covar_pop(y: number, x: number) -> float?", "The covariance of all there are.",
     "", Op::Other, kPoints, 2, false, Order::Refused, moment_type, make_covar_pop},
    {"regr_slope", "regr_slope(y: number, x: number) -> float?",
     "How steep the line of best fit is; none where x does not change.", "", Op::Other, kPoints, 2,
     false, Order::Refused, moment_type, make_regr_slope},
    {"regr_intercept", "regr_intercept(y: number, x: number) -> float?",
     "Where the line of best fit meets x = 0; none where x does not change.", "", Op::Other,
     kPoints, 2, false, Order::Refused, moment_type, make_regr_intercept},
};

}  // namespace

std::span<const AggregateFunction> aggregate_functions() {
  return kFunctions;
}

std::unique_ptr<AggregateState> make_state(const AggregateFunction& function,
                                           std::span<const Type> arguments, Distinct distinct) {
  auto state = function.make(arguments);
  if (distinct == Distinct::No) return state;
  return std::make_unique<DistinctState>(std::move(state));
}

}  // namespace zerodb::function
