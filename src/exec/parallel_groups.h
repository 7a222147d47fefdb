// ParallelGroups: the groups of one aggregation, found by several threads that each group the rows
// of some morsels, and then merged.
//
// Groups come out as one thread would have them: in the order of the first rows that have their
// keys, with the same sums, since sums are exact. Threading: belongs to one statement.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "exec/frame.h"
#include "exec/group_table.h"
#include "exec/pipeline.h"

namespace zerodb::exec {

class ParallelGroups {
 public:
  // Whether the rows below an Aggregate are those of a pipeline, its aggregates can be merged and
  // its groups are few against its rows.
  static bool fits(const ExecState& state, const plan::Node& node);

  // `child` is shared. All are borrowed.
  ParallelGroups(ExecState& state, const plan::Node& node, Operator& child)
      : state_(state), node_(node), child_(child) {}

  // Groups all rows. False: one thread has to do it again, since memory does not do for each to
  // have its groups, or to meet the errors of rows in their order. E1107.
  Result<bool> run();
  // Into a table that keeps origins and has no groups of rows yet.
  Status merge_into(GroupTable& groups, plan::FrameHeader& header);

 private:
  struct Member {
    std::unique_ptr<PipelineWorker> worker;
    std::unique_ptr<Frame> frame;
    std::unique_ptr<GroupTable> groups;
    Status status = ok_status();
  };
  Status add_member(uint32_t crew);
  // On a thread of its own.
  Status work(Member& member);

  ExecState& state_;
  const plan::Node& node_;
  Operator& child_;
  std::vector<Member> members_;
  std::atomic<bool> is_over_ = false;  // it is no use to go on
};

}  // namespace zerodb::exec
