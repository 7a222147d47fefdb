// Backups of a store on RocksDB: a folder of numbered backups that share the files they have in
// common, with a checksum for each file.
//
// RocksEngine::backup adds one while the store is in use. Errors: E1206 input or output, E1204 disk
// full, E1205 a backup that is damaged, E1208 a folder that holds no backup. Threading: free
// functions; one at a time for a folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace zerodb::storage {

struct BackupInfo {
  uint32_t number = 0;
  int64_t made_unix_seconds = 0;
  uint64_t bytes = 0;
};

// Oldest first.
Result<std::vector<BackupInfo>> list_backups(const std::string& folder);
// Reads every file of the newest backup and compares checksums.
Status verify_backup(const std::string& folder);
// Makes a store of the newest backup. `path` must be absent or empty (E1208); after a failure it is
// as it was. Files are verified before any is copied.
Status restore_backup(const std::string& folder, const std::string& path);

}  // namespace zerodb::storage
