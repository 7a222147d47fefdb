// RocksEngine: the durable store, RocksDB 7.8 with a column family for each Family.
//
// A folder is opened, or made when it is absent or empty. A folder of something else, or of a newer
// format, is refused with E1208; one that another process has open with E1207. Memory for blocks
// and write buffers comes out of one budget. Threading: see Engine. RocksDB runs flushes and
// compactions on threads of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "storage/engine.h"

namespace rocksdb {
class Env;
}

namespace zerodb::storage {

struct RocksOptions {
  std::string path;
  // Block cache and write buffers together.
  size_t memory_budget_bytes = size_t{512} << 20;
  // Borrowed; null for the machine's own file system. Tests put faults here.
  rocksdb::Env* environment = nullptr;
};

class RocksStore;

class RocksEngine final : public Engine {
 public:
  // The format that this version writes; it reads this one and older ones.
  static constexpr uint32_t kFormatVersion = 1;

  static Result<std::unique_ptr<RocksEngine>> open(const RocksOptions& options);
  ~RocksEngine() override;

  Status write(const WriteBatch& batch, WriteOptions options) override;
  Result<bool> get(Family family, std::string_view key, const Snapshot* snapshot,
                   std::string& out) override;
  Status multi_get(Family family, std::span<const std::string_view> keys, const Snapshot* snapshot,
                   ValueList& out) override;
  std::unique_ptr<Snapshot> snapshot() override;
  std::unique_ptr<Iterator> iterate(Family family, const Range& range, Direction direction,
                                    const Snapshot* snapshot) override;
  Result<std::unique_ptr<BulkWriter>> bulk_writer() override;
  Status drop_range(Family family, const Range& range) override;
  uint64_t approximate_size(Family family, const Range& range) override;
  Status check_integrity() override;
  Status flush() override;
  Status backup(const std::string& folder) override;

 private:
  explicit RocksEngine(std::unique_ptr<RocksStore> store);
  std::unique_ptr<RocksStore> store_;
};

}  // namespace zerodb::storage
