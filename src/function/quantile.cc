#include "function/quantile.h"

#include <algorithm>
#include <cmath>

#include "function/number_kernels.h"
#include "value/decimal.h"
#include "value/operator_parts.h"
#include "value/temporal.h"

namespace zerodb::function {
namespace {

using decimal::Rounding;

// More places than a float can tell apart, few enough to be multiplied by a count of rows.
constexpr uint8_t kSharePlacesMax = 20;
// Places that a result may have beyond those of the values.
constexpr int kMorePlaces = 6;

// The share as a decimal, so that a tenth of ten rows is one row.
Result<Decimal> share_of(const Value& share) {
  const Error outside(ErrorCode::E0623, "a share is a number from 0 to 1");
  if (!is_number(share.tag())) return outside;
  const double size = to_double(share);
  if (!(size >= 0 && size <= 1)) return outside;
  Decimal exact;
  if (share.tag() == Tag::Decimal) {
    exact = share.as_decimal();
  } else if (const auto printed = decimal::from_float64(size)) {
    exact = *printed;
  }
  return exact.scale > kSharePlacesMax ? decimal::rescale(exact, kSharePlacesMax) : exact;
}

// distance * fraction, the fraction cut where both have more than 38 digits.
Result<Decimal> part_of(Decimal distance, Decimal fraction) {
  const int room = std::max(0, decimal::kDigitsMax - 1 - decimal::digits(distance));
  const int scale_room = std::max(0, decimal::kDigitsMax - distance.scale);
  const int places = std::min(room, scale_room);
  if (fraction.scale > places)
    fraction = TRY(decimal::rescale(fraction, static_cast<uint8_t>(places)));
  return decimal::multiply(distance, fraction);
}

bool is_float(Tag tag) {
  return tag == Tag::F32 || tag == Tag::F64;
}

Result<Decimal> as_decimal(const Value& value) {
  if (value.tag() == Tag::Decimal) return value.as_decimal();
  const auto exact = value.tag() == Tag::U128 ? decimal::from_uint128(value.as_uint128())
                                              : decimal::from_int128(value.as_int128());
  if (!exact) return Error(ErrorCode::E0901, "the value has more than 38 digits");
  return *exact;
}

Result<Value> between_decimals(const Value& low, const Value& high, Decimal fraction) {
  if (is_float(low.tag()) || is_float(high.tag()))
    return Error(ErrorCode::E0308, "decimals and floats do not mix: CAST one of them");
  const Decimal a = TRY(as_decimal(low));
  const Decimal b = TRY(as_decimal(high));
  const Decimal distance = TRY(decimal::subtract(b, a));
  const Decimal part = TRY(part_of(distance, fraction));
  const Decimal result = TRY(decimal::add(a, part));
  const int places = std::min<int>(distance.scale + kMorePlaces, decimal::kDigitsMax);
  if (result.scale <= places) return Value::decimal(result);
  return Value::decimal(TRY(decimal::rescale(result, static_cast<uint8_t>(places))));
}

Result<Value> between_floats(double low, double high, double fraction) {
  if (fraction == 0) return Value::float64(low);
  const double distance = high - low;
  const bool is_wide = std::isinf(distance) && std::isfinite(low) && std::isfinite(high);
  return Value::float64(is_wide ? low * (1 - fraction) + high * fraction
                                : low + distance * fraction);
}

Result<i128> between_nanos(i128 low, i128 high, Decimal fraction) {
  const auto distance = decimal::from_int128(high - low);
  if (!distance) return Error(ErrorCode::E0901, "the times are too far apart");
  const Decimal part = TRY(part_of(*distance, fraction));
  return low + TRY(decimal::rescale(part, 0))
  .coefficient;
}

Result<Value> between(const Value& low, const Value& high, Decimal fraction) {
  if (low.tag() == Tag::Decimal || high.tag() == Tag::Decimal)
    return between_decimals(low, high, fraction);
  if (is_number(low.tag()) && is_number(high.tag()))
    return between_floats(to_double(low), to_double(high), decimal::to_float64(fraction));
  if (low.tag() != high.tag())
    return Error(ErrorCode::E0904, std::string("nothing is between ") + class_name(low.tag()) +
                                       " and " + class_name(high.tag()));
  if (low.tag() == Tag::Datetime) {
    const i128 nanos = TRY(
        between_nanos(total_nanos(low.as_datetime()), total_nanos(high.as_datetime()), fraction));
    return Value::datetime(*datetime_from_nanos(nanos));
  }
  const i128 nanos =
      TRY(between_nanos(total_nanos(low.as_duration()), total_nanos(high.as_duration()), fraction));
  return Value::duration(*duration_from_nanos(nanos));
}

// The place of a share among `count` values, not yet whole.
Result<Decimal> place_of(size_t count, Decimal share) {
  return decimal::multiply(*decimal::from_int128(static_cast<i128>(count)), share);
}

}  // namespace

bool may_be_between(Tag tag) {
  return is_number(tag) || tag == Tag::Datetime || tag == Tag::Duration;
}

Result<Value> quantile(std::span<const Value> sorted, const Value& share, Method method) {
  const Decimal exact = TRY(share_of(share));
  const size_t last = sorted.size() - 1;
  if (method == Method::Nearest) {
    const Decimal place = TRY(place_of(sorted.size(), exact));
    const i128 above = TRY(decimal::rescale(place, 0, Rounding::Ceiling))
    .coefficient;
    return sorted[above == 0 ? 0 : std::min(last, static_cast<size_t>(above - 1))];
  }
  const Decimal place = TRY(place_of(last, exact));
  const Decimal whole = TRY(decimal::rescale(place, 0, Rounding::Floor));
  const auto below = static_cast<size_t>(whole.coefficient);
  const Decimal fraction = TRY(decimal::subtract(place, whole));
  return between(sorted[below], sorted[std::min(last, below + 1)], fraction);
}

}  // namespace zerodb::function
