// Rewriting: a statement that is a query, and what it may be written as instead. Internal to the
// files that offer such actions.
//
// What is offered is checked: as a whole it gives the columns, their types and the number of rows
// that it gave before. Threading: one object, one analysis, which outlives it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lsp/features.h"
#include "lsp/query_shape.h"
#include "zeroql/ast_query.h"

namespace zerodb::lsp {

class Rewriting {
 public:
  struct Edit {
    Span span;  // empty to insert
    std::string text;
  };
  struct Title {
    std::string text;
    const char* kind;  // of the protocol, such as "refactor.inline"
  };
  enum class Names : uint8_t { Same, May };  // May: columns may be called otherwise

  // The place is the client's cursor or selection. Actions are appended.
  Rewriting(const Analysis& analysis, const std::string& uri, Span place, Json& actions)
      : analysis_(analysis), uri_(uri), place_(place), actions_(actions) {}
  // False if the statement is no query without mistakes.
  bool look_at(const zeroql::ParsedStatement& statement);

  const Analysis& analysis() const { return analysis_; }
  const zeroql::Tree& tree() const { return analysis_.tree(); }
  zeroql::ast::Query query() const { return query_; }
  Span place() const { return place_; }
  // Where the place begins.
  const Occurrence* name() const { return analysis_.occurrence_at(place_.begin); }
  std::string_view text(Span span) const { return tree().source().slice(span); }
  bool touches(Span span) const { return span.begin <= place_.end && span.end >= place_.begin; }
  // What the query gives; nothing if it cannot be told.
  const std::optional<QueryShape>& shape();
  // Names in a part of the statement.
  std::vector<const Occurrence*> names_in(Span span) const;
  // The nodes around a place, outermost first.
  std::vector<zeroql::NodeId> nodes_around(uint32_t offset) const;
  // The innermost node of that kind around a place.
  template <typename V>
  std::optional<V> innermost(uint32_t offset) const {
    std::optional<V> out;
    for (const zeroql::NodeId each : nodes_around(offset)) {
      if (V::accepts(tree().kind(each))) out = V{{&tree(), each}};
    }
    return out;
  }
  // The nodes of that kind in a part of the statement, in order.
  template <typename V>
  std::vector<V> all_in(Span span) const {
    std::vector<V> out;
    std::vector<zeroql::NodeId> open = {query_.id};
    while (!open.empty()) {
      const zeroql::NodeId id = open.back();
      open.pop_back();
      const Span at = tree().span(id);
      if (V::accepts(tree().kind(id)) && span.begin <= at.begin && at.end <= span.end)
        out.push_back(V{{&tree(), id}});
      const auto children = tree().children(id);
      for (size_t i = children.size(); i-- > 0;) open.push_back(children[i]);
    }
    return out;
  }

  // Offers edits of the statement, which do not overlap.
  void offer(Title title, std::vector<Edit> edits, Names names = Names::Same);

 private:
  const Analysis& analysis_;
  const std::string& uri_;
  Span place_;
  Json& actions_;
  Span whole_;
  zeroql::ast::Query query_;
  std::optional<std::optional<QueryShape>> shape_;  // once it was asked for
};

// ---- refactoring_tables.cc
void extract_common_table(Rewriting& query);
void inline_common_table(Rewriting& query);

// ---- refactoring_names.cc
void add_table_alias(Rewriting& query);
void name_column(Rewriting& query);
void join_to_link(Rewriting& query);

}  // namespace zerodb::lsp
