#include "mvcc/commit.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"

namespace zerodb::mvcc {
namespace {

constexpr std::string_view kLastCommitKey = "last_commit";
constexpr std::string_view kFloorKey = "floor";
constexpr size_t kWindowWritesMax = 1 << 15;
// Up to so many read keys are compared one by one with each recent write.
constexpr size_t kLinearReadsMax = 8;

Result<Timestamp> read_stamp(storage::Engine& engine, std::string_view key) {
  std::string value;
  if (!TRY(engine.get(Family::System, key, nullptr, value))) return Timestamp();
  if (value.size() != sizeof(uint64_t)) {
    return Error(ErrorCode::E1205, "the stamp " + std::string(key) + " of the store is damaged");
  }
  return Timestamp(get_le<uint64_t>(value.data()));
}

void put_stamp(storage::WriteBatch& batch, std::string_view key, Timestamp at) {
  std::string value;
  put_le(value, at.raw());
  batch.put(Family::System, key, value);
}

Error conflict(Family family, std::string_view what) {
  std::string place(storage::family_name(family));
  return Error(ErrorCode::E0801, "another transaction changed " + std::string(what) + " of family " + place +
                                     " that this one relies on")
      .with_help("run the transaction again");
}

std::string tagged(Family family, std::string_view key) {
  std::string out(1, static_cast<char>(family));
  out.append(key);
  return out;
}

}  // namespace

Result<Committer> Committer::open(storage::Engine& engine) {
  Committer committer(engine);
  committer.last_commit_ = TRY(read_stamp(engine, kLastCommitKey));
  committer.floor_ = TRY(read_stamp(engine, kFloorKey));
  committer.window_start_ = committer.last_commit_;
  committer.staged_at_ = committer.last_commit_;
  return committer;
}

Result<Staged> Committer::stage(const CommitRequest& request, Timestamp at) {
  ASSERT(at > staged_at_);
  ASSERT(request.read_at < at);
  if (request.read_at < floor_) {
    return Error(ErrorCode::E0807, "the transaction is older than the versions that are kept")
        .with_help("run the transaction again");
  }
  TRY(validate(request));
  if (overlaps_staged(request)) return Staged::NextBatch;
  TRY(add_writes(request, at));
  staged_at_ = at;
  return Staged::Yes;
}

// The writes at the end of the window that are staged are collected only once a second request shares the batch.
bool Committer::overlaps_staged(const CommitRequest& request) {
  if (staged_writes_ == 0) return false;
  while (staged_keys_.size() < staged_writes_) {
    const Recent& recent = window_[window_.size() - staged_writes_ + staged_keys_.size()];
    staged_keys_.insert(tagged(recent.family, recent.key));
  }
  return std::any_of(request.writes.begin(), request.writes.end(),
                     [&](const Write& write) { return staged_keys_.contains(tagged(write.family, write.key)); });
}

Status Committer::validate(const CommitRequest& request) {
  TRY(validate_in_window(request));
  if (request.read_at >= window_start_) return ok_status();
  return validate_in_store(request);
}

// Looks at the recent writes above the read timestamp, staged ones included.
Status Committer::validate_in_window(const CommitRequest& request) {
  const auto first = std::partition_point(window_.begin(), window_.end(),
                                          [&](const Recent& recent) { return recent.at <= request.read_at; });
  if (first == window_.end()) return ok_status();
  std::unordered_set<std::string> keys;
  const bool checks_writes = request.isolation == Isolation::Snapshot;
  const size_t key_count = checks_writes ? request.writes.size() : request.read_keys.size();
  if (key_count > kLinearReadsMax) {
    keys.reserve(key_count);
    for (size_t i = 0; i < key_count; ++i) {
      keys.insert(checks_writes ? tagged(request.writes[i].family, request.writes[i].key)
                                : tagged(request.read_keys[i].family, request.read_keys[i].key));
    }
  }
  const auto is_watched = [&](const Recent& recent) {
    if (!keys.empty()) return keys.contains(tagged(recent.family, recent.key));
    for (size_t i = 0; i < key_count; ++i) {
      const Family family = checks_writes ? request.writes[i].family : request.read_keys[i].family;
      const std::string_view key = checks_writes ? std::string_view(request.writes[i].key) : request.read_keys[i].key;
      if (family == recent.family && key == recent.key) return true;
    }
    return false;
  };
  for (auto recent = first; recent != window_.end(); ++recent) {
    if (is_watched(*recent)) return conflict(recent->family, "a key");
    if (checks_writes) continue;
    for (const ReadRange& read : request.read_ranges) {
      if (read.family == recent->family && read.range.contains(recent->key)) {
        return conflict(recent->family, "a range");
      }
    }
  }
  return ok_status();
}

// The rule itself: any version in a watched key or range that is newer than the read timestamp is a conflict.
Status Committer::validate_in_store(const CommitRequest& request) {
  std::string buffer;
  const auto check_key = [&](Family family, std::string_view key) -> Status {
    const Lookup found = TRY(get_newest(engine_, family, key, buffer));
    if (found.presence != Presence::Absent && found.at > request.read_at) return conflict(family, "a key");
    return ok_status();
  };
  if (request.isolation == Isolation::Snapshot) {
    for (const Write& write : request.writes) TRY(check_key(write.family, write.key));
    return ok_status();
  }
  for (size_t i = 0; i < request.read_keys.size(); ++i) {
    TRY(check_key(request.read_keys[i].family, request.read_keys[i].key));
  }
  for (const ReadRange& read : request.read_ranges) {
    const auto entries = engine_.iterate(read.family, read.range, Direction::Forward, nullptr);
    while (const Entry* entry = entries->next()) {
      const auto version = parse_version(entry->value);
      if (!version) return Error(ErrorCode::E1205, "a version in the store has an unknown header");
      if (version->at > request.read_at) return conflict(read.family, "a range");
    }
    TRY(entries->status());
  }
  return ok_status();
}

// Everything that can fail comes before the first change, so that a failure leaves the batch as it was.
Status Committer::add_writes(const CommitRequest& request, Timestamp at) {
  std::vector<std::optional<Version>> before(request.writes.size());
  std::array<storage::ValueList, storage::kFamilyCount> values;
  std::vector<std::string_view> keys;
  std::vector<size_t> asked;
  for (const Family family : storage::kFamilies) {
    keys.clear();
    asked.clear();
    for (size_t i = 0; i < request.writes.size(); ++i) {
      const Write& write = request.writes[i];
      if (write.family != family || write.known_absent) continue;
      keys.push_back(write.key);
      asked.push_back(i);
    }
    if (keys.empty()) continue;
    storage::ValueList& found = values[storage::family_index(family)];
    TRY(engine_.multi_get(family, keys, nullptr, found));
    for (size_t k = 0; k < asked.size(); ++k) {
      if (!found.has(k)) continue;
      before[asked[k]] = parse_version(found[k]);
      if (!before[asked[k]]) return Error(ErrorCode::E1205, "a version in the store has an unknown header");
    }
  }
  for (size_t i = 0; i < request.writes.size(); ++i) add_write(request.writes[i], before[i], at);
  return ok_status();
}

void Committer::add_write(const Write& write, const std::optional<Version>& old, Timestamp at) {
  ASSERT(write.family != Family::System);
  ASSERT(write.family != Family::History);
  const bool is_delete = write.kind == WriteKind::Delete;
  const bool is_there = old && old->kind == VersionKind::Value;
  if (is_delete && !is_there) return;
  if (old) {
    ASSERT(old->at < at);
    std::string history_key;
    append_history_key(history_key, write.family, write.key, old->at);
    const Version moved{at, old->kind, false, is_delete, {}};
    batch_.put(Family::History, history_key, version_header(moved), old->payload);
    ++replaced_count_;
  }
  const Version version{at, is_delete ? VersionKind::Tombstone : VersionKind::Value, old.has_value(), false, {}};
  batch_.put(write.family, write.key, version_header(version), write.payload);
  window_.push_back({at, write.family, write.key});
  ++staged_writes_;
}

Status Committer::write(storage::Durability durability) {
  Status written = ok_status();
  if (staged_at_ > last_commit_) {
    put_stamp(batch_, kLastCommitKey, staged_at_);
    written = engine_.write(batch_, {durability});
  }
  if (written) {
    last_commit_ = staged_at_;
    trim_window();
  } else {
    window_.erase(window_.end() - static_cast<ptrdiff_t>(staged_writes_), window_.end());
    staged_at_ = last_commit_;
  }
  batch_.clear();
  staged_keys_.clear();
  staged_writes_ = 0;
  return written;
}

Status Committer::apply(const CommitRequest& request, Timestamp at) {
  const Staged staged = TRY(stage(request, at));
  ASSERT(staged == Staged::Yes);
  return write(request.durability);
}

void Committer::trim_window() {
  while (window_.size() > kWindowWritesMax) {
    // All writes of one commit go together: the window is complete above its start.
    window_start_ = window_.front().at;
    while (!window_.empty() && window_.front().at == window_start_) window_.pop_front();
  }
}

Status Committer::collect(storage::WriteBatch& batch, Timestamp floor) {
  ASSERT(staged_writes_ == 0);
  if (floor > floor_) {
    put_stamp(batch, kFloorKey, floor);
    floor_ = floor;
  }
  return engine_.write(batch, {storage::Durability::Relaxed});
}

}  // namespace zerodb::mvcc
