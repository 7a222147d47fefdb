#include "storage/rocks_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>

namespace zerodb::storage {
namespace {

constexpr double kFilterBitsPerKey = 10;
constexpr size_t kWriteBufferBytesMax = size_t{64} << 20;
// Blocks of an eighth of that, one a family, must not fill the smallest budget before there is
// data.
constexpr size_t kWriteBufferBytesMin = size_t{1} << 20;

bool is_supported(rocksdb::CompressionType type) {
  const std::vector<rocksdb::CompressionType> all = rocksdb::GetSupportedCompressions();
  return std::find(all.begin(), all.end(), type) != all.end();
}

rocksdb::BlockBasedTableOptions table_options(Family family, const RocksMemory& memory) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = memory.cache;
  table.block_size = family == Family::Index ? 32 << 10 : 16 << 10;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
  table.whole_key_filtering = true;
  // Filters and indexes count against the budget, but reads do not look them up in the cache each
  // time.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.metadata_cache_options.unpartitioned_pinning = rocksdb::PinningTier::kFlushedAndSimilar;
  table.metadata_cache_options.top_level_index_pinning = rocksdb::PinningTier::kFlushedAndSimilar;
  // A point read looks at four keys behind its binary search instead of 16. The hash index of
  // blocks saves less than it costs: half of its places are shared by several keys.
  if (family == Family::Row || family == Family::Meta) table.block_restart_interval = 4;
  return table;
}

}  // namespace

RocksMemory make_rocks_memory(size_t budget_bytes) {
  RocksMemory memory;
  rocksdb::LRUCacheOptions cache;
  cache.capacity = budget_bytes;
  cache.num_shard_bits = 4;
  cache.high_pri_pool_ratio = 0.2;
  memory.cache = rocksdb::NewLRUCache(cache);
  memory.write_buffers =
      std::make_shared<rocksdb::WriteBufferManager>(budget_bytes / 3, memory.cache);
  return memory;
}

rocksdb::DBOptions rocks_db_options(const RocksOptions& options, const RocksMemory& memory) {
  rocksdb::DBOptions db;
  if (options.environment != nullptr) db.env = options.environment;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.paranoid_checks = true;
  db.write_buffer_manager = memory.write_buffers;
  db.max_background_jobs = 4;
  db.max_open_files = -1;
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  db.max_total_wal_size = uint64_t{256} << 20;
  db.bytes_per_sync = 1 << 20;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

rocksdb::ColumnFamilyOptions rocks_family_options(Family family, const RocksMemory& memory) {
  rocksdb::ColumnFamilyOptions cf;
  cf.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(family, memory)));
  cf.level_compaction_dynamic_level_bytes = true;
  cf.write_buffer_size = std::clamp(memory.write_buffers->buffer_size() / 4, kWriteBufferBytesMin,
                                    kWriteBufferBytesMax);
  cf.max_write_buffer_number = 3;
  cf.compression = rocksdb::kNoCompression;
  if (is_supported(rocksdb::kLZ4Compression)) cf.compression = rocksdb::kLZ4Compression;
  if (is_supported(rocksdb::kZSTD)) cf.bottommost_compression = rocksdb::kZSTD;
  if (family == Family::Row || family == Family::Index || family == Family::Meta) {
    // Most keys asked of the write buffer are not in it: bulk loads ask for each whether it exists.
    cf.memtable_whole_key_filtering = true;
    cf.memtable_prefix_bloom_size_ratio = 0.02;
  }
  if (family == Family::History || family == Family::Index) {
    // Floods of point deletes ruin seeks until they are compacted away.
    cf.table_properties_collector_factories.push_back(
        rocksdb::NewCompactOnDeletionCollectorFactory(16384, 8192, 0.5));
  }
  return cf;
}

std::string rocks_family_name(Family family) {
  return family == Family::System ? rocksdb::kDefaultColumnFamilyName
                                  : std::string(family_name(family));
}

}  // namespace zerodb::storage
