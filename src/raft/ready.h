// Ready: what a core wants done. Core::take gives it; its spans are valid until the next step().
//
// The caller's duties, in this order:
//  1. Send `send_now` when it likes, also before anything is durable.
//  2. Store `chunks`, each at its offset, in place of other bytes from there on and of every other
//     snapshot that was being received; report each as ChunkStored.
//  3. If `seq` is new: write `hard` and `append` as one unit, after all earlier ones. An entry
//  replaces
//     whatever the log holds from its index on. A crash may keep any prefix of all writes.
//     Make it durable, report WriteDone.
//  4. After WriteDone(seq) was reported, send `send_after_write`, in the order of their Readys.
//  5. If `install` is there: once the writes before it are durable, replace state machine and log
//  by
//     the snapshot, as one unit; report InstallDone. Until then the core gives nothing to apply.
//  6. Apply `apply` in order; report ApplyDone. Every entry is given once a life, also Noop and
//  Config.
//  7. Answer each of `reads` once the state machine has applied its index.
// Threading: belongs to the thread that steps the core.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "raft/entry.h"
#include "raft/ids.h"
#include "raft/log_view.h"
#include "raft/message.h"

namespace zerodb::raft {

enum class Role : uint8_t { Follower, PreCandidate, Candidate, Leader };

// A read may be answered from `index` on, or was not granted and may be asked for again.
struct ReadGrant {
  uint64_t context = 0;
  bool granted = false;
  LogIndex index;
};

// Who leads, as this member knows it.
struct SoftState {
  Role role = Role::Follower;
  NodeId leader;
  Term term;
  bool operator==(const SoftState&) const = default;
};

struct Ready {
  IoSeq seq;
  std::optional<HardState> hard;
  std::span<const Entry> append;
  std::span<const SnapshotChunk> chunks;
  std::optional<SnapshotMeta> install;
  std::span<const Message> send_now;
  std::span<const Message> send_after_write;
  std::span<const Entry> apply;
  std::span<const ReadGrant> reads;
  std::optional<SoftState> soft;

  bool has_write() const { return hard.has_value() || !append.empty(); }
};

}  // namespace zerodb::raft
