#include "exec/streaming_aggregate.h"

#include <algorithm>

#include "base/query_fault.h"
#include "exec/frame.h"
#include "exec/group_table.h"

namespace zerodb::exec {

using plan::Node;

namespace {

class StreamingAggregate final : public Operator {
 public:
  StreamingAggregate(ExecState& state, const Node& node, std::unique_ptr<Operator> child,
                     std::unique_ptr<Frame> frame)
      : state_(state),
        node_(node),
        child_(std::move(child)),
        frame_(std::move(frame)),
        groups_(frame_->program(), state.library(), state.arena(), true),
        hold_(state.hold(node)) {}

  Status open() {
    groups_.set_owner(state_, node_);
    // A batch may begin one group for each of its rows, beside the one that goes on.
    groups_.expect_clusters(frame_->capacity() + 1);
    frame_->set_groups(&groups_);
    return groups_.prepare(frame_->header());
  }

  Result<uint32_t> next(const Target& target) override {
    while (true) {
      const uint32_t rows = TRY(emit(target));
      if (rows > 0) return rows;
      if (is_over_) return 0u;
      if (at_ > 0) TRY(forget_shown());
      TRY(read(target.capacity));
    }
  }

 private:
  Status forget_shown() {
    at_ = whole_ = 0;
    TRY(groups_.keep_last(frame_->header()));
    return hold_.set(groups_.bytes());
  }

  // Reads rows until a group is whole.
  Status read(uint32_t wanted) {
    const uint32_t mark = state_.arena().top();
    while (whole_ == 0 && !is_over_) {
      TRY(state_.check_interrupt());
      // Few rows at first: a limit may end it all soon.
      rows_asked_ = std::min(frame_->capacity(), std::max(rows_asked_ * 2, wanted));
      const uint32_t rows = TRY(child_->next({frame_->inputs(), rows_asked_}));
      if (rows == 0) {
        is_over_ = true;
        whole_ = groups_.group_count();
        child_.reset();
      } else {
        TRY(frame_->run(rows));
        whole_ = std::max(groups_.group_count(), 1u) - 1;
        if (planted(QueryFault::GroupsEndWithBatches)) whole_ = groups_.group_count();
        state_.arena().rewind(mark);
        // Groups that are whole are given and forgotten. What is put aside is of one group.
        TRY(whole_ == 0 ? make_room() : hold_.set(groups_.bytes()));
      }
    }
    return groups_.close();
  }

  // What one group keeps may be more than what fits.
  Status make_room() {
    const uint64_t bytes = groups_.bytes();
    const bool is_over =
        state_.should_spill(bytes + groups_.arena_bytes()) || !hold_.try_set(bytes);
    if (!is_over || !state_.can_spill()) return hold_.set(bytes);
    if (!groups_.is_shed()) TRY(groups_.shed(frame_->header()));
    if (hold_.try_set(groups_.bytes())) return ok_status();
    TRY(groups_.release());
    return hold_.set(groups_.bytes());
  }

  Result<uint32_t> emit(const Target& target) {
    const auto rows = std::min(target.capacity, whole_ - at_);
    for (uint32_t row = 0; row < rows; ++row, ++at_) {
      for (uint32_t i = 0; i < node_.columns.size(); ++i) {
        const Column column(state_.arena(), target.columns[i], node_.columns[i].type);
        if (i < node_.width) {
          TRY(store_value(state_.arena(), column, row, groups_.key(at_, i)));
        } else {
          const Value value = TRY(groups_.finish(i - node_.width, at_));
          TRY(store_value(state_.arena(), column, row, value));
        }
      }
    }
    return rows;
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> child_;  // null at its end
  std::unique_ptr<Frame> frame_;
  GroupTable groups_;
  MemoryHold hold_;
  uint32_t rows_asked_ = 0;
  uint32_t at_ = 0;     // the next group to be shown
  uint32_t whole_ = 0;  // groups of which all rows were seen
  bool is_over_ = false;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_streaming_aggregate(ExecState& state, const Node& node,
                                                           std::unique_ptr<Operator> child,
                                                           std::unique_ptr<Frame> frame) {
  auto made = std::make_unique<StreamingAggregate>(state, node, std::move(child), std::move(frame));
  TRY(made->open());
  return std::unique_ptr<Operator>(std::move(made));
}

}  // namespace zerodb::exec
