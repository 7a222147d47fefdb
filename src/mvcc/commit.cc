#include "mvcc/commit.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/store_fault.h"

namespace zerodb::mvcc {
namespace {

constexpr std::string_view kLastCommitKey = "last_commit";
constexpr std::string_view kFloorKey = "floor";
constexpr size_t kWindowKeysMax = 1 << 15;
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

std::string space_prefix(uint64_t space) {
  std::string out;
  put_be(out, space);
  return out;
}

Error conflict(Family family, std::string_view what) {
  std::string place(storage::family_name(family));
  return Error(ErrorCode::E0801, "another transaction changed " + std::string(what) +
                                     " of family " + place + " that this one relies on")
      .with_help("run the transaction again");
}

std::string tagged(Family family, std::string_view key) {
  std::string out(1, static_cast<char>(family));
  out.append(key);
  return out;
}

// The keys under which a newer version is a conflict: those read and, under snapshot isolation,
// those written.
class WatchedKeys {
 public:
  explicit WatchedKeys(const CommitRequest& request) : request_(request) {
    if (size() <= kLinearReadsMax) return;
    keys_.reserve(size());
    for (size_t i = 0; i < size(); ++i) keys_.insert(tagged(family(i), key(i)));
  }
  bool contains(Family wanted_family, std::string_view wanted) const {
    if (!keys_.empty()) return keys_.contains(tagged(wanted_family, wanted));
    for (size_t i = 0; i < size(); ++i) {
      if (family(i) == wanted_family && key(i) == wanted) return true;
    }
    return false;
  }

 private:
  bool watches_writes() const {
    return request_.isolation == Isolation::Snapshot && !planted(StoreFault::SnapshotLosesUpdates);
  }
  size_t reads() const { return request_.read_keys.size(); }
  size_t size() const { return reads() + (watches_writes() ? request_.writes.size() : 0); }
  Family family(size_t i) const {
    return i < reads() ? request_.read_keys[i].family : request_.writes[i - reads()].family;
  }
  std::string_view key(size_t i) const {
    return i < reads() ? request_.read_keys[i].key
                       : std::string_view(request_.writes[i - reads()].key);
  }

  const CommitRequest& request_;
  std::unordered_set<std::string> keys_;
};

}  // namespace

Result<Committer> Committer::open(storage::Engine& engine) {
  const Timestamp last_commit = TRY(read_stamp(engine, kLastCommitKey));
  Committer committer(engine, TRY(RowCounts::open(engine, last_commit == Timestamp())));
  committer.last_commit_ = last_commit;
  committer.floor_ = TRY(read_stamp(engine, kFloorKey));
  if (!planted(StoreFault::ForgottenWindow)) committer.window_start_ = committer.last_commit_;
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

// The keys that are staged are collected only once a second request shares the batch.
bool Committer::overlaps_staged(const CommitRequest& request) {
  if (staged_commits_ == 0 || planted(StoreFault::OverlapInBatch)) return false;
  for (; staged_keys_from_ < staged_commits_; ++staged_keys_from_) {
    const KeyList& keys = window_[window_.size() - staged_commits_ + staged_keys_from_].keys;
    for (size_t i = 0; i < keys.size(); ++i)
      staged_keys_.insert(tagged(keys[i].family, keys[i].key));
  }
  return std::any_of(request.writes.begin(), request.writes.end(), [&](const Write& write) {
    return staged_keys_.contains(tagged(write.family, write.key));
  });
}

Status Committer::validate(const CommitRequest& request) {
  if (planted(StoreFault::NoValidation)) return ok_status();
  TRY(validate_in_window(request));
  if (request.read_at >= window_start_) return ok_status();
  return validate_in_store(request);
}

// Looks at the recent commits above the read timestamp, staged ones included.
Status Committer::validate_in_window(const CommitRequest& request) {
  const auto first = std::partition_point(
      window_.begin(), window_.end(),
      [&](const RecentCommit& recent) { return recent.at <= request.read_at; });
  if (first == window_.end()) return ok_status();
  const WatchedKeys watched(request);
  for (auto commit = first; commit != window_.end(); ++commit) {
    for (size_t i = 0; i < commit->keys.size(); ++i) {
      const ListedKey written = commit->keys[i];
      if (watched.contains(written.family, written.key)) return conflict(written.family, "a key");
      for (const ReadRange& read : request.read_ranges) {
        if (read.family == written.family && read.range.contains(written.key)) {
          return conflict(written.family, "a range");
        }
      }
    }
  }
  return ok_status();
}

// The rule itself: any version in a watched key or range that is newer than the read timestamp is a
// conflict.
Status Committer::validate_in_store(const CommitRequest& request) {
  std::string buffer;
  const auto check_key = [&](Family family, std::string_view key) -> Status {
    const Lookup found = TRY(get_newest(engine_, family, key, buffer));
    if (found.presence != Presence::Absent && found.at > request.read_at)
      return conflict(family, "a key");
    return ok_status();
  };
  if (request.isolation == Isolation::Snapshot && !planted(StoreFault::SnapshotLosesUpdates)) {
    for (const Write& write : request.writes) TRY(check_key(write.family, write.key));
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

// Everything that can fail comes before the first change, so that a failure leaves the batch as it
// was.
Status Committer::add_writes(const CommitRequest& request, Timestamp at) {
  std::vector<std::optional<Version>> before(request.writes.size());
  std::array<storage::ValueList, storage::kFamilyCount> values;
  std::vector<std::string_view> keys;
  std::vector<size_t> asked;
  for (const Write& write : request.writes) {
    if (write.family == Family::Row) TRY(counts_.load(write.key));
  }
  for (const LoadedRows& each : request.loaded) TRY(counts_.load(space_prefix(each.space)));
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
      if (!before[asked[k]])
        return Error(ErrorCode::E1205, "a version in the store has an unknown header");
    }
  }
  for (const LoadedRows& each : request.loaded)
    counts_.stage(space_prefix(each.space), static_cast<int64_t>(each.rows));
  RecentCommit commit{at, {}};
  for (size_t i = 0; i < request.writes.size(); ++i)
    add_write(request.writes[i], before[i], commit);
  window_keys_ += commit.keys.size();
  window_.push_back(std::move(commit));
  ++staged_commits_;
  return ok_status();
}

void Committer::add_write(const Write& write, const std::optional<Version>& old,
                          RecentCommit& commit) {
  const Timestamp at = commit.at;
  ASSERT(write.family != Family::System);
  ASSERT(write.family != Family::History);
  const bool is_delete = write.kind == WriteKind::Delete;
  const bool is_there = old && old->kind == VersionKind::Value;
  if (is_delete && !is_there) return;
  if (write.family == Family::Row && is_delete == is_there)
    counts_.stage(write.key, is_delete ? -1 : 1);
  if (is_delete && planted(StoreFault::LostTombstone)) {
    batch_.erase(write.family, write.key);
    return;
  }
  if (old && !planted(StoreFault::LostHistory)) {
    ASSERT(old->at < at);
    std::string history_key;
    append_history_key(history_key, write.family, write.key, old->at);
    const Version moved{at, old->kind, false, is_delete, {}};
    batch_.put(Family::History, history_key, version_header(moved), old->payload);
    ++replaced_count_;
  }
  const Version version{
      at, is_delete ? VersionKind::Tombstone : VersionKind::Value, old.has_value(), false, {}};
  batch_.put(write.family, write.key, version_header(version), write.payload);
  commit.keys.add(write.family, write.key, Presence::Visible);
}

Status Committer::write(storage::Durability durability) {
  Status written = ok_status();
  if (staged_commits_ > 0) {
    put_stamp(batch_, kLastCommitKey, staged_at_);
    counts_.put(batch_, staged_at_);
    written = engine_.write(batch_, {durability});
  }
  if (written) {
    last_commit_ = staged_at_;
  } else {
    for (; staged_commits_ > 0; --staged_commits_) {
      window_keys_ -= window_.back().keys.size();
      window_.pop_back();
    }
    staged_at_ = last_commit_;
  }
  counts_.settle(written.has_value());
  batch_.clear();
  staged_keys_.clear();
  staged_keys_from_ = 0;
  staged_commits_ = 0;
  trim_window();
  return written;
}

Status Committer::apply(const CommitRequest& request, Timestamp at) {
  const Staged staged = TRY(stage(request, at));
  ASSERT(staged == Staged::Yes);
  return write(request.durability);
}

void Committer::trim_window() {
  // A commit without keys takes room too.
  while (window_keys_ + window_.size() > kWindowKeysMax) {
    window_start_ = window_.front().at;
    window_keys_ -= window_.front().keys.size();
    window_.pop_front();
  }
}

Status Committer::collect(storage::WriteBatch& batch, Timestamp floor) {
  ASSERT(staged_commits_ == 0);
  if (floor > floor_) {
    put_stamp(batch, kFloorKey, floor);
    floor_ = floor;
  }
  return engine_.write(batch, {storage::Durability::Relaxed});
}

}  // namespace zerodb::mvcc
