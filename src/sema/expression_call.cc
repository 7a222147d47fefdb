// Calls: built-in functions, methods, aggregates, and the SQL spellings that stand for operators.

#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "function/time_kernels.h"
#include "sema/access.h"
#include "sema/aggregate_call.h"
#include "sema/call_arguments.h"
#include "sema/conversion.h"
#include "sema/definition_facility.h"
#include "sema/definition_function.h"
#include "sema/expression.h"
#include "sema/table_function.h"

namespace zerodb::sema {
namespace {

ExprId dynamic_call(Checking& c, const std::string& name, const CheckedArguments& checked,
                    bool is_method, Span span) {
  Expr made;
  made.kind = ExprKind::Call;
  made.function = Expr::kDynamicFunction;
  made.text = name;
  made.names = checked.names;
  made.args = checked.values;
  made.flags = is_method ? Expr::Method : 0;
  made.span = span;
  return c.add(std::move(made));
}

// E0623 for a constant that names no unit of time.
void check_time_unit(Checking& c, const function::Function& called,
                     const std::vector<ExprId>& inputs) {
  const auto& parameters = called.signature.parameters;
  if (!called.signature.name.starts_with("time::")) return;
  for (size_t i = 0; i < parameters.size() && i < inputs.size(); ++i) {
    if (parameters[i].name != "unit" || !c.is_literal(inputs[i])) continue;
    const Value& unit = c.expr(inputs[i]).literal;
    if (unit.tag() != Tag::String) continue;
    const auto found = function::time_unit(unit.as_string());
    if (!found.has_value()) c.report(found.error(), c.expr(inputs[i]).span);
  }
}

ExprId none_test(Checking& c, ExprId value, uint8_t flags, Span span) {
  Expr made;
  made.kind = ExprKind::IsNone;
  made.flags = flags;
  made.type = Type::boolean();
  made.span = span;
  made.args = {value};
  return c.add(std::move(made));
}

ExprId case_of(Checking& c, ExprId condition, ExprId value, Span span) {
  Expr made;
  made.kind = ExprKind::Case;
  made.type = c.type(value).optional();
  made.span = span;
  made.args = {condition, value};
  return c.add(std::move(made));
}

ExprId is_there(Checking& c, ExprId link, Span span) {
  return none_test(c, make_fetch(c, link, span), Expr::Negated, span);
}

// record::is_present(link): whether reading the record gives one; none for a link of none.
ExprId presence(Checking& c, ExprId link, Span span) {
  const ExprId there = is_there(c, link, span);
  if (!c.type(link).admits_none()) return there;
  return case_of(c, none_test(c, link, Expr::Negated, span), there, span);
}

// record::version(link), of records that the user may see.
ExprId commit_stamp(Checking& c, ExprId link, Type result, Span span) {
  Expr made;
  made.kind = ExprKind::CommitStamp;
  made.type = std::move(result);
  made.span = span;
  made.args = {link};
  const ExprId stamp = c.add(std::move(made));
  return c.access() == nullptr ? stamp : case_of(c, is_there(c, link, span), stamp, span);
}

ExprId resolved_call(Checking& c, const function::Call& call, const std::vector<ExprId>& values,
                     Span span) {
  Expr made;
  made.kind = ExprKind::Call;
  made.function = static_cast<uint32_t>(call.function - c.library().functions().data());
  made.type = call.result;
  made.span = span;
  made.args = call_inputs(c, call, values, span);
  const std::string_view name = call.function->signature.name;
  if (name == "record::is_present") return presence(c, made.args.front(), span);
  if (name == "record::version") return commit_stamp(c, made.args.front(), call.result, span);
  if (name == "try") {
    made.kind = ExprKind::Try;
    return c.add(std::move(made));
  }
  check_time_unit(c, *call.function, made.args);
  made.text = call.function->signature.name;
  return c.add(std::move(made));
}

// E0207 for a literal that names no sequence.
void check_sequence_name(Checking& c, ExprId name) {
  using Kind = catalog::Facility::Kind;
  if (!c.is_literal(name) || c.expr(name).literal.tag() != Tag::String) return;
  const std::string text(c.expr(name).literal.as_string());
  if (c.schema().find_facility(Kind::Sequence, text) != nullptr) return;
  auto& diagnostic =
      c.report(ErrorCode::E0207, "unknown sequence `" + text + "`", c.expr(name).span);
  c.suggest(diagnostic, text, facility_names(c, Kind::Sequence));
  diagnostic.fixes.clear();
}

Result<function::Call> resolve(const Checking& c, const std::string& name,
                               const CheckedArguments& checked, bool is_method) {
  const auto arguments = describe_arguments(c, checked);
  return is_method ? c.library().resolve_method(name, arguments)
                   : c.library().resolve(name, arguments);
}

// Literals among the arguments that are to be of one type take the type of the others, as beside an
// operator. Says whether one did.
bool adapt_to_one_type(Checking& c, const function::Call& call, std::vector<ExprId>& values) {
  const auto& parameters = call.function->signature.parameters;
  std::map<char, std::vector<uint32_t>> places;  // of the arguments, by variable
  for (size_t i = 0; i < call.inputs.size(); ++i) {
    const function::TypePattern& pattern = parameters[std::min(i, parameters.size() - 1)].pattern;
    const bool is_given = call.inputs[i].argument != function::Call::Input::kDefault;
    if (is_given && pattern.kind == function::TypePattern::Kind::Variable)
      places[pattern.variable].push_back(call.inputs[i].argument);
  }
  bool has_changed = false;
  for (const auto& [variable, arguments] : places) {
    std::vector<ExprId> adapted;
    for (const uint32_t argument : arguments) adapted.push_back(values[argument]);
    adapt_literals(c, adapted);
    for (size_t i = 0; i < adapted.size(); ++i) {
      has_changed = has_changed || !(values[arguments[i]] == adapted[i]);
      values[arguments[i]] = adapted[i];
    }
  }
  return has_changed;
}

ExprId finish_call(Checking& c, const std::string& name, CheckedArguments checked, bool is_method,
                   Span span) {
  if (has_poison(c, checked.values)) return c.poison(span);
  auto call = resolve(c, name, checked, is_method);
  const bool is_known = call.has_value() && call->function != nullptr;
  if (is_known && adapt_to_one_type(c, *call, checked.values))
    call = resolve(c, name, checked, is_method);
  if (!call.has_value()) {
    c.report(call.error(), span);
    return c.poison(span);
  }
  if (call->function == nullptr) return dynamic_call(c, name, checked, is_method, span);
  if (name == "sequence::next" || name == "sequence::current")
    check_sequence_name(c, checked.values.front());
  return resolved_call(c, *call, checked.values, span);
}

ExprId chain(Checking& c, const std::vector<ExprId>& values, BinaryOp op, Span span) {
  ExprId result = values.front();
  for (size_t i = 1; i < values.size(); ++i) result = make_binary(c, op, result, values[i], span);
  return result;
}

ExprId sql_coalesce(Checking& c, std::vector<ExprId> values, Span span) {
  unwrap_results(c, values);
  adapt_literals(c, values);
  Expr made;
  made.kind = ExprKind::Coalesce;
  made.span = span;
  std::vector<Type> types;
  for (size_t i = 0; i < values.size(); ++i) {
    const Type type = c.type(values[i]);
    if (i + 1 == values.size())
      types.push_back(type);
    else if (type.kind() != TypeKind::None)
      types.push_back(type.required());
  }
  made.type = Type::union_of(types);
  made.args = std::move(values);
  return c.add(std::move(made));
}

// substring(s, start, count) counts from 1; what lies before the text counts as characters that are
// not there.
ExprId sql_substring(Checking& c, const std::vector<ExprId>& values, Span span) {
  const ExprId zero = c.literal(Value::int64(0), Type::int64(), span);
  const ExprId one = c.literal(Value::int64(1), Type::int64(), span);
  const ExprId from = make_binary(c, BinaryOp::Subtract, values[1], one, span);
  ExprId to = c.literal(Value::none(), Type::none(), span);
  if (values.size() > 2)
    to = make_call(c, "greatest",
                   {zero, make_call(c, "math::saturating_add", {from, values[2]}, span)}, span);
  const ExprId start = make_call(c, "greatest", {zero, from}, span);
  if (c.failed()) return c.poison(span);
  Expr made;
  made.kind = ExprKind::Slice;
  made.type = c.type(values[0]);
  made.span = span;
  made.args = {values[0], start, to};
  ExprId result = c.add(std::move(made));
  // Places that are none are skipped above, but none of an argument passes through.
  for (size_t i = 1; i < values.size(); ++i) {
    if (c.type(values[i]).admits_none())
      result = case_of(c, none_test(c, values[i], Expr::Negated, span), result, span);
  }
  return result;
}

struct SqlSpelling {
  std::string_view name;
  size_t arguments_min;
  size_t arguments_max;
};
constexpr SqlSpelling kSqlSpellings[] = {{"coalesce", 1, SIZE_MAX},
                                         {"concat", 1, SIZE_MAX},
                                         {"power", 2, 2},
                                         {"mod", 2, 2},
                                         {"char_length", 1, 1},
                                         {"substring", 2, 3},
                                         {"current_timestamp", 0, 0}};

// The spellings of SQL that have an operator here; nothing for any other name.
std::optional<ExprId> sql_spelling(Checking& c, Scope& scope, ast::Call node,
                                   const std::string& name) {
  const auto* spelling = std::ranges::find(kSqlSpellings, name, &SqlSpelling::name);
  if (spelling == std::end(kSqlSpellings)) return std::nullopt;
  const size_t count = node.arguments().list().size();
  if (count < spelling->arguments_min || count > spelling->arguments_max) {
    c.report(ErrorCode::E0602,
             "`" + name + "` does not take " + std::to_string(count) +
                 (count == 1 ? " argument" : " arguments"),
             node.span());
    return c.poison(node.span());
  }
  const CheckedArguments checked = check_arguments(c, scope, node.arguments());
  if (has_poison(c, checked.values)) return c.poison(node.span());
  if (name == "coalesce") return sql_coalesce(c, checked.values, node.span());
  if (name == "concat") return chain(c, checked.values, BinaryOp::Concat, node.span());
  if (name == "power") return chain(c, checked.values, BinaryOp::Power, node.span());
  if (name == "mod") return chain(c, checked.values, BinaryOp::Modulo, node.span());
  if (name == "char_length") return make_call(c, "length", checked.values, node.span());
  if (name == "current_timestamp") return make_call(c, "now", {}, node.span());
  return sql_substring(c, checked.values, node.span());
}

}  // namespace

void unwrap_results(Checking& c, std::vector<ExprId>& operands) {
  for (size_t i = 0; i + 1 < operands.size(); ++i) {
    const Type type = c.type(operands[i]).required();
    if (type.kind() == TypeKind::Result)
      operands[i] = make_call(c, "ok_or_none", {operands[i]}, c.expr(operands[i]).span);
  }
}

ExprId make_call(Checking& c, const std::string& name, const std::vector<ExprId>& args, Span span) {
  return finish_call(c, name, {args, std::vector<std::string>(args.size())}, false, span);
}

namespace {

// `geo::distance` where there is a module geo.
bool is_of_module(const Checking& c, const std::string& name) {
  const size_t end = name.find("::");
  return end != std::string::npos &&
         c.schema().find_facility(catalog::Facility::Kind::Module, name.substr(0, end)) != nullptr;
}

// The function of the user that a method means: one that no built-in method of the value hides.
const catalog::Function* own_method(const Checking& c, ExprId receiver, const std::string& name) {
  const Type type = c.type(receiver).required();
  const bool is_open = type.is_any() || type.kind() == TypeKind::Union;
  const bool is_built_in =
      is_open ? c.library().has_method(name) : c.library().method_name(type, name).has_value();
  return is_built_in ? nullptr : c.schema().find_function(name);
}

}  // namespace

ExprId check_call(Checking& c, Scope& scope, ast::Call node) {
  const std::string name = lower_ascii(node.name());
  if (const catalog::Function* called = c.schema().find_function(node.name()))
    return check_user_call(c, scope, node, *called);
  if (node.over()) return check_window_call(c, scope, node);
  if (const function::AggregateFunction* aggregate = c.library().find_aggregate(name)) {
    return check_aggregate(c, scope, node, *aggregate);
  }
  if (c.library().find_window(name) != nullptr) {
    c.report(ErrorCode::E0606, "`" + name + "` needs OVER (..)", node.span());
    return c.poison(node.span());
  }
  if (has_aggregate_clauses(node)) {
    if (c.library().find(name).empty()) {
      c.report(c.library().unknown_function(name), node.name_span());
    } else {
      c.report(ErrorCode::E0606,
               "`" + name + "` is no aggregate: it takes no DISTINCT, `*`, ORDER BY or FILTER",
               node.span());
    }
    return c.poison(node.span());
  }
  if (const auto rewritten = sql_spelling(c, scope, node, name)) return *rewritten;
  if (c.library().find(name).empty()) {
    if (is_of_module(c, node.name())) {
      // Its signature is in the module.
      return make_module_call(c, node.name(), check_arguments(c, scope, node.arguments()).values,
                              Type::any(), node.span());
    }
    if (is_table_function(name)) {
      c.report(ErrorCode::E0605, "`" + name + "` gives rows: it stands behind FROM or JOIN",
               node.name_span());
    } else {
      c.report(c.library().unknown_function(node.name()), node.name_span());
    }
    return c.poison(node.span());
  }
  const CheckedArguments checked = check_arguments(c, scope, node.arguments());
  if ((name == "sequence::next" || name == "sequence::current") && checked.values.size() == 1 &&
      !require_sequence(c, checked.values[0], node.span()))
    return c.poison(node.span());
  return finish_call(c, name, checked, false, node.span());
}

ExprId check_method(Checking& c, Scope& scope, ast::MethodCall node) {
  const ExprId receiver = check_expression(c, scope, node.base());
  if (!c.is_poison(receiver)) {
    if (const catalog::Function* own = own_method(c, receiver, node.method().name()))
      return check_user_method(c, scope, node, receiver, *own);
  }
  CheckedArguments checked;
  checked.values.push_back(receiver);
  checked.names.emplace_back();
  const CheckedArguments rest = check_arguments(c, scope, node.arguments());
  checked.values.insert(checked.values.end(), rest.values.begin(), rest.values.end());
  checked.names.insert(checked.names.end(), rest.names.begin(), rest.names.end());
  return finish_call(c, lower_ascii(node.method().name()), checked, true, node.span());
}

}  // namespace zerodb::sema
