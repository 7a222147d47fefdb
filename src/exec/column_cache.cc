#include "exec/column_cache.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/query_fault.h"

namespace zerodb::exec {

namespace {

constexpr size_t kRecentMax = 4096;
// A chunk that so many scans did not use may make room.
constexpr uint64_t kIdleScans = 16;
constexpr uint32_t kWastedMax = 5;

}  // namespace

const PackedColumn* ColumnChunk::find(const CachedColumnKey& key) const {
  for (const auto& [held, column] : columns) {
    if (held == key) return column.get();
  }
  return nullptr;
}

size_t ColumnChunk::bytes() const {
  size_t total = sizeof(ColumnChunk) + begin.size() + end.size();
  for (const auto& [key, column] : columns) total += sizeof(PackedColumn) + column->bytes();
  return total;
}

size_t ColumnCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void ColumnCache::on_commit(Timestamp at, const std::vector<mvcc::Write>& writes) {
  const std::lock_guard lock(mutex_);
  last_commit_ = at;
  if (tables_.empty() || planted(QueryFault::ColumnsAreStale)) return;
  uint64_t last_table = 0;
  Watched* watched = nullptr;
  for (const mvcc::Write& write : writes) {
    if (write.family != storage::Family::Row || write.key.size() < sizeof(uint64_t)) continue;
    const auto table = get_be<uint64_t>(write.key.data());
    if (table != last_table) {
      const auto found = tables_.find(table);
      watched = found == tables_.end() ? nullptr : &found->second;
      last_table = table;
    }
    if (watched != nullptr) remember(*watched, at, write.key);
  }
}

void ColumnCache::remember(Watched& table, Timestamp at, const std::string& key) {
  table.recent.emplace_back(at, key);
  if (table.recent.size() > kRecentMax) {
    // What is older can no longer be told apart.
    table.since = table.recent.front().first;
    table.recent.pop_front();
  }
  auto held = table.chunks.upper_bound(key);
  if (held == table.chunks.begin()) return;
  --held;
  if (held->second.chunk->end <= key) return;
  held->second.changed_at = std::min(held->second.changed_at, at);
}

ColumnCache::Watched* ColumnCache::find_watched(SpaceId table, SchemaVersion schema,
                                                Timestamp read_at) {
  const auto found = tables_.find(table.value());
  if (found == tables_.end() || found->second.schema != schema || read_at < found->second.since)
    return nullptr;
  return &found->second;
}

bool ColumnCache::watch(SpaceId table, SchemaVersion schema, Timestamp read_at) {
  const std::lock_guard lock(mutex_);
  ++scans_;
  auto found = tables_.find(table.value());
  if (found != tables_.end()) {
    Watched& watched = found->second;
    if (watched.schema == schema) return read_at >= watched.since;
    // Under another schema columns may mean something else.
    if (schema < watched.schema) return false;
    while (!watched.chunks.empty()) erase(watched, watched.chunks.begin());
    tables_.erase(found);
  }
  Watched& made = tables_[table.value()];
  made.schema = schema;
  made.since = last_commit_;
  return false;
}

bool ColumnCache::answers(const Held& held, Timestamp read_at,
                          const std::vector<CachedColumnKey>& columns) {
  const bool is_valid = held.as_of <= read_at && read_at < held.changed_at;
  return is_valid && std::ranges::all_of(columns, [&](const CachedColumnKey& key) {
           return held.chunk->find(key) != nullptr;
         });
}

bool ColumnCache::has(SpaceId table, SchemaVersion schema, Timestamp read_at,
                      const std::string& begin, const std::vector<CachedColumnKey>& columns) {
  const std::lock_guard lock(mutex_);
  const Watched* watched = find_watched(table, schema, read_at);
  if (watched == nullptr) return false;
  const auto held = watched->chunks.lower_bound(begin);
  return held != watched->chunks.end() && held->first == begin &&
         answers(held->second, read_at, columns);
}

ColumnCache::Found ColumnCache::find(SpaceId table, SchemaVersion schema, Timestamp read_at,
                                     const std::string& begin,
                                     const std::vector<CachedColumnKey>& columns) {
  const std::lock_guard lock(mutex_);
  Found out;
  Watched* watched = find_watched(table, schema, read_at);
  if (watched == nullptr) return out;
  out.may_fill = true;
  auto held = watched->chunks.lower_bound(begin);
  if (held == watched->chunks.end()) return out;
  if (held->first != begin) {
    out.limit = held->first;
    return out;
  }
  Held& found = held->second;
  out.limit = found.chunk->end;
  if (answers(found, read_at, columns)) {
    out.chunk = found.chunk;
    found.used_in = scans_;
    ++found.uses;
    found.wasted = 0;
    return out;
  }
  if (found.as_of > read_at) out.may_fill = false;
  if (found.skip_for > 0) {
    --found.skip_for;
    out.may_fill = false;
  }
  return out;
}

void ColumnCache::put(SpaceId table, SchemaVersion schema, Timestamp read_at, ColumnChunk chunk) {
  // A scan that meets it would never get past it.
  if (chunk.begin >= chunk.end) return;
  const std::lock_guard lock(mutex_);
  Watched* watched = find_watched(table, schema, read_at);
  if (watched == nullptr) return;
  Held made;
  made.as_of = read_at;
  for (const auto& [at, key] : watched->recent) {
    if (at > read_at && chunk.begin <= key && key < chunk.end)
      made.changed_at = std::min(made.changed_at, at);
  }
  // Whatever overlaps goes; what it knew besides, under the same snapshot, stays.
  auto held = watched->chunks.lower_bound(chunk.begin);
  if (held != watched->chunks.begin() && std::prev(held)->second.chunk->end > chunk.begin) --held;
  while (held != watched->chunks.end() && held->first < chunk.end) {
    const Held& old = held->second;
    const bool is_same = old.chunk->begin == chunk.begin && old.chunk->end == chunk.end;
    if (old.as_of > read_at) return;
    if (is_same && read_at < old.changed_at && old.chunk->rows == chunk.rows) {
      for (const auto& each : old.chunk->columns) {
        if (chunk.find(each.first) == nullptr) chunk.columns.push_back(each);
      }
    }
    if (is_same && old.changed_at != Timestamp::max() && old.uses == 0) {
      made.wasted = std::min(old.wasted + 1, kWastedMax);
      made.skip_for = (1U << made.wasted) - 1;
    }
    const auto next = std::next(held);
    erase(*watched, held);
    held = next;
  }
  const size_t bytes = chunk.bytes();
  if (!make_room(bytes)) return;
  made.used_in = scans_;
  made.chunk = std::make_shared<const ColumnChunk>(std::move(chunk));
  bytes_ += bytes;
  std::string begin = made.chunk->begin;
  watched->chunks.emplace(std::move(begin), std::move(made));
}

void ColumnCache::erase(Watched& table, std::map<std::string, Held>::iterator held) {
  bytes_ -= held->second.chunk->bytes();
  table.chunks.erase(held);
}

bool ColumnCache::make_room(size_t bytes) {
  if (bytes_ + bytes <= bytes_max_) return true;
  for (auto& [id, table] : tables_) {
    for (auto held = table.chunks.begin(); held != table.chunks.end();) {
      const auto next = std::next(held);
      const Held& each = held->second;
      if (each.changed_at != Timestamp::max() || each.used_in + kIdleScans < scans_)
        erase(table, held);
      held = next;
    }
  }
  return bytes_ + bytes <= bytes_max_;
}

}  // namespace zerodb::exec
