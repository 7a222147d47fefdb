// WindowAggregate: one aggregate over the frames of one partition.
//
// Frames that only grow are fed to one running state. Others are short and added up anew, or long
// and merged from the nodes of a tree of states over the partition, so that a frame of n rows costs
// log n merges. All ways give the same bits, since states do. Threading: belongs to one statement.
#pragma once

#include <memory>
#include <vector>

#include "exec/window_partition.h"
#include "function/library.h"

namespace zerodb::exec {

class WindowAggregate {
 public:
  // Borrowed: all outlive it.
  WindowAggregate(const WindowPartition& partition, const plan::WindowGroup::Call& call,
                  const function::AggregateFunction& function, std::vector<Type> types);

  // The aggregate of the rows of the frame.
  Result<Value> over(const FrameRange& frame);

 private:
  using State = std::unique_ptr<function::AggregateState>;

  State make() const;
  Status add(function::AggregateState& state, size_t position);
  Status grow_to(size_t end);
  Status build_tree();
  Result<Value> from_tree(const FrameRange& frame);

  const WindowPartition& partition_;
  const plan::WindowGroup::Call& call_;
  const function::AggregateFunction& function_;
  std::vector<Type> types_;
  std::vector<Value> cells_;
  State running_;  // of the rows [0, running_end_)
  size_t running_end_ = 0;
  Value running_value_;
  bool has_running_value_ = false;
  std::vector<State>
      tree_;  // node i has the children 2i and 2i + 1; leaves stand for kLeafRows rows
  size_t leaves_ = 0;
};

}  // namespace zerodb::exec
