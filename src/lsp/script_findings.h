// ScriptFindings: what the linter has to say about one version of a script.
//
// The linter looks at a whole script, which takes longer than a keystroke may, so it works in small
// steps that a host interleaves with other work. Until it is done, findings of the version before
// stand in: those outside of what was edited, moved to where their text is. Threading: one thread.
#pragma once

#include <memory>
#include <optional>

#include "lint/linter.h"

namespace zerodb::lsp {

class ScriptFindings {
 public:
  // Borrows the script. `previous`, which may be null, is of the version before.
  ScriptFindings(const zeroql::ParseResult& script, const ScriptFindings* previous);

  // Looks at some statements; true when all are done. `linter` is configured and knows what the
  // client's library is, `before` what stands before the script; both count at the first step.
  bool step(const lint::Linter& linter, const sema::ScriptChecker& before);
  bool is_complete() const { return is_complete_; }
  // By place.
  const lint::Findings& known() const { return known_; }

 private:
  const zeroql::ParseResult& script_;
  std::unique_ptr<lint::LintRun> run_;
  lint::Findings known_;
  bool is_complete_ = false;
};

}  // namespace zerodb::lsp
