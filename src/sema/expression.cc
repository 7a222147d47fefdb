#include "sema/expression.h"

#include <algorithm>

#include "base/ascii.h"
#include "sema/conversion.h"

namespace zerodb::sema {
namespace {

// The name that SQL has for now(), in any case of letters, as names of functions are.
bool is_current_timestamp(const std::string& name) {
  return lower_ascii(name) == "current_timestamp";
}

ExprId check_name(Checking& c, Scope& scope, ast::NameRef node) {
  const std::string name = node.name();
  if (is_current_timestamp(name) && !node.ident().is_quoted() && !find_source(scope, name)) {
    return make_call(c, "now", {}, node.span());
  }
  return resolve_name(c, scope, name, node.span());
}

ExprId check_kind(Checking& c, Scope& scope, ast::Expr node, const Type* wanted) {
  switch (node.expr_kind()) {
    case ast::ExprKind::Literal:
      return check_literal(c, node.as<ast::Literal>(), wanted, false, node.span());
    case ast::ExprKind::Parameter:
      return check_parameter(c, scope, node.as<ast::Parameter>());
    case ast::ExprKind::NameRef:
      return check_name(c, scope, node.as<ast::NameRef>());
    case ast::ExprKind::PathRef:
      return check_path_ref(c, node.as<ast::PathRef>());
    case ast::ExprKind::RecordId:
      return check_record_id(c, scope, node.as<ast::RecordId>());
    case ast::ExprKind::Array:
    case ast::ExprKind::Tuple:
    case ast::ExprKind::Object:
    case ast::ExprKind::Hashset:
    case ast::ExprKind::Hashmap:
      return check_composite(c, scope, node, wanted);
    case ast::ExprKind::Call:
      return check_call(c, scope, node.as<ast::Call>());
    case ast::ExprKind::MethodCall:
      return check_method(c, scope, node.as<ast::MethodCall>());
    case ast::ExprKind::Case:
      return check_case(c, scope, node.as<ast::Case>(), wanted);
    case ast::ExprKind::Cast:
      return check_cast(c, scope, node.as<ast::Cast>());
    case ast::ExprKind::Subquery:
    case ast::ExprKind::ArraySubquery:
    case ast::ExprKind::Exists:
      return check_subquery(c, scope, node);
    case ast::ExprKind::FieldAccess:
    case ast::ExprKind::IndexAccess:
    case ast::ExprKind::AllElements:
    case ast::ExprKind::Slice:
      return check_access(c, scope, node);
    case ast::ExprKind::Shape:
      return check_shape(c, scope, node.as<ast::Shape>());
    case ast::ExprKind::Unary:
    case ast::ExprKind::Binary:
    case ast::ExprKind::Range:
    case ast::ExprKind::In:
    case ast::ExprKind::Like:
    case ast::ExprKind::Matches:
    case ast::ExprKind::Contains:
    case ast::ExprKind::Between:
    case ast::ExprKind::IsTest:
    case ast::ExprKind::IsType:
      return check_operator(c, scope, node, wanted);
    default:
      break;
  }
  c.report(ErrorCode::E0101, "an expression was expected", node.span());
  return c.poison(node.span());
}

}  // namespace

ExprId check_expression(Checking& c, Scope& scope, ast::Expr node, const Type* wanted) {
  return check_kind(c, scope, node, wanted);
}

ExprId require_condition(Checking& c, ExprId condition, Span span) {
  infer_parameter(c, condition, Type::boolean());
  const Type type = c.type(condition);
  if (type.is_any() || type.is(TypeKind::Bool)) return condition;
  // What is wrong was said of a part.
  const std::vector<ExprId>& parts = c.expr(condition).args;
  if (std::ranges::any_of(parts, [&](ExprId part) { return c.is_poison(part); }))
    return c.poison(span);
  if (type.kind() == TypeKind::Bool) {
    auto& diagnostic =
        c.report(ErrorCode::E0303, "a condition is `bool`, and this may be none", span);
    diagnostic.help = "say what none counts as: `.. ?? false`";
    diagnostic.fixes.push_back({{span.end, span.end}, " ?? false", "count none as false"});
    return c.poison(span);
  }
  c.report(ErrorCode::E0302, "a condition is `bool`, not `" + c.text(type) + "`", span);
  return c.poison(span);
}

ExprId check_condition(Checking& c, Scope& scope, ast::Expr node) {
  return require_condition(c, check_expression(c, scope, node), node.span());
}

}  // namespace zerodb::sema
