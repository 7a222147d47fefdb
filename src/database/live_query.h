// LiveQuery: the rows of a query over one table, and then every change of them in the order of
// commits.
//
// LIVE makes one; whoever asked for it calls next(). A commit that touches the table is put into a
// bounded queue by the thread that commits; the reader works out, from the snapshots just before
// and at that commit, which rows came, changed or went. A reader that falls too far behind loses
// the query (E1111), so that neither memory nor old versions grow without end. A definition that
// the query does not survive ends it with the error of its check. Threading: next() and columns()
// belong to one thread at a time; end(), is_ended() and on_commit() may be called from any.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/timestamp.h"
#include "database/login.h"
#include "database/result_set.h"
#include "database/script.h"
#include "database/statement_cache.h"
#include "function/context.h"
#include "sema/check.h"

namespace zerodb::database {

class Database;

struct LiveEvent {
  enum class Kind : uint8_t {
    Row,     // there when the query began
    Create,  // came: was created, or fulfils the condition now
    Update,
    Delete,  // went: was deleted, or does not fulfil the condition any more
  };
  Kind kind = Kind::Row;
  Timestamp at;            // of the commit
  Value id;                // of the record
  std::vector<Value> row;  // as columns() say; of a Delete as it was
  Value difference;        // with DIFF: of an Update an object of the columns that changed
};

// "row", "create", "update", "delete"
std::string_view text_of(LiveEvent::Kind kind);

// A live query as others see it.
struct LiveActivity {
  Uuid id;
  std::string session;
  std::string query;  // its text
  Datetime since;
  int64_t lag_ms = 0;  // how long ago the first commit was that waits for the reader
};

class LiveQuery {
 public:
  // So many changed records may wait for the reader (exec/table_clearing.h relies on it).
  static constexpr size_t kWaitingMax = 10'000;
  // And so long at most, while others commit: what it has not read holds old versions back.
  static constexpr int64_t kBehindMaxMs = 60'000;

  // What the query is made of, and made anew after a definition.
  struct Origin {
    Script script;  // of the one statement
    std::vector<sema::KnownParameter> known;
    std::map<std::string, Value, std::less<>> values;  // of parameters and LET variables
    DatabaseId database;
    function::SessionInfo session;
    std::optional<Login> login;  // nothing: root
  };

  // The database must outlive this.
  LiveQuery(Database& database, const Uuid& id, Datetime since, Origin origin);
  ~LiveQuery();
  LiveQuery(const LiveQuery&) = delete;
  LiveQuery& operator=(const LiveQuery&) = delete;

  // Reads the rows that are there. Commits must be coming in already.
  Status start(PlannedPtr planned);

  const Uuid& id() const { return id_; }
  TableId table() const { return table_; }
  DatabaseId database() const { return origin_.database; }
  bool is_diff() const { return is_diff_; }
  const std::vector<Column>& columns() const { return columns_; }
  Names names() const { return planned_->schema->names(); }

  // The next event; nothing if there is none within the time, or the query has ended. After an
  // error every call gives it.
  Result<std::optional<LiveEvent>> next(int64_t wait_ns);
  void end();
  bool is_ended() const;
  LiveActivity activity(int64_t now_ms) const;

  // Keys are those of records of the table, without it. `defines`: the commit changed definitions.
  void on_commit(Timestamp at, std::vector<std::string> keys, bool defines);
  // There was a commit that does not concern the query.
  void on_other_commit(Timestamp at);

 private:
  struct Commit {
    Timestamp at;
    std::vector<std::string> keys;
    bool defines = false;
  };
  using Row = std::vector<Value>;

  Status use(PlannedPtr planned);
  Status define_anew(Timestamp at);
  Status process(const Commit& commit);
  Status read_rows();
  Result<std::vector<std::optional<Row>>> rows_at(Timestamp at,
                                                  const std::vector<std::string>& keys);
  void add_event(Timestamp at, const std::string& key, std::optional<Row> before,
                 std::optional<Row> after);
  void drop_waiting();  // under mutex_, as is the next
  void overrun();
  std::optional<Commit> take(int64_t wait_ns);
  void done_with_commit();

  Database& database_;
  const Uuid id_;
  const Datetime since_;
  Origin origin_;
  bool is_diff_ = false;
  TableId table_;
  PlannedPtr planned_;
  std::shared_ptr<const plan::Plan> rows_plan_;    // shared with what runs it
  std::shared_ptr<const plan::Plan> record_plan_;  // the same
  std::vector<Value> parameters_;
  std::vector<Column> columns_;
  std::deque<LiveEvent> ready_;
  Timestamp seen_;  // commits up to here are in the rows
  std::optional<Error> error_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Commit> waiting_;
  size_t waiting_keys_ = 0;
  std::optional<Timestamp> held_;  // the snapshot that is kept for the reader
  bool is_ended_ = false;
  bool is_overrun_ = false;
};

}  // namespace zerodb::database
