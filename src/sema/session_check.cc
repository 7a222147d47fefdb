#include "sema/session_check.h"

#include "sema/access.h"
#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/session_options.h"
#include "sema/type_names.h"

namespace zerodb::sema {
namespace {

// A query of one row and one column that works out the expression.
QueryId single_value(Checking& c, const std::string& name, ExprId value, Span span) {
  const QueryId id = c.add_query(Query::Kind::Select, span);
  const Type type = c.type(value);
  c.query(id).outputs = {{name, value, type}};
  c.query(id).cardinality = Cardinality::One;
  return id;
}

std::vector<std::string> option_names() {
  std::vector<std::string> names;
  for (const SessionOption& option : session_options()) names.emplace_back(option.name);
  return names;
}

// For SHOW TABLES and the like: the word before the name becomes DESCRIBE.
void add_describe_fix(const Checking& c, zeroql::Diagnostic& diagnostic, ast::Name name,
                      const std::string& written) {
  constexpr uint32_t kShow = 5;  // "SHOW "
  if (name.span().begin < kShow) return;
  const Span all = {name.span().begin - kShow, name.span().end};
  const std::string_view text = c.text_at(all);
  if (text.empty() || zeroql::keyword_of(text.substr(0, 4)) != zeroql::Keyword::Show) return;
  diagnostic.fixes.push_back({all, "DESCRIBE " + written, "write DESCRIBE"});
}

}  // namespace

std::string check_option_name(Checking& c, ast::Name name) {
  std::string written = name.name();
  if (find_session_option(written) == nullptr) {
    auto& diagnostic = c.report(ErrorCode::E0210, "unknown setting `" + written + "`", name.span());
    c.suggest(diagnostic, written, option_names());
    constexpr std::string_view kLists[] = {"tables",  "databases", "namespaces",
                                           "indexes", "fields",    "users"};
    for (const std::string_view list : kLists) {
      if (written.size() == list.size() &&
          zeroql::keyword_of(written) == zeroql::keyword_of(list)) {
        diagnostic.help = "settings are shown with SHOW; write `DESCRIBE " + written + "`";
        diagnostic.fixes.clear();
        add_describe_fix(c, diagnostic, name, written);
      }
    }
  }
  return written;
}

LetStatement check_let(Checking& c, ast::Let node) {
  LetStatement let;
  let.name = node.parameter().name();
  for (const KnownParameter& known : c.context.parameters) {
    if (known.name == let.name && known.origin == KnownParameter::Origin::Let) {
      c.report(ErrorCode::E0209, "`$" + let.name + "` is bound already", node.parameter().span())
          .help = "a parameter is bound once in its session: choose another name";
      return let;
    }
  }
  Scope scope;
  const QueryId query = c.add_query(Query::Kind::Select, node.span());
  scope.query = query;
  std::optional<Type> declared;
  if (node.type()) declared = check_type(c, *node.type());
  ExprId value = check_expression(c, scope, node.value(), declared ? &*declared : nullptr);
  if (declared)
    value = store_into(c, value, {"`$" + let.name + "`", *declared, node.value().span()});
  let.type = declared.value_or(c.type(value));
  const Type type = c.type(value);
  c.query(query).outputs = {{let.name, value, type}};
  c.query(query).cardinality = Cardinality::One;
  let.query = query;
  return let;
}

UseStatement check_use(Checking& c, ast::Use node) {
  UseStatement use;
  const auto parts = node.name().parts();
  use.namespace_name = parts.size() == 2 ? parts[0].name() : c.schema().current_namespace().name;
  use.database_name = node.name().last().name();
  const catalog::Namespace* space =
      parts.size() <= 2 ? c.schema().find_namespace(use.namespace_name) : nullptr;
  if (space == nullptr) {
    auto& diagnostic = c.report(ErrorCode::E0206, "unknown namespace `" + use.namespace_name + "`",
                                parts[0].span());
    std::vector<std::string> candidates;
    for (const catalog::Namespace& each : c.schema().namespaces()) candidates.push_back(each.name);
    c.suggest(diagnostic, use.namespace_name, candidates);
    return use;
  }
  if (const auto* found = c.schema().find_database(space->id, use.database_name)) {
    require_database(c, *found, node.name().span());
    return use;
  }
  auto& diagnostic =
      c.report(ErrorCode::E0206,
               "namespace `" + use.namespace_name + "` has no database `" + use.database_name + "`",
               node.name().last().span());
  std::vector<std::string> candidates;
  for (const catalog::Database& each : c.schema().databases()) {
    if (each.namespace_id == space->id) candidates.push_back(each.name);
  }
  c.suggest(diagnostic, use.database_name, candidates);
  return use;
}

SetStatement check_set(Checking& c, ast::Set node) {
  SetStatement set;
  set.option = check_option_name(c, node.name());
  const SessionOption* option = find_session_option(set.option);
  if (option == nullptr) return set;
  Scope scope;
  const ExprId value = check_expression(c, scope, node.value());
  const Type type = c.type(value);
  infer_parameter(c, value, Type(option->type));
  const bool fits = type.is_any() || type.required().kind() == option->type ||
                    (type.kind() == TypeKind::None && option->admits_none);
  if (!fits && !c.is_poison(value)) {
    c.report(
        ErrorCode::E0317,
        "`" + set.option + "` is `" + c.text(Type(option->type)) + "`, not `" + c.text(type) + "`",
        node.value().span());
  } else if (c.is_literal(value) && !accepts(*option, c.expr(value).literal)) {
    auto& diagnostic = c.report(ErrorCode::E0317, "`" + set.option + "` does not take this value",
                                node.value().span());
    for (const std::string_view choice : option->choices) {
      diagnostic.help +=
          (diagnostic.help.empty() ? "it takes '" : ", '") + std::string(choice) + "'";
    }
  }
  set.query = single_value(c, set.option, value, node.span());
  return set;
}

ResetStatement check_reset(Checking& c, ast::Reset node) {
  if (!node.name()) return {};
  return {check_option_name(c, *node.name())};
}

ShowStatement check_show(Checking& c, ast::Show node) {
  ShowStatement show;
  if (!node.name()) {
    c.statement.columns = {{"name", kNoExpr, Type::string()}, {"value", kNoExpr, Type::any()}};
    return show;
  }
  show.option = check_option_name(c, *node.name());
  if (const SessionOption* option = find_session_option(show.option)) {
    const Type type = Type(option->type);
    c.statement.columns = {{show.option, kNoExpr, option->admits_none ? type.optional() : type}};
  }
  return show;
}

}  // namespace zerodb::sema
