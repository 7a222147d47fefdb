#include "sema/aggregate_call.h"

#include <algorithm>

#include "sema/expression.h"

namespace zerodb::sema {
namespace {

using function::AggregateFunction;
using function::InnerOrder;

ExprId refuse(Checking& c, ErrorCode code, const std::string& what, Span span) {
  c.report(code, what, span);
  return c.poison(span);
}

void check_clauses(Checking& c, Scope& scope, ast::Call node, Aggregate& aggregate) {
  aggregate.distinct = node.arguments().is_distinct();
  if (const auto order = node.arguments().order_by()) {
    for (const ast::OrderKey key : order->keys()) {
      aggregate.order.push_back(
          {check_expression(c, scope, key.expr()), key.is_descending(), key.nulls_first()});
    }
  }
  if (const auto filter = node.filter())
    aggregate.filter = check_condition(c, scope, filter->condition());
}

uint32_t add_aggregate(Checking& c, QueryId query, Aggregate aggregate) {
  auto& known = c.query(query).aggregates;
  for (uint32_t i = 0; i < known.size(); ++i) {
    const Aggregate& other = known[i];
    const bool plain = other.order.empty() && aggregate.order.empty() && other.filter == kNoExpr &&
                       aggregate.filter == kNoExpr;
    if (!plain || other.function != aggregate.function || other.star != aggregate.star ||
        other.distinct != aggregate.distinct || other.args.size() != aggregate.args.size()) {
      continue;
    }
    bool same = true;
    for (size_t a = 0; a < aggregate.args.size(); ++a)
      same = same && c.is_same(other.args[a], aggregate.args[a]);
    if (same) return i;
  }
  known.push_back(std::move(aggregate));
  return static_cast<uint32_t>(known.size() - 1);
}

// A clause that the aggregate does not take, or lacks: E0606.
bool has_wrong_clause(Checking& c, const AggregateFunction& function, ast::Call node) {
  const std::string name = "`" + std::string(function.name) + "`";
  if (node.arguments().is_distinct() && !function.takes_distinct) {
    c.report(ErrorCode::E0606, name + " does not take DISTINCT", node.span());
    return true;
  }
  if (node.arguments().is_distinct() && node.arguments().is_star()) {
    c.report(ErrorCode::E0606, "`*` does not take DISTINCT: all rows count", node.span()).help =
        "count the different values of an expression, or the rows of `(SELECT DISTINCT ..) AS x`";
    return true;
  }
  const bool has_order = node.arguments().order_by().has_value();
  if (has_order && function.order == InnerOrder::Refused) {
    c.report(ErrorCode::E0606, name + " does not mind the order: it takes no ORDER BY",
             node.span());
    return true;
  }
  if (has_order || function.order != InnerOrder::Wanted) return false;
  c.report(ErrorCode::E0606, name + " needs ORDER BY inside its parentheses", node.span()).help =
      "without an order write `any_value`; `min_by` and `max_by` take the value at an extreme";
  return true;
}

// A literal or a parameter, or a list of them.
bool is_constant(const Checking& c, ExprId id) {
  const Expr& e = c.expr(id);
  switch (e.kind) {
    case ExprKind::Literal:
    case ExprKind::Parameter:
      return true;
    case ExprKind::Unary:
    case ExprKind::Array:
      return std::ranges::all_of(e.args, [&](ExprId arg) { return is_constant(c, arg); });
    default:
      return false;
  }
}

// The parameter that an argument is for; nothing after E0602 or E0604.
std::optional<size_t> place_of(Checking& c, const AggregateFunction& function,
                               const CheckedArguments& checked, size_t argument) {
  const std::string& label = checked.names[argument];
  const Span span = c.expr(checked.values[argument]).span;
  if (label.empty()) {
    if (argument > 0 && !checked.names[argument - 1].empty()) {
      c.report(ErrorCode::E0604, "named arguments come last", span);
      return std::nullopt;
    }
    return argument;
  }
  for (size_t i = 0; i < function.parameters.size(); ++i) {
    if (function.parameters[i].name == label) return i;
  }
  auto& diagnostic =
      c.report(ErrorCode::E0604,
               "`" + std::string(function.name) + "` has no parameter `" + label + "`", span);
  std::vector<std::string> names;
  for (const auto& parameter : function.parameters) names.emplace_back(parameter.name);
  c.suggest(diagnostic, label, names);
  return std::nullopt;
}

// The arguments in the order of the parameters; nothing after a report.
std::optional<std::vector<ExprId>> placed(Checking& c, const AggregateFunction& function,
                                          const CheckedArguments& checked, Span span) {
  std::vector<ExprId> args(function.parameters.size(), kNoExpr);
  for (size_t i = 0; i < checked.values.size(); ++i) {
    const auto place = place_of(c, function, checked, i);
    if (!place) return std::nullopt;
    const auto& parameter = function.parameters[*place];
    if (args[*place] != kNoExpr) {
      c.report(ErrorCode::E0604, "`" + std::string(parameter.name) + "` is given twice",
               c.expr(checked.values[i]).span);
      return std::nullopt;
    }
    if (parameter.is_constant && !is_constant(c, checked.values[i])) {
      c.report(ErrorCode::E0607, "`" + std::string(parameter.name) + "` must be constant",
               c.expr(checked.values[i]).span);
      return std::nullopt;
    }
    args[*place] = checked.values[i];
  }
  while (!args.empty() && args.back() == kNoExpr) args.pop_back();
  for (size_t i = 0; i < std::max<size_t>(args.size(), function.arguments_min); ++i) {
    if (i < args.size() && args[i] != kNoExpr) continue;
    c.report(ErrorCode::E0602,
             "`" + std::string(function.name) + "` wants `" +
                 std::string(function.parameters[i].name) + "`",
             span);
    return std::nullopt;
  }
  return args;
}

}  // namespace

bool has_aggregate_clauses(ast::Call node) {
  const ast::Arguments arguments = node.arguments();
  return arguments.is_distinct() || arguments.is_star() || arguments.order_by() || node.filter();
}

std::optional<AggregateCall> resolve_aggregate(Checking& c, const AggregateFunction& function,
                                               const CheckedArguments& checked, ast::Call node) {
  const std::string name(function.name);
  if (node.arguments().is_star()) {
    if (function.op == function::AggregateOp::Count)
      return AggregateCall{checked.values, Type::int64()};
    c.report(ErrorCode::E0602, "only `count` takes `*`", node.span());
    return std::nullopt;
  }
  const size_t given = checked.values.size();
  if (given == 0 || given > function.parameters.size()) {
    c.report(ErrorCode::E0602,
             "`" + name + "` does not take " + std::to_string(given) + " arguments", node.span());
    return std::nullopt;
  }
  auto args = placed(c, function, checked, node.span());
  if (!args) return std::nullopt;
  std::vector<Type> types;
  for (const ExprId value : *args) types.push_back(c.type(value));
  auto type = function.result_type(types);
  if (!type.has_value()) {
    c.report(type.error().code(), "`" + name + "` " + std::string(type.error().message()),
             node.span());
    return std::nullopt;
  }
  return AggregateCall{std::move(*args), std::move(type).value()};
}

ExprId check_aggregate(Checking& c, Scope& scope, ast::Call node,
                       const AggregateFunction& function) {
  const std::string name(function.name);
  if (scope.aggregates == AggregateRule::Refused)
    return refuse(c, ErrorCode::E0401, "the aggregate `" + name + "` is not allowed here",
                  node.name_span());
  Aggregate aggregate;
  aggregate.function = name;
  aggregate.star = node.arguments().is_star();
  aggregate.span = c.place(node.span());
  scope.aggregates = AggregateRule::Refused;
  const AliasRule aliases = scope.alias_rule;
  const WindowRule windows = scope.windows;
  scope.alias_rule = AliasRule::Hidden;
  scope.windows = WindowRule::Refused;
  const CheckedArguments checked = check_arguments(c, scope, node.arguments());
  check_clauses(c, scope, node, aggregate);
  scope.aggregates = AggregateRule::Allowed;
  scope.windows = windows;
  scope.alias_rule = aliases;
  if (has_poison(c, checked.values) || has_wrong_clause(c, function, node))
    return c.poison(node.span());
  auto call = resolve_aggregate(c, function, checked, node);
  if (!call) return c.poison(node.span());
  aggregate.args = std::move(call->args);
  aggregate.type = call->type;
  Expr made;
  made.kind = ExprKind::Aggregate;
  made.type = std::move(call->type);
  made.span = node.span();
  made.index = add_aggregate(c, scope.query, std::move(aggregate));
  return c.add(std::move(made));
}

}  // namespace zerodb::sema
