// Engine: an ordered key-value store of a few families with atomic batches and snapshots. It knows
// nothing of versions.
//
// Two engines stand behind it: MemoryEngine and RocksEngine. Corruption is E1205, a full disk
// E1204, any other failure of the device E1206; after a failed sync an engine refuses every further
// write, because nobody knows what the disk holds. Threading: every method may be called from any
// thread; writes are serialised inside. A Snapshot may be shared; an Iterator belongs to one
// thread. Snapshots and iterators must not outlive their engine, nor an iterator its snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/range.h"
#include "storage/value_list.h"
#include "storage/write_batch.h"

namespace zerodb::storage {

enum class Durability : uint8_t {
  Synced,   // on the disk when the call returns
  Relaxed,  // survives the end of the process at once, a power cut a little later
};

struct WriteOptions {
  Durability durability = Durability::Synced;
};

// A frozen state of the whole store; later writes do not show in it.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
};

// Walks a range in one direction, chosen when it was made. It starts before the first entry.
class Iterator {
 public:
  virtual ~Iterator() = default;
  // Steps to the next entry; null at the end or after a failure, which `status` tells apart. The
  // views are valid until the next call on this iterator.
  [[nodiscard]] virtual const Entry* next() = 0;
  // Makes the next step land on the first entry at or after `key` in the direction of travel,
  // within the range.
  virtual void seek(std::string_view key) = 0;
  virtual Status status() const = 0;
};

// Entries on their way into ranges that are empty and that nobody reads before finish().
class BulkWriter {
 public:
  // What was added is gone, unless finish() was called.
  virtual ~BulkWriter() = default;
  // In ascending order within each family.
  virtual Status add(Family family, std::string_view key, std::string_view value) = 0;
  // Puts everything into the store at once, durably.
  virtual Status finish() = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;

  // All or nothing, also across a crash.
  virtual Status write(const WriteBatch& batch, WriteOptions options) = 0;

  // In all reads a null snapshot means the newest state.
  // True and the value in `out`, whose capacity is reused, or false.
  virtual Result<bool> get(Family family, std::string_view key, const Snapshot* snapshot,
                           std::string& out) = 0;
  // Replaces the content of `out` by one answer a key, in the order of `keys`. Keys in ascending
  // order are read fastest.
  virtual Status multi_get(Family family, std::span<const std::string_view> keys,
                           const Snapshot* snapshot, ValueList& out) = 0;
  virtual std::unique_ptr<Snapshot> snapshot() = 0;
  virtual std::unique_ptr<Iterator> iterate(Family family, const Range& range, Direction direction,
                                            const Snapshot* snapshot) = 0;

  // For many entries at once: files made aside, where the engine has files. Writes beside it go on.
  virtual Result<std::unique_ptr<BulkWriter>> bulk_writer() = 0;

  // Frees the space of a range that nothing refers to any more, such as a dropped table's.
  // Snapshots taken before may or may not still see it.
  virtual Status drop_range(Family family, const Range& range) = 0;
  // Bytes in the range, roughly and fast: for planning and gauges.
  virtual uint64_t approximate_size(Family family, const Range& range) = 0;
  // Reads everything and checks what can be checked.
  virtual Status check_integrity() = 0;
  // Moves what is buffered to its durable place.
  virtual Status flush() = 0;
  // Adds a backup of everything that is committed to a folder of backups (rocks_backup.h), while
  // the engine is in use. E0620 for an engine that keeps nothing on disk.
  virtual Status backup(const std::string& folder) = 0;
};

}  // namespace zerodb::storage
