#include "sema/call_arguments.h"

#include "sema/conversion.h"
#include "sema/expression.h"

namespace zerodb::sema {
namespace {

ExprId convert_argument(Checking& c, ExprId value, const function::Call::Input& input) {
  value = adapt_literal(c, value, input.type);
  infer_parameter(c, value, input.type);
  if (!input.needs_coercion) return value;
  Expr made;
  made.kind = ExprKind::Coerce;
  made.target = input.type.optional();
  made.type = c.type(value).admits_none() ? input.type.optional() : input.type;
  made.span = c.expr(value).span;
  made.args = {value};
  return c.add(std::move(made));
}

}  // namespace

CheckedArguments check_arguments(Checking& c, Scope& scope, ast::Arguments node) {
  CheckedArguments checked;
  for (const ast::Argument argument : node.list()) {
    checked.names.push_back(argument.label() ? argument.label()->name() : std::string());
    checked.values.push_back(check_expression(c, scope, argument.value()));
  }
  return checked;
}

std::vector<function::Argument> describe_arguments(const Checking& c,
                                                   const CheckedArguments& checked) {
  std::vector<function::Argument> arguments;
  for (size_t i = 0; i < checked.values.size(); ++i) {
    const Expr& value = c.expr(checked.values[i]);
    const bool constant = value.kind == ExprKind::Literal || value.kind == ExprKind::Parameter;
    arguments.push_back({value.type, checked.names[i], constant});
  }
  return arguments;
}

bool has_poison(const Checking& c, const std::vector<ExprId>& values) {
  for (const ExprId value : values) {
    if (c.is_poison(value)) return true;
  }
  return false;
}

std::vector<ExprId> call_inputs(Checking& c, const function::Call& call,
                                const std::vector<ExprId>& values, Span span) {
  std::vector<ExprId> inputs;
  for (const function::Call::Input& input : call.inputs) {
    inputs.push_back(input.argument == function::Call::Input::kDefault
                         ? c.literal(input.value, input.type, span)
                         : convert_argument(c, values[input.argument], input));
  }
  return inputs;
}

}  // namespace zerodb::sema
