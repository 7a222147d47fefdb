#include "sema/approximate.h"

#include <algorithm>

#include "sema/availability.h"
#include "sema/expression.h"

namespace zerodb::sema {
namespace {

// A distance of vectors with one operand that is a column of the query.
bool is_distance(const Checking& c, ExprId id) {
  const Expr& expr = c.expr(id);
  if (expr.kind != ExprKind::Call) return false;
  const std::string name = expr.function == Expr::kDynamicFunction
                               ? expr.text
                               : c.library().functions()[expr.function].signature.name;
  const auto reads_column = [&](ExprId arg) {
    const Expr* operand = &c.expr(arg);
    while (operand->kind == ExprKind::Coerce || operand->kind == ExprKind::Member)
      operand = &c.expr(operand->args.front());
    return operand->kind == ExprKind::Column && operand->depth == 0;
  };
  if (name.starts_with("vector::") && name.ends_with("_distance"))
    return std::any_of(expr.args.begin(), expr.args.end(), reads_column);
  return name == "search::rrf" && std::any_of(expr.args.begin(), expr.args.end(),
                                              [&](ExprId arg) { return is_distance(c, arg); });
}

void check_options(Checking& c, ast::Options options) {
  for (const ast::OptionEntry option : options.list()) {
    const std::string name = option.ident().name();
    if (name != "ef") {
      auto& diagnostic = c.report(ErrorCode::E0210, "unknown option `" + name + "` of APPROX",
                                  option.ident().span());
      c.suggest(diagnostic, name, {"ef"});
      continue;
    }
    Scope scope;
    const ExprId value = check_expression(c, scope, option.value());
    if (c.is_poison(value)) continue;
    const bool is_count = c.is_literal(value) && is_integer(c.expr(value).literal.tag()) &&
                          compare(c.expr(value).literal, Value::int64(1)) >= 0;
    if (!is_count)
      c.report(ErrorCode::E0317, "`ef` is a whole number above zero", option.value().span());
  }
}

}  // namespace

void check_approximate(Checking& c, QueryId query, ast::Approx approx) {
  if (approx.options()) check_options(c, *approx.options());
  const std::vector<OrderKey>& order = c.query(query).order;
  const bool is_nearest = !order.empty() && !order.front().descending &&
                          (c.is_poison(order.front().expr) || is_distance(c, order.front().expr));
  if (!is_nearest) {
    c.report(ErrorCode::E0419, "APPROX needs an order by the distance of an indexed vector",
             approx.span())
        .help = "write ORDER BY vector::cosine_distance(field, ..), or leave APPROX out";
    return;
  }
  require_feature(c, Feature::ApproximateSearch, approx.span());
}

}  // namespace zerodb::sema
