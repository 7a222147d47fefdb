// DEFINE FUNCTION and ALTER FUNCTION; who calls what.

#include "sema/definition_function.h"

#include <algorithm>

#include "base/ascii.h"
#include "sema/availability.h"
#include "sema/conversion.h"
#include "sema/definition_facility.h"
#include "sema/expression.h"
#include "sema/query_visit.h"
#include "sema/stored_text.h"
#include "sema/type_names.h"
#include "sema/type_places.h"
#include "zeroql/literal.h"
#include "zeroql/parser.h"

namespace zerodb::sema {
namespace {

using catalog::Function;

bool is_library_name(const Checking& c, const std::string& name) {
  constexpr std::string_view kSpellings[] = {
      "coalesce", "concat", "power", "mod", "char_length", "substring", "current_timestamp"};
  const std::string folded = lower_ascii(name);
  // A namespace of the library is taken as a whole.
  const size_t space = folded.find("::");
  const auto& functions = c.library().functions();
  if (space != std::string::npos &&
      std::any_of(functions.begin(), functions.end(), [&](const function::Function& each) {
        return each.signature.name.starts_with(folded.substr(0, space + 2));
      }))
    return true;
  return !c.library().find(folded).empty() || c.library().find_aggregate(folded) != nullptr ||
         c.library().find_window(folded) != nullptr ||
         std::find(std::begin(kSpellings), std::end(kSpellings), folded) != std::end(kSpellings);
}

Type checked_type(Checking& c, ast::Type node) {
  if (!type_places(c, node, {}, true).places.empty())
    require_feature(c, Feature::ParameterAsserts, node.span());
  return check_type(c, node);
}

void read_parameter(Checking& c, Function& made, ast::FunctionParameter node) {
  catalog::FunctionParameter parameter;
  parameter.name = node.ident().name();
  for (const catalog::FunctionParameter& other : made.parameters) {
    if (other.name == parameter.name)
      c.report(ErrorCode::E0209, "parameter `" + parameter.name + "` stands twice",
               node.ident().span());
  }
  parameter.type = checked_type(c, node.type());
  parameter.type_text = stored_text(node.type());
  if (const auto value = node.default_value()) {
    Scope scope;
    scope.query = c.add_query(Query::Kind::Select, node.span());
    const ExprId given = check_expression(c, scope, *value, &parameter.type);
    store_into(c, given, {"parameter `" + parameter.name + "`", parameter.type, value->span()});
    parameter.default_text = stored_text(*value);
  } else if (!made.parameters.empty() && !made.parameters.back().default_text.empty()) {
    c.report(ErrorCode::E0604,
             "`" + parameter.name + "` needs a default, as the parameters before it have one",
             node.span());
  }
  made.parameters.push_back(std::move(parameter));
}

// The least promise that holds for all that the expression does.
Function::Volatility inferred_volatility(Checking& c, ExprId root) {
  auto found = Function::Volatility::Immutable;
  const auto raise = [&found](Function::Volatility to) { found = std::max(found, to); };
  visit_expression(c, root, 0, [&](ExprId id, uint32_t) {
    const Expr& expr = c.expr(id);
    if (expr.kind == ExprKind::Parameter || expr.kind == ExprKind::Fetch ||
        expr.kind == ExprKind::CommitStamp || expr.has(Expr::Follow)) {
      raise(Function::Volatility::Stable);
    } else if (expr.kind == ExprKind::Call && expr.function == Expr::kDynamicFunction) {
      raise(Function::Volatility::Volatile);
    } else if (expr.kind == ExprKind::Call) {
      raise(static_cast<Function::Volatility>(volatility_of_call(c, expr)));
    }
  });
  return found;
}

// The names of a body: columns that stand for the parameters.
Scope scope_of_body(Checking& c, const Function& function, Span span) {
  Scope scope;
  scope.query = c.add_query(Query::Kind::Select, span);
  for (uint32_t i = 0; i < function.parameters.size(); ++i) {
    Expr stand_in;
    stand_in.kind = ExprKind::Column;
    stand_in.index = i;
    stand_in.type = function.parameters[i].type;
    stand_in.span = span;
    scope.merged.push_back({function.parameters[i].name, c.add(std::move(stand_in))});
  }
  return scope;
}

void check_body(Checking& c, Function& made, ast::DefineFunction node) {
  const ast::Expr body = node.body()->expr();
  Scope scope = scope_of_body(c, made, body.span());
  const size_t queries = c.statement.queries.size();
  ExprId value = check_expression(c, scope, body, &made.returns);
  if (c.statement.queries.size() != queries)
    require_feature(c, Feature::FunctionQueries, body.span());
  if (c.failed()) return;
  value = store_into(c, value, {"the result of `" + made.name + "`", made.returns, body.span()});
  if (c.failed()) return;
  made.body_text = stored_text(body);
  made.volatility = inferred_volatility(c, value);
  if (node.volatility() == ast::Volatility::Unwritten) return;
  const auto written =
      static_cast<Function::Volatility>(static_cast<uint8_t>(node.volatility()) - 1);
  if (written < made.volatility) {
    c.report(ErrorCode::E0609, "the body of `" + made.name + "` is not as constant as written",
             body.span())
        .help = made.volatility == Function::Volatility::Stable ? "write STABLE" : "write VOLATILE";
  }
  made.volatility = written;
}

// Whether `from` calls `name`, be it through others.
bool reaches(const catalog::Schema& schema, const std::string& text, const std::string& name) {
  std::vector<std::string> rest = called_functions(text);
  std::vector<std::string> seen;
  while (!rest.empty()) {
    const std::string called = std::move(rest.back());
    rest.pop_back();
    if (called == name) return true;
    if (std::find(seen.begin(), seen.end(), called) != seen.end()) continue;
    seen.push_back(called);
    if (const Function* function = schema.find_function(called)) {
      for (std::string& next : called_functions(function->body_text)) rest.push_back(next);
    }
  }
  return false;
}

bool calls(const std::string& text, const std::string& name) {
  const auto called = called_functions(text);
  return std::find(called.begin(), called.end(), name) != called.end();
}

bool table_calls(const catalog::Table& table, const std::string& name) {
  for (const catalog::Field& field : table.fields) {
    if (calls(field.default_text, name) || calls(field.computed_text, name)) return true;
    for (const std::string& rule : field.assert_texts) {
      if (calls(rule, name)) return true;
    }
  }
  return std::any_of(table.rules.begin(), table.rules.end(),
                     [&](const catalog::Rule& rule) { return calls(rule.condition_text, name); });
}

}  // namespace

void check_stored_body(Checking& c, const Function& function) {
  if (function.body_text.empty()) return;
  Scope scope = scope_of_body(c, function, {});
  const ExprId value =
      check_expression(c, scope, parse_stored_expression(c, function.body_text), &function.returns);
  store_into(c, value, {"the result of `" + function.name + "`", function.returns, {}});
}

std::vector<std::string> called_functions(const std::string& text) {
  std::vector<std::string> names;
  if (text.empty()) return names;
  const zeroql::Tree tree = zeroql::parse("SELECT (" + text + ")").tree;
  for (uint32_t i = 0; i < tree.node_count(); ++i) {
    const zeroql::NodeId id(i);
    if (tree.kind(id) == zeroql::NodeKind::Call) names.push_back(ast::Call{{&tree, id}}.name());
    if (tree.kind(id) == zeroql::NodeKind::MethodCall)
      names.push_back(ast::MethodCall{{&tree, id}}.method().name());
  }
  return names;
}

std::optional<std::string> caller_of(const catalog::Schema& schema, const std::string& name) {
  for (const Function& other : schema.functions()) {
    if (other.name == name) continue;
    if (calls(other.body_text, name)) return other.name;
    for (const catalog::FunctionParameter& parameter : other.parameters) {
      if (calls(parameter.default_text, name)) return other.name;
    }
  }
  for (const catalog::Table& table : schema.tables()) {
    if (table_calls(table, name)) return table.name;
  }
  for (const catalog::NamedType& type : schema.types()) {
    for (const std::string& rule : type.assert_texts) {
      if (calls(rule, name)) return type.name;
    }
  }
  for (const catalog::Param& param : schema.params()) {
    if (calls(param.value_text, name)) return "$" + param.name;
  }
  return std::nullopt;
}

// FROM MODULE m EXPORT 'name': whether the module has it is seen when the module is loaded.
void take_export(Checking& c, Function& made, ast::DefineFunction node,
                 ast::FunctionExport exported) {
  made.module = exported.module().name();
  made.export_name = zeroql::decode_string(exported.name().text()).value_or(std::string());
  made.volatility =
      node.volatility() == ast::Volatility::Unwritten
          ? Function::Volatility::Volatile
          : static_cast<Function::Volatility>(static_cast<uint8_t>(node.volatility()) - 1);
  if (c.schema().find_facility(catalog::Facility::Kind::Module, made.module) == nullptr) {
    auto& diagnostic = c.report(ErrorCode::E0207, "unknown module `" + made.module + "`",
                                exported.module().span());
    c.suggest(diagnostic, made.module, facility_names(c, catalog::Facility::Kind::Module));
  }
  require_feature(c, Feature::Modules, node.span());
}

void define_function(Definition& d, ast::DefineFunction node) {
  Checking& c = d.checking();
  Function made;
  made.name = node.name();
  const Span name_span = node.path() ? node.path()->span() : node.ident()->span();
  if (is_library_name(c, made.name)) {
    c.report(ErrorCode::E0608, "`" + made.name + "` is a function of the library", name_span);
    return;
  }
  const Function* found = c.schema().find_function(made.name);
  const Existing existing = d.existing(node, found != nullptr, "function", made.name, name_span);
  if (existing == Existing::Nothing) return;
  if (existing == Existing::Replace) {
    if (const auto caller = caller_of(c.schema(), made.name)) {
      c.report(ErrorCode::E0211, "`" + made.name + "` is called by `" + *caller + "`", name_span)
          .help = "remove that first";
      return;
    }
  }
  if (node.options()) {
    for (const ast::OptionEntry option : node.options()->list()) {
      c.report(ErrorCode::E0210, "unknown option `" + option.ident().name() + "` of a function",
               option.ident().span());
    }
  }
  for (const ast::FunctionParameter parameter : node.parameters())
    read_parameter(c, made, parameter);
  made.returns = checked_type(c, node.returns());
  made.returns_text = stored_text(node.returns());
  if (c.failed()) return;
  if (const auto exported = node.export_of()) {
    take_export(c, made, node, *exported);
  } else {
    check_body(c, made, node);
  }
  if (c.failed()) return;
  if (node.body() && reaches(c.schema(), made.body_text, made.name)) {
    c.report(ErrorCode::E0211, "`" + made.name + "` would call itself", node.body()->span());
  }
  made.comment = comment_text(node.comment());
  made.id = found != nullptr ? found->id : d.new_id();
  d.add(catalog::put_function(d.database(), made));
}

void alter_function(Definition& d, ast::Alter node) {
  Checking& c = d.checking();
  const std::string name = node.name().name();
  const Function* found = c.schema().find_function(name);
  if (found == nullptr) {
    c.report(ErrorCode::E0601, "unknown function `" + name + "`", node.name().span());
    return;
  }
  Function changed = *found;
  for (const ast::AlterAction action : node.actions()) {
    if (action.action_kind() == ast::ActionKind::SetComment) {
      changed.comment = comment_text(action.comment());
    } else {
      c.report(ErrorCode::E0101, "a function has no such change", action.span()).help =
          "there is COMMENT; else write DEFINE OR REPLACE FUNCTION";
      return;
    }
  }
  d.add(catalog::put_function(d.database(), changed));
}

}  // namespace zerodb::sema
