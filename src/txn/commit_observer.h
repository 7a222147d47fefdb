// CommitObserver: sees every commit before any snapshot does.
//
// Threading: called by one thread at a time, whichever leads the group commit.
#pragma once

#include <vector>

#include "base/timestamp.h"
#include "mvcc/commit.h"

namespace zerodb::txn {

class CommitObserver {
 public:
  virtual ~CommitObserver() = default;
  // The writes are in the store. No snapshot at or after `at` has been handed out.
  virtual void on_commit(Timestamp at, const std::vector<mvcc::Write>& writes) = 0;
};

}  // namespace zerodb::txn
