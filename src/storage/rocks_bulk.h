// RocksBulkWriter: entries of a bulk load in sorted files, which RocksDB takes over as they are.
//
// The ranges must be empty, so the files go to the bottom and need no sequence number. Files of a
// load that did not finish are removed, at the latest when the store is opened. Threading: belongs
// to one thread.
#pragma once

#include <rocksdb/sst_file_writer.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "storage/engine.h"

namespace zerodb::storage {

class RocksStore;

class RocksBulkWriter final : public BulkWriter {
 public:
  // The store must outlive this.
  explicit RocksBulkWriter(RocksStore& store) : store_(store) {}
  ~RocksBulkWriter() override;
  RocksBulkWriter(const RocksBulkWriter&) = delete;
  RocksBulkWriter& operator=(const RocksBulkWriter&) = delete;

  Status add(Family family, std::string_view key, std::string_view value) override;
  Status finish() override;

 private:
  struct Part {
    std::unique_ptr<rocksdb::SstFileWriter> open;
    std::vector<std::string> files;
  };
  Status begin_file(Family family, Part& part);

  RocksStore& store_;
  std::array<Part, kFamilyCount> parts_;
};

// Removes what loads left that were interrupted.
void remove_bulk_files(rocksdb::Env& env, const std::string& folder);

}  // namespace zerodb::storage
