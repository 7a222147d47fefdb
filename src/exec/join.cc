// Joins: hash join (all pairs without keys) and lateral join.
#include <unordered_map>

#include "exec/frame.h"
#include "exec/operator.h"
#include "value/key_codec.h"

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

void write_none(ExecState& state, const Node& node, const Target& target, uint32_t row,
                uint32_t from, uint32_t to) {
  for (uint32_t i = from; i < to; ++i) {
    const Column column(state.arena(), target.columns[i], node.columns[i].type);
    column.valid[row] = 0;
    if (column.tags != nullptr) column.tags[row] = 0;
  }
}

// One row of the result, kept until the consumer has room: right == npos shows none on that side,
// likewise left.
struct ResultRow {
  static constexpr size_t kNone = SIZE_MAX;
  size_t left = kNone;
  size_t right = kNone;
};

class HashJoinOperator final : public Operator {
 public:
  HashJoinOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> left,
                   std::unique_ptr<Operator> right, OwnColumns left_columns,
                   OwnColumns right_columns, PairBatch pairs)
      : state_(state),
        node_(node),
        left_(std::move(left)),
        right_(std::move(right)),
        left_columns_(std::move(left_columns)),
        right_columns_(std::move(right_columns)),
        pairs_(std::move(pairs)),
        left_rows_(static_cast<uint32_t>(left_columns_.slots.size())),
        right_rows_(static_cast<uint32_t>(right_columns_.slots.size())) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) {
      TRY(build());
      is_open_ = true;
    }
    while (at_ >= ready_.size()) {
      ready_.clear();
      at_ = 0;
      if (!TRY(advance())) return 0u;
    }
    uint32_t rows = 0;
    const auto left_width = left_rows_.width();
    const uint32_t all = left_width + (is_mark_only() ? 0 : right_rows_.width());
    for (; rows < target.capacity && at_ < ready_.size(); ++rows, ++at_) {
      const ResultRow& row = ready_[at_];
      if (node_.marking != Node::Marking::None) TRY(emit_mark(row, target, rows));
      if (row.left == ResultRow::kNone)
        write_none(state_, node_, target, rows, 0, left_width);
      else
        TRY(left_rows_.emit(state_.arena(), row.left, target, rows, 0, node_.columns));
      if (is_mark_only()) continue;
      if (row.right == ResultRow::kNone)
        write_none(state_, node_, target, rows, left_width, all);
      else
        TRY(right_rows_.emit(state_.arena(), row.right, target, rows, left_width, node_.columns));
    }
    return rows;
  }

 private:
  bool is_mark_only() const { return node_.marking == Node::Marking::Instead; }

  // The last column: whether there is a match.
  Status emit_mark(const ResultRow& row, const Target& target, uint32_t at) {
    const size_t last = node_.columns.size() - 1;
    const bool found = row.right != ResultRow::kNone;
    // Behind the columns of a match, none says that there is none.
    const Value mark = found || is_mark_only() ? Value::boolean(found) : Value::none();
    const Column column(state_.arena(), target.columns[last], node_.columns[last].type);
    return store_value(state_.arena(), column, at, mark);
  }

  bool keeps_left() const { return node_.join == JoinKind::Left || node_.join == JoinKind::Full; }
  bool keeps_right() const { return node_.join == JoinKind::Right || node_.join == JoinKind::Full; }

  Result<std::string> key_of(const RowBuffer& rows, size_t row,
                             const std::vector<uint32_t>& columns) const {
    std::string key;
    for (uint32_t column : columns) TRY(append_key(key, rows.at(row, column)));
    return key;
  }

  Status build() {
    TRY(drain(state_, *right_, right_columns_, limits::kBatchRowsMax, right_rows_));
    right_matched_.resize(right_rows_.rows(), false);
    next_same_.resize(right_rows_.rows(), ResultRow::kNone);
    // Chains are built from the back, so that they run forward.
    for (size_t row = right_rows_.rows(); row-- > 0;) {
      const auto [place, is_new] =
          first_.try_emplace(TRY(key_of(right_rows_, row, node_.right_keys)), row);
      if (is_new) continue;
      next_same_[row] = place->second;
      place->second = row;
    }
    return ok_status();
  }

  // Fills ready_ with about a batch of results; false at the end. One row may match every row of
  // the other side, so it can be left and taken up again in the middle of its matches.
  Result<bool> advance() {
    TRY(state_.check_interrupt());
    if (left_done_) return show_unmatched_right();
    if (left_row_ == left_rows_.rows()) {
      TRY(read_left());
      return true;
    }
    while (left_row_ < left_rows_.rows() && ready_.size() < limits::kBatchRowsMax) {
      TRY(match_row());
    }
    TRY(flush());
    if (left_row_ < left_rows_.rows()) return true;
    if (node_.marking != Node::Marking::None) {
      // Each left row once, in the order in which they came.
      for (size_t row = 0; row < left_rows_.rows(); ++row) ready_.push_back({row, match_[row]});
      return true;
    }
    for (size_t row = 0; keeps_left() && row < left_rows_.rows(); ++row) {
      if (!left_matched_[row]) ready_.push_back({row, ResultRow::kNone});
    }
    return true;
  }

  Status read_left() {
    const ArenaMark mark(state_.arena());
    left_rows_.clear();
    left_row_ = 0;
    const uint32_t rows = TRY(left_->next({left_columns_.slots, limits::kBatchRowsMax}));
    left_rows_.append(state_.arena(), left_columns_, rows);
    left_matched_.assign(rows, false);
    if (node_.marking != Node::Marking::None) match_.assign(rows, ResultRow::kNone);
    left_done_ = rows == 0;
    return ok_status();
  }

  // Goes on with the matches of the left row at hand until there is a batch of results.
  Status match_row() {
    if (!in_chain_) {
      other_ = TRY(first_match());
      in_chain_ = true;
    }
    for (; other_ != ResultRow::kNone && ready_.size() < limits::kBatchRowsMax;
         other_ = next_same_[other_]) {
      if (node_.marking != Node::Marking::None && left_matched_[left_row_]) {
        other_ = ResultRow::kNone;
        break;
      }
      if (node_.program == nullptr) {
        accept(left_row_, other_);
        continue;
      }
      TRY(pairs_.add(left_rows_, left_row_, right_rows_, other_));
      if (pairs_.size() == limits::kBatchRowsMax) TRY(flush());
    }
    if (other_ == ResultRow::kNone) {
      ++left_row_;
      in_chain_ = false;
    }
    return ok_status();
  }

  Result<size_t> first_match() {
    if (node_.first_key_rejects_none && left_rows_.at(left_row_, node_.left_keys[0]).is_none())
      return ResultRow::kNone;
    const auto found = first_.find(TRY(key_of(left_rows_, left_row_, node_.left_keys)));
    return found == first_.end() ? ResultRow::kNone : found->second;
  }

  void accept(size_t left, size_t right) {
    left_matched_[left] = true;
    right_matched_[right] = true;
    if (node_.marking == Node::Marking::None) {
      ready_.push_back({left, right});
    } else {
      match_[left] = right;
    }
  }

  Status flush() {
    TRY(state_.check_interrupt());
    const std::vector<uint32_t> holding = TRY(pairs_.matches());
    for (uint32_t i : holding) accept(pairs_.pair(i).left, pairs_.pair(i).right);
    pairs_.clear();
    return ok_status();
  }

  bool show_unmatched_right() {
    if (!keeps_right() || right_shown_) return false;
    right_shown_ = true;
    for (size_t row = 0; row < right_rows_.rows(); ++row) {
      if (!right_matched_[row]) ready_.push_back({ResultRow::kNone, row});
    }
    return true;
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> left_;
  std::unique_ptr<Operator> right_;
  OwnColumns left_columns_;
  OwnColumns right_columns_;
  PairBatch pairs_;
  RowBuffer left_rows_;
  RowBuffer right_rows_;
  std::unordered_map<std::string, size_t> first_;
  std::vector<size_t> next_same_;
  std::vector<bool> left_matched_;  // of the batch at hand
  std::vector<bool> right_matched_;
  std::vector<size_t> match_;        // of the batch at hand, where each left row is shown once
  size_t left_row_ = 0;              // the left row at hand
  size_t other_ = ResultRow::kNone;  // its next match, if it has begun
  bool in_chain_ = false;
  std::vector<ResultRow> ready_;
  size_t at_ = 0;
  bool is_open_ = false;
  bool left_done_ = false;
  bool right_shown_ = false;
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
        results_(static_cast<uint32_t>(node.columns.size())) {}

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
    }
    if (!matched && node_.join == JoinKind::Left) {
      std::vector<Value> cells(node_.columns.size());
      for (uint32_t i = 0; i < left_rows_.width(); ++i) cells[i] = left_rows_.at(left_row, i);
      results_.append_row(cells);
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
      results_.append_row(cells);
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
  size_t left_at_ = 0;
  size_t at_ = 0;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_join(ExecState& state, const Node& node, uint32_t) {
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
  std::unique_ptr<Operator> made;
  if (node.kind == Node::Kind::LateralJoin) {
    made = std::make_unique<LateralJoinOperator>(state, node, std::move(left),
                                                 std::move(left_columns), std::move(pairs));
    return made;
  }
  OwnColumns right_columns = TRY(OwnColumns::make(state, right_types, limits::kBatchRowsMax));
  std::unique_ptr<Operator> right =
      TRY(make_operator(state, node.children[1], limits::kBatchRowsMax));
  made = std::make_unique<HashJoinOperator>(state, node, std::move(left), std::move(right),
                                            std::move(left_columns), std::move(right_columns),
                                            std::move(pairs));
  return made;
}

}  // namespace zerodb::exec
