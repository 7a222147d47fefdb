// Sort: all rows of its child, or the first of them, in order. What does not fit into memory is
// sorted in parts, which are merged from a spill file.
#include <algorithm>
#include <numeric>
#include <optional>

#include "exec/operator.h"
#include "exec/sorted_runs.h"

namespace zerodb::exec {

using plan::Node;

Result<uint64_t> row_count(ExecState& state, const plan::Scalar& scalar, const char* what) {
  const Value value = TRY(state.evaluate(scalar));
  if (!is_integer(value.tag()) || value.as_int128() < 0) {
    return Error(ErrorCode::E0905, std::string(what) + " takes a whole number that is not negative")
        .at(scalar.span);
  }
  const i128 count = value.as_int128();
  return count > INT64_MAX ? static_cast<uint64_t>(INT64_MAX) : static_cast<uint64_t>(count);
}

namespace {

constexpr uint32_t kBatch = limits::kBatchRowsMax;
// Of rows between two looks at whether the statement was cancelled.
constexpr uint64_t kRowsBetweenInterrupts = 4096;
// So many first rows are found by leaving out the others, without sorting those.
constexpr uint64_t kFirstRowsMax = 100'000;

class SortOperator final : public Operator {
 public:
  SortOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> child,
               OwnColumns columns)
      : state_(state),
        node_(node),
        child_(std::move(child)),
        columns_(std::move(columns)),
        rows_(static_cast<uint32_t>(node.columns.size())),
        hold_(state.hold(node)) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_sorted_) {
      TRY(sort());
      is_sorted_ = true;
    }
    return runs_ ? emit_merged(target) : emit_kept(target);
  }

 private:
  Result<uint32_t> emit_kept(const Target& target) {
    uint32_t rows = 0;
    for (; rows < target.capacity && at_ < order_.size(); ++rows, ++at_) {
      TRY(rows_.emit(state_.arena(), order_[at_], target, rows, 0, node_.columns));
    }
    return rows;
  }

  Result<uint32_t> emit_merged(const Target& target) {
    TRY(state_.check_interrupt());
    uint32_t rows = 0;
    for (; rows < target.capacity && left_ > 0; ++rows, --left_) {
      if (!TRY(runs_->next(merged_))) left_ = 0;
      if (left_ == 0) break;
      for (uint32_t i = 0; i < merged_.size(); ++i) {
        const Column column(state_.arena(), target.columns[i], node_.columns[i].type);
        TRY(store_value(state_.arena(), column, rows, merged_[i]));
      }
    }
    return rows;
  }

  int compare_keys(std::span<const Value> left, std::span<const Value> right) const {
    for (const plan::SortKey& key : node_.order) {
      const Value& l = left[key.column];
      const Value& r = right[key.column];
      if (l.is_none() || r.is_none()) {
        if (l.is_none() && r.is_none()) continue;
        return l.is_none() == key.nulls_first ? -1 : 1;
      }
      const int result = compare(l, r);
      if (result != 0) return key.descending ? -result : result;
    }
    return 0;
  }

  std::span<const Value> cells(uint32_t row) const {
    return std::span(&rows_.at(row, 0), rows_.width());
  }
  bool is_before(uint32_t left, uint32_t right) const {
    const int result = compare_keys(cells(left), cells(right));
    return result != 0 ? result < 0 : left < right;
  }

  // With the place of each row in the order.
  uint64_t kept_bytes() const { return rows_.bytes() + rows_.rows() * sizeof(uint32_t); }

  Status sort() {
    if (node_.limit) {
      left_ = TRY(row_count(state_, *node_.limit, "LIMIT"));
      if (node_.offset) left_ += TRY(row_count(state_, *node_.offset, "OFFSET"));
    }
    while (true) {
      TRY(state_.check_interrupt());
      const ArenaMark mark(state_.arena());
      const uint32_t rows = TRY(child_->next({columns_.slots, kBatch}));
      if (rows == 0) break;
      rows_.append(state_.arena(), columns_, rows);
      if (left_ < kFirstRowsMax && rows_.rows() > 2 * left_ + 8192) keep_first(left_);
      if (state_.should_spill(kept_bytes()) || !hold_.try_set(kept_bytes())) TRY(spill());
    }
    if (!runs_) {
      TRY(hold_.set(kept_bytes()));
      put_in_order();
      return ok_status();
    }
    if (rows_.rows() > 0) TRY(spill());
    TRY(runs_->open());
    state_.count_spilled(node_, runs_->bytes_written());
    return ok_status();
  }

  // The first `left_` rows, in order.
  void put_in_order() {
    const auto before = [this](uint32_t left, uint32_t right) { return is_before(left, right); };
    order_.resize(rows_.rows());
    std::iota(order_.begin(), order_.end(), 0u);
    if (left_ < order_.size()) {
      std::partial_sort(order_.begin(), order_.begin() + static_cast<ptrdiff_t>(left_),
                        order_.end(), before);
      order_.resize(left_);
    } else {
      std::sort(order_.begin(), order_.end(), before);
    }
  }

  // Moves the rows at hand to a run.
  Status spill() {
    if (!runs_) {
      SpillFile file = TRY(state_.spill_file());
      runs_.emplace(
          std::move(file), rows_.width(),
          [this](auto left, auto right) { return compare_keys(left, right); },
          [this] { return state_.check_interrupt(); });
    }
    put_in_order();
    runs_->begin_run();
    for (size_t i = 0; i < order_.size(); ++i) {
      if (i % kRowsBetweenInterrupts == 0) TRY(state_.check_interrupt());
      TRY(runs_->add(cells(order_[i])));
    }
    TRY(runs_->end_run());
    order_.clear();
    rows_ = RowBuffer(rows_.width());
    return hold_.set(0);
  }

  void keep_first(uint64_t wanted) {
    std::vector<uint32_t> order(rows_.rows());
    std::iota(order.begin(), order.end(), 0u);
    std::nth_element(order.begin(), order.begin() + static_cast<ptrdiff_t>(wanted), order.end(),
                     [this](uint32_t left, uint32_t right) { return is_before(left, right); });
    order.resize(wanted);
    std::sort(order.begin(), order.end());
    RowBuffer kept(rows_.width());
    for (uint32_t row : order) kept.append_row(cells(row));
    rows_ = std::move(kept);
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> child_;
  OwnColumns columns_;
  RowBuffer rows_;
  MemoryHold hold_;
  std::vector<uint32_t> order_;
  uint64_t left_ = UINT64_MAX;  // rows that are still wanted
  bool is_sorted_ = false;
  size_t at_ = 0;
  std::optional<SortedRuns> runs_;  // if not all rows fit
  std::vector<Value> merged_;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_sort(ExecState& state, const Node& node) {
  const std::vector<plan::OutputColumn>& below = state.plan().node(node.children[0]).columns;
  std::unique_ptr<Operator> child = TRY(make_operator(state, node.children[0], kBatch));
  OwnColumns columns = TRY(OwnColumns::make(state, below, kBatch));
  return std::unique_ptr<Operator>(
      std::make_unique<SortOperator>(state, node, std::move(child), std::move(columns)));
}

}  // namespace zerodb::exec
