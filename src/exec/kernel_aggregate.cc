#include <algorithm>
#include <array>
#include <cmath>

#include "exec/group_table.h"
#include "exec/kernel.h"
#include "value/decimal.h"

namespace zerodb::exec {

using plan::AggregateSlot;
using plan::Op;
using Kind = AggregateSlot::Kind;

namespace {

template <typename Update>
KernelResult for_states(const Call& call, const AggregateSlot& slot, Update update) {
  const plan::FrameHeader& header = call.instance.header();
  char* states = call.arena().at<char>(header.group_states) + slot.offset;
  const uint32_t stride = call.instance.program->state_stride;
  const int64_t* groups =
      call.instr.a == plan::kNoReg ? nullptr : call.column(call.instr.a).as<int64_t>();
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    const auto group = groups == nullptr ? size_t{0} : static_cast<size_t>(groups[row]);
    update(row, states + group * stride);
  }
  return std::nullopt;
}

template <typename T>
T& at(char* state, size_t offset) {
  return *reinterpret_cast<T*>(state + offset);
}

// Greater takes floats with NaN greatest.
template <typename T>
bool is_less(T x, T y) {
  if constexpr (std::is_same_v<T, double>) {
    if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
  }
  return x < y;
}

template <typename T>
KernelResult extreme(const Call& call, const AggregateSlot& slot, bool wants_min) {
  const Column b = call.column(call.instr.b);
  return for_states(call, slot, [&](uint32_t row, char* state) {
    if (!b.has(row)) return;
    const T value = b.as<T>()[row];
    T& best = at<T>(state, 8);
    if (at<uint64_t>(state, 0) == 0 || (wants_min ? is_less(value, best) : is_less(best, value)))
      best = value;
    at<uint64_t>(state, 0) = 1;
  });
}

KernelResult extreme_temporal(const Call& call, const AggregateSlot& slot, bool wants_min) {
  struct Cell {
    int64_t seconds;
    uint64_t nanos;
    auto operator<=>(const Cell&) const = default;
  };
  const Column b = call.column(call.instr.b);
  return for_states(call, slot, [&](uint32_t row, char* state) {
    if (!b.has(row)) return;
    const Cell value = b.as<Cell>()[row];
    Cell& best = at<Cell>(state, 16);
    if (at<uint64_t>(state, 0) == 0 || (wants_min ? value < best : best < value)) best = value;
    at<uint64_t>(state, 0) = 1;
  });
}

KernelResult run_inline(const Call& call) {
  const AggregateSlot& slot = call.instance.program->aggregates[call.instr.imm];
  switch (slot.kind) {
    case Kind::Count: {
      if (call.instr.b == plan::kNoReg) {
        return for_states(call, slot, [](uint32_t, char* state) { ++at<uint64_t>(state, 0); });
      }
      const Column b = call.column(call.instr.b);
      return for_states(call, slot,
                        [&](uint32_t row, char* state) { at<uint64_t>(state, 0) += b.valid[row]; });
    }
    case Kind::SumI64:
    case Kind::AvgI64: {
      const Column b = call.column(call.instr.b);
      return for_states(call, slot, [&](uint32_t row, char* state) {
        if (!b.has(row)) return;
        at<i128>(state, 0) += b.as<int64_t>()[row];
        ++at<uint64_t>(state, 16);
      });
    }
    case Kind::MinI64:
      return extreme<int64_t>(call, slot, true);
    case Kind::MaxI64:
      return extreme<int64_t>(call, slot, false);
    case Kind::MinF64:
      return extreme<double>(call, slot, true);
    case Kind::MaxF64:
      return extreme<double>(call, slot, false);
    case Kind::MinTemporal:
      return extreme_temporal(call, slot, true);
    case Kind::MaxTemporal:
      return extreme_temporal(call, slot, false);
    case Kind::Host:
      break;
  }
  UNREACHABLE();
}

// Adds decimals to sums. What a batch brings to one of the first groups is added up here first,
// as long as its scale is that of the batch's first and its coefficients are small: the states of
// groups are far away.
class DecimalAdder {
 public:
  DecimalAdder(const Call& call, const Column& column)
      : call_(call), column_(column), groups_(*call.instance.groups) {}

  KernelResult run(const int64_t* groups) {
    for (uint32_t row = 0; row < call_.rows; ++row) {
      if (!call_.takes(row) || !column_.has(row)) continue;
      const auto group = groups == nullptr ? 0 : static_cast<uint32_t>(groups[row]);
      const Decimal value = {column_.as<i128>()[row], column_.scales[row]};
      if (count_ == 0) scale_ = value.scale;
      if (group < kGroups && value.scale == scale_ && decimal::narrow::fits(value.coefficient)) {
        sums_[group].total += value.coefficient;
        ++sums_[group].count;
        count_ = std::max(count_, group + 1);
        continue;
      }
      if (Status added = add(group, value, 1); !added)
        return KernelError(row, std::move(added).error());
    }
    for (uint32_t group = 0; group < count_; ++group) {
      const Sum& sum = sums_[group];
      if (sum.count == 0) continue;
      if (Status added = add(group, {sum.total, scale_}, sum.count); !added)
        return KernelError(0, std::move(added).error());
    }
    return std::nullopt;
  }

 private:
  static constexpr uint32_t kGroups = 64;
  struct Sum {
    i128 total = 0;
    uint64_t count = 0;
  };

  Status add(uint32_t group, Decimal sum, uint64_t count) {
    return groups_.add_decimals(call_.instr.imm, group, sum, count);
  }

  const Call& call_;
  const Column& column_;
  GroupTable& groups_;
  std::array<Sum, kGroups> sums_;
  uint32_t count_ = 0;  // of sums_ in use
  uint8_t scale_ = 0;
};

KernelResult run_host_aggregate(const Call& call) {
  std::vector<Column> columns;
  for (plan::Reg reg : call.instr.args) columns.push_back(call.column(reg));
  const int64_t* groups =
      call.instr.a == plan::kNoReg ? nullptr : call.column(call.instr.a).as<int64_t>();
  // An aggregate that looks at absent values takes them one by one.
  const bool takes_decimals = columns.size() == 1 &&
                              columns[0].slot.physical == Physical::Decimal &&
                              call.instance.groups->takes_decimals(call.instr.imm);
  if (takes_decimals) return DecimalAdder(call, columns[0]).run(groups);
  std::vector<Value> values(columns.size());
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    for (size_t i = 0; i < columns.size(); ++i)
      values[i] = read_value(call.arena(), columns[i].slot, row, *columns[i].type);
    const auto group = groups == nullptr ? 0 : static_cast<uint32_t>(groups[row]);
    Status added = call.instance.groups->add(call.instr.imm, group, values);
    if (!added) return KernelError(row, std::move(added).error());
  }
  return std::nullopt;
}

}  // namespace

KernelResult run_aggregate(const Call& call) {
  switch (call.instr.op) {
    case Op::AggregateInline:
      return run_inline(call);
    case Op::AggregateHost:
      return run_host_aggregate(call);
    default:
      break;
  }
  std::vector<Column> keys;
  for (plan::Reg reg : call.instr.args) keys.push_back(call.column(reg));
  const Column dst = call.column(call.instr.dst);
  for (uint32_t row = 0; row < call.rows; ++row) dst.valid[row] = 1;
  Status found = call.instance.groups->find_groups(keys, call.mask, call.rows, dst.as<int64_t>(),
                                                   call.instance.header());
  if (!found) return KernelError(0, std::move(found).error());
  return std::nullopt;
}

}  // namespace zerodb::exec
