// Analysis: what is known of one version of one script: its tree, its mistakes, what its names
// mean, and the schema behind it.
//
// The schema is that of the workspace's schema scripts with what the script itself defines. An
// analysis is made from the one of the version before: only statements that differ are parsed, and
// those that are the same and see the same are not checked again. What an edit may have changed for
// the statements behind it is found in small steps that a host interleaves with other work; until
// they are done, mistakes and schema of the version before stand in. Threading: one thread.
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
  // Whether what comes before the script is what it was for the previous version.
  enum class Before : uint8_t { Same, Changed };

  // `before` knows what comes before the script. Without a `previous`, which may be null, all is
  // checked at once.
  Analysis(TextDocument document, const std::string& uri, const sema::ScriptChecker& before,
           const Analysis* previous = nullptr, Before sees = Before::Same);

  const TextDocument& document() const { return document_; }
  const zeroql::ParseResult& parsed() const { return parsed_; }
  const zeroql::Tree& tree() const { return parsed_.tree; }
  const std::vector<zeroql::ParsedStatement>& statements() const { return statements_; }
  const zeroql::Diagnostics& diagnostics() const;

  bool is_checked() const { return checked_.size() == statements_.size(); }
  // Checks the next statements, at most so many (one that defines something counts as several);
  // true when all are checked.
  bool check_some(size_t statements_max = kStatementsAStep);

  // Found when they are first asked for; of a checked script.
  const std::vector<Occurrence>& occurrences() const;
  // Of the linter, as far as it has come.
  const ScriptFindings& findings() const { return *findings_; }
  // One step of the linter, which is configured; true when it is done. Of a checked script.
  bool lint_some(const lint::Linter& linter) const;
  // At the end of the script, which is checked.
  const sema::ScriptChecker& checker() const { return checker_; }
  const catalog::Schema& schema() const {
    return stale_schema_ == nullptr ? checker_.schema() : *stale_schema_;
  }

  // The name at a place, or that ends there; null for none.
  const Occurrence* occurrence_at(uint32_t offset) const;
  // The token that covers the place, or else ends there; the last one (EndOfInput) for none.
  zeroql::TokenId token_at(uint32_t offset) const;

  // How many statements were checked for this version, for tests.
  size_t checked_count() const { return checked_count_; }

 private:
  static constexpr size_t kStatementsAStep = 64;
  using Statements = std::vector<zeroql::ParsedStatement>;
  // What checking a statement gave.
  struct Checked {
    size_t diagnostics_end = 0;
    bool changes_state = false;
    sema::Definitions defines = nullptr;  // if that is all that it changes
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

  void check(const sema::ScriptChecker& before, const Analysis* previous, Before sees);
  // Whether nothing that it changes is known to the statements behind.
  bool check_changed(const Analysis& previous, Common common);
  Common common_with(const Analysis& previous) const;
  void take_front(const Analysis& previous, size_t count);
  void take_back(const Analysis& previous, size_t count);
  void stand_in(const Analysis& previous);
  void catch_up(size_t count);
  void check_next();

  TextDocument document_;
  zeroql::ParseResult parsed_;
  Statements statements_;  // borrows from parsed_
  sema::ScriptChecker checker_;
  zeroql::Diagnostics diagnostics_;
  std::vector<Checked> checked_;  // of the first statements
  // Of the version before, moved to where they are now, while not all is checked.
  zeroql::Diagnostics stale_;
  std::shared_ptr<const catalog::Schema> stale_schema_;  // shared with that version
  mutable std::optional<zeroql::Diagnostics> shown_;     // those found and the stale ones behind
  mutable std::optional<std::vector<Occurrence>> occurrences_;
  std::unique_ptr<ScriptFindings> findings_;
  std::vector<Checkpoint> checkpoints_;
  size_t changes_since_checkpoint_ = 0;
  size_t checked_count_ = 0;
};

}  // namespace zerodb::lsp
