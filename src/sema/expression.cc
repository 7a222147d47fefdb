#include "sema/expression.h"

#include "sema/conversion.h"
#include "value/cast.h"

namespace zerodb::sema {
namespace {

ExprId check_name(Checking& c, Scope& scope, ast::NameRef node) {
  const std::string name = node.name();
  if (name == "current_timestamp" && !node.ident().is_quoted() && !find_source(scope, name)) {
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

ExprId narrowed(Checking& c, ExprId id) {
  for (size_t i = c.narrowings.size(); i-- > 0;) {
    if (!c.is_same(c.narrowings[i].expr, id)) continue;
    Expr copy = c.expr(id);
    copy.type = c.narrowings[i].type;
    const bool is_sure = c.sure_links.contains(id.value());
    const ExprId narrow = c.add(std::move(copy));
    if (is_sure) c.sure_links.insert(narrow.value());
    return narrow;
  }
  return id;
}

void add_narrowings(Checking& c, ExprId condition) {
  const Expr known = c.expr(condition);
  if (known.kind == ExprKind::And) {
    for (const ExprId part : known.args) add_narrowings(c, part);
    return;
  }
  if (known.kind != ExprKind::IsNone && known.kind != ExprKind::IsType) return;
  const ExprId subject = known.args.front();
  const ExprKind kind = c.expr(subject).kind;
  if (kind != ExprKind::Column && kind != ExprKind::Member && kind != ExprKind::Parameter) return;
  const Type type = c.type(subject);
  if (known.kind == ExprKind::IsNone && known.has(Expr::Negated) && type.is_optional()) {
    c.narrowings.push_back({subject, type.required()});
  } else if (known.kind == ExprKind::IsType && !known.has(Expr::Negated)) {
    // A test that no value of the type can pass says nothing of what the branch holds.
    const bool is_possible =
        storing(known.target, type) != Storing::Never && !(type.is_number() && !type.is_optional());
    if (is_possible) c.narrowings.push_back({subject, known.target});
  }
}

InnerNarrowings::InnerNarrowings(Checking& c) : c_(c), outer_(std::move(c.narrowings)) {
  c.narrowings.clear();
  for (const Narrowing& each : outer_) {
    ExprId root = each.expr;
    while (c.expr(root).kind == ExprKind::Member) root = c.expr(root).args.front();
    if (c.expr(root).kind == ExprKind::Parameter) c.narrowings.push_back(each);
  }
}

}  // namespace zerodb::sema
