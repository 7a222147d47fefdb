// Sketches, whose size does not grow with the rows, and histograms.
//
// They merge in any order to the same state, so the result is the same in every plan.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>

#include "function/aggregate_parts.h"
#include "function/number_kernels.h"
#include "value/operator_parts.h"
#include "value/operators.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

// HyperLogLog (Flajolet and others, 2007) with the estimator of Ertl ("New cardinality estimation
// algorithms for HyperLogLog sketches", 2017), which needs no correction for small or large counts.
class DistinctSketch final : public AggregateState {
 public:
  Status add(std::span<const Value> arguments) override {
    if (arguments[0].is_none()) return ok_status();
    const uint64_t bits = mixed(hash(arguments[0]));
    const auto rest = bits << kIndexBits;
    const auto rank = static_cast<uint8_t>(std::min(std::countl_zero(rest), kRankMax - 1) + 1);
    raise(static_cast<uint32_t>(bits >> (64 - kIndexBits)), rank);
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const auto& same = static_cast<const DistinctSketch&>(other);
    for (const auto& [index, rank] : same.few_) raise(index, rank);
    for (uint32_t i = 0; i < same.registers_.size(); ++i) raise(i, same.registers_[i]);
    return ok_status();
  }
  Result<Value> finish() const override {
    std::array<uint32_t, kRankMax + 1> counts{};
    for (const auto& [index, rank] : few_) ++counts[rank];
    for (const uint8_t rank : registers_) ++counts[rank];
    if (registers_.empty()) counts[0] = kRegisters - static_cast<uint32_t>(few_.size());
    if (counts[0] == kRegisters) return Value::int64(0);
    return Value::int64(std::llround(estimate(counts)));
  }
  size_t bytes() const override { return sizeof(*this) + registers_.size() + few_.size() * 48; }

 private:
  static constexpr int kIndexBits = 14;
  static constexpr uint32_t kRegisters = 1u << kIndexBits;
  static constexpr int kRankMax = 64 - kIndexBits + 1;
  // Up to so many registers are kept one by one.
  static constexpr size_t kFewMax = 256;

  // Spreads the hash: its high and its low bits are used.
  static uint64_t mixed(uint64_t bits) {
    bits = (bits ^ (bits >> 32)) * 0x9e3779b97f4a7c15u;
    return bits ^ (bits >> 29);
  }

  void raise(uint32_t index, uint8_t rank) {
    if (rank == 0) return;
    if (registers_.empty()) {
      uint8_t& kept = few_[index];
      kept = std::max(kept, rank);
      if (few_.size() <= kFewMax) return;
      registers_.resize(kRegisters);
      for (const auto& [few_index, few_rank] : few_) registers_[few_index] = few_rank;
      few_.clear();
      return;
    }
    registers_[index] = std::max(registers_[index], rank);
  }

  static double sigma(double x) {
    if (x == 1) return HUGE_VAL;
    double y = 1;
    double z = x;
    for (double before = -1; before != z;) {
      x *= x;
      before = z;
      z += x * y;
      y += y;
    }
    return z;
  }
  static double tau(double x) {
    if (x == 0 || x == 1) return 0;
    double y = 1;
    double z = 1 - x;
    for (double before = -1; before != z;) {
      x = std::sqrt(x);
      before = z;
      y /= 2;
      z -= (1 - x) * (1 - x) * y;
    }
    return z / 3;
  }
  static double estimate(const std::array<uint32_t, kRankMax + 1>& counts) {
    constexpr double kSize = kRegisters;
    double z = kSize * tau(1 - counts[kRankMax] / kSize);
    for (int rank = kRankMax - 1; rank > 0; --rank) z = (z + counts[rank]) / 2;
    z += kSize * sigma(counts[0] / kSize);
    return kSize * kSize / (2 * 0.69314718055994530942 * z);
  }

  std::map<uint32_t, uint8_t> few_;  // empty once there are registers
  std::vector<uint8_t> registers_;
};

// DDSketch (Masson, Rim and Lee, 2019): counts by the logarithm of the value, so that a quantile is
// off by at most 1 % of itself.
class QuantileSketch final : public AggregateState {
 public:
  Status add(std::span<const Value> arguments) override {
    TRY(set_share(arguments[1]));
    if (arguments[0].is_none()) return ok_status();
    if (!is_number(arguments[0].tag()))
      return wrong_class("approx_percentile takes numbers", arguments[0]);
    const double x = to_double(arguments[0]);
    ++count_;
    if (std::isnan(x)) {
      ++nans_;
      return ok_status();
    }
    least_ = count_ - nans_ == 1 ? x : std::min(least_, x);
    greatest_ = count_ - nans_ == 1 ? x : std::max(greatest_, x);
    ++buckets_[bucket_of(x)];
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const auto& same = static_cast<const QuantileSketch&>(other);
    if (same.count_ > same.nans_) {
      const bool is_first = count_ == nans_;
      least_ = is_first ? same.least_ : std::min(least_, same.least_);
      greatest_ = is_first ? same.greatest_ : std::max(greatest_, same.greatest_);
    }
    if (same.share_ >= 0) share_ = same.share_;
    count_ += same.count_;
    nans_ += same.nans_;
    for (const auto& [bucket, times] : same.buckets_) buckets_[bucket] += times;
    return ok_status();
  }
  Result<Value> finish() const override {
    if (count_ == 0) return Value::none();
    const double place = share_ * static_cast<double>(count_ - 1);
    uint64_t seen = 0;
    for (const auto& [bucket, times] : buckets_) {
      seen += times;
      if (static_cast<double>(seen) > place)
        return Value::float64(std::clamp(middle_of(bucket), least_, greatest_));
    }
    // NaN is greater than all numbers.
    return Value::float64(std::nan(""));
  }
  size_t bytes() const override { return sizeof(*this) + buckets_.size() * 48; }

 private:
  static constexpr double kError = 0.01;
  static constexpr double kGrowth = (1 + kError) / (1 - kError);
  // Above the index of any finite value, and of infinity.
  static constexpr int32_t kOffset = 1 << 20;
  static constexpr int32_t kInfinite = 1 << 19;

  Status set_share(const Value& share) {
    const double size = is_number(share.tag()) ? to_double(share) : -1;
    if (!(size >= 0 && size <= 1))
      return Error(ErrorCode::E0623, "a share is a number from 0 to 1");
    share_ = size;
    return ok_status();
  }

  // Rising with the value; 0 for zero, negative for values below it.
  static int32_t bucket_of(double x) {
    if (x == 0) return 0;
    const int32_t index =
        std::isinf(x) ? kInfinite
                      : static_cast<int32_t>(std::ceil(std::log(std::fabs(x)) / std::log(kGrowth)));
    return x > 0 ? kOffset + index : -kOffset - index;
  }
  static double middle_of(int32_t bucket) {
    if (bucket == 0) return 0;
    const int32_t index = (bucket > 0 ? bucket : -bucket) - kOffset;
    // Twice a power that may be out of range, hence the order.
    const double size =
        index == kInfinite ? HUGE_VAL : std::exp(index * std::log(kGrowth)) / (1 + kGrowth) * 2;
    return bucket > 0 ? size : -size;
  }

  double share_ = -1;
  uint64_t count_ = 0;
  uint64_t nans_ = 0;
  double least_ = 0;
  double greatest_ = 0;
  std::map<int32_t, uint64_t> buckets_;
};

// How many values lie between neighbouring edges; the last bin has its upper edge too.
class HistogramState final : public AggregateState {
 public:
  Status add(std::span<const Value> arguments) override {
    if (edges_.empty()) TRY(set_edges(arguments[1]));
    const Value& x = arguments[0];
    if (x.is_none() || compare(x, edges_.front()) < 0 || compare(x, edges_.back()) > 0)
      return ok_status();
    const auto above = std::upper_bound(
        edges_.begin(), edges_.end(), x,
        [](const Value& left, const Value& right) { return compare(left, right) < 0; });
    const auto place = static_cast<size_t>(above - edges_.begin()) - 1;
    ++counts_[std::min(place, counts_.size() - 1)];
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const auto& same = static_cast<const HistogramState&>(other);
    if (same.edges_.empty()) return ok_status();
    if (edges_.empty()) {
      edges_ = same.edges_;
      counts_.resize(same.counts_.size());
    }
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += same.counts_[i];
    return ok_status();
  }
  Result<Value> finish() const override {
    ArrayBuilder bins;
    for (size_t i = 0; i < counts_.size(); ++i) {
      ObjectBuilder bin;
      bin.set("low", edges_[i]);
      bin.set("high", edges_[i + 1]);
      bin.set("count", Value::int64(counts_[i]));
      bins.add(TRY(bin.build()));
    }
    return bins.build();
  }
  size_t bytes() const override { return sizeof(*this) + edges_.size() * 32; }

 private:
  Status set_edges(const Value& list) {
    const Error refused(ErrorCode::E0623, "the edges are two or more values in rising order");
    if (!is_sequence(list.tag())) return refused;
    const SequenceView view(list);
    if (view.size() < 2) return refused;
    for (uint32_t i = 0; i < view.size(); ++i) {
      edges_.push_back(view.at(i));
      const bool rises = i == 0 || compare(edges_[i - 1], edges_[i]) < 0;
      if (!rises || edges_[i].is_none()) {
        edges_.clear();
        return refused;
      }
    }
    counts_.resize(edges_.size() - 1);
    return ok_status();
  }

  std::vector<Value> edges_;
  std::vector<int64_t> counts_;
};

}  // namespace

State make_approx_count_distinct(Types) {
  return std::make_unique<DistinctSketch>();
}
State make_approx_percentile(Types) {
  return std::make_unique<QuantileSketch>();
}
State make_histogram(Types) {
  return std::make_unique<HistogramState>();
}

}  // namespace zerodb::function
