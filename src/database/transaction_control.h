// TransactionControl: BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE: statements about a session's
// transaction.
//
// Threading: belongs to the session's thread.
#pragma once

#include "base/result.h"
#include "database/session.h"
#include "sema/statement.h"

namespace zerodb::database {

class TransactionControl {
 public:
  explicit TransactionControl(Session& session) : session_(session) {}

  static bool is_control(const sema::Statement& statement);
  // Whether the statement may run in an aborted transaction: ROLLBACK and ROLLBACK TO.
  static bool is_rollback(const sema::Statement& statement);

  Status run(const sema::Statement& statement);
  // Drops the open transaction and all its writes.
  void abandon();

 private:
  Status begin(const sema::BeginStatement& begin);
  Status commit();
  Status rollback(const std::string& savepoint);
  Status set_savepoint(const std::string& name);
  Status release(const std::string& name);
  // Position of the newest savepoint of that name; E0212 if there is none.
  Result<size_t> find_savepoint(const std::string& name) const;
  Status require_transaction() const;

  Session& session_;
};

}  // namespace zerodb::database
