// Windows: keeps the rows of its child, sorts them for each order and works out the calls.
#include <algorithm>
#include <numeric>

#include "exec/window_aggregate.h"

namespace zerodb::exec {

using plan::Node;
using plan::WindowGroup;

namespace {

constexpr size_t kRowsBetweenInterrupts = 4096;

// The rank functions and lag and lead over one partition.
class RowFunction {
 public:
  RowFunction(const WindowPartition& partition, const WindowGroup::Call& call,
              function::WindowOp op)
      : partition_(partition), call_(call), op_(op) {}

  Result<Value> at(size_t position) const {
    const uint32_t group = partition_.group_of(position);
    const size_t rows = partition_.size();
    switch (op_) {
      case function::WindowOp::RowNumber:
        return number(position + 1);
      case function::WindowOp::Rank:
        return number(partition_.group_begin(group) + 1);
      case function::WindowOp::DenseRank:
        return number(group + 1);
      case function::WindowOp::PercentRank:
        return Value::float64(rows == 1 ? 0.0
                                        : static_cast<double>(partition_.group_begin(group)) /
                                              static_cast<double>(rows - 1));
      case function::WindowOp::CumeDist:
        return Value::float64(static_cast<double>(partition_.group_end(group)) /
                              static_cast<double>(rows));
      case function::WindowOp::Ntile:
        return ntile(position);
      case function::WindowOp::Lag:
        return neighbour(position, -1);
      case function::WindowOp::Lead:
        return neighbour(position, 1);
    }
    UNREACHABLE();
  }

 private:
  static Value number(size_t value) { return Value::int64(static_cast<int64_t>(value)); }

  Result<Value> ntile(size_t position) const {
    const Value& buckets = partition_.at(0, call_.args[0]);
    if (buckets.is_none()) return Value::none();
    if (buckets.as_int128() < 1)
      return Error(ErrorCode::E0620, "`ntile` takes a positive number of parts").at(call_.span);
    const i128 parts = buckets.as_int128();
    const i128 rows = static_cast<i128>(partition_.size());
    const i128 short_size = rows / parts;
    const i128 longer = rows % parts;
    const i128 at = static_cast<i128>(position);
    const i128 in_longer = longer * (short_size + 1);
    const i128 part =
        at < in_longer ? at / (short_size + 1) : longer + (at - in_longer) / short_size;
    return Value::int64(static_cast<int64_t>(part + 1));
  }

  Result<Value> neighbour(size_t position, int direction) const {
    const Value& distance = partition_.at(position, call_.args[1]);
    const Value& skip = partition_.at(position, call_.args[3]);
    if (distance.is_none()) return Value::none();
    i128 left = distance.as_int128();
    if (left < 0) {
      left = -left;
      direction = -direction;
    }
    const bool skips = !skip.is_none() && skip.as_bool();
    auto at = static_cast<int64_t>(position);
    const auto rows = static_cast<int64_t>(partition_.size());
    if (!skips) {
      if (left > rows) return partition_.at(position, call_.args[2]);
      at += direction * static_cast<int64_t>(left);
      if (at < 0 || at >= rows) return partition_.at(position, call_.args[2]);
      return partition_.at(static_cast<size_t>(at), call_.args[0]);
    }
    for (; left > 0; --left) {
      do {
        at += direction;
        if (at < 0 || at >= rows) return partition_.at(position, call_.args[2]);
      } while (partition_.at(static_cast<size_t>(at), call_.args[0]).is_none());
    }
    return partition_.at(static_cast<size_t>(at), call_.args[0]);
  }

  const WindowPartition& partition_;
  const WindowGroup::Call& call_;
  function::WindowOp op_;
};

class WindowOperator final : public Operator {
 public:
  WindowOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> child,
                 OwnColumns columns)
      : state_(state),
        node_(node),
        child_(std::move(child)),
        columns_(std::move(columns)),
        rows_(static_cast<uint32_t>(columns_.slots.size())),
        results_(node.windows->calls),
        hold_(state.hold(node)) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_computed_) {
      TRY(drain(state_, *child_, columns_, limits::kBatchRowsMax, rows_, hold_));
      TRY(hold_.set(rows_.bytes() + rows_.rows() * work_bytes()));
      for (std::vector<Value>& values : results_) values.resize(rows_.rows());
      for (const WindowGroup& group : node_.windows->groups) TRY(compute(group));
      is_computed_ = true;
      TRY(count_results());
    }
    uint32_t written = 0;
    for (; written < target.capacity && at_ < rows_.rows(); ++written, ++at_) {
      TRY(rows_.emit(state_.arena(), at_, target, written, 0, node_.columns));
      for (uint32_t i = 0; i < results_.size(); ++i) {
        const uint32_t to = rows_.width() + i;
        const Column column(state_.arena(), target.columns[to], node_.columns[to].type);
        TRY(store_value(state_.arena(), column, written, results_[i][at_]));
      }
    }
    return written;
  }

 private:
  // Of each row besides its cells: its results, its place in the order, its group and the
  // group's beginning.
  uint64_t work_bytes() const {
    return results_.size() * sizeof(Value) + 2 * sizeof(uint32_t) + sizeof(size_t);
  }

  Status count_results() {
    uint64_t bytes = rows_.bytes() + rows_.rows() * work_bytes();
    for (const std::vector<Value>& values : results_) bytes += far_bytes(values);
    return hold_.set(bytes);
  }

  Result<Value> offset_of(const WindowGroup& group, const plan::WindowBound& bound) {
    if (!bound.offset) return Value::none();
    Value offset = TRY(state_.evaluate(*bound.offset));
    const auto refuse = [&](const char* what) {
      return Error(ErrorCode::E0905, what).at(bound.offset->span);
    };
    if (offset.is_none()) return refuse("the offset of a frame is none");
    if (group.unit != sema::WindowFrame::Unit::Range) {
      if (!is_integer(offset.tag())) return refuse("a number of rows or groups is a whole number");
      if (offset.as_int128() < 0) return refuse("the offset of a frame is negative");
      return offset;
    }
    const bool is_negative = offset.tag() == Tag::Duration
                                 ? compare(offset, Value::duration({})) < 0
                                 : compare(offset, Value::int64(0)) < 0;
    if (is_negative) return refuse("the offset of a frame is negative");
    return offset;
  }

  Status compute(const WindowGroup& group) {
    FrameOffsets offsets;
    offsets.start = TRY(offset_of(group, group.start));
    offsets.end = TRY(offset_of(group, group.end));
    std::vector<plan::SortKey> partition_keys;
    for (uint32_t column : group.partition) partition_keys.push_back({column, false, false});
    std::vector<plan::SortKey> keys = partition_keys;
    keys.insert(keys.end(), group.order.begin(), group.order.end());
    std::vector<uint32_t> order(rows_.rows());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), [&](uint32_t left, uint32_t right) {
      const int result = compare_rows(rows_, keys, left, right);
      return result != 0 ? result < 0 : left < right;
    });
    for (size_t begin = 0; begin < order.size();) {
      size_t end = begin + 1;
      while (end < order.size() &&
             compare_rows(rows_, partition_keys, order[begin], order[end]) == 0)
        ++end;
      const WindowPartition partition(rows_, group, std::span(order).subspan(begin, end - begin));
      for (const WindowGroup::Call& call : group.calls) TRY(compute_call(partition, call, offsets));
      begin = end;
    }
    return ok_status();
  }

  Status compute_call(const WindowPartition& partition, const WindowGroup::Call& call,
                      const FrameOffsets& offsets) {
    std::vector<Value>& results = results_[call.output];
    if (call.is_aggregate) {
      const function::AggregateFunction* found = state_.library().find_aggregate(call.function);
      ASSERT(found != nullptr);
      std::vector<Type> types;
      for (uint32_t column : call.args) types.push_back(columns_.types[column]);
      WindowAggregate aggregate(partition, call, *found, std::move(types));
      for (size_t at = 0; at < partition.size(); ++at) {
        if (at % kRowsBetweenInterrupts == 0) TRY(state_.check_interrupt());
        const FrameRange frame = TRY(partition.frame(at, offsets));
        auto value = aggregate.over(frame);
        if (!value.has_value()) return std::move(value.error()).at(call.span);
        results[partition.row(at)] = std::move(*value);
      }
      return ok_status();
    }
    const function::WindowFunction* found = state_.library().find_window(call.function);
    ASSERT(found != nullptr);
    const RowFunction function(partition, call, found->op);
    for (size_t at = 0; at < partition.size(); ++at) {
      if (at % kRowsBetweenInterrupts == 0) TRY(state_.check_interrupt());
      results[partition.row(at)] = TRY(function.at(at));
    }
    return ok_status();
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> child_;
  OwnColumns columns_;
  RowBuffer rows_;
  std::vector<std::vector<Value>> results_;  // by call, then row
  MemoryHold hold_;
  bool is_computed_ = false;
  size_t at_ = 0;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_window(ExecState& state, const Node& node) {
  std::unique_ptr<Operator> child =
      TRY(make_operator(state, node.children[0], limits::kBatchRowsMax));
  OwnColumns columns = TRY(
      OwnColumns::make(state, state.plan().node(node.children[0]).columns, limits::kBatchRowsMax));
  std::unique_ptr<Operator> made =
      std::make_unique<WindowOperator>(state, node, std::move(child), std::move(columns));
  return made;
}

}  // namespace zerodb::exec
