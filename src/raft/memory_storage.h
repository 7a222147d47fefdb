// MemoryStorage: log, snapshot and hard state of one member in memory.
//
// For tests, benchmarks and replica sets that keep nothing. What is written is "durable" at once;
// the caller decides when it reports so. Threading: belongs to one core.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>

#include "raft/log_view.h"
#include "raft/options.h"

namespace zerodb::raft {

class MemoryStorage final : public LogView, public SnapshotView {
 public:
  LogPosition base() const override { return base_; }
  LogIndex last() const override { return base_.index + entries_.size(); }
  TermAnswer term(LogIndex index) const override;
  EntriesAnswer entries(LogIndex from, LogIndex to, uint64_t bytes_max) const override;
  std::optional<SnapshotMeta> latest() const override { return snapshot_; }
  Presence read(uint64_t uid, uint64_t offset, uint64_t bytes_max, std::string& out) const override;

  const HardState& hard() const { return hard_; }
  void set_hard(const HardState& hard) { hard_ = hard; }
  // Entries in order, the first at most one after the last that is there; they replace what
  // follows.
  void append(std::span<const Entry> entries);
  // Drops the entries up to `index`.
  void compact(LogIndex index);
  void set_snapshot(SnapshotMeta meta, std::string bytes);
  // The log is empty after the snapshot.
  void reset(LogPosition position);

 private:
  LogPosition base_;
  std::deque<Entry> entries_;
  HardState hard_;
  std::optional<SnapshotMeta> snapshot_;
  std::string snapshot_bytes_;
};

}  // namespace zerodb::raft
