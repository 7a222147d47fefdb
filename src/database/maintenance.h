// Maintenance: what a database does by itself: finishes indexes that an earlier process began,
// frees the space of what was dropped, deletes records past their lifetime, looks through tables
// for statistics.
//
// One thread, started when there is something to do for the first time. What cannot be done yet,
// such as freeing what a snapshot may still see, is tried again a little later. Failures are tried
// again too: nothing that it does is ever half done. Threading: may be shared by all threads.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "base/cancel.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "catalog/jobs.h"
#include "database/schema_cache.h"

namespace zerodb::database {

class Database;

// The jobs that a transaction sees.
Result<catalog::Jobs> read_jobs(txn::Transaction& transaction);

class Maintenance {
 public:
  explicit Maintenance(Database& database) : database_(database) {}
  // Ends the work at the next step.
  ~Maintenance();
  Maintenance(const Maintenance&) = delete;
  Maintenance& operator=(const Maintenance&) = delete;

  // There may be something to do.
  void wake();
  // Does in this thread all that can be done now. True if something is left.
  Result<bool> run_once() { return run_once(Statistics::Now); }

  // While it lives, the thread leaves the index to its holder.
  class Claim {
   public:
    Claim(Maintenance& owner, IndexId index);
    ~Claim();
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

   private:
    Maintenance& owner_;
    IndexId index_;
  };

  // While it lives, the thread does not free these spaces: they are being filled.
  class SpaceClaim {
   public:
    SpaceClaim(Maintenance& owner, std::vector<catalog::DroppedSpace> spaces);
    ~SpaceClaim();
    SpaceClaim(const SpaceClaim&) = delete;
    SpaceClaim& operator=(const SpaceClaim&) = delete;

   private:
    Maintenance& owner_;
    std::vector<catalog::DroppedSpace> spaces_;
  };

 private:
  struct Sweep {
    std::string next;    // the record key to go on from
    int64_t due_ns = 0;  // on the monotonic clock: not before
  };

  // Whether statistics that somebody wishes for are made at once, or when the wish is a little old:
  // a process that answers one question and ends had no use for them.
  enum class Statistics : uint8_t { Now, Later };

  void run();
  Result<bool> run_once(Statistics statistics);
  Result<bool> free_dropped(const std::vector<catalog::DroppedSpace>& dropped, Timestamp seen_at);
  Status build_indexes(const std::vector<catalog::IndexJob>& jobs);
  Status expire_records();
  // True if a wish has to wait.
  bool refresh_wished(Statistics when);
  Status expire_table(DatabaseId database, TableId table, int64_t ttl_ms);
  Result<bool> expire_some(DatabaseId database, TableId table, int64_t ttl_ms, Sweep& sweep);

  Database& database_;
  CancelToken cancel_;
  std::mutex work_mutex_;            // one run at a time
  std::map<TableId, Sweep> sweeps_;  // guarded by work_mutex_, as is the next
  int64_t wished_since_ns_ = 0;      // on the monotonic clock; 0: nothing is wished for

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::set<IndexId> claimed_;
  std::vector<catalog::DroppedSpace> claimed_spaces_;
  bool is_woken_ = false;
  bool is_ending_ = false;
  std::thread thread_;
};

}  // namespace zerodb::database
