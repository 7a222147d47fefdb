#include "database/transaction_control.h"

namespace zerodb::database {

bool TransactionControl::is_control(const sema::Statement& statement) {
  return std::holds_alternative<sema::BeginStatement>(statement.body) ||
         std::holds_alternative<sema::CommitStatement>(statement.body) ||
         std::holds_alternative<sema::SavepointStatement>(statement.body) ||
         std::holds_alternative<sema::ReleaseStatement>(statement.body) || is_rollback(statement);
}

bool TransactionControl::is_rollback(const sema::Statement& statement) {
  return std::holds_alternative<sema::RollbackStatement>(statement.body);
}

Status TransactionControl::run(const sema::Statement& statement) {
  session_.end_active("the transaction went on");
  if (const auto* begin_body = std::get_if<sema::BeginStatement>(&statement.body))
    return begin(*begin_body);
  TRY(require_transaction());
  if (std::holds_alternative<sema::CommitStatement>(statement.body)) return commit();
  if (const auto* back = std::get_if<sema::RollbackStatement>(&statement.body))
    return rollback(back->savepoint);
  if (const auto* point = std::get_if<sema::SavepointStatement>(&statement.body))
    return set_savepoint(point->name);
  return release(std::get<sema::ReleaseStatement>(statement.body).name);
}

Status TransactionControl::require_transaction() const {
  if (session_.in_transaction()) return ok_status();
  return Error(ErrorCode::E0803, "no transaction is open").with_help("start one with BEGIN");
}

Status TransactionControl::begin(const sema::BeginStatement& begin) {
  if (session_.in_transaction()) {
    return Error(ErrorCode::E0804, "a transaction is open already")
        .with_help("end it with COMMIT or ROLLBACK, or use SAVEPOINT");
  }
  txn::TransactionOptions options;
  const bool snapshot =
      begin.snapshot || (!begin.serializable && session_.settings_.is_snapshot_isolation());
  options.isolation = snapshot ? txn::Isolation::Snapshot : txn::Isolation::Serializable;
  options.access = begin.read_only ? txn::Access::ReadOnly : txn::Access::ReadWrite;
  options.durability = session_.settings_.is_relaxed_durability() ? txn::Durability::Relaxed
                                                                  : txn::Durability::Synced;
  auto transaction = std::make_unique<txn::Transaction>(
      txn::Transaction::begin(*session_.database_.router_, options));
  TRY(transaction->read_timestamp());
  session_.transaction_ = std::move(transaction);
  const int64_t now = session_.database_.clock_->wall_ns();
  session_.transaction_time_ = {now / 1'000'000'000, static_cast<uint32_t>(now % 1'000'000'000)};
  return ok_status();
}

void TransactionControl::abandon() {
  if (session_.in_transaction() && session_.transaction_->is_open())
    session_.transaction_->rollback();
  session_.transaction_.reset();
  session_.savepoints_.clear();
  session_.aborted_ = false;
  session_.has_definitions_ = false;
}

Status TransactionControl::commit() {
  const bool has_definitions = session_.has_definitions_;
  if (has_definitions) {
    const Status committed = session_.database_.commit_definition(*session_.transaction_);
    abandon();
    return committed;
  }
  const auto committed = session_.transaction_->commit();
  abandon();
  if (!committed) return committed.error();
  return ok_status();
}

Status TransactionControl::rollback(const std::string& savepoint) {
  if (savepoint.empty()) {
    abandon();
    return ok_status();
  }
  const size_t position = TRY(find_savepoint(savepoint));
  session_.transaction_->rollback_to(session_.savepoints_[position].id);
  session_.savepoints_.resize(position + 1);
  session_.aborted_ = false;
  return ok_status();
}

Status TransactionControl::set_savepoint(const std::string& name) {
  session_.savepoints_.push_back({name, session_.transaction_->savepoint()});
  return ok_status();
}

Status TransactionControl::release(const std::string& name) {
  const size_t position = TRY(find_savepoint(name));
  session_.transaction_->release(session_.savepoints_[position].id);
  session_.savepoints_.resize(position);
  return ok_status();
}

Result<size_t> TransactionControl::find_savepoint(const std::string& name) const {
  for (size_t i = session_.savepoints_.size(); i > 0; --i) {
    if (session_.savepoints_[i - 1].name == name) return i - 1;
  }
  return Error(ErrorCode::E0212, "no savepoint `" + name + "` in this transaction");
}

}  // namespace zerodb::database
