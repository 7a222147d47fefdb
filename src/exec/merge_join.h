// MergeJoin: joins two inputs that come sorted by the keys, without keeping either (Blasgen and
// Eswaran, "Storage and access in relational data bases", 1977).
//
// Of the right rows it keeps a window of a batch or so, with all rows of the key at hand; where
// these alone do not fit into memory they go to disk (exec/spilled_group.h). Rows come by the order
// of the keys, left rows of a key in theirs. Once one side is at its end and the other one can give
// nothing more, that is not read to its end. Threading: belongs to one statement.
#pragma once

#include <memory>

#include "exec/frame.h"
#include "exec/join_spill.h"
#include "exec/operator.h"

namespace zerodb::exec {

Result<std::unique_ptr<Operator>> make_merge_join(ExecState& state, const plan::Node& node);

// Goes on from a join by hash that has read right rows: the ones that `right` keeps, nothing of the
// left ones. `rest`: what must hold besides the keys, or null.
std::unique_ptr<Operator> merge_kept(ExecState& state, const plan::Node& node, JoinSide left,
                                     JoinSide right, std::unique_ptr<Frame> rest);

}  // namespace zerodb::exec
