// MemoryEngine: the store in main memory, a copy-on-write B+tree a family. Nothing survives the
// process.
//
// A batch is built beside the published version and published at its end, so that readers never
// wait for a writer and a snapshot is a pointer. A page that a batch replaced is freed when no live
// snapshot can reach it. Threading: see Engine. One mutex guards the list of snapshots, held for a
// few instructions; one more serialises writers.
#pragma once

#include <memory>

#include "storage/engine.h"

namespace zerodb::storage {

class PageStore;

class MemoryEngine final : public Engine {
 public:
  MemoryEngine();
  ~MemoryEngine() override;

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

  // Pages and large values held, live and kept for snapshots: for tests of reclamation.
  size_t block_count() const;

 private:
  std::unique_ptr<PageStore> store_;
};

}  // namespace zerodb::storage
