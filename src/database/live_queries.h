// LiveQueries: the live queries of a database, each told of the commits that touch its table.
//
// Threading: may be shared by all threads.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "database/live_query.h"
#include "txn/commit_observer.h"

namespace zerodb::database {

class LiveQueries final : public txn::CommitObserver {
 public:
  using Ptr = std::shared_ptr<LiveQuery>;  // shared with the session that reads it

  // From now on the query is told of commits to a table, and of definitions of its database.
  void add(const Ptr& query, SpaceId space);
  bool is_empty() const { return count_.load(std::memory_order_acquire) == 0; }
  Ptr find(const Uuid& id) const;
  // Of all that have not ended.
  std::vector<LiveActivity> activities(int64_t now_ms) const;
  // Ends it. False: there is none with this id.
  bool end(const Uuid& id);

  void on_commit(Timestamp at, const std::vector<mvcc::Write>& writes) override;

 private:
  struct Watched {
    Ptr query;
    SpaceId space;
  };

  std::atomic<size_t> count_ = 0;
  mutable std::mutex mutex_;
  std::map<Uuid, Watched> queries_;
};

}  // namespace zerodb::database
