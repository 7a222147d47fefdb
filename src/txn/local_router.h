// LocalRouter: the Router over one engine in this process, with group commit and collection of old
// versions.
//
// Committers queue; the first in the queue leads: it stages all that wait, in order, writes them in
// one engine batch with one sync, and wakes them. Timestamps are those of a hybrid clock above the
// last commit in the store. After every few thousand replaced versions the leader removes those
// that no live snapshot can see, so that history is bounded without a thread. Threading: may be
// shared by all threads.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "mvcc/collector.h"
#include "mvcc/commit.h"
#include "storage/engine.h"
#include "txn/commit_observer.h"
#include "txn/router.h"

namespace zerodb::txn {

struct LocalRouterOptions {
  // Collect after so many versions were replaced; 0 leaves it to calls of collect().
  uint64_t collect_after_versions = 4096;
};

class LocalRouter final : public Router {
 public:
  // The engine and the clock are borrowed and must outlive the router.
  static Result<std::unique_ptr<LocalRouter>> open(storage::Engine& engine, Clock& clock,
                                                   LocalRouterOptions options);

  Result<std::unique_ptr<mvcc::SnapshotReader>> begin_snapshot(
      std::optional<Timestamp> at) override;
  void end_snapshot(Timestamp read_at) override;
  Result<mvcc::Lookup> get_newest(storage::Family family, std::string_view key,
                                  std::string& buffer) override;
  Result<Timestamp> commit(mvcc::CommitRequest request) override;

  // Borrowed, and outlives the router; before the first commit.
  void add_observer(CommitObserver* observer) { observers_.push_back(observer); }
  // Keeps the versions that a snapshot at `at` sees until end_snapshot(at). Only while nothing that
  // it needs can be gone: by an observer for a moment just before the commit that it is told of, or
  // while an earlier snapshot lives.
  void hold_snapshot(Timestamp at);

  Timestamp last_commit() const;
  // At or below every live snapshot and the last commit.
  Timestamp floor() const;
  size_t live_snapshot_count() const;
  // Removes every version and tombstone that lies below the floor; gives how many.
  Result<size_t> collect();
  // Frees the keys of a dropped table or index together with their history.
  Status drop_range(storage::Family family, std::string_view prefix);

 private:
  struct Waiter {
    mvcc::CommitRequest* request;
    std::condition_variable wake;
    Result<Timestamp> result = Timestamp();
    bool is_done = false;
  };
  LocalRouter(storage::Engine& engine, Clock& clock, mvcc::Committer committer,
              LocalRouterOptions options);

  void lead(std::unique_lock<std::mutex>& lock);
  void hand_over();
  size_t serve(const std::vector<Waiter*>& group);
  bool is_collection_due() const;
  Result<mvcc::CollectStep> collect_step();

  storage::Engine& engine_;
  const LocalRouterOptions options_;
  HybridClock clock_;
  std::vector<CommitObserver*> observers_;

  // Guards the queue and is_busy_. Whoever set is_busy_ owns the committer, the collector and the
  // state of its walk.
  std::mutex queue_mutex_;
  std::condition_variable idle_;
  std::deque<Waiter*> queue_;
  bool is_busy_ = false;
  mvcc::Committer committer_;
  mvcc::Collector collector_;
  bool is_walking_ = false;
  Timestamp walk_floor_;
  Timestamp completed_floor_;
  uint64_t collected_at_count_ = 0;

  mutable std::mutex snapshots_mutex_;
  Timestamp published_;
  // Live snapshots by read timestamp, with how many share it.
  std::map<Timestamp, size_t> live_;
};

}  // namespace zerodb::txn
