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
  LintResult lint(const zeroql::ParseResult& script);

  const Configuration& configuration() const { return configuration_; }

 private:
  class Run;

  Configuration configuration_;
  std::shared_ptr<const function::Library> library_;  // immutable, shared with the checker
  sema::ScriptChecker checker_;
};

}  // namespace zerodb::lint
