// Operators that let rows or columns through: limits and cuts.
#include <algorithm>

#include "base/query_fault.h"
#include "exec/operator.h"

namespace zerodb::exec {

using plan::Node;

namespace {

class LimitOperator final : public Operator {
 public:
  LimitOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> child)
      : state_(state), node_(node), child_(std::move(child)) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) {
      if (node_.limit) left_ = TRY(row_count(state_, *node_.limit, "LIMIT"));
      if (node_.offset) skip_ = TRY(row_count(state_, *node_.offset, "OFFSET"));
      if (skip_ > 0 && planted(QueryFault::OffsetIsOneLess)) --skip_;
      is_open_ = true;
    }
    while (left_ > 0) {
      // Asks for little at first, so that a short limit reads little; a filter below may need more.
      const uint64_t wanted =
          std::max<uint64_t>(std::min<uint64_t>(left_ + skip_, limits::kBatchRowsMax), batch_);
      batch_ = std::min<uint32_t>(batch_ * 2, limits::kBatchRowsMax);
      const uint32_t mark = state_.arena().top();
      const uint32_t rows = TRY(
          child_->next({target.columns, std::min(target.capacity, static_cast<uint32_t>(wanted))}));
      if (rows == 0) {
        left_ = 0;
        return 0u;
      }
      if (skip_ >= rows) {
        skip_ -= rows;
        state_.arena().rewind(mark);
        continue;
      }
      const auto first = static_cast<uint32_t>(skip_);
      skip_ = 0;
      const auto kept = static_cast<uint32_t>(std::min<uint64_t>(rows - first, left_));
      left_ -= kept;
      for (uint32_t i = 0; first > 0 && i < node_.columns.size(); ++i) {
        const Column column(state_.arena(), target.columns[i], node_.columns[i].type);
        for (uint32_t row = 0; row < kept; ++row) copy_cell(column, first + row, column, row);
      }
      return kept;
    }
    return 0u;
  }

 private:
  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> child_;
  bool is_open_ = false;
  uint64_t left_ = UINT64_MAX / 2;
  uint64_t skip_ = 0;
  uint32_t batch_ = 16;
};

class CutOperator final : public Operator {
 public:
  CutOperator(std::unique_ptr<Operator> child, std::vector<ColumnSlot> rest, uint32_t capacity)
      : child_(std::move(child)), rest_(std::move(rest)), capacity_(capacity) {}

  Result<uint32_t> next(const Target& target) override {
    std::vector<ColumnSlot> columns(target.columns.begin(), target.columns.end());
    columns.insert(columns.end(), rest_.begin(), rest_.end());
    return child_->next({columns, std::min(capacity_, target.capacity)});
  }

 private:
  std::unique_ptr<Operator> child_;
  std::vector<ColumnSlot> rest_;
  uint32_t capacity_;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_row_operator(ExecState& state, const Node& node,
                                                    uint32_t capacity) {
  std::unique_ptr<Operator> made;
  const std::vector<plan::OutputColumn>& below = state.plan().node(node.children[0]).columns;
  std::unique_ptr<Operator> child = TRY(make_operator(state, node.children[0], capacity));
  if (node.kind == Node::Kind::Limit) {
    made = std::make_unique<LimitOperator>(state, node, std::move(child));
  } else {
    const std::vector<plan::OutputColumn> hidden(below.begin() + node.width, below.end());
    OwnColumns rest = TRY(OwnColumns::make(state, hidden, capacity));
    made = std::make_unique<CutOperator>(std::move(child), std::move(rest.slots), capacity);
  }
  return made;
}

}  // namespace zerodb::exec
