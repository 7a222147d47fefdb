// Storage: what one member of a replica set has on its simulated disk: its log, in the form and by
// the code of raft/log_file.h, and its state machine, which lags behind the one in memory.
//
// Writes queue up; one turn of the disk appends all that wait and makes them durable by one sync. A
// crash loses what was not synced, in any part. What was durable before has to be there after it.
// Threading: belongs to one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "disk_file.h"
#include "machine.h"
#include "raft/log_file.h"
#include "raft/log_view.h"
#include "raft/options.h"
#include "raft/ready.h"

namespace zerodb::sim {

class Storage final : public raft::LogView, public raft::SnapshotView {
 public:
  struct Write {
    raft::IoSeq seq;
    std::optional<raft::HardState> hard;
    std::vector<raft::Entry> entries;
    // A snapshot that replaces log and state machine.
    std::optional<raft::SnapshotMeta> install;
  };

  // Call recover() before anything else.
  Storage(raft::Configuration first, DiskCounts& counts) : file_(counts), counts_(&counts) {
    flushed_.configuration = std::move(first);
  }

  // LogView and SnapshotView.
  raft::LogPosition base() const override { return log_->storage().base(); }
  raft::LogIndex last() const override { return log_->storage().last(); }
  raft::TermAnswer term(raft::LogIndex index) const override { return log_->storage().term(index); }
  raft::EntriesAnswer entries(raft::LogIndex from, raft::LogIndex to,
                              uint64_t bytes_max) const override {
    return log_->storage().entries(from, to, bytes_max);
  }
  std::optional<raft::SnapshotMeta> latest() const override;
  raft::Presence read(uint64_t uid, uint64_t offset, uint64_t bytes_max,
                      std::string& out) const override;

  // Reads the log from the disk, as a node that starts does. E1206 for a full disk.
  Status recover();
  void submit(Write write) { waiting_.push_back(std::move(write)); }
  bool is_idle() const { return waiting_.empty(); }
  // Begins a turn of the disk with all that waits, up to the next snapshot. An error is final.
  Status begin_turn();
  // Ends it: gives what is durable now. An error is final.
  Result<std::vector<Write>> end_turn();
  // Loses what is under way, in any part.
  void crash(Random& random);
  DiskFile& file() { return file_; }
  void plant(raft::Fault fault) { fault_ = fault; }

  // The state machine as it survives a crash.
  const Machine& flushed() const { return flushed_; }
  void flush(const Machine& machine) { flushed_ = machine; }
  // Makes a snapshot of what is flushed and drops the log up to `keep` entries before it.
  Status compact(uint64_t keep, uint64_t uid);

  void store_chunk(const raft::SnapshotChunk& chunk);
  uint64_t stored_bytes() const { return partial_bytes_.size(); }

  raft::Persisted persisted() const;

 private:
  struct Snapshot {
    raft::SnapshotMeta meta;
    std::string bytes;
  };
  // What a crash must leave: this hard state or a later one, and the log up to this position.
  struct Durable {
    raft::HardState hard;
    raft::LogPosition position;
  };
  Status sync();
  Status install(const raft::SnapshotMeta& meta);
  void note_durable();
  void check_durable() const;

  DiskFile file_;
  DiskCounts* counts_;
  std::optional<raft::LogFile> log_;
  std::deque<Write> waiting_;
  std::vector<Write> under_way_;
  Durable durable_;
  raft::Fault fault_ = raft::Fault::None;
  Machine flushed_;
  // The newest one last.
  std::deque<Snapshot> snapshots_;
  std::optional<raft::SnapshotMeta> partial_;
  std::string partial_bytes_;
};

}  // namespace zerodb::sim
