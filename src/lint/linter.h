// Linter: runs the rules over scripts without a database.
//
// Scripts are taken in order; what one defines is known to those after it. A statement that the
// checker refuses is seen by the rules about text only. A copy goes on by itself from what was
// known when it was made. Threading: one thread.
#pragma once

#include <memory>

#include "lint/configuration.h"
#include "lint/context.h"
#include "sema/script_checker.h"

namespace zerodb::lint {

struct LintResult {
  zeroql::Diagnostics errors;  // of the parser and the checker, without warnings
  Findings findings;           // by place; without those that are allowed
  Findings allowed;
};

class Linter {
 public:
  explicit Linter(Configuration configuration = {},
                  std::shared_ptr<const function::Library> library = function::Library::create());

  // A script whose definitions are there already; nothing is said about it.
  void learn(const zeroql::ParseResult& script);
  // The same, of all that a checker has seen. It has the linter's library.
  void learn(sema::ScriptChecker seen) { checker_ = std::move(seen); }
  LintResult lint(const zeroql::ParseResult& script);

  const Configuration& configuration() const { return configuration_; }

 private:
  friend class LintRun;
  class Run;

  Configuration configuration_;
  std::shared_ptr<const function::Library> library_;  // immutable, shared with the checker
  sema::ScriptChecker checker_;
};

// lint(), statement by statement, for callers that have other things to do meanwhile.
class LintRun {
 public:
  // Borrows the script.
  LintRun(Linter linter, const zeroql::ParseResult& script);
  ~LintRun();
  LintRun(const LintRun&) = delete;
  LintRun& operator=(const LintRun&) = delete;

  // Looks at the next statement; false if there is none.
  bool step();
  // Of the statements that were looked at; all of them, for a caller that wants the rules that look
  // at a whole script to be right. Once.
  LintResult finish();

 private:
  Linter linter_;
  std::unique_ptr<Linter::Run> run_;
};

}  // namespace zerodb::lint
