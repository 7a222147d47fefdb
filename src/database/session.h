// Session: one conversation with a database: its current database, settings, LET variables and open
// transaction.
//
// Statements come as text, as part of a parsed Script, or prepared. Outside BEGIN each statement is
// a transaction of its own: a read streams its rows from one snapshot; a write runs to its end,
// commits, and is run again by itself on a definite conflict (E0801, E0808), never when the outcome
// is unknown. Inside BEGIN a failing statement aborts the transaction (E0802 until ROLLBACK or
// ROLLBACK TO).
// Threading: belongs to one thread at a time; cancel() alone may be called from any thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "database/activity.h"
#include "database/database.h"
#include "database/login.h"
#include "database/result_set.h"
#include "database/schema_cache.h"
#include "database/script.h"
#include "database/settings.h"
#include "database/statement.h"
#include "database/system_source.h"
#include "function/context.h"
#include "function/regex.h"
#include "function/zone.h"
#include "txn/transaction.h"

namespace zerodb::database {

// Values of $name and $1, by name without the dollar sign.
using Parameters = std::map<std::string, Value, std::less<>>;

class Session {
 public:
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Checks and plans one statement. Its parameters' types and its row type are known then. The
  // statement belongs to this session.
  Result<std::unique_ptr<Statement>> prepare(std::string_view text);

  // Runs a statement. The result before must have been read to its end or dropped, otherwise it
  // ends now (E1107). Errors carry the span within the text of the statement's script.
  Result<std::unique_ptr<ResultSet>> execute(Statement& statement,
                                             const Parameters& parameters = {});
  Result<std::unique_ptr<ResultSet>> execute(const Script& script, size_t index,
                                             const Parameters& parameters = {});
  // A text of exactly one statement.
  Result<std::unique_ptr<ResultSet>> execute(std::string_view text,
                                             const Parameters& parameters = {});

  // Ends the running statement with E1107 at its next batch. From any thread.
  void cancel() { cancel_.cancel(); }
  // Lets statements run again after a cancel that hit none.
  void clear_cancel() { cancel_.reset(); }

  bool in_transaction() const { return transaction_ != nullptr; }
  bool is_aborted() const { return aborted_; }
  const Settings& settings() const { return settings_; }
  // How to show record ids and enums: the schema that the last statement saw. Good until the next
  // statement.
  Names names() const;
  // What is defined where the session stands, as its next statement will see it; for tools that
  // analyse statements before they run. Reads storage; ends no result.
  struct Definitions {
    SchemaPtr schema;
    DatabaseId database;
    catalog::Rows rows;
  };
  Result<Definitions> definitions();
  // A live query that this session began; null if there is none, or it was ended with KILL. It may
  // be read while statements run.
  std::shared_ptr<LiveQuery> live_query(const Uuid& id) const;
  // As KILL does; nothing if there is none.
  void end_live_query(const Uuid& id);
  // Those that nobody ended with KILL.
  std::vector<std::shared_ptr<LiveQuery>> live_queries() const;
  // The names of LET variables, without the dollar sign.
  std::vector<std::string> variable_names() const;
  std::string_view namespace_name() const { return info_.name_space; }
  std::string_view database_name() const { return info_.database; }

 private:
  friend class Database;
  friend class SessionSequences;
  friend class StatementRunner;
  friend class SystemSource;
  friend class TransactionControl;
  struct Savepoint {
    std::string name;
    txn::SavepointId id;
  };
  struct Variable {
    Type type;
    Value value;
  };

  Session(Database& database, uint64_t id);

  // Ends the result that is being read, because its transaction or its memory is needed.
  void end_active(std::string_view reason);
  // Tells Activity that the statement has ended, and what is open.
  void publish(bool is_read);
  Result<std::unique_ptr<ResultSet>> hand_out(Result<std::shared_ptr<ResultState>> state);

  Database& database_;
  DatabaseId current_;
  Settings settings_;
  std::map<std::string, Variable, std::less<>> variables_;  // LET
  std::unique_ptr<txn::Transaction> transaction_;           // between BEGIN and COMMIT or ROLLBACK
  std::vector<Savepoint> savepoints_;
  bool aborted_ = false;
  Datetime transaction_time_;     // now() between BEGIN and the end
  bool has_definitions_ = false;  // the open transaction changed the schema
  CancelToken cancel_;
  function::SessionInfo info_;
  function::RegexCache regexes_;
  function::ZoneCache zones_;
  SessionSequences sequences_{*this};
  std::vector<Uuid> live_ids_;  // of the live queries that it began
  SystemSource system_{*this};
  Activity::Entry activity_;
  SchemaPtr schema_;                     // of the last statement
  std::optional<Login> login_;           // nothing: root
  std::shared_ptr<ResultState> active_;  // the result that is being read; shared with its ResultSet
};

}  // namespace zerodb::database
