// StatementRunner: takes one statement of a session from text to result.
//
// It decides in which transaction the statement runs, finds or makes its plan for the schema that
// the transaction sees, gathers its parameters, executes, and outside BEGIN commits and repeats on
// a definite conflict. Made for one statement and dropped. Threading: belongs to the session's
// thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "database/result_state.h"
#include "database/session.h"

namespace zerodb::database {

class BulkLoad;

class StatementRunner {
 public:
  using ResultPtr = std::shared_ptr<ResultState>;  // shared by the ResultSet and the session

  // Both borrowed for the life of the runner.
  StatementRunner(Session& session, const Parameters& parameters)
      : session_(session), parameters_(parameters) {}

  // The statement's plan for the schema that the session sees, from the cache or made now.
  Result<PlannedPtr> prepare(const Script& script, size_t index);
  Result<ResultPtr> run(const Script& script, size_t index);
  // A prepared statement, the only one of its script. `planned` was made at `epoch` of definitions;
  // both are renewed when a definition has been made since.
  Result<ResultPtr> run(const Script& script, PlannedPtr& planned, uint64_t& epoch);
  // Counts a run that failed before it had a result.
  void count_error() const;

 private:
  friend class CopyFrom;
  // A write outside BEGIN that meets a definite conflict is run again so often before the conflict
  // is reported.
  static constexpr int kAttemptsMax = 100;

  // Also takes in what the session's user may do there: E0704.
  Result<SchemaPtr> schema_for(const Script& script, size_t index, txn::Transaction& transaction);
  Status take_access(txn::Transaction& transaction, const SchemaPtr& schema);
  std::vector<sema::KnownParameter> known_parameters() const;
  Result<PlannedPtr> plan_for(const Script& script, size_t index, const SchemaPtr& schema);
  Result<ResultPtr> run_inside(const Script& script, size_t index);
  Result<ResultPtr> run_alone(const Script& script, size_t index);
  Result<ResultPtr> run_alone(const Script& script, size_t index, PlannedPtr planned,
                              std::unique_ptr<txn::Transaction> transaction);
  Result<ResultPtr> attempt_write(const Script& script, size_t index, PlannedPtr planned);
  Result<ResultPtr> run_point_read(const PlannedPtr& planned);
  Result<ResultPtr> run_planned(PlannedPtr planned, txn::Transaction& transaction,
                                std::unique_ptr<txn::Transaction> own);
  static bool changes_definitions(const Planned& planned, const txn::Transaction& transaction);
  Status commit_alone(const Planned& planned, txn::Transaction& transaction);
  static std::optional<IndexId> deferred_index(const Planned& planned);
  // COPY, in copy_statements.cc. Without a transaction that is open each batch has its own.
  Result<ResultPtr> copy_from(const Script& script, size_t index, PlannedPtr planned,
                              txn::Transaction* open);
  Result<ResultPtr> copy_state(const PlannedPtr& planned);
  Result<std::unique_ptr<BulkLoad>> start_load(TableId table);
  Status copy_to(const sema::CopyStatement& copy, ResultState& state);
  // USE, SET, SHOW, LET and DESCRIBE: what the session does itself, in session_statements.cc.
  Status apply_to_session(const Planned& planned, ResultState& state);

  ResultPtr new_state(PlannedPtr planned);
  // Borrows the state and the transaction.
  Result<ResultPtr> start_live(const Script& script, size_t index, PlannedPtr planned);
  // E1110.
  // `loaded_bytes`: on the way into the store beside the transaction.
  Status check_storage(const Planned& planned, const txn::Transaction& transaction,
                       uint64_t loaded_bytes = 0);
  // On the monotonic clock.
  int64_t deadline_ns() const;
  bool is_late() const;
  exec::ExecContext exec_context(ResultState& state, txn::Transaction& transaction);
  Result<std::vector<Value>> bind_parameters(const Planned& planned) const;
  txn::TransactionOptions options(txn::Access access) const;
  txn::Transaction begin(txn::Access access) const;
  std::string_view access_key() const { return access_ ? access_->key : std::string_view(); }
  bool is_cancelled() const { return session_.cancel_.is_cancelled(); }

  Session& session_;
  const Parameters& parameters_;
  bool may_infer_ =
      false;  // parameters without a value are typed by their use: the statement is being prepared
  int64_t started_ns_ = 0;
  PlannedPtr last_planned_;            // what ran last, if it came so far
  std::optional<LoginAccess> access_;  // nothing: everything is allowed
};

}  // namespace zerodb::database
