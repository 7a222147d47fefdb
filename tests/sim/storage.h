// Storage: the simulated disk of one node. Writes queue up and become durable in order, each whole;
// a crash keeps a prefix of those under way. The state machine on it lags behind the one in memory.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "machine.h"
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

  explicit Storage(raft::Configuration first) { flushed_.configuration = std::move(first); }

  // LogView and SnapshotView.
  raft::LogPosition base() const override { return base_; }
  raft::LogIndex last() const override { return base_.index + entries_.size(); }
  raft::TermAnswer term(raft::LogIndex index) const override;
  raft::EntriesAnswer entries(raft::LogIndex from, raft::LogIndex to,
                              uint64_t bytes_max) const override;
  std::optional<raft::SnapshotMeta> latest() const override;
  raft::Presence read(uint64_t uid, uint64_t offset, uint64_t bytes_max,
                      std::string& out) const override;

  void submit(Write write) { writes_.push_back(std::move(write)); }
  bool is_idle() const { return writes_.empty(); }
  // Makes the oldest write durable and gives it.
  Write complete();
  // Loses what is under way, but for a random prefix.
  void crash(Random& random);

  // The state machine as it survives a crash.
  const Machine& flushed() const { return flushed_; }
  void flush(const Machine& machine) { flushed_ = machine; }
  // Makes a snapshot of what is flushed and drops the log up to `keep` entries before it.
  void compact(uint64_t keep, uint64_t uid);

  void begin_chunks(const raft::SnapshotMeta& meta);
  void store_chunk(const raft::SnapshotChunk& chunk);
  uint64_t stored_bytes() const { return partial_bytes_.size(); }
  void drop_chunks() { partial_.reset(); }

  raft::Persisted persisted() const;

 private:
  struct Snapshot {
    raft::SnapshotMeta meta;
    std::string bytes;
  };
  void perform(const Write& write);

  raft::LogPosition base_;
  std::deque<raft::Entry> entries_;
  raft::HardState hard_;
  std::deque<Write> writes_;
  Machine flushed_;
  // The newest one last.
  std::deque<Snapshot> snapshots_;
  std::optional<raft::SnapshotMeta> partial_;
  std::string partial_bytes_;
};

}  // namespace zerodb::sim
