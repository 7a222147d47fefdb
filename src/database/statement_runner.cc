#include "database/statement_runner.h"

#include <algorithm>

#include "base/limits.h"
#include "database/index_builder.h"
#include "database/planning.h"
#include "database/transaction_control.h"
#include "exec/arena_wasm.h"
#include "exec/worker_pool.h"
#include "value/cast.h"
#include "value/temporal.h"

namespace zerodb::database {
namespace {

exec::TierPolicy tier_policy(Tier tier) {
  switch (tier) {
    case Tier::Interpreter:
      return exec::TierPolicy::Interpreter;
    case Tier::Wasm:
      return exec::TierPolicy::Wasm;
    case Tier::Auto:
      return exec::TierPolicy::Auto;
  }
  UNREACHABLE();
}

}  // namespace

txn::TransactionOptions StatementRunner::options(txn::Access access) const {
  txn::TransactionOptions options;
  options.access = access;
  options.isolation = session_.settings_.is_snapshot_isolation() ? txn::Isolation::Snapshot
                                                                 : txn::Isolation::Serializable;
  options.durability = session_.settings_.is_relaxed_durability() ? txn::Durability::Relaxed
                                                                  : txn::Durability::Synced;
  return options;
}

txn::Transaction StatementRunner::begin(txn::Access access) const {
  return txn::Transaction::begin(*session_.database_.router_, options(access));
}

// A session whose database was removed can still leave it.
Result<SchemaPtr> StatementRunner::schema_for(const Script& script, size_t index,
                                              txn::Transaction& transaction) {
  SchemaCache& schemas = session_.database_.schemas_;
  Result<SchemaPtr> schema = schemas.get(transaction, session_.current_);
  if (!schema && schema.error().code() == ErrorCode::E0206) {
    const zeroql::Tree& tree = script.tree();
    if (tree.kind(script.statement(index)) == zeroql::NodeKind::Use)
      schema = schemas.get(transaction, catalog::kMainDatabase);
  }
  if (schema) TRY(take_access(transaction, *schema));
  return schema;
}

Status StatementRunner::take_access(txn::Transaction& transaction, const SchemaPtr& schema) {
  if (!session_.login_) return ok_status();
  access_ = TRY(access_of(*session_.login_, session_.database_.schemas_, transaction, schema));
  session_.info_.roles = access_->access.roles;
  return ok_status();
}

std::vector<sema::KnownParameter> StatementRunner::known_parameters() const {
  std::vector<sema::KnownParameter> known;
  for (const auto& [name, value] : parameters_) {
    known.push_back({name, type_of(value), sema::KnownParameter::Origin::Client});
  }
  for (const auto& [name, variable] : session_.variables_) {
    if (!parameters_.contains(name))
      known.push_back({name, variable.type, sema::KnownParameter::Origin::Let});
  }
  return known;
}

Result<PlannedPtr> StatementRunner::plan_for(const Script& script, size_t index,
                                             const SchemaPtr& schema) {
  if (const zeroql::Diagnostic* mistake = script.error(index)) return zeroql::to_error(*mistake);
  const std::vector<sema::KnownParameter> known = known_parameters();
  PlanningInput input;
  input.known = known;
  input.statistics = session_.database_.statistics_.get();
  if (access_) input.access = &access_->access;
  input.access_key = access_key();
  input.options = session_.database_.planner_options_;
  input.unknown = may_infer_ ? sema::UnknownParameters::Infer : sema::UnknownParameters::Refuse;
  return plan_statement(script, index, schema, input, *session_.database_.library_,
                        session_.database_.statements_);
}

Result<PlannedPtr> StatementRunner::prepare(const Script& script, size_t index) {
  may_infer_ = true;
  if (session_.in_transaction()) {
    const SchemaPtr schema = TRY(schema_for(script, index, *session_.transaction_));
    return plan_for(script, index, schema);
  }
  txn::Transaction transaction = begin(txn::Access::ReadOnly);
  const SchemaPtr schema = TRY(schema_for(script, index, transaction));
  return plan_for(script, index, schema);
}

void StatementRunner::count_error() const {
  if (last_planned_ != nullptr) last_planned_->counts.add_error();
}

StatementRunner::ResultPtr StatementRunner::new_state(PlannedPtr planned) {
  last_planned_ = planned;
  auto state = std::make_shared<ResultState>();
  Clock& clock = *session_.database_.clock_;
  state->clock = &clock;
  state->started_ns = started_ns_;
  state->has_rows = !planned->columns.empty();
  state->statistics.tier = "interpreter";
  state->table_ids.schema = planned->schema;
  state->call.transaction_time =
      session_.in_transaction() ? session_.transaction_time_ : from_unix_ns(clock.wall_ns());
  state->call.regexes = &session_.regexes_;
  state->call.zones = &session_.zones_;
  state->call.clock = &clock;
  state->call.random = session_.database_.random_.get();
  state->call.session = &session_.info_;
  state->call.table_ids = &state->table_ids;
  state->call.sequences = &session_.sequences_;
  state->call.system = &session_.system_;
  if (session_.database_.files_) state->call.files = &*session_.database_.files_;
  state->call.names = planned->schema->names();
  state->planned = std::move(planned);
  return state;
}

Result<std::vector<Value>> StatementRunner::bind_parameters(const Planned& planned) const {
  std::vector<Value> values;
  for (const sema::Parameter& parameter : planned.checked->parameters) {
    if (parameter.name == sema::kAuthParameter) {
      values.push_back(TRY(auth_of(*session_.login_, session_.info_.roles)));
      continue;
    }
    const Value* value = nullptr;
    if (const auto given = parameters_.find(parameter.name); given != parameters_.end()) {
      value = &given->second;
    } else if (const auto let = session_.variables_.find(parameter.name);
               let != session_.variables_.end()) {
      value = &let->second.value;
    } else {
      return Error(ErrorCode::E0204, "parameter `$" + parameter.name + "` has no value");
    }
    if (parameter.type.is_any()) {
      values.push_back(*value);
      continue;
    }
    auto converted = coerce(*value, parameter.type, planned.schema->names());
    if (!converted) {
      return Error(converted.error().code(), "parameter `$" + parameter.name +
                                                 "`: " + std::string(converted.error().message()));
    }
    values.push_back(std::move(*converted));
  }
  return values;
}

Result<StatementRunner::ResultPtr> StatementRunner::run_planned(
    PlannedPtr planned, txn::Transaction& transaction, std::unique_ptr<txn::Transaction> own) {
  ResultPtr state = new_state(std::move(planned));
  const Planned& use = *state->planned;
  session_.schema_ = use.schema;
  // A full database can still be left, and its definitions changed.
  if (use.plan != nullptr && !std::holds_alternative<sema::DefinitionStatement>(use.checked->body))
    state->ticket = TRY(session_.database_.quotas_->admit(*use.schema));
  state->parameters = TRY(bind_parameters(use));
  state->own_transaction = std::move(own);
  if (use.plan == nullptr) {
    TRY(apply_to_session(use, *state));
    // The rows, if any, are at hand, so nothing needs the snapshot any more.
    state->own_transaction.reset();
    state->ticket = {};
    return state;
  }
  state->stream = TRY(exec::execute(use.plan, exec_context(*state, transaction)));
  if (use.takes_value) {
    TRY(state->buffer());
    TRY(apply_to_session(use, *state));
  }
  return state;
}

int64_t StatementRunner::deadline_ns() const {
  const int64_t timeout = session_.settings_.statement_timeout_ns();
  if (timeout <= 0 || started_ns_ > INT64_MAX - timeout) return INT64_MAX;
  return started_ns_ + timeout;
}

bool StatementRunner::is_late() const {
  return session_.database_.clock_->monotonic_ns() > deadline_ns();
}

exec::ExecContext StatementRunner::exec_context(ResultState& state, txn::Transaction& transaction) {
  exec::ExecContext context;
  context.transaction = &transaction;
  context.parameters = state.parameters;
  context.memory = session_.database_.memory_.get();
  context.library = session_.database_.library_.get();
  context.call = &state.call;
  context.cancel = &session_.cancel_;
  context.budget = session_.database_.quotas_->memory(*state.planned->schema,
                                                      session_.database_.statements_budget_.get());
  context.spill_folder = session_.database_.spill_folder_;
  context.operator_memory = session_.database_.operator_memory_;
  context.memory_max =
      std::min(session_.database_.statement_memory_, session_.settings_.statement_memory());
  context.workers = session_.database_.workers_.get();
  context.threads =
      std::min(context.workers->threads_max(), session_.settings_.statement_threads());
  context.morsel_rows = session_.database_.morsel_rows_;
  context.columns = session_.database_.columns_.get();
  context.deadline_ns = deadline_ns();
  context.tier = tier_policy(session_.settings_.tier());
  context.defers_index = !session_.in_transaction();
  context.executions = state.planned->executions.fetch_add(1, std::memory_order_relaxed);
  return context;
}

Result<StatementRunner::ResultPtr> StatementRunner::run_inside(const Script& script, size_t index) {
  // A broken statement aborts too, whether it is found early or late.
  const auto attempt = [&]() -> Result<ResultPtr> {
    const SchemaPtr schema = TRY(schema_for(script, index, *session_.transaction_));
    PlannedPtr planned = TRY(plan_for(script, index, schema));
    const sema::Statement& checked = *planned->checked;
    if (session_.aborted_ && !TransactionControl::is_rollback(checked)) {
      return Error(ErrorCode::E0802,
                   "the transaction is aborted; only ROLLBACK and ROLLBACK TO are accepted");
    }
    if (TransactionControl::is_control(checked)) {
      const ResultPtr state = new_state(planned);
      TRY(TransactionControl(session_).run(checked));
      return state;
    }
    if (std::holds_alternative<sema::LiveStatement>(checked.body)) {
      return Error(ErrorCode::E0811, "LIVE shows what is committed: it stands outside of BEGIN")
          .at(script.span(index));
    }
    if (checked.writes && session_.transaction_->options().access == txn::Access::ReadOnly) {
      return Error(ErrorCode::E0805, "a write in a READ ONLY transaction").at(script.span(index));
    }
    if (const auto* definition = std::get_if<sema::DefinitionStatement>(&checked.body)) {
      if (definition->rebuilds)
        return Error(ErrorCode::E0811, "REBUILD stands outside of BEGIN").at(script.span(index));
      session_.has_definitions_ = true;
    }
    if (const auto* copy = std::get_if<sema::CopyStatement>(&checked.body)) {
      if (copy->is_from) return copy_from(script, index, planned, session_.transaction_.get());
      ResultPtr rows = TRY(run_planned(planned, *session_.transaction_, nullptr));
      TRY(copy_to(*copy, *rows));
      return rows;
    }
    ResultPtr state = TRY(run_planned(planned, *session_.transaction_, nullptr));
    if (changes_definitions(*planned, *session_.transaction_)) session_.has_definitions_ = true;
    TRY(check_storage(*planned, *session_.transaction_));
    state->abort_on_error = &session_.aborted_;
    return state;
  };
  Result<ResultPtr> state = attempt();
  const bool refuses = !state && state.error().code() == ErrorCode::E0804;
  if (!state && session_.in_transaction() && !refuses) session_.aborted_ = true;
  return state;
}

// What only takes away is always allowed, and so are definitions.
Status StatementRunner::check_storage(const Planned& planned, const txn::Transaction& transaction,
                                      uint64_t loaded_bytes) {
  const sema::Statement& checked = *planned.checked;
  const auto* modify = std::get_if<sema::ModifyStatement>(&checked.body);
  if (!checked.writes || (modify != nullptr && modify->is_delete) ||
      std::holds_alternative<sema::DefinitionStatement>(checked.body))
    return ok_status();
  return session_.database_.quotas_->check_storage(*planned.schema,
                                                   transaction.pending_bytes() + loaded_bytes);
}

// DELETE of many records at once changes where the table lies (exec/table_clearing.h).
bool StatementRunner::changes_definitions(const Planned& planned,
                                          const txn::Transaction& transaction) {
  if (std::holds_alternative<sema::DefinitionStatement>(planned.checked->body)) return true;
  const std::string rows = catalog::database_prefix(planned.schema->database().id);
  return transaction.has_writes_in(storage::Family::Meta, storage::Range::prefix(rows));
}

Status StatementRunner::commit_alone(const Planned& planned, txn::Transaction& transaction) {
  if (changes_definitions(planned, transaction))
    return session_.database_.commit_definition(transaction);
  const auto committed = transaction.commit();
  if (!committed) return committed.error();
  return ok_status();
}

// The index that the statement leaves to be built after its commit.
std::optional<IndexId> StatementRunner::deferred_index(const Planned& planned) {
  const auto* definition = std::get_if<sema::DefinitionStatement>(&planned.checked->body);
  if (definition == nullptr || definition->no_op || !definition->is_index_alone())
    return std::nullopt;
  return definition->build.front().index;
}

Result<StatementRunner::ResultPtr> StatementRunner::attempt_write(const Script& script,
                                                                  size_t index,
                                                                  PlannedPtr planned) {
  txn::Transaction transaction = begin(txn::Access::ReadWrite);
  const SchemaPtr schema = TRY(schema_for(script, index, transaction));
  if (schema != planned->schema || access_key() != planned->access_key)
    planned = TRY(plan_for(script, index, schema));
  ResultPtr state = TRY(run_planned(planned, transaction, nullptr));
  TRY(state->buffer());
  TRY(check_storage(*planned, transaction));
  if (const auto index = deferred_index(*planned)) {
    const Maintenance::Claim claim(session_.database_.maintenance_, *index);
    TRY(commit_alone(*planned, transaction));
    TRY(IndexBuilder(session_.database_, session_.cancel_, IndexBuilder::Cancelled::TakenBack)
            .run(*index));
  } else {
    TRY(commit_alone(*planned, transaction));
  }
  return state;
}

Result<StatementRunner::ResultPtr> StatementRunner::run_alone(const Script& script, size_t index) {
  auto transaction = std::make_unique<txn::Transaction>(begin(txn::Access::ReadOnly));
  const SchemaPtr schema = TRY(schema_for(script, index, *transaction));
  PlannedPtr planned = TRY(plan_for(script, index, schema));
  return run_alone(script, index, std::move(planned), std::move(transaction));
}

Result<StatementRunner::ResultPtr> StatementRunner::run_alone(
    const Script& script, size_t index, PlannedPtr planned,
    std::unique_ptr<txn::Transaction> transaction) {
  if (TransactionControl::is_control(*planned->checked)) {
    transaction.reset();
    const ResultPtr state = new_state(planned);
    TRY(TransactionControl(session_).run(*planned->checked));
    return state;
  }
  if (std::holds_alternative<sema::LiveStatement>(planned->checked->body)) {
    transaction.reset();
    return start_live(script, index, std::move(planned));
  }
  const auto* copy = std::get_if<sema::CopyStatement>(&planned->checked->body);
  if (copy != nullptr && copy->is_from) {
    transaction.reset();
    return copy_from(script, index, std::move(planned), nullptr);
  }
  if (!planned->checked->writes) {
    txn::Transaction& reads = *transaction;
    if (copy != nullptr) {
      ResultPtr state = TRY(run_planned(planned, reads, std::move(transaction)));
      TRY(copy_to(*copy, *state));
      return state;
    }
    return run_planned(std::move(planned), reads, std::move(transaction));
  }
  transaction.reset();
  for (int attempt = 1;; ++attempt) {
    Result<ResultPtr> state = attempt_write(script, index, planned);
    if (state || !state.error().is_retryable() || attempt == kAttemptsMax || is_cancelled())
      return state;
  }
}

Result<StatementRunner::ResultPtr> StatementRunner::run(const Script& script, size_t index) {
  started_ns_ = session_.database_.clock_->monotonic_ns();
  session_.end_active("another statement was started in the session");
  if (script.text(index).size() > limits::kStatementBytesMax) {
    return Error(ErrorCode::E1101, "the statement is longer than 1 MiB").at(script.span(index));
  }
  session_.activity_.begin(script.text(index));
  return session_.in_transaction() ? run_inside(script, index) : run_alone(script, index);
}

Result<StatementRunner::ResultPtr> StatementRunner::run(const Script& script, PlannedPtr& planned,
                                                        uint64_t& epoch) {
  if (session_.in_transaction()) return run(script, 0);
  started_ns_ = session_.database_.clock_->monotonic_ns();
  session_.end_active("another statement was started in the session");
  session_.activity_.begin(script.text(0));
  const uint64_t now = session_.database_.definitions_.current();
  if (planned->is_point_read && epoch == now && now != DefinitionEpoch::kNever)
    return run_point_read(planned);

  may_infer_ = true;
  auto transaction = std::make_unique<txn::Transaction>(begin(txn::Access::ReadOnly));
  const SchemaPtr schema = TRY(schema_for(script, 0, *transaction));
  if (schema != planned->schema || access_key() != planned->access_key ||
      is_outdated(*planned, *session_.database_.statistics_))
    planned = TRY(plan_for(script, 0, schema));
  epoch = now;
  return run_alone(script, 0, planned, std::move(transaction));
}

Result<StatementRunner::ResultPtr> StatementRunner::run_point_read(const PlannedPtr& planned) {
  auto transaction = std::make_unique<txn::Transaction>(begin(txn::Access::SingleRead));
  txn::Transaction& reads = *transaction;
  return run_planned(planned, reads, std::move(transaction));
}

}  // namespace zerodb::database
