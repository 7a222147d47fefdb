#include "exec/merge_join.h"

#include <algorithm>
#include <numeric>

#include "base/query_fault.h"
#include "exec/join_pairs.h"
#include "exec/sorted_keys.h"
#include "exec/spilled_group.h"

namespace zerodb::exec {

using plan::Node;
using sema::JoinKind;

namespace {

class MergeJoinOperator final : public Operator {
 public:
  MergeJoinOperator(ExecState& state, const Node& node, JoinSide left, JoinSide right,
                    std::unique_ptr<Frame> rest)
      : state_(state),
        node_(node),
        left_(std::move(left)),
        right_(std::move(right)),
        rest_(std::move(rest)),
        writer_(state, node, left_.rows.width()),
        left_keys_(left_.key_types(), right_.key_types(), node.merge_keys),
        right_keys_(right_.key_types(), left_.key_types(), node.merge_keys),
        hold_(state.hold(node)) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) TRY(open());
    while (at_ >= ready_.size()) {
      ready_.clear();
      at_ = 0;
      if (!TRY(advance())) return 0u;
    }
    const size_t rows = std::min<size_t>(target.capacity, ready_.size() - at_);
    TRY(writer_.write({left_.rows, *rights_}, ready_, at_, rows, target.columns));
    at_ += rows;
    return static_cast<uint32_t>(rows);
  }

 private:
  // What has to happen before pairs can be gathered again.
  enum class Need : uint8_t { Nothing, LeftRows, RightRows, Portion, End };
  // What pairs are gathered of: both sides; a run of left rows and a group on disk; rows of such a
  // group without a match.
  enum class Walk : uint8_t { Both, Run, Unmatched };
  // Something that happens once the first `asked` of the pairs are decided.
  struct Event {
    size_t asked;
    uint32_t left_row;  // it has no more pairs; or kNoRow:
    uint32_t begin;     // these right rows have none
    uint32_t end;
  };

  bool is_marking() const { return node_.marking != Node::Marking::None; }
  bool keeps_left() const { return node_.join == JoinKind::Left || node_.join == JoinKind::Full; }
  bool keeps_right() const { return node_.join == JoinKind::Right || node_.join == JoinKind::Full; }
  // Whether a left row gives a row also where it has no match.
  bool shows_left() const { return is_marking() || keeps_left(); }
  bool has_group() const { return big_ != nullptr || group_begin_ < group_end_; }
  uint32_t left_rows() const { return left_.rows.rows(); }

  // Right rows that a join by hash has kept are the first window.
  Status open() {
    is_open_ = true;
    for (uint32_t at = 0; at < right_.rows.rows(); at += kBatch) {
      const ArenaMark mark(state_.arena());
      const uint32_t rows = std::min(kBatch, right_.rows.rows() - at);
      TRY(right_.load_kept(state_.arena(), at, rows));
      TRY(right_keys_.append(state_.arena(), right_.key_columns(state_.arena()), rows));
    }
    if (keeps_right()) right_matched_.assign(right_.rows.rows(), false);
    return hold_window();
  }

  Status hold_window() { return hold_.set(window_bytes()); }
  uint64_t window_bytes() const { return right_.rows.used_bytes() + right_keys_.bytes(); }

  // Fills ready_ with about a batch of pairs; false at the end.
  Result<bool> advance() {
    TRY(state_.check_interrupt());
    const Need need = walk_ == Walk::Both  ? gather()
                      : walk_ == Walk::Run ? gather_run()
                                           : Need::Portion;
    TRY(settle());
    // What is ready lies among the rows at hand.
    if (ready_.size() > 0) return true;
    switch (need) {
      case Need::Nothing:
        break;
      case Need::LeftRows:
        TRY(read_left());
        break;
      case Need::RightRows:
        TRY(read_right());
        break;
      case Need::Portion:
        TRY(next_portion());
        break;
      case Need::End:
        return false;
    }
    return true;
  }

  // Walks along both sides.
  Need gather() {
    // A row that has its mark needs no more candidates.
    if (other_ != kNoRow && is_marking() && match_ != kNoRow) other_ = group_end_;
    while (asked_.size() < kBatch && events_.size() < kBatch) {
      if (left_row_ == left_rows() && !left_done_) return Need::LeftRows;
      if (left_done_ && !keeps_right()) return Need::End;
      if (!has_group() && !find_group()) return Need::RightRows;
      if (!has_group() && (left_done_ || !shows_left())) return Need::End;
      const int order = left_done_ ? 1 : compare_left();
      if (order < 0) {
        end_left_row();
      } else if (big_ != nullptr) {
        // Pairs of before lie elsewhere.
        if (asked_.size() > 0 || events_.size() > 0) return Need::Nothing;
        if (order == 0) return begin_run();
        if (keeps_right()) return begin_portions(Walk::Unmatched);
        end_group();
      } else if (order > 0) {
        pass_group();
      } else {
        pair_left_row();
      }
    }
    return Need::Nothing;
  }

  // The left row at hand and the group; below 0 also where no group has a match for it.
  int compare_left() const {
    const bool is_rejected = !rejected_.empty() && rejected_[left_row_];
    if (!has_group() || is_rejected) return -1;
    return big_ != nullptr ? left_keys_.compare(left_row_, big_->key(), 0)
                           : left_keys_.compare(left_row_, right_keys_, group_begin_);
  }

  // The next rows of the right side that are of one key: none at the end. False: rows have to be
  // read to know all of them.
  bool find_group() {
    const uint32_t rows = right_.rows.rows();
    if (group_begin_ == rows) return right_done_;
    scanned_ = std::max(scanned_, group_begin_ + 1);
    // As if batches had eight rows.
    const bool is_cut = planted(QueryFault::MergeGroupsEndWithBatches);
    while (scanned_ < rows && !(is_cut && scanned_ % 8 == 0) &&
           right_keys_.compare(group_begin_, right_keys_, scanned_) == 0)
      ++scanned_;
    if (scanned_ == rows && !right_done_ && !is_cut) return false;
    group_end_ = scanned_;
    return true;
  }

  void pass_group() {
    if (keeps_right()) events_.push_back({asked_.size(), kNoRow, group_begin_, group_end_});
    group_begin_ = group_end_;
  }

  void pair_left_row() {
    if (other_ == kNoRow) other_ = group_begin_;
    const uint32_t end = is_marking() && rest_ == nullptr ? group_begin_ + 1 : group_end_;
    for (; other_ < end && asked_.size() < kBatch; ++other_) asked_.add(left_row_, other_);
    if (other_ >= end) end_left_row();
  }

  void end_left_row() {
    if (shows_left()) events_.push_back({asked_.size(), left_row_, 0, 0});
    ++left_row_;
    other_ = kNoRow;
  }

  // Decides the pairs that are gathered.
  Status settle() {
    if (rest_ == nullptr && !shows_left() && !keeps_right()) {
      std::swap(asked_, ready_);
      return ok_status();
    }
    const ArenaMark mark(state_.arena());
    const uint8_t* holds = nullptr;
    if (rest_ != nullptr && asked_.size() > 0)
      holds = TRY(writer_.ask(*rest_, {left_.rows, *rights_}, asked_));
    size_t at = 0;
    const auto accept_until = [&](size_t end) {
      for (; at < end; ++at) {
        if (holds == nullptr || holds[at] != 0) accept(asked_.left[at], asked_.right[at]);
      }
    };
    for (const Event& event : events_) {
      accept_until(event.asked);
      if (event.left_row != kNoRow) {
        show_left(event.left_row, match_);
        match_ = kNoRow;
        continue;
      }
      for (uint32_t row = event.begin; row < event.end; ++row) show_right(row);
    }
    accept_until(asked_.size());
    asked_.clear();
    events_.clear();
    return ok_status();
  }

  void accept(uint32_t left, uint32_t right) {
    match_ = right;
    if (walk_ == Walk::Run) run_matches_[left - run_begin_] = right;
    if (keeps_right() && big_ != nullptr) big_->set_matched(right);
    if (keeps_right() && big_ == nullptr) right_matched_[right] = true;
    if (!is_marking()) ready_.add(left, right);
  }

  void show_left(uint32_t row, uint32_t match) {
    if (is_marking()) {
      ready_.add(row, match);
    } else if (keeps_left() && match == kNoRow) {
      ready_.add(row, kNoRow);
    }
  }

  void show_right(uint32_t row) {
    const bool is_matched = big_ != nullptr ? big_->is_matched(row) : right_matched_[row];
    if (!is_matched && !planted(QueryFault::MergeLosesRight)) ready_.add(kNoRow, row);
  }

  Status read_left() {
    const ArenaMark mark(state_.arena());
    left_.rows.clear();
    left_keys_.clear();
    rejected_.clear();
    left_row_ = 0;
    const uint32_t rows = TRY(left_.input->next({left_.columns.slots, kBatch}));
    left_done_ = rows == 0;
    left_.rows.append(state_.arena(), left_.columns, rows);
    const std::vector<Column> keys = left_.key_columns(state_.arena());
    TRY(left_keys_.append(state_.arena(), keys, rows));
    if (!node_.first_key_rejects_none || planted(QueryFault::JoinMatchesNone)) return ok_status();
    for (uint32_t row = 0; row < rows; ++row) rejected_.push_back(!keys[0].has(row));
    return ok_status();
  }

  // Adds a batch to the window, of which only what has begun with the group at hand is left.
  Status read_right() {
    drop_front(group_begin_);
    if (right_.rows.rows() > 0 && must_spill()) return spill_group();
    const ArenaMark mark(state_.arena());
    TRY(append_window(TRY(read_right_batch()), 0));
    return hold_window();
  }

  Result<uint32_t> read_right_batch() {
    const uint32_t rows = TRY(right_.input->next({right_.columns.slots, kBatch}));
    right_done_ = rows == 0;
    return rows;
  }

  // The rows of the batch from `first` on.
  Status append_window(uint32_t rows, uint32_t first) {
    TRY(right_keys_.append(state_.arena(), right_.key_columns(state_.arena()), rows));
    right_keys_.drop_front(first);
    positions_.resize(rows - first);
    std::iota(positions_.begin(), positions_.end(), first);
    right_.rows.append(state_.arena(), right_.columns, positions_);
    if (keeps_right()) right_matched_.resize(right_.rows.rows(), false);
    return ok_status();
  }

  void drop_front(uint32_t rows) {
    right_.rows.drop_front(rows);
    right_keys_.drop_front(rows);
    if (keeps_right()) right_matched_.erase(right_matched_.begin(), right_matched_.begin() + rows);
    group_begin_ -= rows;
    group_end_ = group_begin_;
    scanned_ -= std::min(scanned_, rows);
  }

  // Where right columns stand behind a mark, keys of that side are unique.
  bool must_spill() {
    if (!state_.can_spill() || node_.marking == Node::Marking::Behind) return false;
    const uint64_t bytes = window_bytes();
    return state_.should_spill(bytes) || !hold_.try_set(bytes);
  }

  // The window is one group, of which more rows may come.
  Status spill_group() {
    right_keys_.drop_front(right_keys_.size() - 1);
    big_ = TRY(SpilledGroup::make(state_, node_, right_, std::move(right_keys_)));
    right_keys_ = SortedKeys(right_.key_types(), left_.key_types(), node_.merge_keys);
    TRY(big_->add_kept(right_));
    right_matched_.clear();
    group_begin_ = group_end_ = scanned_ = 0;
    TRY(hold_window());
    uint32_t rows = 0;
    uint32_t same = 0;
    do {
      TRY(state_.check_interrupt());
      const ArenaMark mark(state_.arena());
      rows = TRY(read_right_batch());
      SortedKeys keys(right_.key_types(), left_.key_types(), node_.merge_keys);
      TRY(keys.append(state_.arena(), right_.key_columns(state_.arena()), rows));
      for (same = 0; same < rows && keys.compare(same, big_->key(), 0) == 0;) ++same;
      TRY(big_->add_batch(right_, same));
      if (same < rows) TRY(append_window(rows, same));
    } while (rows > 0 && same == rows);
    TRY(big_->finish());
    return hold_window();
  }

  // A run: the left rows at hand that are of the key of a group on disk. They are paired with one
  // portion of it after the other.
  Need begin_run() {
    run_begin_ = left_row_;
    run_end_ = left_row_ + 1;
    while (run_end_ < left_rows() && left_keys_.compare(run_begin_, left_keys_, run_end_) == 0)
      ++run_end_;
    run_matches_.assign(run_end_ - run_begin_, kNoRow);
    return begin_portions(Walk::Run);
  }

  Need begin_portions(Walk walk) {
    walk_ = walk;
    big_->rewind();
    rights_ = &big_->portion();
    run_row_ = run_end_;
    return Need::Portion;
  }

  // The pairs of the run with the portion at hand.
  Need gather_run() {
    const uint32_t rows = rights_->rows();
    for (; run_row_ < run_end_; ++run_row_, other_ = kNoRow) {
      // A row that has its mark needs no more candidates.
      if (is_marking() && run_matches_[run_row_ - run_begin_] != kNoRow) continue;
      if (other_ == kNoRow) other_ = 0;
      for (; other_ < rows && asked_.size() < kBatch; ++other_) asked_.add(run_row_, other_);
      if (other_ < rows) return Need::Nothing;
    }
    return Need::Portion;
  }

  Status next_portion() {
    if (!TRY(big_->next_portion(right_))) {
      end_portions();
      return ok_status();
    }
    if (walk_ == Walk::Run) run_row_ = run_begin_;
    // No left row of the key follows: what has no match by now has none.
    const uint32_t unmatched = walk_ == Walk::Unmatched ? rights_->rows() : 0;
    for (uint32_t row = 0; row < unmatched; ++row) show_right(row);
    return ok_status();
  }

  void end_portions() {
    if (walk_ == Walk::Unmatched) return end_group();
    for (uint32_t row = run_begin_; row < run_end_; ++row)
      show_left(row, run_matches_[row - run_begin_]);
    left_row_ = run_end_;
    match_ = kNoRow;
    walk_ = Walk::Both;
  }

  void end_group() {
    big_.reset();
    rights_ = &right_.rows;
    walk_ = Walk::Both;
  }

  ExecState& state_;
  const Node& node_;
  JoinSide left_;
  JoinSide right_;
  std::unique_ptr<Frame> rest_;
  JoinWriter writer_;
  SortedKeys left_keys_;   // of the batch at hand
  SortedKeys right_keys_;  // of the window
  MemoryHold hold_;
  bool is_open_ = false;
  bool left_done_ = false;
  bool right_done_ = false;
  uint32_t left_row_ = 0;       // the left row at hand
  uint32_t other_ = kNoRow;     // its next candidate, if it has begun
  uint32_t match_ = kNoRow;     // its last match
  std::vector<bool> rejected_;  // left rows that match nothing; empty: there are none
  uint32_t group_begin_ = 0;    // right rows of the key at hand
  uint32_t group_end_ = 0;      // group_begin_: not known
  uint32_t scanned_ = 0;        // rows up to here are of the key of group_begin_
  std::vector<bool> right_matched_;
  JoinPairs asked_;
  std::vector<Event> events_;
  JoinPairs ready_;
  size_t at_ = 0;
  const ColumnRows* rights_ = &right_.rows;  // where right rows of pairs lie
  std::vector<uint32_t> positions_;
  // Of a group that did not fit.
  std::unique_ptr<SpilledGroup> big_;
  Walk walk_ = Walk::Both;
  uint32_t run_begin_ = 0;
  uint32_t run_end_ = 0;
  uint32_t run_row_ = 0;
  std::vector<uint32_t> run_matches_;
};

}  // namespace

std::unique_ptr<Operator> merge_kept(ExecState& state, const Node& node, JoinSide left,
                                     JoinSide right, std::unique_ptr<Frame> rest) {
  return std::make_unique<MergeJoinOperator>(state, node, std::move(left), std::move(right),
                                             std::move(rest));
}

Result<std::unique_ptr<Operator>> make_merge_join(ExecState& state, const Node& node) {
  using Reading = JoinSide::Reading;
  // Neither side is read ahead where a limit may end it all soon.
  const Reading reading = node.is_limited ? Reading::Gradual : Reading::Whole;
  JoinSide left = TRY(JoinSide::make(state, node.children[0], node.left_keys, reading));
  JoinSide right = TRY(JoinSide::make(state, node.children[1], node.right_keys, reading));
  std::unique_ptr<Frame> rest;
  if (node.program != nullptr) rest = TRY(Frame::make(state, node.program, kBatch));
  return merge_kept(state, node, std::move(left), std::move(right), std::move(rest));
}

}  // namespace zerodb::exec
