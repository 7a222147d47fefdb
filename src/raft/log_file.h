// LogFile: the persistent form of a member's log, and a reference implementation of it over an
// append-only file.
//
// The file is a sequence of records, each written by one append:
//
//   offset  size  what
//   0       4     length of the body in bytes, little-endian
//   4       4     CRC-32C of everything else in the record
//   8       8     generation: which file this is; a record of another one is none
//   16      8     how many bytes of the file were durable when the record was written
//   24      n     body: kind (1), then
//                   Header (1): version (4), base index (8), base term (8)
//                   Write  (2): has a hard state (1) [term (8) vote (8) commit (8)], count (4),
//                   then
//                               entries: index (8) term (8) kind (1) bytes (4) payload
//
// A file begins with a Header. One Write is what one Ready has: hard state and entries take effect
// together or not at all. An entry replaces whatever the log holds from its index on. The first
// record that is cut short or does not match its checksum ends the log: what was not durable may be
// lost in any part, so whole records after it say nothing, unless one tells that the file was
// durable beyond that place. Then the file is damaged rather than torn (E1205). Damage to the last
// durable records alone looks like a torn end.
//
// When a write or fsync fails, the file refuses everything from then on (E1206): what the operating
// system dropped it reports once, and a second fsync would succeed falsely. The node stops and
// recovers from what is there.
//
// Compaction writes a new file with the next generation (hard state, base, the entries that stay),
// makes it durable and replaces the old one. Threading: belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "raft/entry.h"
#include "raft/memory_storage.h"

namespace zerodb::raft {

// A file as a log needs it. Implementations live where disks do; tests have one that loses and
// tears.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  // After what is there. It may be lost or cut until sync() succeeds.
  virtual Status append(std::string_view bytes) = 0;
  virtual Status sync() = 0;
  virtual Result<std::string> read_all() const = 0;
  // Puts `bytes`, durably, in place of everything, so that a crash leaves the one or the other; and
  // later appends follow it.
  virtual Status replace(std::string_view bytes) = 0;
};

class LogFile {
 public:
  // Recovers what is there and cuts off a torn end; begins an empty log in an empty file. E1205 for
  // a damaged one, E1208 for one of a newer version.
  static Result<LogFile> open(AppendFile& file);

  // The log as it is on disk, to give to a core.
  const MemoryStorage& storage() const { return *storage_; }

  // Part of one Ready. Not durable before sync().
  Status write(const std::optional<HardState>& hard, std::span<const Entry> entries);
  Status sync();
  // Drops the entries up to `index`.
  Status compact(LogIndex index);
  // After a snapshot was installed.
  Status reset(LogPosition position);

 private:
  explicit LogFile(AppendFile& file) : file_(&file), storage_(std::make_unique<MemoryStorage>()) {}
  Status recover(std::string_view bytes);
  Status apply(std::string_view body);
  Status rewrite();
  Status run(Status status);

  AppendFile* file_;
  // On the heap, so that a core may keep reading it when this object moves.
  std::unique_ptr<MemoryStorage> storage_;
  uint64_t generation_ = 0;
  uint64_t written_bytes_ = 0;
  uint64_t durable_bytes_ = 0;
  bool has_failed_ = false;
};

}  // namespace zerodb::raft
