// States that mind the order of values: ends, places by a key, quantiles and the commonest value.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "function/aggregate_parts.h"
#include "function/number_kernels.h"
#include "function/quantile.h"
#include "value/operator_parts.h"
#include "value/operators.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

// The first `count` values in the order in which they come, nth() the one behind `count - 1`.
class NthState final : public AggregateState {
 public:
  explicit NthState(bool has_place) : has_place_(has_place) {
    if (!has_place) place_ = 0;
  }
  Status add(std::span<const Value> arguments) override {
    if (has_place_) place_ = arguments[1].is_none() ? std::nullopt : TRY(place_of(arguments[1]));
    if (arguments[0].is_none() || !place_ || values_.size() > *place_) return ok_status();
    values_.push_back(arguments[0]);
    bytes_ += sizeof(Value) + body_bytes(arguments[0]);
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const auto& same = static_cast<const NthState&>(other);
    if (has_place_ && same.place_) place_ = same.place_;
    for (const Value& value : same.values_) {
      if (!place_ || values_.size() > *place_) break;
      values_.push_back(value);
      bytes_ += sizeof(Value) + body_bytes(value);
    }
    return ok_status();
  }
  Result<Value> finish() const override {
    return place_ && values_.size() > *place_ ? values_[*place_] : Value::none();
  }
  size_t bytes() const override { return sizeof(*this) + bytes_; }

 private:
  static Result<std::optional<size_t>> place_of(const Value& value) {
    const auto place = to_int_within(value, 0, INT64_MAX - 1);
    if (!place) return Error(ErrorCode::E0623, "the place must be an int from 0");
    return std::optional<size_t>(*place);
  }

  bool has_place_;
  std::optional<size_t> place_;  // nothing before a row has told it
  std::vector<Value> values_;
  size_t bytes_ = 0;
};

class LastState final : public AggregateState {
 public:
  Status add(std::span<const Value> arguments) override {
    if (!arguments[0].is_none()) value_ = arguments[0];
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    return add({&static_cast<const LastState&>(other).value_, 1});
  }
  Result<Value> finish() const override { return value_; }
  size_t bytes() const override { return sizeof(*this) + body_bytes(value_); }

 private:
  Value value_;
};

// The values at the least (or greatest) keys; among equal keys the least values.
class ByKeyState final : public AggregateState {
 public:
  explicit ByKeyState(int wanted) : wanted_(wanted) {}

  Status add(std::span<const Value> arguments) override {
    if (arguments.size() > 2 && !arguments[2].is_none()) {
      const auto count = to_int_within(arguments[2], 0, INT32_MAX);
      if (!count) return Error(ErrorCode::E0623, "the count must be an int from 0");
      is_list_ = true;
      count_ = static_cast<size_t>(*count);
    }
    if (!arguments[0].is_none() && !arguments[1].is_none()) keep({arguments[1], arguments[0]});
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const auto& same = static_cast<const ByKeyState&>(other);
    if (same.is_list_) {
      is_list_ = true;
      count_ = same.count_;
    }
    for (const Entry& entry : same.entries_) keep(entry);
    return ok_status();
  }
  Result<Value> finish() const override {
    if (!is_list_) return entries_.empty() ? Value::none() : entries_.front().value;
    ArrayBuilder values;
    for (const Entry& entry : entries_) values.add(entry.value);
    return values.build();
  }
  size_t bytes() const override { return sizeof(*this) + bytes_; }

 private:
  struct Entry {
    Value key;
    Value value;
  };

  bool is_before(const Entry& left, const Entry& right) const {
    const int order = compare(left.key, right.key);
    return order != 0 ? order == wanted_ : compare(left.value, right.value) < 0;
  }
  void keep(const Entry& entry) {
    if (entries_.size() == count_ && (count_ == 0 || !is_before(entry, entries_.back()))) return;
    const auto place = std::upper_bound(
        entries_.begin(), entries_.end(), entry,
        [&](const Entry& left, const Entry& right) { return is_before(left, right); });
    entries_.insert(place, entry);
    bytes_ += sizeof(Entry) + body_bytes(entry.key) + body_bytes(entry.value);
    if (entries_.size() <= count_) return;
    bytes_ -= sizeof(Entry) + body_bytes(entries_.back().key) + body_bytes(entries_.back().value);
    entries_.pop_back();
  }

  int wanted_;
  bool is_list_ = false;
  size_t count_ = 1;
  std::vector<Entry> entries_;  // best first, at most count_
  size_t bytes_ = 0;
};

class ModeState final : public AggregateState {
 public:
  Status add(std::span<const Value> arguments) override {
    if (!arguments[0].is_none()) count(arguments[0], 1);
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    for (const auto& [value, times] : static_cast<const ModeState&>(other).counts_)
      count(value, times);
    return ok_status();
  }
  Result<Value> finish() const override {
    const Value* best = nullptr;
    uint64_t most = 0;
    for (const auto& [value, times] : counts_) {
      if (times < most || (times == most && compare(value, *best) > 0)) continue;
      best = &value;
      most = times;
    }
    return best == nullptr ? Value::none() : *best;
  }
  size_t bytes() const override { return sizeof(*this) + bytes_; }

 private:
  void count(const Value& value, uint64_t times) {
    const auto [place, is_new] = counts_.emplace(value, 0);
    place->second += times;
    if (is_new) bytes_ += 64 + body_bytes(value);
  }

  std::unordered_map<Value, uint64_t, HashValue, EqualValues> counts_;
  size_t bytes_ = 0;
};

// Keeps all values; the shares and the method are those of the last row, since they are constant.
class PercentileState final : public AggregateState {
 public:
  explicit PercentileState(Value share) : share_(std::move(share)) {}

  Status add(std::span<const Value> arguments) override {
    if (arguments.size() > 1) share_ = arguments[1];
    if (arguments.size() > 2) TRY(set_method(arguments[2]));
    const Value& x = arguments[0];
    if (x.is_none()) return ok_status();
    if (method_ == Method::Linear && !may_be_between(x.tag()))
      return wrong_class("the method 'linear' takes numbers, datetimes and durations", x);
    values_.push_back(x);
    bytes_ += sizeof(Value) + body_bytes(x);
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const auto& same = static_cast<const PercentileState&>(other);
    if (!same.share_.is_none()) share_ = same.share_;
    if (!same.values_.empty()) method_ = same.method_;
    values_.insert(values_.end(), same.values_.begin(), same.values_.end());
    bytes_ += same.bytes_;
    return ok_status();
  }
  Result<Value> finish() const override {
    std::vector<Value> sorted = values_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Value& a, const Value& b) { return compare(a, b) < 0; });
    if (!is_sequence(share_.tag()))
      return sorted.empty() ? Value::none() : quantile(sorted, share_, method_);
    const SequenceView shares(share_);
    if (sorted.empty()) return Value::none();
    ArrayBuilder results;
    for (uint32_t i = 0; i < shares.size(); ++i)
      results.add(TRY(quantile(sorted, shares.at(i), method_)));
    return results.build();
  }
  size_t bytes() const override { return sizeof(*this) + bytes_; }

 private:
  Status set_method(const Value& name) {
    const std::string_view text = name.tag() == Tag::String ? name.as_string() : "";
    if (text != "linear" && text != "nearest")
      return Error(ErrorCode::E0623, "the method is 'linear' or 'nearest'");
    method_ = text == "linear" ? Method::Linear : Method::Nearest;
    return ok_status();
  }

  Value share_;
  Method method_ = Method::Linear;
  std::vector<Value> values_;
  size_t bytes_ = 0;
};

}  // namespace

State make_first(Types) {
  return std::make_unique<NthState>(false);
}
State make_nth(Types) {
  return std::make_unique<NthState>(true);
}
State make_last(Types) {
  return std::make_unique<LastState>();
}
State make_min_by(Types) {
  return std::make_unique<ByKeyState>(-1);
}
State make_max_by(Types) {
  return std::make_unique<ByKeyState>(1);
}
State make_mode(Types) {
  return std::make_unique<ModeState>();
}
State make_median(Types) {
  return std::make_unique<PercentileState>(Value::float64(0.5));
}
State make_percentile(Types) {
  return std::make_unique<PercentileState>(Value::none());
}

}  // namespace zerodb::function
