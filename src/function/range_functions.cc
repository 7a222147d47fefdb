// range:: functions.
#include "function/domains.h"
#include "function/kernel.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

Result<Value> lower(Args args, CallContext&) {
  return RangeView(args[0]).low();
}
Result<Value> upper(Args args, CallContext&) {
  return RangeView(args[0]).high();
}

// The later of two starts and the earlier of two ends; nothing if they do not meet.
struct Shared {
  Value low;
  Value high;
  bool inclusive = false;
};
std::optional<Shared> shared_part(const Value& left, const Value& right) {
  const RangeView a(left);
  const RangeView b(right);
  Shared shared;
  const Value a_low = a.low();
  const Value b_low = b.low();
  shared.low = a_low.is_none() || (!b_low.is_none() && compare(b_low, a_low) > 0) ? b_low : a_low;
  const Value a_high = a.high();
  const Value b_high = b.high();
  const int order = a_high.is_none()   ? (b_high.is_none() ? 0 : 1)
                    : b_high.is_none() ? -1
                                       : compare(a_high, b_high);
  shared.high = order <= 0 ? a_high : b_high;
  shared.inclusive = order == 0  ? a.is_inclusive() && b.is_inclusive()
                     : order < 0 ? a.is_inclusive()
                                 : b.is_inclusive();
  if (shared.low.is_none() || shared.high.is_none()) return shared;
  const int span = compare(shared.low, shared.high);
  if (span > 0 || (span == 0 && !shared.inclusive)) return std::nullopt;
  return shared;
}

Result<Value> overlaps(Args args, CallContext&) {
  return Value::boolean(shared_part(args[0], args[1]).has_value());
}
Result<Value> intersection(Args args, CallContext&) {
  const auto shared = shared_part(args[0], args[1]);
  if (!shared) return Value::none();
  return make_range(shared->low, shared->high, shared->inclusive);
}

constexpr Declaration kRangeFunctions[] = {
    {"range::lower(r: range<T>) -> T?", kExact, kNone, 4,
     "The start of a range; none if it is open.", "range::lower(1..5) = 1", lower},
    {"range::upper(r: range<T>) -> T?", kExact, kNone, 4, "The end of a range; none if it is open.",
     "range::upper(1..5) = 5", upper},
    {"range::overlaps(a: range<T>, b: range<T>) -> bool", kExact, kNone, 10,
     "Whether two ranges share a value.",
     "range::overlaps(1..5, 4..9) = true\nrange::overlaps(1..4, 4..9) = "
     "false\nrange::overlaps(1..=4, 4..9) = true",
     overlaps},
    {"range::intersection(a: range<T>, b: range<T>) -> range<T>?", kExact, kNone, 12,
     "The values that two ranges share; none if there are none.",
     "range::intersection(1..5, 4..9) = 4..5", intersection},
};

}  // namespace

std::span<const Declaration> range_functions() {
  return kRangeFunctions;
}

}  // namespace zerodb::function
