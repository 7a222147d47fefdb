// Hash join, inner and outer, also for no more than whether there is a match. Without keys all rows
// are of one key: a nested loop.
#include <algorithm>

#include "exec/column_rows.h"
#include "exec/frame.h"
#include "exec/join_table.h"
#include "exec/operator.h"

namespace zerodb::exec {

using plan::Node;
using sema::JoinKind;

namespace {

constexpr uint32_t kNoRow = ColumnRows::kNoRow;
constexpr uint32_t kBatch = limits::kBatchRowsMax;

// Rows of both sides that stand beside each other.
struct Pairs {
  std::vector<uint32_t> left;
  std::vector<uint32_t> right;

  size_t size() const { return left.size(); }
  void add(uint32_t left_row, uint32_t right_row) {
    left.push_back(left_row);
    right.push_back(right_row);
  }
  void clear() {
    left.clear();
    right.clear();
  }
};

std::vector<Type> types_of(const std::vector<plan::OutputColumn>& columns,
                           const std::vector<uint32_t>& positions) {
  std::vector<Type> out;
  for (uint32_t position : positions) out.push_back(columns[position].type);
  return out;
}

class HashJoinOperator final : public Operator {
 public:
  struct Side {
    std::unique_ptr<Operator> input;
    OwnColumns columns;
    ColumnRows rows;
    std::vector<uint32_t> keys;

    std::vector<Column> key_columns(const Arena& arena) const {
      std::vector<Column> out;
      for (uint32_t key : keys) out.push_back(columns.column(arena, key));
      return out;
    }
  };

  // `rest`: what must hold besides the keys, or null.
  HashJoinOperator(ExecState& state, const Node& node, Side left, Side right,
                   std::unique_ptr<Frame> rest)
      : state_(state),
        node_(node),
        left_(std::move(left)),
        right_(std::move(right)),
        rest_(std::move(rest)),
        hold_(state.hold(node)),
        table_(types_of(state.plan().node(node.children[1]).columns, node.right_keys),
               types_of(state.plan().node(node.children[0]).columns, node.left_keys)) {}

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
    const size_t rows = std::min<size_t>(target.capacity, ready_.size() - at_);
    const auto left = std::span(ready_.left).subspan(at_, rows);
    const auto right = std::span(ready_.right).subspan(at_, rows);
    TRY(gather(left_.rows, left, target.columns, 0));
    if (node_.marking != Node::Marking::Instead)
      TRY(gather(right_.rows, right, target.columns, left_.rows.width()));
    if (node_.marking != Node::Marking::None) TRY(write_marks(right, target));
    at_ += rows;
    return static_cast<uint32_t>(rows);
  }

 private:
  bool is_marking() const { return node_.marking != Node::Marking::None; }
  bool keeps_left() const { return node_.join == JoinKind::Left || node_.join == JoinKind::Full; }
  bool keeps_right() const { return node_.join == JoinKind::Right || node_.join == JoinKind::Full; }

  Status gather(const ColumnRows& from, std::span<const uint32_t> rows,
                std::span<const ColumnSlot> targets, uint32_t first) {
    for (uint32_t i = 0; i < from.width(); ++i) {
      const Column column(state_.arena(), targets[first + i], node_.columns[0].type);
      TRY(from.gather(state_.arena(), i, rows, column, 0));
    }
    return ok_status();
  }

  // The last column: whether there is a match. Behind the columns of one, none says that there is
  // none.
  Status write_marks(std::span<const uint32_t> right, const Target& target) {
    const size_t last = node_.columns.size() - 1;
    const Column column(state_.arena(), target.columns[last], node_.columns[last].type);
    for (uint32_t row = 0; row < right.size(); ++row) {
      const bool found = right[row] != kNoRow;
      const bool shows_false = node_.marking == Node::Marking::Instead;
      const Value mark = found || shows_false ? Value::boolean(found) : Value::none();
      TRY(store_value(state_.arena(), column, row, mark));
    }
    return ok_status();
  }

  Status build() {
    while (true) {
      TRY(state_.check_interrupt());
      const ArenaMark mark(state_.arena());
      const uint32_t rows = TRY(right_.input->next({right_.columns.slots, kBatch}));
      if (rows == 0) break;
      TRY(table_.add(state_.arena(), right_.key_columns(state_.arena()), rows));
      right_.rows.append(state_.arena(), right_.columns, rows);
      TRY(hold_.set(right_.rows.bytes() + table_.bytes()));
    }
    table_.finish();
    if (keeps_right()) right_matched_.resize(right_.rows.rows(), false);
    return ok_status();
  }

  // Fills ready_ with about a batch of pairs; false at the end. One row may match every row of the
  // other side, so it can be left and taken up again in the middle of its matches.
  Result<bool> advance() {
    TRY(state_.check_interrupt());
    if (left_done_) return show_unmatched_right();
    if (left_row_ == left_.rows.rows()) {
      TRY(read_left());
      return true;
    }
    while (left_row_ < left_.rows.rows() && ready_.size() < kBatch) TRY(match_row());
    TRY(ask_rest());
    if (left_row_ < left_.rows.rows()) return true;
    for (uint32_t row = 0; row < left_.rows.rows(); ++row) {
      // Where each left row is shown once, it is in the order in which they came.
      if (is_marking()) {
        ready_.add(row, match_[row]);
      } else if (keeps_left() && match_[row] == kNoRow) {
        ready_.add(row, kNoRow);
      }
    }
    return true;
  }

  Status read_left() {
    const ArenaMark mark(state_.arena());
    left_.rows.clear();
    left_row_ = 0;
    const uint32_t rows = TRY(left_.input->next({left_.columns.slots, kBatch}));
    left_.rows.append(state_.arena(), left_.columns, rows);
    match_.assign(rows, kNoRow);
    left_done_ = rows == 0;
    first_matches_.resize(rows);
    const std::vector<Column> keys = left_.key_columns(state_.arena());
    for (uint32_t row = 0; row < rows; ++row) {
      const bool is_rejected = node_.first_key_rejects_none && !keys[0].has(row);
      first_matches_[row] = is_rejected ? kNoRow : TRY(table_.find(state_.arena(), keys, row));
    }
    return ok_status();
  }

  // Goes on with the matches of the left row at hand until there is a batch of pairs.
  Status match_row() {
    if (!in_chain_) other_ = first_matches_[left_row_];
    in_chain_ = true;
    for (; other_ != kNoRow && ready_.size() < kBatch; other_ = table_.next(other_)) {
      if (is_marking() && match_[left_row_] != kNoRow) {
        other_ = kNoRow;
        break;
      }
      if (rest_ == nullptr) {
        accept(left_row_, other_);
        continue;
      }
      asked_.add(left_row_, other_);
      if (asked_.size() == kBatch) TRY(ask_rest());
    }
    if (other_ == kNoRow) {
      ++left_row_;
      in_chain_ = false;
    }
    return ok_status();
  }

  void accept(uint32_t left, uint32_t right) {
    match_[left] = right;
    if (keeps_right()) right_matched_[right] = true;
    if (!is_marking()) ready_.add(left, right);
  }

  // Asks the rest of ON of the pairs that are gathered, and takes those for which it holds.
  Status ask_rest() {
    if (asked_.size() == 0) return ok_status();
    TRY(state_.check_interrupt());
    const ArenaMark mark(state_.arena());
    TRY(gather(left_.rows, asked_.left, rest_->inputs(), 0));
    TRY(gather(right_.rows, asked_.right, rest_->inputs(), left_.rows.width()));
    TRY(rest_->run(static_cast<uint32_t>(asked_.size())));
    const uint8_t* selection = rest_->selection();
    for (uint32_t i = 0; i < asked_.size(); ++i) {
      if (selection == nullptr || selection[i] != 0) accept(asked_.left[i], asked_.right[i]);
    }
    asked_.clear();
    return ok_status();
  }

  bool show_unmatched_right() {
    if (!keeps_right() || right_shown_) return false;
    right_shown_ = true;
    for (uint32_t row = 0; row < right_.rows.rows(); ++row) {
      if (!right_matched_[row]) ready_.add(kNoRow, row);
    }
    return true;
  }

  ExecState& state_;
  const Node& node_;
  Side left_;
  Side right_;
  std::unique_ptr<Frame> rest_;
  MemoryHold hold_;
  JoinTable table_;
  std::vector<bool> right_matched_;
  // Of the left batch at hand: the first candidate and the last match of each row.
  std::vector<uint32_t> first_matches_;
  std::vector<uint32_t> match_;
  uint32_t left_row_ = 0;    // the left row at hand
  uint32_t other_ = kNoRow;  // its next candidate, if it has begun
  bool in_chain_ = false;
  Pairs asked_;
  Pairs ready_;
  size_t at_ = 0;
  bool is_open_ = false;
  bool left_done_ = false;
  bool right_shown_ = false;
};

Result<HashJoinOperator::Side> make_side(ExecState& state, plan::NodeId id,
                                         const std::vector<uint32_t>& keys) {
  const auto& types = state.plan().node(id).columns;
  OwnColumns columns = TRY(OwnColumns::make(state, types, kBatch));
  std::unique_ptr<Operator> input = TRY(make_operator(state, id, kBatch));
  return HashJoinOperator::Side{std::move(input), std::move(columns), ColumnRows(types), keys};
}

}  // namespace

Result<std::unique_ptr<Operator>> make_hash_join(ExecState& state, const Node& node) {
  HashJoinOperator::Side left = TRY(make_side(state, node.children[0], node.left_keys));
  HashJoinOperator::Side right = TRY(make_side(state, node.children[1], node.right_keys));
  std::unique_ptr<Frame> rest;
  if (node.program != nullptr) rest = TRY(Frame::make(state, node.program, kBatch));
  std::unique_ptr<Operator> made = std::make_unique<HashJoinOperator>(
      state, node, std::move(left), std::move(right), std::move(rest));
  return made;
}

}  // namespace zerodb::exec
