// Aggregations: groups of rows and what is worked out for each.
//
// When the groups do not fit into memory, those that are there go on, and rows of all others are
// divided on disk by the hashes of their keys. Then each part is an input of its own.
#include <memory>
#include <optional>

#include "exec/frame.h"
#include "exec/gather.h"
#include "exec/group_table.h"
#include "exec/operator.h"
#include "exec/parallel_groups.h"
#include "exec/row_partitions.h"
#include "exec/streaming_aggregate.h"

namespace zerodb::exec {

using plan::Node;

namespace {

class AggregateOperator final : public Operator {
 public:
  // `is_parallel`: the child is a pipeline whose threads may group rows themselves.
  AggregateOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> child,
                    std::unique_ptr<Frame> frame, bool is_parallel)
      : state_(state),
        node_(node),
        child_(std::move(child)),
        frame_(std::move(frame)),
        is_parallel_(is_parallel),
        hold_(state.hold(node)) {
    for (const plan::Reg reg : frame_->program().inputs)
      inputs_.types.push_back(frame_->program().registers[reg.value()].type);
    inputs_.slots = frame_->inputs();
  }

  // Where rows of a group follow each other: who takes over if threads cannot do it.
  void set_streaming(std::unique_ptr<Operator> streaming) { streaming_ = std::move(streaming); }

  Result<uint32_t> next(const Target& target) override {
    if (streams_) return streaming_->next(target);
    if (groups_ == nullptr && !TRY(group_in_parallel())) {
      streams_ = streaming_ != nullptr;
      if (streams_) return streaming_->next(target);
      TRY(group_rows(*child_));
    }
    child_.reset();
    while (true) {
      const uint32_t rows = TRY(emit(target));
      if (rows > 0) return rows;
      if (parts_.empty()) return 0u;
      TRY(group_part());
    }
  }

 private:
  struct Part {
    SpilledRows rows;
    uint32_t level;
  };

  // By several threads; false: this one has to.
  Result<bool> group_in_parallel() {
    if (!is_parallel_ || !TRY(child_->share())) return false;
    ParallelGroups parallel(state_, node_, *child_);
    if (!TRY(parallel.run())) return false;
    const ArenaMark whole(state_.arena());
    make_table();
    groups_->keep_origins();
    TRY(groups_->prepare(frame_->header()));
    TRY(parallel.merge_into(*groups_, frame_->header()));
    TRY(hold_.set(groups_->bytes()));
    groups_->sort_by_origin();
    TRY(groups_->close());
    return true;
  }

  void make_table() {
    groups_ = std::make_unique<GroupTable>(frame_->program(), state_.library(), state_.arena(),
                                           node_.width > 0);
    groups_->set_owner(state_, node_);
    frame_->set_groups(groups_.get());
    at_ = 0;
  }

  Status group_rows(Operator& input) {
    Arena& arena = state_.arena();
    const ArenaMark whole(arena);
    make_table();
    if (state_.can_spill()) groups_->set_limit(state_.spill_limit());
    TRY(groups_->prepare(frame_->header()));
    const uint32_t mark = arena.top();
    while (true) {
      TRY(state_.check_interrupt());
      const uint32_t rows = TRY(input.next({frame_->inputs(), frame_->capacity()}));
      if (rows == 0) break;
      TRY(frame_->run(rows));
      TRY(put_aside());
      arena.rewind(std::max(mark, groups_->floor()));
      TRY(make_room());
    }
    // The whole of nothing is a group as well.
    for (uint32_t i = 0; groups_->group_count() == i && i < node_.empty_sets.size(); ++i) {
      std::vector<Value> keys(node_.width);
      keys.back() = Value::int64(node_.empty_sets[i]);
      TRY(groups_->add_empty_group(keys, frame_->header()));
    }
    TRY(groups_->close());
    return end_parts();
  }

  Status make_room() {
    const uint64_t bytes = groups_->bytes();
    const bool is_over =
        state_.should_spill(bytes + groups_->arena_bytes()) || !hold_.try_set(bytes);
    if (!is_over || !state_.can_spill()) return hold_.set(bytes);
    if (!groups_->is_shed()) TRY(groups_->shed(frame_->header()));
    if (hold_.try_set(groups_->bytes())) return ok_status();
    TRY(groups_->release());
    return hold_.set(groups_->bytes());
  }

  // Rows of the batch whose groups are not among those in memory.
  Status put_aside() {
    if (groups_->left_rows().empty()) return ok_status();
    if (file_ == nullptr) file_ = std::make_unique<SpillFile>(TRY(state_.spill_file()));
    if (!aside_) {
      std::vector<Physical> physicals;
      for (const ColumnSlot& slot : inputs_.slots) physicals.push_back(slot.physical);
      aside_.emplace(*file_, physicals, level_, state_.spill_block_bytes());
    }
    TRY(aside_->add(state_.arena(), inputs_, groups_->left_rows(), groups_->left_hashes()));
    groups_->clear_left_rows();
    return ok_status();
  }

  Status end_parts() {
    if (!aside_) return ok_status();
    for (SpilledRows& rows : TRY(aside_->take())) {
      if (rows.rows() > 0) parts_.push_back({std::move(rows), level_ + 1});
    }
    aside_.reset();
    state_.count_spilled(node_, file_->bytes_written() - counted_bytes_);
    counted_bytes_ = file_->bytes_written();
    return ok_status();
  }

  // The next part. Each has fewer groups than what it came from: the first rows make groups.
  Status group_part() {
    const Part part = std::move(parts_.back());
    parts_.pop_back();
    groups_.reset();
    TRY(hold_.set(0));
    level_ = part.level;
    SpilledReader reader(state_, part.rows);
    return group_rows(reader);
  }

  Result<uint32_t> emit(const Target& target) {
    uint32_t rows = 0;
    for (; rows < target.capacity && at_ < groups_->group_count(); ++at_) {
      const uint32_t group = groups_->shown(at_);
      if (!groups_->is_group(group)) continue;
      for (uint32_t i = 0; i < node_.columns.size(); ++i) {
        const Column column(state_.arena(), target.columns[i], node_.columns[i].type);
        if (i < node_.width) {
          TRY(store_value(state_.arena(), column, rows, groups_->key(group, i)));
        } else {
          const Value value = TRY(groups_->finish(i - node_.width, group));
          TRY(store_value(state_.arena(), column, rows, value));
        }
      }
      ++rows;
    }
    TRY(state_.check_interrupt());
    return rows;
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> child_;
  std::unique_ptr<Frame> frame_;
  const bool is_parallel_;
  OwnColumns inputs_;  // those of the frame
  std::unique_ptr<GroupTable> groups_;
  uint32_t at_ = 0;  // the next group to be shown
  MemoryHold hold_;
  std::unique_ptr<Operator> streaming_;
  bool streams_ = false;
  // Once the groups did not fit.
  std::unique_ptr<SpillFile> file_;  // parts refer to it
  std::optional<RowPartitions> aside_;
  std::vector<Part> parts_;
  uint32_t level_ = 0;
  uint64_t counted_bytes_ = 0;
};

}  // namespace

namespace {

// The rows of an operator that someone else owns.
class BorrowedRows final : public Operator {
 public:
  explicit BorrowedRows(Operator& owned) : owned_(owned) {}
  Result<uint32_t> next(const Target& target) override { return owned_.next(target); }

 private:
  Operator& owned_;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_aggregate(ExecState& state, const Node& node) {
  const uint32_t rows = frame_rows(state.plan().node(node.children[0]), limits::kBatchRowsMax);
  std::unique_ptr<Frame> frame = TRY(Frame::make(state, node.program, rows));
  const bool is_lazy = node.is_clustered && node.is_limited;
  const bool is_parallel = !is_lazy && ParallelGroups::fits(state, node);
  std::unique_ptr<Operator> child =
      TRY(is_parallel || is_lazy ? make_operator(state, node.children[0], rows)
                                 : make_gathered(state, node.children[0], rows));
  if (node.is_clustered && !is_parallel)
    return make_streaming_aggregate(state, node, std::move(child), std::move(frame));
  std::unique_ptr<Operator> streaming;
  if (node.is_clustered) {
    std::unique_ptr<Frame> own = TRY(Frame::make(state, node.program, rows));
    streaming = TRY(make_streaming_aggregate(state, node, std::make_unique<BorrowedRows>(*child),
                                             std::move(own)));
  }
  auto made = std::make_unique<AggregateOperator>(state, node, std::move(child), std::move(frame),
                                                  is_parallel);
  made->set_streaming(std::move(streaming));
  return std::unique_ptr<Operator>(std::move(made));
}

}  // namespace zerodb::exec
