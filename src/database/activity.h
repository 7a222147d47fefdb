// Activity: what the sessions of a database are doing, for `system::sessions` and
// `system::transactions`.
//
// Each session publishes its state when a statement begins and when it ends; whoever asks gets
// copies, so nobody waits for a running statement. Threading: may be shared by all threads; an
// entry is written by its session's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/timestamp.h"
#include "function/context.h"
#include "txn/transaction.h"
#include "value/temporal.h"

namespace zerodb::database {

struct OpenTransaction {
  Datetime since;
  txn::TransactionOptions options;
  Timestamp snapshot;
  size_t writes = 0;
  bool is_aborted = false;
};

struct SessionActivity {
  std::string id;
  std::string user;
  std::string name_space;
  std::string database;
  std::optional<std::string> address;
  Datetime since;
  bool is_running = false;
  std::string statement;  // that is running, or ran last
  std::optional<OpenTransaction> transaction;
};

class Activity {
 public:
  // The place of one session; it leaves the list when it is destroyed.
  class Entry {
   public:
    Entry(Activity& owner, const function::SessionInfo& info, Datetime since);
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    void begin(std::string_view statement);
    // `is_read`: the rows of the statement are still to be read, so it runs until finish().
    void end(const function::SessionInfo& info, std::optional<OpenTransaction> transaction,
             bool is_read);
    void finish();

   private:
    friend class Activity;
    Activity& owner_;
    uint64_t number_;
    mutable std::mutex mutex_;  // guards what follows
    SessionActivity activity_;
  };

  // All sessions, the oldest first.
  std::vector<SessionActivity> sessions() const;

 private:
  mutable std::mutex mutex_;  // guards what follows
  std::map<uint64_t, const Entry*> entries_;
  uint64_t next_number_ = 0;
};

}  // namespace zerodb::database
