// Analysis: what is known of one version of one script: its tree, its mistakes, what its names
// mean, and the schema behind it.
//
// The schema is that of the workspace's schema scripts with what the script itself defines. An
// analysis is made from the one of the version before: statements that are the same and see the
// same are not checked again. Threading: one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "function/library.h"
#include "lsp/script_findings.h"
#include "lsp/symbol.h"
#include "lsp/text_document.h"
#include "sema/script_checker.h"
#include "zeroql/parser.h"

namespace zerodb::lsp {

class Analysis {
 public:
  // `before` knows what comes before the script; so it did for `previous`, which may be null.
  Analysis(TextDocument document, const std::string& uri, const sema::ScriptChecker& before,
           const Analysis* previous = nullptr);

  const TextDocument& document() const { return document_; }
  const zeroql::ParseResult& parsed() const { return parsed_; }
  const zeroql::Tree& tree() const { return parsed_.tree; }
  const zeroql::Diagnostics& diagnostics() const { return diagnostics_; }
  // Found when they are first asked for.
  const std::vector<Occurrence>& occurrences() const;
  // Of the linter, as far as it has come.
  const ScriptFindings& findings() const { return *findings_; }
  // One step of the linter, which is configured; true when it is done.
  bool lint_some(const lint::Linter& linter) const;
  // At the end of the script.
  const sema::ScriptChecker& checker() const { return checker_; }
  const catalog::Schema& schema() const { return checker_.schema(); }

  // The name at a place, or that ends there; null for none.
  const Occurrence* occurrence_at(uint32_t offset) const;
  // The token that covers the place, or else ends there; the last one (EndOfInput) for none.
  zeroql::TokenId token_at(uint32_t offset) const;

  // How many statements were checked for this version, for tests.
  size_t checked_count() const { return checked_count_; }

 private:
  using Statements = std::vector<zeroql::ParsedStatement>;
  struct Statement {
    Span extent;
    size_t diagnostics_end = 0;
    bool changes_state = false;
  };
  // What is known before a statement.
  struct Checkpoint {
    size_t statement = 0;
    sema::ScriptChecker checker;
  };
  // Statements at both ends that both versions have.
  struct Common {
    size_t front = 0;
    size_t back = 0;
  };

  void check(const sema::ScriptChecker& before, const Analysis* previous);
  Common common_with(const Analysis& previous, const Statements& statements) const;
  void take_front(const Analysis& previous, size_t count);
  void take_back(const Analysis& previous, size_t count, size_t total);
  void check_statement(const Statements& statements, size_t index);

  TextDocument document_;
  zeroql::ParseResult parsed_;
  sema::ScriptChecker checker_;
  zeroql::Diagnostics diagnostics_;
  mutable std::optional<std::vector<Occurrence>> occurrences_;
  std::unique_ptr<ScriptFindings> findings_;
  std::vector<Statement> statements_;
  std::vector<Checkpoint> checkpoints_;
  size_t changes_since_checkpoint_ = 0;
  size_t checked_count_ = 0;
};

}  // namespace zerodb::lsp
