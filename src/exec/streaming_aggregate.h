// StreamingAggregate: groups of rows that follow each other. Groups are given as soon as another
// one begins, so no more of them are kept than a batch of rows has.
//
// Groups are told apart by the same keys, have the same states and show the same values as in an
// aggregation by hash. Threading: belongs to one statement.
#pragma once

#include <memory>

#include "exec/operator.h"

namespace zerodb::exec {

class Frame;

// `frame` runs the program of the node over the rows of the child. Made while operators are made:
// states of groups outlive a call of next().
Result<std::unique_ptr<Operator>> make_streaming_aggregate(ExecState& state, const plan::Node& node,
                                                           std::unique_ptr<Operator> child,
                                                           std::unique_ptr<Frame> frame);

}  // namespace zerodb::exec
