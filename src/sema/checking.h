// Checking: what all passes of the checker share while they check one statement.
//
// Invariants: (1) expressions are added after their operands; (2) after a mistake was reported,
// `poison` expressions of type any stand for what could not be checked, so that one mistake gives
// one diagnostic. Threading: one thread.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sema/check.h"

namespace zerodb::sema {

namespace ast = zeroql::ast;

// That an expression is known to have a narrower type where a condition holds.
struct Narrowing {
  ExprId expr;
  Type type;
};

class Checking {
 public:
  Checking(const CheckContext& context, std::shared_ptr<const catalog::Schema> schema,
           const zeroql::SourceText* source);

  const catalog::Schema& schema() const { return *statement.schema; }
  const function::Library& library() const { return *context.library; }

  // Diagnostics. The reference is valid until the next report. A name that is unknown in one place
  // is so in others: each is reported once.
  zeroql::Diagnostic& report(ErrorCode code, std::string message, Span span);
  zeroql::Diagnostic& report(const Error& error, Span span);
  // For an unknown name: adds "did you mean" if a candidate is near.
  void suggest(zeroql::Diagnostic& diagnostic, std::string_view name,
               const std::vector<std::string>& candidates);
  // Says that the statement can run but may fail or lose digits there. Each place is named once,
  // and text of the catalog was warned of when it was defined.
  void warn(const Error& error, Span span, std::string help);
  bool failed() const { return !diagnostics.empty(); }
  // Says beside a value that a diagnostic speaks of what type it has and where that comes from.
  void add_type_label(zeroql::Diagnostic& diagnostic, ExprId value) const;

  // Expressions.
  ExprId add(Expr expr);
  ExprId literal(Value value, Type type, Span span);
  ExprId poison(Span span);
  bool is_poison(ExprId id) const { return expr(id).kind == ExprKind::Poison; }
  const Expr& expr(ExprId id) const { return statement.exprs[id]; }
  const Type& type(ExprId id) const { return expr(id).type; }
  bool is_literal(ExprId id) const { return expr(id).kind == ExprKind::Literal; }
  bool are_literals(const std::vector<ExprId>& ids) const;
  // The same value wherever both are evaluated (volatile functions apart).
  // Expressions that share operands many times over count as different.
  bool is_same(ExprId left, ExprId right) const;

  Query& query(QueryId id) { return statement.queries[id.value()]; }
  QueryId add_query(Query::Kind kind, Span span);

  std::string text(const Type& type) const { return to_string(type, statement.schema.get()); }

  // While text of the catalog is checked, its places mean nothing to the user: everything points to
  // `span` instead.
  class ForeignText {
   public:
    ForeignText(Checking& checking, Span span) : checking_(checking), before_(checking.foreign_) {
      checking.foreign_ = span;
    }
    ~ForeignText() { checking_.foreign_ = before_; }
    ForeignText(const ForeignText&) = delete;
    ForeignText& operator=(const ForeignText&) = delete;

   private:
    Checking& checking_;
    std::optional<Span> before_;
  };
  Span place(Span span) const { return foreign_.value_or(span); }
  bool is_foreign() const { return foreign_.has_value(); }
  // What binds the user here: null in text of the catalog.
  const Access* access() const { return is_foreign() ? nullptr : context.access; }
  // What stands there in the statement; empty in text of the catalog.
  std::string_view text_at(Span span) const;
  const zeroql::SourceText* source() const { return source_; }

  const CheckContext& context;
  Statement statement;
  zeroql::Diagnostics diagnostics;
  zeroql::Diagnostics warnings;
  // Number literals without suffix, which take the type that their surroundings want: their digits.
  std::unordered_map<uint32_t, std::string> plain_numbers;
  // Columns whose links never dangle, because the field has REFERENCE.
  std::unordered_set<uint32_t> sure_links;
  // Columns that are declared fields, and the table.
  std::unordered_map<uint32_t, TableId> declared_in;
  std::vector<Narrowing> narrowings;
  // The type that is being defined, which is not there yet for its own definition.
  std::string defined_type;
  // The privilege by which the statement writes, a bit of catalog::Privileges; 0: it does not.
  uint8_t written = 0;
  // Conditions of grants that were bound: by query, source, depth and grant.
  std::map<std::array<uint32_t, 4>, ExprId> grant_conditions;
  bool in_grant = false;           // a condition of a grant is being bound: it has $auth
  std::set<TableId> gated_tables;  // those that links may lead to
  // Calls of functions of the user that were replaced by their bodies.
  uint32_t expanded_calls = 0;
  // The queries of views that the statement reads; their uses share them.
  std::map<TableId, QueryId> views;
  // Trees of catalog text whose views are in use.
  std::vector<std::unique_ptr<zeroql::Tree>> trees;

 private:
  static constexpr uint32_t kComparedExprsMax = 10'000;
  bool is_same(ExprId left, ExprId right, uint32_t& budget) const;

  std::optional<Span> foreign_;
  const zeroql::SourceText* source_;  // of the statement
  zeroql::Diagnostic repeated_;       // takes what is dropped
};

}  // namespace zerodb::sema
