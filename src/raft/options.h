// Options of one member of a replica set, and what it restarts from.
//
// Threading: plain values.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "raft/configuration.h"
#include "raft/entry.h"
#include "raft/fault.h"
#include "raft/log_view.h"
#include "raft/next_index.h"

namespace zerodb::raft {

// Times are in ticks of the caller's monotonic clock; what a tick is worth is the caller's choice.
struct Options {
  NodeId id;
  // A follower campaigns after a silence of between one and two of these.
  uint64_t election_ticks = 10;
  uint64_t heartbeat_ticks = 1;
  // Asks whether an election could be won before it disturbs anyone (Raft thesis, section 9.6).
  bool pre_vote = true;
  // A leader that hears no quorum for election_ticks steps down, and nobody votes against a leader
  // that was heard within them.
  bool check_quorum = true;
  // Serves reads without a round while a quorum is bound to this leader. Needs check_quorum and
  // clocks whose rates differ by less than election_ticks to lease_ticks.
  bool lease_reads = false;
  uint64_t lease_ticks = 8;
  NextIndexMode next_index = NextIndexMode::RunVector;

  // Limits on everything that queues.
  uint64_t append_bytes_max = 256 << 10;      // one Append
  uint64_t inflight_bytes_max = 4 << 20;      // not acknowledged, to one follower
  uint32_t inflight_messages_max = 256;       // the same
  uint64_t uncommitted_bytes_max = 64 << 20;  // payloads a leader takes before they commit
  uint64_t entry_bytes_max = 64 << 20;        // one payload
  uint64_t apply_bytes_max = 4 << 20;         // handed out and not reported applied
  uint32_t reads_max = 4096;                  // waiting for a round
  uint64_t chunk_bytes = 64 << 10;            // one SnapshotChunk
  uint64_t chunk_window_bytes = 512 << 10;    // not acknowledged, to one follower
  // A learner may become a voter when it lacks at most so many entries.
  uint64_t promotion_lag_max = 1024;

  // One of the mistakes of fault.h; None in every build that has no planted faults.
  Fault fault = Fault::None;

  Status check() const;
};

// A snapshot that was being received.
struct PartialSnapshot {
  SnapshotMeta meta;
  uint64_t stored_bytes = 0;
};

// What a member knows when it starts. The state machine stands at `applied`, and `configuration`
// was in force there: what Core::applied_position() and applied_configuration() said. A new replica
// set starts at zero with its first configuration; a node that joins one starts with an empty one.
struct Persisted {
  HardState hard;
  LogIndex applied;
  Configuration configuration;
  std::optional<PartialSnapshot> partial;
};

}  // namespace zerodb::raft
