// Input: everything that can happen to a core. Core::step takes one at a time.
//
// Threading: plain values.
#pragma once

#include <cstdint>
#include <variant>

#include "raft/entry.h"
#include "raft/ids.h"
#include "raft/message.h"

namespace zerodb::raft {

// The caller's monotonic clock, in ticks.
struct Tick {
  uint64_t now = 0;
};

// Campaign at once; for tests and tools.
struct StartCampaign {};

// Whether an entry may go in while disks are nearly full because it frees space.
enum class Admission : uint8_t { Normal, FreesSpace };

// Its index is view().last afterwards. E1201 where this is no leader that takes entries, E1109
// where too much waits, E1106 for a payload that is too big, E1204 where disks are nearly full.
struct Propose {
  Payload payload;
  Admission admission = Admission::Normal;
};

// Asks from which index on the state machine may answer a read; Ready::reads gives it back with
// this context, which the caller does not use twice in one life of the node. `now` as in Tick.
// E1201 where no leader is known, E1109 where too many wait.
struct ReadIndex {
  uint64_t context = 0;
  uint64_t now = 0;
};

// Asks for these members. E1201 where this is no leader or a change is under way, E1209 for members
// that cannot be: no voter, or a new voter that is no learner which has nearly caught up.
struct ChangeMembers {
  NodeSet voters;
  NodeSet learners;
};

// Hands the office over to a voter. E1201 where this is no leader, E1209 for a node that cannot
// lead.
struct Transfer {
  NodeId to;
};

// A follower has reason to think that its leader is gone, and will vote for another one.
struct ForgetLeader {};

// The writes of Ready up to this number are durable.
struct WriteDone {
  IoSeq seq;
};

// The state machine holds everything up to this index.
struct ApplyDone {
  LogIndex index;
};

// The bytes of a snapshot up to this offset are stored, in order.
struct ChunkStored {
  uint64_t uid = 0;
  uint64_t end = 0;
};

// The snapshot of Ready::install is in place, durably, and the log is empty after it; or it cannot
// be installed and its bytes are gone.
enum class Installation : uint8_t { Done, Failed };
struct InstallDone {
  uint64_t uid = 0;
  Installation result = Installation::Done;
};

// The log was compacted: LogView::base() moved up to this index, which is applied.
struct Compacted {
  LogIndex index;
};

// Messages to this node are being lost.
struct Unreachable {
  NodeId node;
};

struct DiskState {
  DiskLevel level = DiskLevel::Normal;
};

using Input = std::variant<Message, Tick, StartCampaign, Propose, ReadIndex, ChangeMembers,
                           Transfer, ForgetLeader, WriteDone, ApplyDone, ChunkStored, InstallDone,
                           Compacted, Unreachable, DiskState>;

}  // namespace zerodb::raft
