// Hash join, inner and outer, also for no more than whether there is a match. Without keys all rows
// are of one key: a nested loop.
//
// Where the right rows do not fit into memory, both sides are divided on disk (exec/join_spill.h)
// and joined part by part. Right rows that dividing does not help, since they are of one key, are
// taken in portions, and the left rows of their part are read once for each. Where both sides come
// sorted by the keys, they are merged instead (exec/merge_join.h).
#include <algorithm>
#include <numeric>

#include "base/query_fault.h"
#include "exec/column_rows.h"
#include "exec/frame.h"
#include "exec/join_pairs.h"
#include "exec/join_spill.h"
#include "exec/join_table.h"
#include "exec/merge_join.h"
#include "exec/operator.h"
#include "exec/row_sorter.h"

namespace zerodb::exec {

using plan::Node;
using sema::JoinKind;

namespace {

class HashJoinOperator final : public Operator {
 public:
  using Side = JoinSide;

  // `rest`: what must hold besides the keys, or null. `origin`: of which this is a copy.
  HashJoinOperator(ExecState& state, const Node& node, Side left, Side right,
                   std::unique_ptr<Frame> rest, const HashJoinOperator* origin = nullptr)
      : state_(state),
        node_(node),
        left_(std::move(left)),
        right_(std::move(right)),
        rest_(std::move(rest)),
        origin_(origin),
        left_width_(left_.rows.width()),
        writer_(state, node, left_width_),
        hold_(state.hold(node)),
        table_(right_.key_types(), left_.key_types()) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) {
      TRY(open());
      is_open_ = true;
    }
    if (merge_ != nullptr) return merge_->next(target);
    return sorter_ ? emit_sorted(target) : emit_pairs(target);
  }

  // Copies find their rows in the table of this one.
  Result<bool> share() override {
    if (keeps_right() || !TRY(left_.input->share())) return false;
    TRY(open());
    is_open_ = true;
    return !spill_ && merge_ == nullptr;
  }

  Result<std::unique_ptr<Operator>> copy(PipelinePart& part) override {
    ExecState& state = part.state;
    std::unique_ptr<Operator> input = TRY(left_.input->copy(part));
    Side left {
      std::move(input),
          TRY(OwnColumns::make(state, state.plan().node(node_.children[0]).columns, kBatch))
      , ColumnRows(left_.rows.physicals()), left_.keys
    };
    Side right{nullptr, right_.columns, ColumnRows(right_.rows.physicals()), right_.keys};
    std::unique_ptr<Frame> rest;
    if (node_.program != nullptr) rest = TRY(Frame::make(state, node_.program, kBatch));
    auto made = std::make_unique<HashJoinOperator>(state, node_, std::move(left), std::move(right),
                                                   std::move(rest), this);
    made->begin_pass();
    made->is_open_ = true;
    return std::unique_ptr<Operator>(std::move(made));
  }

 private:
  bool is_marking() const { return node_.marking != Node::Marking::None; }
  const JoinTable& table() const { return origin_ == nullptr ? table_ : origin_->table_; }
  const ColumnRows& right_rows() const {
    return origin_ == nullptr ? right_.rows : origin_->right_.rows;
  }
  bool keeps_left() const { return node_.join == JoinKind::Left || node_.join == JoinKind::Full; }
  bool keeps_right() const { return node_.join == JoinKind::Right || node_.join == JoinKind::Full; }

  // Readies the first pairs of rows.
  Status open() {
    if (TRY(build())) {
      right_.input.reset();
      begin_pass();
      return ok_status();
    }
    if (!node_.merge_keys.empty()) {
      table_.clear();
      TRY(hold_.set(0));
      merge_ = merge_kept(state_, node_, std::move(left_), std::move(right_), std::move(rest_));
      return ok_status();
    }
    spill_.emplace(state_, node_, TRY(state_.spill_file()));
    if (is_marking()) {
      TRY(left_.number_rows(state_));
      writer_.expect_numbers();
    }
    TRY(divide(0));
    left_done_ = !TRY(next_pass());
    return is_marking() ? sort_all() : ok_status();
  }

  Result<uint32_t> emit_pairs(const Target& target) {
    while (at_ >= ready_.size()) {
      ready_.clear();
      at_ = 0;
      if (TRY(advance())) continue;
      if (!TRY(next_pass())) return 0u;
    }
    const size_t rows = std::min<size_t>(target.capacity, ready_.size() - at_);
    TRY(writer_.write({left_.rows, right_rows()}, ready_, at_, rows, target.columns));
    at_ += rows;
    return static_cast<uint32_t>(rows);
  }

  // Left rows that are each shown once are shown in the order in which they came, which the
  // partitions have lost: by their numbers, the last of their columns.
  Status sort_all() {
    OwnColumns columns = TRY(OwnColumns::make(state_, node_.columns, kBatch));
    columns.types.insert(columns.types.begin() + left_width_, left_.columns.types.back());
    columns.slots.insert(columns.slots.begin() + left_width_,
                         allocate_column(state_.arena(), Physical::I64, kBatch));
    if (columns.slots[left_width_].values == 0) return arena_full();
    const uint32_t number = left_width_;
    sorter_.emplace(state_, node_, static_cast<uint32_t>(columns.slots.size()),
                    [number](RowSorter::Row left, RowSorter::Row right) {
                      return compare(left[number], right[number]);
                    });
    while (true) {
      const ArenaMark mark(state_.arena());
      const uint32_t rows = TRY(emit_pairs({columns.slots, kBatch}));
      if (rows == 0) break;
      TRY(sorter_->add(columns, rows));
    }
    table_.clear();
    right_.rows = ColumnRows(right_.rows.physicals());
    TRY(hold_.set(0));
    return sorter_->finish();
  }

  Result<uint32_t> emit_sorted(const Target& target) {
    uint32_t rows = 0;
    for (; rows < target.capacity; ++rows) {
      const std::optional<RowSorter::Row> cells = TRY(sorter_->next());
      if (!cells) break;
      for (uint32_t i = 0; i < node_.columns.size(); ++i) {
        const Column column(state_.arena(), target.columns[i], node_.columns[i].type);
        TRY(store_value(state_.arena(), column, rows, (*cells)[i + (i < left_width_ ? 0 : 1)]));
      }
    }
    return rows;
  }

  // Reads right rows into the table; false if they do not fit: then it is about full, and more of
  // them may come.
  Result<bool> build() {
    table_.clear();
    right_.rows.clear();
    while (true) {
      TRY(state_.check_interrupt());
      const ArenaMark mark(state_.arena());
      const uint32_t rows = TRY(right_.input->next({right_.columns.slots, kBatch}));
      if (rows == 0) return true;
      TRY(table_.add(state_.arena(), right_.key_columns(state_.arena()), rows));
      right_.rows.append(state_.arena(), right_.columns, rows);
      const uint64_t bytes = right_.rows.bytes() + table_.bytes();
      if (state_.should_spill(bytes) || !hold_.try_set(bytes)) return false;
    }
  }

  // Readies the table for the left rows.
  void begin_pass() {
    if (origin_ == nullptr) table_.finish();
    if (keeps_right()) right_matched_.assign(right_.rows.rows(), false);
    right_shown_ = 0;
    left_.rows.clear();
    left_row_ = 0;
    left_read_ = 0;
    left_done_ = false;
  }

  // Divides both sides of what is at hand, with the right rows in the table.
  Status divide(uint32_t level) {
    table_.clear();
    TRY(spill_->divide(left_, right_, table_, level, hold_));
    right_.rows.clear();
    return hold_.set(0);
  }

  // Readies the next part, or the next portion of the right rows of this one; false at the end.
  Result<bool> next_pass() {
    if (!spill_) return false;
    if (!is_whole_) {
      left_.input = spill_->reader(part_->left);
      is_whole_ = TRY(build());
      begin_pass();
      return true;
    }
    while (true) {
      left_.input.reset();
      right_.input.reset();
      part_ = spill_->take();
      if (!part_) return false;
      left_.input = spill_->reader(part_->left);
      right_.input = spill_->reader(part_->right);
      is_whole_ = TRY(build());
      if (is_whole_ || !part_->is_divisible) break;
      TRY(divide(part_->level + 1));
      is_whole_ = true;
    }
    left_seen_.assign(is_whole_ ? 0 : part_->left.rows(), false);
    begin_pass();
    return true;
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
    // Where each left row is shown once, it is in the order in which they came.
    for (uint32_t row = 0; row < left_.rows.rows(); ++row) {
      if (match_[row] != kNoRow) {
        if (is_marking()) ready_.add(row, match_[row]);
      } else if (is_whole_ && (is_marking() || keeps_left()) && !was_seen(row)) {
        ready_.add(row, kNoRow);
      }
    }
    return true;
  }

  // Whether a left row has found a match, be it in another portion of the right rows.
  bool was_seen(uint32_t row) const { return !left_seen_.empty() && left_seen_[left_first_ + row]; }

  Status read_left() {
    const ArenaMark mark(state_.arena());
    left_.rows.clear();
    left_row_ = 0;
    const uint32_t rows = TRY(left_.input->next({left_.columns.slots, kBatch}));
    left_.rows.append(state_.arena(), left_.columns, rows);
    left_first_ = left_read_;
    left_read_ += rows;
    match_.assign(rows, kNoRow);
    left_done_ = rows == 0;
    const std::vector<Column> keys = left_.key_columns(state_.arena());
    TRY(table().find(state_.arena(), keys, rows, probe_, first_matches_));
    if (!node_.first_key_rejects_none || planted(QueryFault::JoinMatchesNone)) return ok_status();
    for (uint32_t row = 0; row < rows; ++row) {
      if (!keys[0].has(row)) first_matches_[row] = kNoRow;
    }
    return ok_status();
  }

  // Goes on with the matches of the left row at hand until there is a batch of pairs.
  Status match_row() {
    if (!in_chain_) other_ = first_matches_[left_row_];
    if (!in_chain_ && is_marking() && was_seen(left_row_)) other_ = kNoRow;
    in_chain_ = true;
    for (; other_ != kNoRow && ready_.size() < kBatch; other_ = next_match()) {
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

  uint32_t next_match() const {
    return planted(QueryFault::JoinLosesDuplicates) ? kNoRow : table().next(other_);
  }

  void accept(uint32_t left, uint32_t right) {
    match_[left] = right;
    if (!left_seen_.empty()) left_seen_[left_first_ + left] = true;
    if (keeps_right()) right_matched_[right] = true;
    if (!is_marking()) ready_.add(left, right);
  }

  // Asks the rest of ON of the pairs that are gathered, and takes those for which it holds.
  Status ask_rest() {
    if (asked_.size() == 0) return ok_status();
    TRY(state_.check_interrupt());
    const ArenaMark mark(state_.arena());
    const uint8_t* selection = TRY(writer_.ask(*rest_, {left_.rows, right_rows()}, asked_));
    for (uint32_t i = 0; i < asked_.size(); ++i) {
      if (selection == nullptr || selection[i] != 0) accept(asked_.left[i], asked_.right[i]);
    }
    asked_.clear();
    return ok_status();
  }

  bool show_unmatched_right() {
    if (!keeps_right() || planted(QueryFault::FullJoinLosesRight)) return false;
    for (; right_shown_ < right_.rows.rows() && ready_.size() < kBatch; ++right_shown_) {
      if (!right_matched_[right_shown_]) ready_.add(kNoRow, right_shown_);
    }
    return ready_.size() > 0;
  }

  ExecState& state_;
  const Node& node_;
  Side left_;
  Side right_;
  std::unique_ptr<Frame> rest_;
  const HashJoinOperator* const origin_;  // null: the right rows are here
  const uint32_t left_width_;             // without the number of the row
  JoinWriter writer_;
  MemoryHold hold_;
  JoinTable table_;
  JoinTable::Probe probe_;
  std::vector<bool> right_matched_;
  // Of the left batch at hand: the first candidate and the last match of each row.
  std::vector<uint32_t> first_matches_;
  std::vector<uint32_t> match_;
  uint32_t left_row_ = 0;    // the left row at hand
  uint32_t other_ = kNoRow;  // its next candidate, if it has begun
  bool in_chain_ = false;
  JoinPairs asked_;
  JoinPairs ready_;
  size_t at_ = 0;
  bool is_open_ = false;
  bool left_done_ = false;
  uint32_t right_shown_ = 0;
  // Once the right rows did not fit.
  std::optional<JoinSpill> spill_;
  std::optional<JoinSpill::Part> part_;
  bool is_whole_ = true;         // no right rows of the part follow those in the table
  std::vector<bool> left_seen_;  // of a part that is joined in portions: rows with a match
  uint64_t left_read_ = 0;       // left rows of this pass
  uint64_t left_first_ = 0;      // the place among them of the batch at hand
  std::optional<RowSorter> sorter_;
  // Likewise, where both sides are sorted: does the rest.
  std::unique_ptr<Operator> merge_;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_hash_join(ExecState& state, const Node& node) {
  using Reading = JoinSide::Reading;
  JoinSide left = TRY(JoinSide::make(state, node.children[0], node.left_keys, Reading::Gradual));
  JoinSide right = TRY(JoinSide::make(state, node.children[1], node.right_keys, Reading::Whole));
  std::unique_ptr<Frame> rest;
  if (node.program != nullptr) rest = TRY(Frame::make(state, node.program, kBatch));
  std::unique_ptr<Operator> made = std::make_unique<HashJoinOperator>(
      state, node, std::move(left), std::move(right), std::move(rest));
  return made;
}

}  // namespace zerodb::exec
