// Canonical hashes of messages and entries: equal for equal ones, and, with a renaming, for those
// of a world whose nodes have other ids.
//
// Threading: pure functions.
#pragma once

#include <cstdint>

#include "raft/entry.h"
#include "raft/ids.h"
#include "raft/message.h"

namespace zerodb::sim {

uint64_t canonical_hash(const raft::Entry& entry, raft::Renaming renaming);
// Every field that a core reads. Snapshots and reads are not part of the explored scope.
uint64_t canonical_hash(const raft::Message& message, raft::Renaming renaming);

}  // namespace zerodb::sim
