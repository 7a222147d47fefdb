// SumState: what sum and avg keep: exact totals of integers, decimals, floats, durations and
// vectors.
//
// Threading: belongs to one thread.
#pragma once

#include <memory>
#include <vector>

#include "function/aggregate.h"
#include "function/float_sum.h"

namespace zerodb::function {

// A two's complement integer of 192 bits.
class WideSum {
 public:
  void add(i128 value) {
    const auto pattern = static_cast<u128>(value);
    low_ += pattern;
    high_ += (value < 0 ? -1 : 0) + (low_ < pattern ? 1 : 0);
  }
  void add_unsigned(u128 value);
  void merge(const WideSum& other);
  std::optional<i128> to_int128() const;
  std::optional<u128> to_uint128() const;

 private:
  u128 low_ = 0;
  int64_t high_ = 0;
};

enum class SumKind : uint8_t { Sum, Average };

class SumState final : public AggregateState {
 public:
  // `type` is that of the argument; any takes the class of the values.
  SumState(SumKind kind, Type type) : kind_(kind), type_(std::move(type)) {}

  Status add(std::span<const Value> arguments) override;
  bool adds_decimals() const override { return true; }
  Status add_decimals(Decimal sum, uint64_t count) override;
  Status merge(const AggregateState& other) override;
  Result<Value> finish() const override;
  size_t bytes() const override {
    return sizeof(*this) + decimals_.capacity() * sizeof(ScaleSum) +
           (vectors_.size() + (floats_ == nullptr ? 0 : 1)) * sizeof(FloatSum);
  }

 private:
  Result<Value> finish_sum() const;
  Result<Value> finish_average() const;
  Result<Value> integer_total() const;
  Result<Decimal> decimal_total() const;
  Status check_classes() const;
  // E0623 where another length was there before.
  Status set_length(size_t length);
  Status add_vector(const Value& vector);
  Result<Value> finish_vectors() const;

  // The coefficients of decimals of one scale.
  struct ScaleSum {
    uint8_t scale;
    WideSum sum;
  };
  FloatSum& floats();
  FloatSum float_total() const { return floats_ == nullptr ? FloatSum() : *floats_; }
  // Remembers the place in last_decimals_.
  WideSum& decimals_of(uint8_t scale);

  SumKind kind_;
  Type type_;
  uint64_t integer_count_ = 0;
  uint64_t float_count_ = 0;
  uint64_t decimal_count_ = 0;
  uint64_t duration_count_ = 0;
  uint64_t vector_count_ = 0;
  Tag widest_ = Tag::None;  // common type of the integers
  WideSum integers_;
  WideSum nanos_;                     // of durations
  std::unique_ptr<FloatSum> floats_;  // large, and there are many states; null: nothing yet
  std::vector<FloatSum> vectors_;     // by element
  std::vector<ScaleSum> decimals_;    // by scale, in ascending order
  size_t last_decimals_ = 0;          // the one that was added to last
};

}  // namespace zerodb::function
