#include "function/sum_state.h"

#include <algorithm>
#include <cmath>

#include "function/aggregate_parts.h"
#include "value/decimal.h"
#include "value/integer.h"
#include "value/operator_parts.h"
#include "value/temporal.h"
#include "value/uint256.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {

void WideSum::add_unsigned(u128 value) {
  low_ += value;
  high_ += low_ < value ? 1 : 0;
}

void WideSum::merge(const WideSum& other) {
  low_ += other.low_;
  high_ += other.high_ + (low_ < other.low_ ? 1 : 0);
}

std::optional<i128> WideSum::to_int128() const {
  const auto value = static_cast<i128>(low_);
  if (high_ != (value < 0 ? -1 : 0)) return std::nullopt;
  return value;
}

std::optional<u128> WideSum::to_uint128() const {
  if (high_ != 0) return std::nullopt;
  return low_;
}

Status SumState::add(std::span<const Value> arguments) {
  const Value& x = arguments[0];
  const Tag tag = x.tag();
  switch (tag) {
    case Tag::None:
      return ok_status();
    case Tag::F32:
    case Tag::F64:
      ++float_count_;
      floats().add(x.as_float64());
      return ok_status();
    case Tag::Decimal:
      return add_decimals(x.as_decimal(), 1);
    case Tag::Duration:
      ++duration_count_;
      nanos_.add(total_nanos(x.as_duration()));
      return ok_status();
    case Tag::Vector:
      return add_vector(x);
    default:
      break;
  }
  if (!is_integer(tag)) {
    return Error(ErrorCode::E0904, std::string(kind_ == SumKind::Sum ? "sum" : "avg") +
                                       " takes numbers, durations and vectors, not " +
                                       class_name(tag));
  }
  ++integer_count_;
  widest_ = widest_ == Tag::None ? tag : common_integer(widest_, tag);
  if (tag == Tag::U128) {
    integers_.add_unsigned(x.as_uint128());
  } else {
    integers_.add(x.as_int128());
  }
  return ok_status();
}

Status SumState::set_length(size_t length) {
  if (vector_count_ == 0) vectors_.resize(length);
  if (vectors_.size() != length) return Error(ErrorCode::E0623, "the vectors differ in length");
  return ok_status();
}

Status SumState::add_vector(const Value& vector) {
  const SequenceView view(vector);
  TRY(set_length(view.size()));
  ++vector_count_;
  for (uint32_t i = 0; i < view.size(); ++i) {
    const Value element = view.at(i);
    if (is_integer(element.tag())) {
      vectors_[i].add(element.as_int128());
    } else {
      vectors_[i].add(element.as_float64());
    }
  }
  return ok_status();
}

Status SumState::add_decimals(Decimal sum, uint64_t count) {
  decimal_count_ += count;
  const bool is_same =
      last_decimals_ < decimals_.size() && decimals_[last_decimals_].scale == sum.scale;
  WideSum& total = is_same ? decimals_[last_decimals_].sum : decimals_of(sum.scale);
  total.add(sum.coefficient);
  return ok_status();
}

FloatSum& SumState::floats() {
  if (floats_ == nullptr) floats_ = std::make_unique<FloatSum>();
  return *floats_;
}

WideSum& SumState::decimals_of(uint8_t scale) {
  auto place = std::ranges::lower_bound(decimals_, scale, {}, &ScaleSum::scale);
  if (place == decimals_.end() || place->scale != scale)
    place = decimals_.insert(place, ScaleSum{scale, WideSum()});
  last_decimals_ = static_cast<size_t>(place - decimals_.begin());
  return place->sum;
}

Status SumState::merge(const AggregateState& other) {
  const auto& same = static_cast<const SumState&>(other);
  integer_count_ += same.integer_count_;
  float_count_ += same.float_count_;
  decimal_count_ += same.decimal_count_;
  duration_count_ += same.duration_count_;
  if (same.widest_ != Tag::None)
    widest_ = widest_ == Tag::None ? same.widest_ : common_integer(widest_, same.widest_);
  integers_.merge(same.integers_);
  nanos_.merge(same.nanos_);
  if (same.floats_ != nullptr) floats().merge(*same.floats_);
  if (same.vector_count_ != 0) {
    TRY(set_length(same.vectors_.size()));
    vector_count_ += same.vector_count_;
    for (size_t i = 0; i < vectors_.size(); ++i) vectors_[i].merge(same.vectors_[i]);
  }
  for (const auto& [scale, sum] : same.decimals_) decimals_of(scale).merge(sum);
  return ok_status();
}

Status SumState::check_classes() const {
  if (decimal_count_ != 0 && float_count_ != 0)
    return Error(ErrorCode::E0308, "decimals and floats do not mix: CAST one of them");
  if (duration_count_ != 0 && integer_count_ + float_count_ + decimal_count_ != 0) {
    return Error(ErrorCode::E0904, "durations and numbers do not add up");
  }
  if (vector_count_ != 0 && integer_count_ + float_count_ + decimal_count_ + duration_count_ != 0)
    return Error(ErrorCode::E0904, "vectors and other values do not add up");
  return ok_status();
}

Result<Value> SumState::finish_vectors() const {
  if (vector_count_ == 0) return Value::none();
  VectorBuilder result(Tag::F64);
  for (const FloatSum& sum : vectors_) {
    const double value = sum.quotient(kind_ == SumKind::Average ? vector_count_ : 1);
    if (std::isinf(value) && !sum.saw_non_finite())
      return Error(ErrorCode::E0901, "the total is out of range");
    result.add(Value::float64(value));
  }
  return result.build();
}

Result<Value> SumState::integer_total() const {
  const Tag tag = widest_ == Tag::None ? Tag::I64 : widest_;
  const IntegerWidth width = integer_width(tag);
  const Tag wanted = integer_tag(std::max(width.bits, 64), width.is_signed);
  std::optional<Value> result;
  if (const auto narrow = integers_.to_int128()) {
    result = integer_as(wanted, Value::integer(Tag::I128, *narrow));
  } else if (const auto wide = integers_.to_uint128()) {
    result = integer_as(wanted, Value::uint128(*wide));
  }
  if (!result) {
    const bool is_widest = width.bits == 128;
    return Error(ErrorCode::E0901, std::string("the total does not fit ") + integer_name(wanted))
        .with_help(is_widest ? "" : "CAST the argument AS i128");
  }
  return *result;
}

Result<Decimal> SumState::decimal_total() const {
  Decimal total;
  for (const auto& [scale, sum] : decimals_) {
    const auto coefficient = sum.to_int128();
    const i128 limit = decimal::power_of_ten(decimal::kDigitsMax);
    if (!coefficient || *coefficient >= limit || *coefficient <= -limit) {
      return Error(ErrorCode::E0901, "the total has more than 38 digits");
    }
    total = TRY(decimal::add(total, Decimal{*coefficient, scale}));
  }
  if (integer_count_ != 0) {
    const auto whole = integers_.to_int128();
    const auto exact = whole ? decimal::from_int128(*whole) : std::nullopt;
    if (!exact) return Error(ErrorCode::E0901, "the total has more than 38 digits");
    total = TRY(decimal::add(total, *exact));
  }
  return total;
}

Result<Value> SumState::finish_sum() const {
  const TypeKind kind = type_.kind();
  if (duration_count_ != 0 || kind == TypeKind::Duration) {
    const auto nanos = nanos_.to_int128();
    const auto total = nanos ? duration_from_nanos(*nanos) : std::nullopt;
    if (!total) return Error(ErrorCode::E0901, "the total is no duration");
    return Value::duration(*total);
  }
  if (decimal_count_ != 0 || kind == TypeKind::Decimal) {
    Decimal total = TRY(decimal_total());
    if (type_.has_digits() && total.scale < type_.scale())
      total = TRY(decimal::rescale(total, type_.scale()));
    return Value::decimal(total);
  }
  if (float_count_ == 0 && !type_.is_float()) {
    if (integer_count_ == 0 && type_.is_integer()) {
      const Tag tag = type_.kind() >= TypeKind::U8
                          ? (type_.kind() == TypeKind::U128 ? Tag::U128 : Tag::U64)
                          : (type_.kind() == TypeKind::I128 ? Tag::I128 : Tag::I64);
      return *integer_as(tag, Value::int64(0));
    }
    return integer_total();
  }
  FloatSum total = float_total();
  if (integer_count_ != 0) {
    const auto whole = integers_.to_int128();
    if (!whole) return Error(ErrorCode::E0901, "the total is out of range");
    total.add(*whole);
  }
  const double result = total.value();
  if (std::isinf(result) && !total.saw_non_finite())
    return Error(ErrorCode::E0901, "the total is out of range");
  return Value::float64(result);
}

namespace {

u128 size_of(i128 value) {
  return value < 0 ? u128{0} - static_cast<u128>(value) : static_cast<u128>(value);
}

// value / count rounded half to even.
i128 rounded_quotient(i128 value, u128 count) {
  const u128 size = size_of(value);
  u128 quotient = size / count;
  const u128 rest = size % count;
  if (rest > count - rest || (rest == count - rest && (quotient & 1) != 0)) ++quotient;
  const auto result = static_cast<i128>(quotient);
  return value < 0 ? -result : result;
}

// The total divided by the count with six more places, fewer where 38 digits do not hold them.
Decimal decimal_mean(Decimal total, uint64_t count) {
  for (int places = std::min(6, decimal::kDigitsMax - total.scale); places > 0; --places) {
    const auto scaled = decimal::rescale(total, static_cast<uint8_t>(total.scale + places));
    if (scaled) return {rounded_quotient(scaled->coefficient, count), scaled->scale};
  }
  return {rounded_quotient(total.coefficient, count), total.scale};
}

}  // namespace

Result<Value> SumState::finish_average() const {
  const uint64_t count = integer_count_ + float_count_ + decimal_count_ + duration_count_;
  if (count == 0) return Value::none();
  if (duration_count_ != 0) {
    const auto nanos = nanos_.to_int128();
    if (!nanos) return Error(ErrorCode::E0901, "the total is no duration");
    return Value::duration(*duration_from_nanos(rounded_quotient(*nanos, count)));
  }
  if (decimal_count_ != 0) return Value::decimal(decimal_mean(TRY(decimal_total()), count));
  FloatSum total = float_total();
  if (integer_count_ != 0) {
    const auto whole = integers_.to_int128();
    if (!whole) return Error(ErrorCode::E0901, "the total is out of range");
    total.add(*whole);
  }
  return Value::float64(total.quotient(count));
}

Result<Value> SumState::finish() const {
  TRY(check_classes());
  if (vector_count_ != 0 || type_.kind() == TypeKind::Vector) return finish_vectors();
  return kind_ == SumKind::Sum ? finish_sum() : finish_average();
}

State make_sum(Types types) {
  return std::make_unique<SumState>(SumKind::Sum, types[0]);
}
State make_avg(Types types) {
  return std::make_unique<SumState>(SumKind::Average, types[0]);
}

}  // namespace zerodb::function
