// ScriptChecker: checks whole scripts without a database.
//
// Statements are checked one after the other; what they define, and the parameters that LET binds,
// are known to those after them, also in later scripts. Nothing is executed, but transactions are
// followed: one that is rolled back takes its definitions back, one that is read only refuses
// writes (E0805), and after a mistake in it COMMIT leaves it open.
// Invariants: (1) a statement with errors changes nothing; (2) a name that such a statement
// would have defined is not reported as unknown afterwards, so that one mistake gives one
// diagnostic. A copy goes on by itself from what was known when it was made. Threading: one thread.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "catalog/store_codec.h"
#include "sema/check.h"
#include "zeroql/parser.h"

namespace zerodb::sema {

// What became of one statement of a script. Borrowed for the call that gives it.
struct CheckedStep {
  const Statement* statement = nullptr;     // null if it has errors
  const catalog::Schema* before = nullptr;  // what it was checked against
  const catalog::Schema* after = nullptr;   // with what it defines
};

// What one statement defines, as rows of the catalog; shared by all who remember the statement.
using Definitions = std::shared_ptr<const std::vector<catalog::Change>>;

class ScriptChecker {
 public:
  using Observer = std::function<void(const zeroql::ParsedStatement&, const CheckedStep&)>;

  explicit ScriptChecker(
      std::shared_ptr<const function::Library> library = function::Library::create());

  // Starts from the definitions of a database: the rows that its schema is built from.
  static Result<ScriptChecker> create(std::shared_ptr<const function::Library> library,
                                      catalog::Rows rows, DatabaseId database);

  // Errors and warnings, statement by statement. What the parser found comes at its statement.
  zeroql::Diagnostics check(const zeroql::ParseResult& script);
  // `observe` is called after each statement, also for those that cannot be parsed.
  zeroql::Diagnostics check(const zeroql::ParseResult& script, const Observer& observe);
  // The part of it that one statement has; for callers that know the others already. Statements are
  // those of `zeroql::split(script)` and come in order.
  zeroql::Diagnostics check_one(const zeroql::ParseResult& script,
                                std::span<const zeroql::ParsedStatement> statements, size_t index);
  zeroql::Diagnostics check_one(const zeroql::ParseResult& script,
                                std::span<const zeroql::ParsedStatement> statements, size_t index,
                                const Observer& observe);
  // Goes on as if statements had been checked that do nothing but define this, in their order.
  void take_over(std::span<const Definitions> definitions);
  // Grows when a statement changes what is known to those after it.
  uint64_t changes() const { return changes_; }

  const catalog::Schema& schema() const { return *schema_; }
  std::shared_ptr<const catalog::Schema> shared_schema() const { return schema_; }

 private:
  struct State {
    catalog::Rows rows;
    DatabaseId database;
  };
  struct Savepoint {
    std::string name;
    State state;
  };

  zeroql::Diagnostics check_statement(const zeroql::ParsedStatement& found,
                                      const Observer& observe);
  void apply(const Statement& statement);
  void put(std::span<const catalog::Change> changes);
  void apply_transaction(const Statement& statement, Span span, zeroql::Diagnostics& out);
  void roll_back(const RollbackStatement& rollback, Span span, zeroql::Diagnostics& out);
  void release(const ReleaseStatement& release, Span span, zeroql::Diagnostics& out);
  size_t find_savepoint(const std::string& name, Span span, zeroql::Diagnostics& out) const;
  void abort_transaction();
  void remember_failure(const zeroql::ParsedStatement& found);
  bool follows_from_failure(const zeroql::Diagnostic& diagnostic,
                            const zeroql::SourceText& source) const;
  void restore(State state);
  void rebuild();

  std::shared_ptr<const function::Library> library_;  // immutable, shared with copies
  State state_;
  std::shared_ptr<const catalog::Schema> schema_;  // shared with the statements checked against it
  std::vector<KnownParameter> parameters_;
  // Of the open transaction: the first is its start.
  std::vector<Savepoint> savepoints_;
  bool is_read_only_ = false;
  bool is_aborted_ = false;
  // A COMMIT was the last to end a transaction. It may have failed, and then ROLLBACK is right.
  bool is_commit_last_ = false;
  std::set<std::string> failed_names_;
  uint64_t changes_ = 0;
};

}  // namespace zerodb::sema
