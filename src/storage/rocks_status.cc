#include "storage/rocks_status.h"

#include <string>

namespace zerodb::storage {
namespace {

bool mentions(const rocksdb::Status& status, std::string_view word) {
  return status.ToString().find(word) != std::string::npos;
}

}  // namespace

Error rocks_error(const rocksdb::Status& status) {
  // The message of a corruption names the file.
  if (status.IsCorruption()) {
    return Error(ErrorCode::E1205, "stored data are damaged: " + status.ToString())
        .with_help("restore the data folder from a backup");
  }
  // A sync that ran out of space leaves open what reached the disk; a refused append does not.
  if (status.IsNoSpace() && !mentions(status, "sync")) {
    return Error(ErrorCode::E1204, "the disk is full: " + status.ToString())
        .with_help("free some space and try again");
  }
  return Error(ErrorCode::E1206, status.ToString());
}

Error rocks_open_error(const rocksdb::Status& status, std::string_view path) {
  const std::string place(path);
  if (status.IsIOError() &&
      (mentions(status, "lock hold by") || mentions(status, "While lock file"))) {
    return Error(ErrorCode::E1207, "data folder " + place + " is in use by another process");
  }
  // RocksDB refuses what it does not know: a family, an option, a file format.
  if (status.IsInvalidArgument() || status.IsNotSupported()) {
    return Error(ErrorCode::E1208,
                 "data folder " + place + " is not of this version: " + status.ToString());
  }
  if (status.IsNotFound() || status.IsPathNotFound()) {
    return Error(ErrorCode::E1205,
                 "data folder " + place + " is damaged, a file is missing: " + status.ToString());
  }
  return rocks_error(status);
}

}  // namespace zerodb::storage
