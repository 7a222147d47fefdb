#include "raft/memory_storage.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace zerodb::raft {

TermAnswer MemoryStorage::term(LogIndex index) const {
  if (index == base_.index) return {Presence::Value, base_.term};
  if (index < base_.index) return {Presence::Compacted, Term()};
  if (index > last()) return {Presence::Missing, Term()};
  return {Presence::Value, entries_[distance(base_.index, index) - 1].term};
}

EntriesAnswer MemoryStorage::entries(LogIndex from, LogIndex to, uint64_t bytes_max) const {
  if (from <= base_.index) return {Presence::Compacted, {}};
  if (from > to || to > last()) return {Presence::Missing, {}};
  EntriesAnswer answer{Presence::Value, {}};
  uint64_t bytes = 0;
  for (LogIndex at = from; at <= to; at = next(at)) {
    const Entry& entry = entries_[distance(base_.index, at) - 1];
    bytes += cost_bytes(entry);
    if (bytes > bytes_max && !answer.entries.empty()) break;
    answer.entries.push_back(entry);
  }
  return answer;
}

Presence MemoryStorage::read(uint64_t uid, uint64_t offset, uint64_t bytes_max,
                             std::string& out) const {
  if (!snapshot_ || snapshot_->uid != uid) return Presence::Compacted;
  ASSERT(offset <= snapshot_bytes_.size());
  out = snapshot_bytes_.substr(offset, bytes_max);
  return Presence::Value;
}

void MemoryStorage::append(std::span<const Entry> entries) {
  for (const Entry& entry : entries) {
    ASSERT(entry.index > base_.index);
    ASSERT(entry.index <= next(last()));
    while (last() >= entry.index) entries_.pop_back();
    entries_.push_back(entry);
  }
}

void MemoryStorage::compact(LogIndex index) {
  const TermAnswer answer = term(index);
  ASSERT(answer.presence == Presence::Value);
  for (; base_.index < index; base_.index = next(base_.index)) entries_.pop_front();
  base_.term = answer.term;
}

void MemoryStorage::set_snapshot(SnapshotMeta meta, std::string bytes) {
  ASSERT(meta.bytes == bytes.size());
  snapshot_ = std::move(meta);
  snapshot_bytes_ = std::move(bytes);
}

void MemoryStorage::reset(LogPosition position) {
  base_ = position;
  entries_.clear();
}

}  // namespace zerodb::raft
