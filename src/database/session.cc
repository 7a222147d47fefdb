#include "database/session.h"

#include <algorithm>

#include "catalog/store_codec.h"
#include "database/result_state.h"
#include "database/statement_runner.h"
#include "database/transaction_control.h"
#include "sema/access.h"

namespace zerodb::database {

namespace {

function::SessionInfo info_of(uint64_t id) {
  function::SessionInfo info;
  info.id = std::to_string(id);
  info.user = sema::kRootUser;
  info.name_space = "main";
  info.database = "main";
  info.version = ZERODB_VERSION;
  return info;
}

}  // namespace

Session::Session(Database& database, uint64_t id)
    : database_(database),
      current_(catalog::kMainDatabase),
      info_(info_of(id)),
      activity_(database.activity_, info_, from_unix_ns(database.clock_->wall_ns())) {}

Session::~Session() {
  end_active("the session ended");
  for (const Uuid& id : live_ids_) database_.live_queries_.end(id);
  TransactionControl(*this).abandon();
}

void Session::publish(bool is_read) {
  std::optional<OpenTransaction> open;
  if (transaction_ != nullptr) {
    const auto snapshot = transaction_->read_timestamp();
    open = OpenTransaction{.since = transaction_time_,
                           .options = transaction_->options(),
                           .snapshot = snapshot ? *snapshot : Timestamp(),
                           .writes = transaction_->write_count(),
                           .is_aborted = aborted_};
  }
  activity_.end(info_, open, is_read);
}

Names Session::names() const {
  return schema_ == nullptr ? Names{} : schema_->names();
}

void Session::end_active(std::string_view reason) {
  if (active_ == nullptr) return;
  if (active_->stream != nullptr) {
    active_->end(Error(ErrorCode::E1107,
                       "the result was not read to its end before " + std::string(reason)));
  }
  active_->abort_on_error = nullptr;
  active_.reset();
}

Result<std::unique_ptr<ResultSet>> Session::hand_out(Result<std::shared_ptr<ResultState>> state) {
  const bool is_read = state && (*state)->stream != nullptr;
  publish(is_read);
  if (!state) return state.error();
  (*state)->is_counted = true;
  // Whoever reads a stream sees the time of its batches; nothing else takes time from here on.
  if ((*state)->stream == nullptr || (*state)->planned->checked->writes) (*state)->note_time();
  if (is_read) (*state)->reader = &activity_;
  if ((*state)->stream != nullptr) active_ = *state;
  return std::make_unique<ResultSet>(std::move(*state));
}

Result<std::unique_ptr<Statement>> Session::prepare(std::string_view text) {
  Script script{std::string(text)};
  if (script.size() != 1) {
    return Error(ErrorCode::E0101,
                 "expected exactly one statement, not " + std::to_string(script.size()));
  }
  const uint64_t epoch = database_.definitions_.current();
  const Parameters none;
  PlannedPtr planned = TRY(StatementRunner(*this, none).prepare(script, 0));
  return std::unique_ptr<Statement>(new Statement(std::move(script), std::move(planned), epoch));
}

Result<std::unique_ptr<ResultSet>> Session::execute(Statement& statement,
                                                    const Parameters& parameters) {
  StatementRunner runner(*this, parameters);
  auto state = runner.run(statement.script_, statement.planned_, statement.epoch_);
  if (!state) runner.count_error();
  return hand_out(std::move(state));
}

Result<std::unique_ptr<ResultSet>> Session::execute(const Script& script, size_t index,
                                                    const Parameters& parameters) {
  StatementRunner runner(*this, parameters);
  auto state = runner.run(script, index);
  if (!state) runner.count_error();
  return hand_out(std::move(state));
}

Result<std::unique_ptr<ResultSet>> Session::execute(std::string_view text,
                                                    const Parameters& parameters) {
  const Script script{std::string(text)};
  if (script.size() != 1) {
    return Error(ErrorCode::E0101,
                 "expected exactly one statement, not " + std::to_string(script.size()));
  }
  return execute(script, 0, parameters);
}

Result<Session::Definitions> Session::definitions() {
  std::optional<txn::Transaction> own;
  if (transaction_ == nullptr) {
    txn::TransactionOptions options;
    options.access = txn::Access::ReadOnly;
    own.emplace(txn::Transaction::begin(*database_.router_, options));
  }
  txn::Transaction& transaction = own ? *own : *transaction_;
  SchemaPtr schema = TRY(database_.schemas_.get(transaction, current_));
  catalog::Rows rows = TRY(SchemaCache::rows(transaction, current_));
  return Definitions{std::move(schema), current_, std::move(rows)};
}

std::shared_ptr<LiveQuery> Session::live_query(const Uuid& id) const {
  if (std::ranges::find(live_ids_, id) == live_ids_.end()) return nullptr;
  return database_.live_queries_.find(id);
}

void Session::end_live_query(const Uuid& id) {
  if (live_query(id) != nullptr) database_.live_queries_.end(id);
}

std::vector<std::shared_ptr<LiveQuery>> Session::live_queries() const {
  std::vector<std::shared_ptr<LiveQuery>> found;
  for (const Uuid& id : live_ids_) {
    if (auto query = database_.live_queries_.find(id)) found.push_back(std::move(query));
  }
  return found;
}

std::vector<std::string> Session::variable_names() const {
  std::vector<std::string> names;
  for (const auto& [name, variable] : variables_) names.push_back(name);
  return names;
}

const std::vector<Column>& Statement::columns() const {
  return planned_->columns;
}

std::vector<ParameterInfo> Statement::parameters() const {
  std::vector<ParameterInfo> infos;
  for (const sema::Parameter& parameter : planned_->checked->parameters) {
    if (parameter.name != sema::kAuthParameter) infos.push_back({parameter.name, parameter.type});
  }
  return infos;
}

}  // namespace zerodb::database
