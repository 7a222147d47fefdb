// Router: how a transaction reaches the data, be it a local engine or a cluster.
//
// Threading: may be shared by all threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/timestamp.h"
#include "mvcc/commit.h"
#include "mvcc/reader.h"

namespace zerodb::txn {

class Router {
 public:
  virtual ~Router() = default;

  // A reader at the newest commit, or at one that somebody holds (E0807 otherwise). Versions that
  // it sees are kept until end_snapshot, which takes its read timestamp.
  virtual Result<std::unique_ptr<mvcc::SnapshotReader>> begin_snapshot(
      std::optional<Timestamp> at) = 0;
  virtual void end_snapshot(Timestamp read_at) = 0;
  // The newest committed version of one key, without a snapshot.
  virtual Result<mvcc::Lookup> get_newest(storage::Family family, std::string_view key,
                                          std::string& buffer) = 0;
  // The commit timestamp once the writes are as durable as the request asks. E0801 is definite:
  // nothing was written.
  virtual Result<Timestamp> commit(mvcc::CommitRequest request) = 0;
};

}  // namespace zerodb::txn
