#include "storage.h"

#include <algorithm>

#include "violation.h"

namespace zerodb::sim {

using raft::LogIndex;
using raft::Presence;

raft::TermAnswer Storage::term(LogIndex index) const {
  if (index == base_.index) return {Presence::Value, base_.term};
  if (index < base_.index) return {Presence::Compacted, raft::Term()};
  if (index > last()) return {Presence::Missing, raft::Term()};
  return {Presence::Value, entries_[distance(base_.index, index) - 1].term};
}

raft::EntriesAnswer Storage::entries(LogIndex from, LogIndex to, uint64_t bytes_max) const {
  if (from <= base_.index) return {Presence::Compacted, {}};
  if (from > to || to > last()) return {Presence::Missing, {}};
  raft::EntriesAnswer answer{Presence::Value, {}};
  uint64_t bytes = 0;
  for (LogIndex at = from; at <= to; at = next(at)) {
    const raft::Entry& entry = entries_[distance(base_.index, at) - 1];
    bytes += cost_bytes(entry);
    if (bytes > bytes_max && !answer.entries.empty()) break;
    answer.entries.push_back(entry);
  }
  return answer;
}

std::optional<raft::SnapshotMeta> Storage::latest() const {
  if (snapshots_.empty()) return std::nullopt;
  return snapshots_.back().meta;
}

Presence Storage::read(uint64_t uid, uint64_t offset, uint64_t bytes_max, std::string& out) const {
  for (const Snapshot& snapshot : snapshots_) {
    if (snapshot.meta.uid != uid) continue;
    out = snapshot.bytes.substr(offset, bytes_max);
    return Presence::Value;
  }
  return Presence::Compacted;
}

Storage::Write Storage::complete() {
  Write write = std::move(writes_.front());
  writes_.pop_front();
  perform(write);
  return write;
}

void Storage::perform(const Write& write) {
  if (write.hard) hard_ = *write.hard;
  if (!write.entries.empty()) {
    const LogIndex first = write.entries.front().index;
    require(first > base_.index && first <= next(last()), "storage", "a write leaves a gap");
    while (last() >= first) entries_.pop_back();
    for (const raft::Entry& entry : write.entries) entries_.push_back(entry);
  }
  if (write.install) {
    require(partial_ && partial_->uid == write.install->uid, "storage", "no such snapshot");
    require(partial_bytes_.size() == write.install->bytes, "storage", "snapshot is not complete");
    flushed_ = Machine::decode(partial_bytes_);
    require(flushed_.applied == write.install->position, "snapshot", "is not what its meta says");
    snapshots_.clear();
    snapshots_.push_back({*partial_, partial_bytes_});
    partial_.reset();
    base_ = write.install->position;
    entries_.clear();
  }
}

void Storage::crash(Random& random) {
  const uint64_t kept = random.below(writes_.size() + 1);
  for (uint64_t i = 0; i < kept; ++i) complete();
  writes_.clear();
}

void Storage::compact(uint64_t keep, uint64_t uid) {
  require(flushed_.applied.index <= last(), "storage", "the state machine is ahead of the log");
  const LogIndex target = std::max(base_.index, flushed_.applied.index - keep);
  const raft::LogPosition position{target, term(target).term};
  while (base_.index < target) {
    entries_.pop_front();
    base_.index = next(base_.index);
  }
  base_ = position;
  std::string bytes = flushed_.encode();
  snapshots_.push_back({{flushed_.applied, uid, bytes.size(), flushed_.configuration}, bytes});
  if (snapshots_.size() > 2) snapshots_.pop_front();
}

void Storage::begin_chunks(const raft::SnapshotMeta& meta) {
  if (partial_ && *partial_ == meta) return;
  partial_ = meta;
  partial_bytes_.clear();
}

void Storage::store_chunk(const raft::SnapshotChunk& chunk) {
  begin_chunks(chunk.meta);
  require(chunk.offset <= partial_bytes_.size(), "storage", "a chunk leaves a gap");
  partial_bytes_.resize(chunk.offset);
  partial_bytes_ += chunk.bytes;
}

raft::Persisted Storage::persisted() const {
  raft::Persisted out{hard_, flushed_.applied.index, flushed_.configuration, std::nullopt};
  if (partial_) out.partial = raft::PartialSnapshot{*partial_, partial_bytes_.size()};
  return out;
}

}  // namespace zerodb::sim
