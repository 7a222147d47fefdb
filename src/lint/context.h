// What the rules of the linter are given, and how they answer.
//
// Threading: one thread; everything is borrowed for the call.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "function/library.h"
#include "lint/checked_view.h"
#include "lint/rule.h"

namespace zerodb::lint {

// What the statements so far have shown, for rules that look at more than one.
struct ScriptFacts {
  struct Binding {
    std::string name;  // of a parameter, without the dollar sign
    Span span;
  };
  // How a key of a schemaless table is used.
  struct KeyUse {
    uint32_t reads = 0;
    uint32_t writes = 0;
    Span first_read;
  };

  std::set<TableId> made_here;  // tables that the script itself defined: they hold no old records
  std::optional<Span> transaction;  // the BEGIN of the transaction that is open
  std::vector<Binding> bindings;    // by LET
  std::set<std::string> parameters_read;
  std::map<TableId, std::map<std::string, KeyUse>> keys;
  std::map<TableId, std::string> table_names;  // of the tables in `keys`
};

struct StatementContext {
  const TreeIndex& index;
  ast::Statement statement;
  const CheckedView* checked = nullptr;  // null where the checker refused it
  const catalog::Schema& before;
  const catalog::Schema& after;  // with what the statement defines
  const function::Library& library;
  const ScriptFacts& facts;  // without this statement

  const zeroql::Tree& tree() const { return index.tree(); }
  std::string_view text(Span span) const { return tree().source().slice(span); }
  // All nodes of the statement that V accepts, in the order of the text.
  template <typename V, typename Visit>
  void each(Visit&& visit) const {
    index.each<V>(statement.id, std::forward<Visit>(visit));
  }
  // Whether records may be in the table already: it was there before this script.
  bool may_hold_records(const catalog::Table* table) const {
    return table != nullptr && !facts.made_here.contains(table->id);
  }
};

struct ScriptContext {
  const zeroql::Tree& tree;
  const ScriptFacts& facts;
};

// Takes the findings of one rule.
class Reporter {
 public:
  Reporter(const Rule& rule, Findings& out) : rule_(rule), out_(out) {}

  // The reference is good until the next call.
  Finding& add(Span span, std::string message) {
    Finding finding;
    finding.rule = &rule_;
    finding.severity = rule_.severity;
    finding.span = span;
    finding.message = std::move(message);
    out_.push_back(std::move(finding));
    return out_.back();
  }

 private:
  const Rule& rule_;
  Findings& out_;
};

inline void add_fix(Finding& finding, Span span, std::string replacement, std::string title) {
  finding.fixes.push_back({span, std::move(replacement), std::move(title)});
}

}  // namespace zerodb::lint
