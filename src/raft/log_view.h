// LogView and SnapshotView: how a core reads what its storage holds.
//
// Storage is written through Ready and read through these. Every answer is one of three, because
// "not any more" and "not yet" call for different things and neither may look like a value.
// Threading: called from the thread that steps the core.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "raft/configuration.h"
#include "raft/entry.h"
#include "raft/ids.h"

namespace zerodb::raft {

enum class Presence : uint8_t { Value, Compacted, Missing };

struct TermAnswer {
  Presence presence = Presence::Missing;
  Term term;

  bool is(Term expected) const { return presence == Presence::Value && term == expected; }
};

struct EntriesAnswer {
  Presence presence = Presence::Missing;
  // At least one when present.
  std::vector<Entry> entries;
};

class LogView {
 public:
  virtual ~LogView() = default;

  // The log starts after this position; {0, 0} for one that was never compacted.
  virtual LogPosition base() const = 0;
  virtual LogIndex last() const = 0;
  // Value also at base().
  virtual TermAnswer term(LogIndex index) const = 0;
  // Entries from `from` to at most `to`, as many as cost `bytes_max`, but one at least.
  virtual EntriesAnswer entries(LogIndex from, LogIndex to, uint64_t bytes_max) const = 0;
};

// A snapshot of the state machine after `position`. The uid tells apart two snapshots of one
// position, whose bytes may differ.
struct SnapshotMeta {
  LogPosition position;
  uint64_t uid = 0;
  uint64_t bytes = 0;
  Configuration configuration;

  bool operator==(const SnapshotMeta&) const = default;
};

class SnapshotView {
 public:
  virtual ~SnapshotView() = default;

  // The newest snapshot, or nothing: one is being made and will be asked for again.
  virtual std::optional<SnapshotMeta> latest() const = 0;
  // Bytes of the snapshot `uid` from `offset`, at most `bytes_max` of them. Missing: not now (also
  // how a node throttles its snapshots); Compacted: this snapshot is gone.
  virtual Presence read(uint64_t uid, uint64_t offset, uint64_t bytes_max,
                        std::string& out) const = 0;
};

}  // namespace zerodb::raft
