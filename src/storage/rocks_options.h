// How RocksDB is set up. The rules hold for 7.8.3; each refusal below names the defect that it
// avoids.
//
//   no async_io                                reads memory that is gone (mended in 7.9)
//   max_background_jobs < 8, flushes not set   a failed flush could be ordered wrongly (7.9)
//   no wal_compression                         unreadable logs (8.0)
//   no track_and_verify_wals_in_manifest       false alarms with SyncWAL
//   no DeleteRange                             slows every iterator; a compaction that puts out
//                                              nothing else ends the process if its sync fails
//   no memtable insert hints                   range deletions use the hints of the other list
//   no prefix extractor                        plain prefix mode can skip keys silently
// Threading: pure functions; the caches inside are shared by the families of one store.
#pragma once

#include <rocksdb/options.h>

#include <memory>
#include <vector>

#include "storage/rocks_engine.h"

namespace rocksdb {
class Cache;
class WriteBufferManager;
}  // namespace rocksdb

namespace zerodb::storage {

struct RocksMemory {
  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
};
// Write buffers are charged to the cache, so that both stay within the budget together.
RocksMemory make_rocks_memory(size_t budget_bytes);

rocksdb::DBOptions rocks_db_options(const RocksOptions& options, const RocksMemory& memory);
rocksdb::ColumnFamilyOptions rocks_family_options(Family family, const RocksMemory& memory);
// The system family lies in the column family that every RocksDB has.
std::string rocks_family_name(Family family);

}  // namespace zerodb::storage
