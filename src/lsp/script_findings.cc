#include "lsp/script_findings.h"

#include "lsp/text_change.h"

namespace zerodb::lsp {
namespace {

constexpr int kStatementsAStep = 16;

}  // namespace

ScriptFindings::ScriptFindings(const zeroql::ParseResult& script, const ScriptFindings* previous)
    : script_(script) {
  if (previous != nullptr)
    known_ = carried(previous->known_, change_of(previous->script_.tree.source().text(),
                                                 script.tree.source().text()));
}

bool ScriptFindings::step(const lint::Linter& linter, const sema::ScriptChecker& before) {
  if (is_complete_) return true;
  if (run_ == nullptr) {
    lint::Linter own = linter;
    own.learn(before);
    run_ = std::make_unique<lint::LintRun>(std::move(own), script_);
    return false;
  }
  for (int i = 0; i < kStatementsAStep; ++i) {
    if (run_->step()) continue;
    known_ = run_->finish().findings;
    run_.reset();
    is_complete_ = true;
    return true;
  }
  return false;
}

}  // namespace zerodb::lsp
