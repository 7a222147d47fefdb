// Committer: validates transactions and applies them, one after the other, as a pure function of
// the store and the request.
//
// A request is refused with E0801 when a version newer than its read timestamp lies under a key or
// range that it gives as read (or, under snapshot isolation, under a key that it writes), and with
// E0807 when versions that it may have missed are gone already. Otherwise its writes enter the
// engine batch at the commit timestamp; each version they replace moves to the history in the same
// batch. The window of recent writes only spares reading the store: it never changes a verdict.
//
// Several requests may share one engine batch: stage() each, then write() them all; a request that
// writes a key which the batch writes already does not fit and has to wait for the next batch.
// Threading: belongs to one thread at a time; the caller serialises.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "mvcc/key_space.h"
#include "mvcc/reader.h"
#include "mvcc/row_counts.h"
#include "storage/engine.h"

namespace zerodb::mvcc {

enum class Isolation : uint8_t { Serializable, Snapshot };
enum class WriteKind : uint8_t { Put, Delete };

struct ListedKey {
  Family family;
  // The store held nothing under the key, not even a tombstone.
  bool was_absent;
  std::string_view key;
};

// Keys of a transaction, kept in one buffer.
class KeyList {
 public:
  void add(Family family, std::string_view key, Presence presence) {
    slots_.push_back(
        {bytes_.size(), static_cast<uint32_t>(key.size()), family, presence == Presence::Absent});
    bytes_.append(key);
  }
  size_t size() const { return slots_.size(); }
  bool is_empty() const { return slots_.empty(); }
  ListedKey operator[](size_t i) const {
    const Slot& slot = slots_[i];
    return {slot.family, slot.was_absent, std::string_view(bytes_).substr(slot.offset, slot.size)};
  }

 private:
  struct Slot {
    size_t offset;
    uint32_t size;
    Family family;
    bool was_absent;
  };
  std::string bytes_;
  std::vector<Slot> slots_;
};

struct ReadRange {
  Family family;
  Range range;
};

struct Write {
  Family family;
  WriteKind kind;
  // The transaction read the key and the store held nothing under it. Only for a key that is
  // validated.
  bool known_absent = false;
  std::string key;
  std::string payload;
};

// Records that a bulk load (storage/engine.h) has put into a space which this commit makes visible.
struct LoadedRows {
  uint64_t space = 0;
  uint64_t rows = 0;
};

struct CommitRequest {
  Timestamp read_at;
  Isolation isolation = Isolation::Serializable;
  storage::Durability durability = storage::Durability::Synced;
  // Under snapshot isolation only what the definitions and constraints rest on.
  KeyList read_keys;
  std::vector<ReadRange> read_ranges;
  // At most one a key.
  std::vector<Write> writes;
  std::vector<LoadedRows> loaded;
};

enum class Staged : uint8_t { Yes, NextBatch };

class Committer {
 public:
  // Reads the last commit timestamp and the collection floor from the store.
  static Result<Committer> open(storage::Engine& engine);

  // The last commit in the store.
  Timestamp last_commit() const { return last_commit_; }
  // Versions replaced at or before this may be gone.
  Timestamp floor() const { return floor_; }
  // Versions moved to the history since this object was made.
  uint64_t replaced_count() const { return replaced_count_; }

  // Validates against the store and the requests staged before, then adds the writes. `at` must be
  // above every timestamp used before. A request that is refused leaves the batch as it was.
  Result<Staged> stage(const CommitRequest& request, Timestamp at);
  // Writes what was staged; afterwards nothing is staged, whatever the result.
  Status write(storage::Durability durability);
  // Both for a single request.
  Status apply(const CommitRequest& request, Timestamp at);

  // Records in the store, together with `batch`, that versions replaced at or before `floor` may be
  // gone.
  Status collect(storage::WriteBatch& batch, Timestamp floor);

 private:
  struct RecentCommit {
    Timestamp at;
    KeyList keys;
  };
  Committer(storage::Engine& engine, RowCounts counts)
      : engine_(engine), counts_(std::move(counts)) {}

  Status validate(const CommitRequest& request);
  Status validate_in_window(const CommitRequest& request);
  Status validate_in_store(const CommitRequest& request);
  Status add_writes(const CommitRequest& request, Timestamp at);
  void add_write(const Write& write, const std::optional<Version>& old, RecentCommit& commit);
  bool overlaps_staged(const CommitRequest& request);
  void trim_window();

  storage::Engine& engine_;
  Timestamp last_commit_;
  Timestamp floor_;
  uint64_t replaced_count_ = 0;

  // Every commit with a timestamp above window_start_, oldest first; the last staged_commits_ of
  // them are staged.
  std::deque<RecentCommit> window_;
  size_t window_keys_ = 0;
  Timestamp window_start_;

  storage::WriteBatch batch_;
  RowCounts counts_;
  std::unordered_set<std::string> staged_keys_;
  size_t staged_keys_from_ = 0;
  Timestamp staged_at_;
  size_t staged_commits_ = 0;
};

}  // namespace zerodb::mvcc
