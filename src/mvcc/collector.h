// Collector: removes versions and tombstones that no snapshot can see any more, a bounded step at a
// time.
//
// It walks the history from where it stopped; every version there says when it was replaced, and
// one whose replacement lies at or below the floor is invisible to every reader at or above it. A
// tombstone is found through the version it replaced. Threading: belongs to one thread at a time;
// the caller serialises it with commits.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "base/timestamp.h"
#include "mvcc/commit.h"
#include "storage/engine.h"

namespace zerodb::mvcc {

struct CollectStep {
  size_t examined = 0;
  size_t removed = 0;
  // The walk reached the end of the history.
  bool is_complete = false;
};

class Collector {
 public:
  explicit Collector(storage::Engine& engine) : engine_(engine) {}

  // Examines at most `entries_max` versions. `floor` is at or below every live snapshot and the
  // last commit.
  Result<CollectStep> step(Committer& committer, Timestamp floor, size_t entries_max);

 private:
  storage::Engine& engine_;
  std::string position_;
};

}  // namespace zerodb::mvcc
