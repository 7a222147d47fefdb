// Translation of RocksDB's statuses into errors of ours.
//
// Threading: pure functions.
#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "base/result.h"

namespace zerodb::storage {

Error rocks_error(const rocksdb::Status& status);
// In opening, a lock held elsewhere and a folder of something else have codes of their own.
Error rocks_open_error(const rocksdb::Status& status, std::string_view path);
inline Status to_status(const rocksdb::Status& status) {
  if (status.ok()) [[likely]]
    return ok_status();
  return rocks_error(status);
}

}  // namespace zerodb::storage
