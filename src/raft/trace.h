// Trace: what a core did, as one line of JSON an input, for checkers outside this tree (a TLA+
// trace specification reads it line by line).
//
// Fields of a line:
//   seq        position in the trace of this node, from 1
//   node       its id
//   event      the input: "Tick", "Propose", "WriteDone", ..; for a message its name, as "Append"
//   from       of a message: its sender; absent otherwise
//   message    of a message: its term, and of an Append `previous`, `entries` and `commit`, of a
//   vote `granted`,
//              of an acknowledgement `accepted` and `match`
//   state      after the input and the take() that followed: role, term, vote, leader, last {index,
//   term}, durable,
//              commit, applied, voters, outgoing, learners, pending (count of configurations not
//              applied)
//   sent       messages that left with it: to, name, term; those that wait for a write have
//   "after": its number
//
// Threading: free of shared state.
#pragma once

#include <cstdint>
#include <string>

#include "raft/core.h"
#include "raft/input.h"
#include "raft/ready.h"

namespace zerodb::raft {

// The line for one input, without a line end. `core` has taken `ready` after the step.
std::string trace_line(uint64_t seq, const Core& core, const Input& input, const Ready& ready);

}  // namespace zerodb::raft
