// Gather: brings the rows of a pipeline that several threads run together, in the order in which
// one thread would have them.
//
// The consumer takes the batches of one morsel after the other. Threads that are ahead of it wait
// once enough batches do. Threading: belongs to one statement.
#pragma once

#include <memory>

#include "exec/operator.h"

namespace zerodb::exec {

// As make_operator(), for a child of which all rows will be read: by several threads where that
// can be (exec/pipeline.h).
Result<std::unique_ptr<Operator>> make_gathered(ExecState& state, plan::NodeId node,
                                                uint32_t capacity);

}  // namespace zerodb::exec
