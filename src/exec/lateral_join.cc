// Lateral join: the right side runs for each left row.
#include "exec/frame.h"
#include "exec/operator.h"

namespace zerodb::exec {

using plan::Node;
using sema::JoinKind;

namespace {

// For joins with a program. Pairs of rows that may join are put into a batch of both sides'
// columns; the rest of ON is asked of the batch; what holds goes on.
class PairBatch {
 public:
  // `types`: of the columns of both sides.
  PairBatch(ExecState& state, std::unique_ptr<Frame> frame, std::vector<plan::OutputColumn> types,
            uint32_t left_width)
      : state_(state),
        frame_(std::move(frame)),
        types_(std::move(types)),
        left_width_(left_width) {}

  Status add(const RowBuffer& left, size_t left_row, const RowBuffer& right, size_t right_row) {
    const Target target{frame_->inputs(), limits::kBatchRowsMax};
    const auto at = static_cast<uint32_t>(pairs_.size());
    TRY(left.emit(state_.arena(), left_row, target, at, 0, types_));
    TRY(right.emit(state_.arena(), right_row, target, at, left_width_, types_));
    pairs_.push_back({left_row, right_row});
    return ok_status();
  }

  // Which of the pairs hold.
  Result<std::vector<uint32_t>> matches() {
    std::vector<uint32_t> out;
    if (pairs_.empty()) return out;
    const uint8_t* selection = nullptr;
    if (frame_ != nullptr) {
      TRY(frame_->run(static_cast<uint32_t>(pairs_.size())));
      selection = frame_->selection();
    }
    for (uint32_t i = 0; i < pairs_.size(); ++i) {
      if (selection == nullptr || selection[i] != 0) out.push_back(i);
    }
    return out;
  }

  struct Pair {
    size_t left;
    size_t right;
  };
  const Pair& pair(uint32_t i) const { return pairs_[i]; }
  size_t size() const { return pairs_.size(); }
  void clear() { pairs_.clear(); }

 private:
  ExecState& state_;
  std::unique_ptr<Frame> frame_;
  std::vector<plan::OutputColumn> types_;
  uint32_t left_width_;
  std::vector<Pair> pairs_;
};

class LateralJoinOperator final : public Operator {
 public:
  LateralJoinOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> left,
                      OwnColumns left_columns, PairBatch pairs)
      : state_(state),
        node_(node),
        left_(std::move(left)),
        left_columns_(std::move(left_columns)),
        pairs_(std::move(pairs)),
        left_rows_(static_cast<uint32_t>(left_columns_.slots.size())),
        results_(static_cast<uint32_t>(node.columns.size())),
        hold_(state.hold(node)) {}

  Result<uint32_t> next(const Target& target) override {
    while (at_ >= results_.rows()) {
      results_.clear();
      at_ = 0;
      if (!TRY(advance())) return 0u;
    }
    uint32_t rows = 0;
    for (; rows < target.capacity && at_ < results_.rows(); ++rows, ++at_) {
      TRY(results_.emit(state_.arena(), at_, target, rows, 0, node_.columns));
    }
    return rows;
  }

 private:
  // The right side for one more left row.
  Result<bool> advance() {
    TRY(state_.check_interrupt());
    if (left_at_ >= left_rows_.rows()) {
      const ArenaMark mark(state_.arena());
      left_rows_.clear();
      left_at_ = 0;
      const uint32_t rows = TRY(left_->next({left_columns_.slots, limits::kBatchRowsMax}));
      if (rows == 0) return false;
      left_rows_.append(state_.arena(), left_columns_, rows);
    }
    const size_t left_row = left_at_++;
    const ArenaMark mark(state_.arena());
    for (size_t i = 0; i < node_.outer.size(); ++i)
      state_.set_outer(node_.outer[i], left_rows_.at(left_row, node_.outer_columns[i]));
    const std::vector<plan::OutputColumn>& right_types =
        state_.plan().node(node_.children[1]).columns;
    OwnColumns right_columns = TRY(OwnColumns::make(state_, right_types, limits::kBatchRowsMax));
    std::unique_ptr<Operator> right =
        TRY(make_operator(state_, node_.children[1], limits::kBatchRowsMax));
    bool matched = false;
    while (true) {
      const ArenaMark batch_mark(state_.arena());
      const uint32_t rows = TRY(right->next({right_columns.slots, limits::kBatchRowsMax}));
      if (rows == 0) break;
      RowBuffer right_rows(static_cast<uint32_t>(right_types.size()));
      right_rows.append(state_.arena(), right_columns, rows);
      matched = TRY(join(left_row, right_rows))
      || matched;
      TRY(state_.check_interrupt());
      TRY(hold_.set(results_.bytes() + left_rows_.bytes()));
    }
    if (!matched && node_.join == JoinKind::Left) {
      std::vector<Value> cells(node_.columns.size());
      for (uint32_t i = 0; i < left_rows_.width(); ++i) cells[i] = left_rows_.at(left_row, i);
      results_.append_row(cells, left_rows_.width());
    }
    return true;
  }

  Result<bool> join(size_t left_row, const RowBuffer& right_rows) {
    std::vector<uint32_t> holding;
    if (node_.program != nullptr) {
      for (size_t row = 0; row < right_rows.rows(); ++row)
        TRY(pairs_.add(left_rows_, left_row, right_rows, row));
      holding = TRY(pairs_.matches());
      pairs_.clear();
    } else {
      for (uint32_t row = 0; row < right_rows.rows(); ++row) holding.push_back(row);
    }
    std::vector<Value> cells(node_.columns.size());
    for (uint32_t row : holding) {
      for (uint32_t i = 0; i < left_rows_.width(); ++i) cells[i] = left_rows_.at(left_row, i);
      for (uint32_t i = 0; i < right_rows.width(); ++i)
        cells[left_rows_.width() + i] = right_rows.at(row, i);
      results_.append_row(cells, left_rows_.width());
    }
    return !holding.empty();
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> left_;
  OwnColumns left_columns_;
  PairBatch pairs_;
  RowBuffer left_rows_;
  RowBuffer results_;
  MemoryHold hold_;
  size_t left_at_ = 0;
  size_t at_ = 0;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_lateral_join(ExecState& state, const Node& node) {
  const plan::Plan& plan = state.plan();
  const auto& left_types = plan.node(node.children[0]).columns;
  const auto& right_types = plan.node(node.children[1]).columns;
  OwnColumns left_columns = TRY(OwnColumns::make(state, left_types, limits::kBatchRowsMax));
  std::unique_ptr<Frame> frame;
  if (node.program != nullptr) frame = TRY(Frame::make(state, node.program, limits::kBatchRowsMax));
  std::vector<plan::OutputColumn> types = left_types;
  types.insert(types.end(), right_types.begin(), right_types.end());
  PairBatch pairs(state, std::move(frame), std::move(types),
                  static_cast<uint32_t>(left_types.size()));
  std::unique_ptr<Operator> left =
      TRY(make_operator(state, node.children[0], limits::kBatchRowsMax));
  std::unique_ptr<Operator> made = std::make_unique<LateralJoinOperator>(
      state, node, std::move(left), std::move(left_columns), std::move(pairs));
  return made;
}

}  // namespace zerodb::exec
