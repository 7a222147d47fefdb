// Progress: what a leader knows about one other member, and how it sends to it.
//
// Probe: it looks for the end of the agreement of the logs, one append at a time and without
//   payload. Replicate: it sends ahead of acknowledgements within a window. Snapshot: it streams a
//   snapshot, within a window, because the entries are gone.
// Threading: belongs to one core. Invariants: match <= agreed < next while replicating; the
// window's bytes are those of the appends in it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "raft/ids.h"
#include "raft/log_view.h"
#include "raft/message.h"
#include "raft/next_index.h"

namespace zerodb::raft {

enum class PeerState : uint8_t { Probe, Replicate, Snapshot };

// Appends that are not acknowledged.
class Window {
 public:
  bool is_empty() const { return appends_.empty(); }
  bool is_full(uint32_t messages_max, uint64_t bytes_max) const {
    return appends_.size() >= messages_max || bytes_ >= bytes_max;
  }
  uint64_t bytes() const { return bytes_; }
  void add(LogIndex last, uint64_t bytes);
  // The follower acknowledged up to `match`.
  void release(LogIndex match);
  void clear();
  uint64_t fingerprint() const;
  // Only for the planted fault LeakInflightBytes.
  void leak(uint64_t bytes) { bytes_ += bytes; }

 private:
  struct InFlight {
    LogIndex last;
    uint64_t bytes;
  };
  std::deque<InFlight> appends_;
  uint64_t bytes_ = 0;
};

struct SnapshotStream {
  SnapshotMeta meta;
  uint64_t acknowledged = 0;
  uint64_t sent = 0;
};

struct Progress {
  NodeId id;
  PeerState state = PeerState::Probe;
  // Durable at the follower.
  LogIndex match;
  // Equal in both logs when last heard; the follower may have lost what is above `match` in a
  // crash.
  LogIndex agreed;
  LogIndex next;
  // What the follower durably knows to be committed, and what it was told.
  LogIndex commit_known;
  LogIndex commit_sent;
  NextIndexSearch search;
  Window window;
  std::optional<SnapshotStream> stream;
  AppendSeq last_seq;
  // Refusals of appends up to this one say nothing about the present.
  AppendSeq stale_seq;
  bool is_waiting = false;
  uint64_t resend_at = 0;
  uint64_t backoff = 0;
  // Heard since the leader last counted.
  bool is_active = false;
  Round acknowledged_round;
  DiskLevel disk = DiskLevel::Normal;

  // Something was sent at `now` that wants an answer; without one it is sent again, first after
  // `soonest`, then later each time, up to `latest`.
  void wait(uint64_t now, uint64_t soonest, uint64_t latest);
  bool may_send(uint64_t now) const { return !is_waiting || (is_active && now >= resend_at); }
  void heard() {
    is_waiting = false;
    backoff = 0;
  }
};

}  // namespace zerodb::raft
