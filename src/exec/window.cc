// Windows: keeps the rows of its child, sorts them for each order and works out the calls.
//
// Rows that do not fit into memory go through a sort on disk for each order, partition by
// partition; so it is a partition that has to fit. A last sort puts them back into the order in
// which they came.
#include <algorithm>
#include <numeric>
#include <optional>

#include "exec/gather.h"
#include "exec/row_sorter.h"
#include "exec/window_aggregate.h"

namespace zerodb::exec {

using plan::Node;
using plan::WindowGroup;

namespace {

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
    if (child_ != nullptr) {
      TRY(read_child());
      child_.reset();
      TRY(sorter_ == nullptr ? compute_kept() : compute_sorted());
    }
    return sorter_ == nullptr ? emit_kept(target) : emit_sorted(target);
  }

 private:
  using Row = RowSorter::Row;

  // Columns of rows in a sorter: those of the child, the results, the number of the row.
  uint32_t first_result() const { return rows_.width(); }
  uint32_t number_column() const { return first_result() + static_cast<uint32_t>(results_.size()); }

  // Of each row besides its cells: its results, its place in the order, its group and the
  // group's beginning.
  uint64_t work_bytes() const {
    return results_.size() * sizeof(Value) + 2 * sizeof(uint32_t) + sizeof(size_t);
  }
  uint64_t kept_bytes(const RowBuffer& rows) const {
    return rows.bytes() + rows.rows() * work_bytes();
  }

  // Into rows_, or where they do not fit into a sorter.
  Status read_child() {
    while (true) {
      TRY(state_.check_interrupt());
      const ArenaMark mark(state_.arena());
      const uint32_t rows = TRY(child_->next({columns_.slots, limits::kBatchRowsMax}));
      if (rows == 0) return ok_status();
      rows_.append(state_.arena(), columns_, rows);
      const uint64_t bytes = kept_bytes(rows_);
      if (sorter_ == nullptr && !state_.should_spill(bytes) && hold_.try_set(bytes)) continue;
      if (sorter_ == nullptr) sorter_ = sorter_for(&node_.windows->groups[0]);
      TRY(move_rows());
    }
  }

  Status move_rows() {
    std::vector<Value> cells(number_column() + 1);
    for (size_t row = 0; row < rows_.rows(); ++row) {
      std::copy_n(rows_.row(row), rows_.width(), cells.begin());
      cells.back() = Value::int64(moved_++);
      TRY(sorter_->add(cells));
    }
    rows_ = RowBuffer(rows_.width());
    return hold_.set(0);
  }

  // Rows of equal keys in the order in which they came; without a group, all rows.
  std::unique_ptr<RowSorter> sorter_for(const WindowGroup* group) {
    std::vector<plan::SortKey> keys;
    if (group != nullptr) keys = keys_of(*group);
    keys.push_back({number_column(), false, false});
    return std::make_unique<RowSorter>(
        state_, node_, number_column() + 1,
        [keys = std::move(keys)](Row left, Row right) { return by_keys(keys)(left, right); });
  }

  static std::vector<plan::SortKey> partition_keys_of(const WindowGroup& group) {
    std::vector<plan::SortKey> keys;
    for (uint32_t column : group.partition) keys.push_back({column, false, false});
    return keys;
  }
  static std::vector<plan::SortKey> keys_of(const WindowGroup& group) {
    std::vector<plan::SortKey> keys = partition_keys_of(group);
    keys.insert(keys.end(), group.order.begin(), group.order.end());
    return keys;
  }

  Status compute_kept() {
    for (std::vector<Value>& values : results_) values.resize(rows_.rows());
    for (const WindowGroup& group : node_.windows->groups) TRY(compute(group));
    uint64_t bytes = kept_bytes(rows_);
    for (const std::vector<Value>& values : results_) bytes += far_bytes(values);
    return hold_.set(bytes);
  }

  Status compute_sorted() {
    const std::vector<WindowGroup>& groups = node_.windows->groups;
    for (size_t i = 0; i < groups.size(); ++i) {
      TRY(sorter_->finish());
      std::unique_ptr<RowSorter> next =
          sorter_for(i + 1 < groups.size() ? &groups[i + 1] : nullptr);
      TRY(compute_from(*sorter_, groups[i], *next));
      sorter_ = std::move(next);
    }
    TRY(hold_.set(0));
    return sorter_->finish();
  }

  // Partition by partition.
  Status compute_from(RowSorter& from, const WindowGroup& group, RowSorter& to) {
    const FrameOffsets offsets = TRY(offsets_of(group));
    const std::vector<plan::SortKey> keys = partition_keys_of(group);
    const RowSorter::Compare compare_partitions = by_keys(keys);
    RowBuffer partition(number_column() + 1);
    while (const std::optional<Row> row = TRY(from.next())) {
      const bool is_other =
          partition.rows() > 0 &&
          compare_partitions(std::span(partition.row(0), partition.width()), *row) != 0;
      if (is_other) TRY(compute_partition(partition, group, offsets, to));
      partition.append_row(*row);
      if (hold_.try_set(kept_bytes(partition))) continue;
      TRY(to.release());
      TRY(hold_.set(kept_bytes(partition)));
    }
    return compute_partition(partition, group, offsets, to);
  }

  // Moves the rows on, with their results.
  Status compute_partition(RowBuffer& rows, const WindowGroup& group, const FrameOffsets& offsets,
                           RowSorter& to) {
    if (rows.rows() == 0) return ok_status();
    std::vector<uint32_t> order(rows.rows());
    std::iota(order.begin(), order.end(), 0u);
    for (std::vector<Value>& values : results_) values.resize(rows.rows());
    const WindowPartition partition(rows, group, order);
    for (const WindowGroup::Call& call : group.calls) TRY(compute_call(partition, call, offsets));
    for (uint32_t row = 0; row < rows.rows(); ++row) {
      for (const WindowGroup::Call& call : group.calls)
        rows.row(row)[first_result() + call.output] = std::move(results_[call.output][row]);
      TRY(to.add(std::span(rows.row(row), rows.width())));
    }
    rows.clear();
    return ok_status();
  }

  Result<uint32_t> emit_kept(const Target& target) {
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

  Result<uint32_t> emit_sorted(const Target& target) {
    uint32_t written = 0;
    for (; written < target.capacity; ++written) {
      const std::optional<Row> row = TRY(sorter_->next());
      if (!row) break;
      for (uint32_t i = 0; i < number_column(); ++i) {
        const Column column(state_.arena(), target.columns[i], node_.columns[i].type);
        TRY(store_value(state_.arena(), column, written, (*row)[i]));
      }
    }
    return written;
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

  Result<FrameOffsets> offsets_of(const WindowGroup& group) {
    FrameOffsets offsets;
    offsets.start = TRY(offset_of(group, group.start));
    offsets.end = TRY(offset_of(group, group.end));
    return offsets;
  }

  Status compute(const WindowGroup& group) {
    const FrameOffsets offsets = TRY(offsets_of(group));
    const std::vector<plan::SortKey> partition_keys = partition_keys_of(group);
    const std::vector<plan::SortKey> keys = keys_of(group);
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
  std::unique_ptr<Operator> child_;  // null once its rows were read
  OwnColumns columns_;
  RowBuffer rows_;
  std::vector<std::vector<Value>> results_;  // by call, then row; of all rows or of a partition
  MemoryHold hold_;
  size_t at_ = 0;
  std::unique_ptr<RowSorter> sorter_;  // if the rows do not fit
  int64_t moved_ = 0;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_window(ExecState& state, const Node& node) {
  std::unique_ptr<Operator> child =
      TRY(make_gathered(state, node.children[0], limits::kBatchRowsMax));
  OwnColumns columns = TRY(
      OwnColumns::make(state, state.plan().node(node.children[0]).columns, limits::kBatchRowsMax));
  std::unique_ptr<Operator> made =
      std::make_unique<WindowOperator>(state, node, std::move(child), std::move(columns));
  return made;
}

}  // namespace zerodb::exec
