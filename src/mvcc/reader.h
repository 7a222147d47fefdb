// SnapshotReader: reads the versions visible at one timestamp from one engine snapshot.
//
// The newest version lies in place, so a reader of the newest state never looks into the history;
// only where the version in place is newer than the timestamp does it go there. Invariant: the
// engine snapshot holds every commit at or below the timestamp. Threading: belongs to one thread.
// Cursors must not outlive their reader.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "mvcc/key_space.h"
#include "storage/engine.h"

namespace zerodb::mvcc {

enum class Presence : uint8_t {
  Visible,
  Deleted,  // not visible, yet the store holds a version of the key
  Absent,   // the store holds nothing under the key
};

struct Lookup {
  Presence presence = Presence::Absent;
  // When the visible version, or the tombstone, was committed.
  Timestamp at;
  // Points into the buffer that was handed in.
  std::string_view payload;
};

// Reads the newest committed version without a snapshot.
Result<Lookup> get_newest(storage::Engine& engine, Family family, std::string_view key,
                          std::string& buffer);

class Cursor {
 public:
  Cursor(storage::Engine& engine, const storage::Snapshot* snapshot, Timestamp read_at,
         Family family, const Range& range, Direction direction);

  // The next visible key and its payload; null at the end or after a failure, which `status` tells
  // apart. Views are valid until the next call.
  [[nodiscard]] const Entry* next();
  // Makes the next step land at or after `key` in the direction of travel.
  void seek(std::string_view key) { base_->seek(key); }
  Status status() const;
  // When the entry that next() gave last was committed.
  Timestamp committed_at() const { return committed_at_; }

 private:
  enum class Step : uint8_t { Skip, Take, Fail };
  Step take(const Entry& found);

  storage::Engine& engine_;
  const storage::Snapshot* snapshot_;
  Timestamp read_at_;
  Family family_;
  std::unique_ptr<storage::Iterator> base_;
  Entry current_;
  Timestamp committed_at_;
  std::string history_value_;
  std::optional<Error> error_;
};

class SnapshotReader {
 public:
  SnapshotReader(storage::Engine& engine, std::unique_ptr<storage::Snapshot> snapshot,
                 Timestamp read_at)
      : engine_(engine), snapshot_(std::move(snapshot)), read_at_(read_at) {}

  Timestamp read_at() const { return read_at_; }

  // The payload points into `buffer`, whose capacity is reused.
  Result<Lookup> get(Family family, std::string_view key, std::string& buffer);
  // One payload for each key; missing where nothing is visible. `presences`, unless null, gets one
  // element a key.
  Status multi_get(Family family, std::span<const std::string_view> keys, storage::ValueList& out,
                   std::vector<Presence>* presences);
  std::unique_ptr<Cursor> scan(Family family, const Range& range, Direction direction);
  // The records of a space (row_counts.h), if that is known without counting.
  Result<std::optional<uint64_t>> row_count(std::string_view space);

 private:
  storage::Engine& engine_;
  std::unique_ptr<storage::Snapshot> snapshot_;
  Timestamp read_at_;
  storage::ValueList raw_;
};

}  // namespace zerodb::mvcc
