// The parts that the table of aggregates is made of: what states there are and which types they
// give.
//
// A maker gets the types of the arguments and makes the state of one group; a type function gives
// E0602 where the arguments do not fit. Threading: pure functions.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "function/aggregate.h"
#include "value/type.h"

namespace zerodb::function {

using Types = std::span<const Type>;
using State = std::unique_ptr<AggregateState>;

// plain_state.cc
State make_count(Types types);
State make_min(Types types);
State make_max(Types types);
State make_any_value(Types types);
State make_bool_and(Types types);
State make_bool_or(Types types);
State make_bit_and(Types types);
State make_bit_or(Types types);
State make_bit_xor(Types types);

// sum_state.cc
State make_sum(Types types);
State make_avg(Types types);

// collection_state.cc
State make_array(Types types);
State make_set(Types types);
State make_object(Types types);
State make_map(Types types);
State make_string(Types types);

// ranked_state.cc
State make_first(Types types);
State make_last(Types types);
State make_nth(Types types);
State make_min_by(Types types);
State make_max_by(Types types);
State make_mode(Types types);
State make_median(Types types);
State make_percentile(Types types);

// moment_state.cc
State make_var_samp(Types types);
State make_var_pop(Types types);
State make_stddev_samp(Types types);
State make_stddev_pop(Types types);
State make_corr(Types types);
State make_covar_samp(Types types);
State make_covar_pop(Types types);
State make_regr_slope(Types types);
State make_regr_intercept(Types types);

// sketch_state.cc
State make_approx_count_distinct(Types types);
State make_approx_percentile(Types types);
State make_histogram(Types types);

// aggregate_type.cc
Result<Type> count_type(Types types);
Result<Type> sum_type(Types types);
Result<Type> avg_type(Types types);
Result<Type> same_type(Types types);
Result<Type> bool_type(Types types);
Result<Type> bits_type(Types types);
Result<Type> array_type(Types types);
Result<Type> set_type(Types types);
Result<Type> object_type(Types types);
Result<Type> map_type(Types types);
Result<Type> text_type(Types types);
Result<Type> nth_type(Types types);
Result<Type> by_key_type(Types types);
Result<Type> median_type(Types types);
Result<Type> percentile_type(Types types);
Result<Type> moment_type(Types types);
Result<Type> approx_percentile_type(Types types);
Result<Type> histogram_type(Types types);

// The memory of a value behind its 16 bytes.
inline size_t body_bytes(const Value& value) {
  return value.tag() >= Tag::String ? value.as_bytes().size() : 0;
}

// E0904: the aggregate takes only values of another class.
Error wrong_class(std::string_view wanted, const Value& value);

struct HashValue {
  size_t operator()(const Value& value) const;
};
struct EqualValues {
  bool operator()(const Value& left, const Value& right) const;
};

}  // namespace zerodb::function
