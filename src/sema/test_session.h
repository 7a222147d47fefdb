// A schema that statements are checked against and that definitions change, without any store. For
// tests.
//
// verdict() is what the tests compare: "E0202", or the row type "(name string, age int?)" of the
// last statement, or "ok". Threading: one thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/assert.h"
#include "catalog/store_codec.h"
#include "sema/check.h"
#include "zeroql/parser.h"

namespace zerodb::sema {

class TestSession {
 public:
  TestSession() : library_(function::Library::create()), rows_(catalog::bootstrap_rows()) {
    rebuild();
  }

  // Checks the statements in order and applies definitions and LET; stops at the first that is
  // refused.
  std::vector<CheckResult> run(const std::string& text) {
    trees_.push_back(std::make_unique<zeroql::Tree>(zeroql::parse(text).tree));
    std::vector<CheckResult> results;
    for (const zeroql::ast::Statement node : zeroql::ast::statements(*trees_.back())) {
      results.push_back(check_one(node));
      if (!results.back().ok()) break;
      apply(results.back().statement);
    }
    return results;
  }

  std::string verdict(const std::string& text) {
    const auto parsed = zeroql::parse(text);
    if (!parsed.diagnostics.empty())
      return std::string(code_name(parsed.diagnostics.front().code)) + " (parser)";
    const std::vector<CheckResult> results = run(text);
    if (results.empty()) return "nothing";
    const CheckResult& last = results.back();
    if (!last.ok()) return std::string(code_name(last.diagnostics.front().code));
    return row_type(last.statement);
  }

  // All that was said about the last statement, for messages of failing tests.
  std::string explanation(const std::string& text) {
    std::string said;
    for (const CheckResult& result : run(text)) {
      for (const zeroql::Diagnostic& diagnostic : result.diagnostics) {
        said += std::string(code_name(diagnostic.code)) + ": " + diagnostic.message + "\n";
      }
    }
    return said;
  }

  const catalog::Schema& schema() const { return *schema_; }

  std::vector<KnownParameter> parameters;
  UnknownParameters unknown_parameters = UnknownParameters::Refuse;

 private:
  CheckResult check_one(zeroql::ast::Statement node) const {
    CheckContext context;
    context.library = library_.get();
    context.parameters = parameters;
    context.unknown_parameters = unknown_parameters;
    return check(node, schema_, context);
  }

  std::string row_type(const Statement& statement) const {
    if (statement.columns.empty()) return "ok";
    std::string text;
    for (const Output& column : statement.columns) {
      text +=
          (text.empty() ? "(" : ", ") + column.name + " " + to_string(column.type, schema_.get());
    }
    return text + ")";
  }

  void rebuild() {
    auto built = catalog::build(rows_, catalog::kMainDatabase);
    ASSERT(built.has_value());
    schema_ = std::move(built).value();
  }

  void apply(const Statement& statement) {
    if (const auto* let = std::get_if<LetStatement>(&statement.body)) {
      parameters.push_back({let->name, let->type, KnownParameter::Origin::Let});
    }
    const auto* definition = std::get_if<DefinitionStatement>(&statement.body);
    if (definition == nullptr) return;
    for (const catalog::Change& change : definition->changes) {
      if (change.kind == catalog::Change::Kind::Put) {
        rows_[change.key] = change.row;
      } else {
        rows_.erase(change.key);
      }
    }
    rebuild();
  }

  std::unique_ptr<const function::Library> library_;
  catalog::Rows rows_;
  std::shared_ptr<const catalog::Schema> schema_;
  std::vector<std::unique_ptr<zeroql::Tree>> trees_;
};

// Looks for a breach of the invariants of expr.h and query.h; find() gives an empty text if there
// is none.
class BreachFinder {
 public:
  explicit BreachFinder(const Statement& statement) : statement_(statement) {}

  std::string find() {
    for (uint32_t i = 0; i < statement_.exprs.size(); ++i) {
      for (const ExprId arg : statement_.exprs[ExprId(i)].args) {
        if (arg.value() >= i) return "an operand does not come before its expression";
      }
    }
    for (uint32_t i = 0; i < statement_.queries.size() && breach_.empty(); ++i)
      check_query(statement_.queries[i]);
    return breach_;
  }

 private:
  void fail(std::string breach) {
    if (breach_.empty()) breach_ = std::move(breach);
  }

  // Columns of depth 0 name a source of the query and a column of that source.
  void check_expr(const Query& query, ExprId id) {
    if (id == kNoExpr) return;
    if (id.value() >= statement_.exprs.size()) return fail("an expression is not in the pool");
    const Expr& expr = statement_.exprs[id];
    if (expr.kind == ExprKind::Poison) fail("poison in a statement without diagnostics");
    if (expr.kind == ExprKind::Column && expr.depth == 0) {
      if (expr.source.value() >= query.sources.size()) return fail("a column names no source");
      if (expr.index >= query.sources[expr.source.value()].columns.size())
        fail("a column is not in its source");
    }
    if (expr.kind == ExprKind::Aggregate && expr.index >= query.aggregates.size())
      fail("an aggregate is not in its query");
    for (const ExprId arg : expr.args) check_expr(query, arg);
  }

  void check_above_grouping(const Query& query, ExprId id) {
    if (id == kNoExpr) return;
    const Expr& expr = statement_.exprs[id];
    if (expr.kind == ExprKind::Column && expr.depth == 0 && expr.source != query.grouped_source) {
      fail("a column that is no group key stands above the grouping");
    }
    for (const ExprId arg : expr.args) check_above_grouping(query, arg);
  }

  void check_query(const Query& query) {
    if (query.joins.size() != query.sources.size()) fail("not every source has its join");
    for (const Source& source : query.sources) {
      for (const ExprId arg : source.args) check_expr(query, arg);
    }
    for (const Join& join : query.joins) check_expr(query, join.on);
    check_expr(query, query.where);
    for (const ExprId key : query.group_keys) check_expr(query, key);
    for (const Aggregate& aggregate : query.aggregates) {
      for (const ExprId arg : aggregate.args) check_expr(query, arg);
      check_expr(query, aggregate.filter);
    }
    std::vector<ExprId> above = {query.having};
    for (const Output& output : query.outputs) above.push_back(output.expr);
    for (const OrderKey& key : query.order) above.push_back(key.expr);
    for (const ExprId id : above) {
      check_expr(query, id);
      if (query.grouped && query.kind == Query::Kind::Select) check_above_grouping(query, id);
    }
    for (const auto& row : query.rows) {
      if (row.size() != query.outputs.size())
        fail("a row has not as many values as there are columns");
      for (const ExprId value : row) check_expr(query, value);
    }
  }

  const Statement& statement_;
  std::string breach_;
};

// A case of a table test.
struct Case {
  const char* statement;
  const char* verdict;  // see TestSession::verdict
};

// Runs each case anew after the statements of `schema`; says what went wrong, nothing if all is
// well.
inline std::string failing_cases(const std::string& schema, std::span<const Case> cases) {
  std::string failures;
  for (const Case& each : cases) {
    TestSession session;
    if (session.verdict(schema).starts_with('E'))
      return "the schema: " + session.explanation(schema);
    const std::string verdict = session.verdict(each.statement);
    if (verdict != each.verdict) {
      failures += std::string(each.statement) + "\n  wanted " + each.verdict + "\n  got    " +
                  verdict + "\n";
    }
    TestSession again;
    for (const CheckResult& result : again.run(schema + ";" + each.statement)) {
      if (!result.ok()) continue;
      const std::string breach = BreachFinder(result.statement).find();
      if (!breach.empty()) failures += std::string(each.statement) + "\n  " + breach + "\n";
    }
  }
  return failures;
}

}  // namespace zerodb::sema
