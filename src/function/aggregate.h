// Aggregates: functions over a set of rows, computed step by step in mergeable states.
//
// States give the same bits in every plan: integer and decimal sums are exact inside, float sums
// and moments are kept exactly and rounded at the end, so neither the order of rows nor the way
// they were split shows. None is skipped by add(). Errors: E0901 only when the final total does not
// fit; E0904 for a value of the wrong class; E0308 decimals among floats. Threading: a state
// belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/result.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb::function {

// The aggregates that generated code may keep in plain registers; the others are Other.
enum class AggregateOp : uint8_t { CountRows, Count, Sum, Avg, Min, Max, Other };

class AggregateState {
 public:
  virtual ~AggregateState() = default;
  // One row. Arguments as declared; a none in the first is skipped, unless the aggregate says it
  // counts rows.
  virtual Status add(std::span<const Value> arguments) = 0;
  // Whether add_decimals() does what add() does with each of them, sooner: they are `count`, and
  // this is their sum.
  virtual bool adds_decimals() const { return false; }
  virtual Status add_decimals(Decimal /*sum*/, uint64_t /*count*/) { UNREACHABLE(); }
  // Takes in what `other`, a state of the same aggregate, has seen.
  virtual Status merge(const AggregateState& other) = 0;
  virtual Result<Value> finish() const = 0;
  // Rough size in memory.
  virtual size_t bytes() const = 0;
};

struct AggregateParameter {
  std::string_view name;
  bool is_constant = false;  // a literal or a parameter of the statement
};

// Whether the aggregate takes ORDER BY inside its parentheses.
enum class InnerOrder : uint8_t { Refused, Taken, Wanted };

struct AggregateFunction {
  std::string_view name;
  std::string_view signature;
  std::string_view doc;
  std::string_view examples;
  AggregateOp op = AggregateOp::Other;
  std::span<const AggregateParameter> parameters;
  uint32_t arguments_min = 1;  // 0: count(*)
  bool takes_distinct = false;
  InnerOrder order = InnerOrder::Refused;
  // The type of the result; E0602 when the arguments do not fit: what the function does not do with
  // them, to stand behind its name.
  Result<Type> (*result_type)(std::span<const Type> arguments);
  std::unique_ptr<AggregateState> (*make)(std::span<const Type> arguments);
};

std::span<const AggregateFunction> aggregate_functions();

enum class Distinct : uint8_t { No, Yes };
// A state for one group; with Distinct::Yes equal arguments are taken once.
std::unique_ptr<AggregateState> make_state(const AggregateFunction& function,
                                           std::span<const Type> arguments, Distinct distinct);

}  // namespace zerodb::function
