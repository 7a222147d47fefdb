// RocksStore: an open RocksDB with the handles of its families, and what outlives a single call.
//
// Threading: see RocksEngine.
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/rocks_engine.h"
#include "storage/rocks_options.h"

namespace zerodb::storage {

class RocksStore {
 public:
  static Result<std::unique_ptr<RocksStore>> open(const RocksOptions& options);
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;
  ~RocksStore();

  rocksdb::DB& db() { return *db_; }
  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[family_index(family)];
  }
  // Puts into an empty batch what the log must say about the commits before it (log_check.h).
  Status begin(rocksdb::WriteBatch& batch) const;
  Status write(rocksdb::WriteBatch& batch, Durability durability);
  // Takes files over, all or none, durably.
  Status ingest(const std::vector<rocksdb::IngestExternalFileArg>& files);
  Status flush();
  // E1206 after a failure of the disk, and E1204 while it is full.
  Status check_writable();

 private:
  explicit RocksStore(const RocksMemory& memory) : memory_(memory) {}
  Status check_stamp();
  Status recover_space();
  Status start_log();
  void note_synced(uint64_t sequence);

  RocksMemory memory_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> handles_{};
  uint64_t life_ = 0;  // of the marks in the log
  // Every commit up to this one of RocksDB's sequence numbers is durable.
  std::atomic<uint64_t> synced_sequence_ = 0;
  // Set for good by a failure after which nobody knows what the disk holds.
  std::atomic<bool> is_stopped_ = false;
  std::atomic<bool> is_disk_full_ = false;
  std::mutex recovery_mutex_;
};

}  // namespace zerodb::storage
