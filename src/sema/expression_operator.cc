// Operators and predicates.

#include "sema/availability.h"
#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "sema/query_check.h"
#include "sema/type_names.h"
#include "sema/warning.h"
#include "value/cast.h"
#include "value/operator_types.h"
#include "value/operators.h"
#include "zeroql/literal.h"

namespace zerodb::sema {
namespace {

BinaryOp binary_op_of(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::Equal:
      return BinaryOp::Equal;
    case ast::BinaryOp::NotEqual:
      return BinaryOp::NotEqual;
    case ast::BinaryOp::Less:
      return BinaryOp::Less;
    case ast::BinaryOp::LessEqual:
      return BinaryOp::LessEqual;
    case ast::BinaryOp::Greater:
      return BinaryOp::Greater;
    case ast::BinaryOp::GreaterEqual:
      return BinaryOp::GreaterEqual;
    case ast::BinaryOp::RegexMatch:
      return BinaryOp::RegexMatch;
    case ast::BinaryOp::NotRegexMatch:
      return BinaryOp::RegexNotMatch;
    case ast::BinaryOp::BitOr:
      return BinaryOp::BitOr;
    case ast::BinaryOp::BitXor:
      return BinaryOp::BitXor;
    case ast::BinaryOp::BitAnd:
      return BinaryOp::BitAnd;
    case ast::BinaryOp::ShiftLeft:
      return BinaryOp::ShiftLeft;
    case ast::BinaryOp::ShiftRight:
      return BinaryOp::ShiftRight;
    case ast::BinaryOp::Add:
      return BinaryOp::Add;
    case ast::BinaryOp::Subtract:
      return BinaryOp::Subtract;
    case ast::BinaryOp::Concat:
      return BinaryOp::Concat;
    case ast::BinaryOp::Multiply:
      return BinaryOp::Multiply;
    case ast::BinaryOp::Divide:
      return BinaryOp::Divide;
    case ast::BinaryOp::Modulo:
      return BinaryOp::Modulo;
    case ast::BinaryOp::IntegerDivide:
      return BinaryOp::IntDivide;
    default:
      return BinaryOp::Power;
  }
}

// AND and OR, an operand of a chain `a AND b AND c` each.
void collect_operands(ast::Expr node, ast::BinaryOp op, std::vector<ast::Expr>& operands) {
  if (node.expr_kind() == ast::ExprKind::Binary && node.as<ast::Binary>().op() == op) {
    collect_operands(node.as<ast::Binary>().left(), op, operands);
    collect_operands(node.as<ast::Binary>().right(), op, operands);
    return;
  }
  operands.push_back(node);
}

ExprId require_bool(Checking& c, ExprId operand, std::string_view op, Span span) {
  infer_parameter(c, operand, Type::boolean());
  const Type type = c.type(operand);
  if (type.is_any() || type.kind() == TypeKind::Bool) return require_condition(c, operand, span);
  c.report(ErrorCode::E0305, std::string(op) + " takes bools, not `" + c.text(type) + "`", span);
  return c.poison(span);
}

ExprId check_logic(Checking& c, Scope& scope, ast::Binary node) {
  const bool is_and = node.op() == ast::BinaryOp::And;
  std::vector<ast::Expr> operands;
  collect_operands(node.left(), node.op(), operands);
  collect_operands(node.right(), node.op(), operands);
  const NarrowingScope narrowing(c);
  Expr made;
  made.kind = is_and ? ExprKind::And : ExprKind::Or;
  made.type = Type::boolean();
  made.span = node.span();
  for (const ast::Expr operand : operands) {
    const ExprId checked = check_expression(c, scope, operand);
    made.args.push_back(require_bool(c, checked, is_and ? "AND" : "OR", operand.span()));
    // A later operand counts only where those before it leave the answer open.
    add_narrowings(c, made.args.back(), is_and);
  }
  return c.add(std::move(made));
}

ExprId check_coalesce(Checking& c, Scope& scope, ast::Binary node, const Type* wanted) {
  std::vector<ast::Expr> operands;
  collect_operands(node.left(), node.op(), operands);
  collect_operands(node.right(), node.op(), operands);
  Expr made;
  made.kind = ExprKind::Coalesce;
  made.span = node.span();
  for (const ast::Expr operand : operands)
    made.args.push_back(check_expression(c, scope, operand, wanted));
  unwrap_results(c, made.args);
  adapt_literals(c, made.args);
  std::vector<Type> types;
  for (size_t i = 0; i < made.args.size(); ++i) {
    const Type type = c.type(made.args[i]);
    types.push_back(i + 1 < made.args.size() ? type.required() : type);
    if (i + 1 < made.args.size() && type.kind() == TypeKind::None) types.pop_back();
  }
  made.type = Type::union_of(types);
  if (c.is_literal(made.args.front()) && !c.expr(made.args.front()).literal.is_none())
    return made.args.front();
  return c.add(std::move(made));
}

// The number that a string against a number was meant to be.
std::optional<std::string> quoted_number(Checking& c, ExprId text, ExprId other) {
  if (!c.is_literal(text) || c.expr(text).literal.tag() != Tag::String) return std::nullopt;
  if (!c.type(other).required().is_number()) return std::nullopt;
  const std::string digits(c.expr(text).literal.as_string());
  const bool is_number = !digits.empty() && digits.size() <= 18 &&
                         digits.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? std::optional(digits) : std::nullopt;
}

// Points at the operand that does not fit, a literal if there is one, and says what both are.
void explain_operands(Checking& c, ast::Binary node, ExprId left, ExprId right) {
  zeroql::Diagnostic& diagnostic = c.diagnostics.back();
  switch (diagnostic.code) {
    case ErrorCode::E0301:
    case ErrorCode::E0305:
    case ErrorCode::E0307:
    case ErrorCode::E0308:
      break;
    default:
      return;
  }
  const bool left_is_wrong = c.is_literal(left) && !c.is_literal(right);
  const ExprId wrong = left_is_wrong ? left : right;
  const ExprId other = left_is_wrong ? right : left;
  if (c.text_at(c.expr(wrong).span).empty()) return;
  diagnostic.span = c.expr(wrong).span;
  diagnostic.note = "`" + c.text(c.type(wrong)) + "`";
  c.add_type_label(diagnostic, other);
  if (const auto number = quoted_number(c, wrong, other)) {
    diagnostic.help = "compare with a number: `" + *number + "`";
    diagnostic.fixes.push_back({diagnostic.span, *number, "write it as a number"});
  }
  const bool are_bools = c.type(left).required().kind() == TypeKind::Bool &&
                         c.type(right).required().kind() == TypeKind::Bool;
  if (node.op() != ast::BinaryOp::Concat || !are_bools) return;
  const Span op{node.left().span().end, node.right().span().begin};
  const size_t at = c.text_at(op).find("||");
  if (at == std::string_view::npos) return;
  const auto begin = static_cast<uint32_t>(op.begin + at);
  diagnostic.fixes.push_back({{begin, begin + 2}, "OR", "write OR"});
}

ExprId check_binary(Checking& c, Scope& scope, ast::Binary node, const Type* wanted) {
  if (node.op() == ast::BinaryOp::And || node.op() == ast::BinaryOp::Or)
    return check_logic(c, scope, node);
  if (node.op() == ast::BinaryOp::Coalesce) return check_coalesce(c, scope, node, wanted);
  const ExprId left = check_expression(c, scope, node.left());
  const ExprId right = check_expression(c, scope, node.right());
  const size_t mistakes = c.diagnostics.size();
  const ExprId made = make_binary(c, binary_op_of(node.op()), left, right, node.span());
  if (c.diagnostics.size() == mistakes + 1) explain_operands(c, node, left, right);
  return made;
}

ExprId check_unary(Checking& c, Scope& scope, ast::Unary node, const Type* wanted) {
  const ast::Expr operand = node.operand();
  if (node.op() == ast::UnaryOp::Negate && operand.expr_kind() == ast::ExprKind::Literal) {
    const ast::Literal number = operand.as<ast::Literal>();
    const ast::LiteralKind kind = number.literal_kind();
    if (kind == ast::LiteralKind::Integer || kind == ast::LiteralKind::Float ||
        kind == ast::LiteralKind::Decimal) {
      return check_literal(c, number, wanted, true, node.span());
    }
  }
  const ExprId checked = check_expression(c, scope, operand, wanted);
  if (node.op() == ast::UnaryOp::Not)
    return make_not(c, require_bool(c, checked, "NOT", operand.span()), node.span());
  const UnaryOp op = node.op() == ast::UnaryOp::Negate ? UnaryOp::Negate : UnaryOp::Plus;
  auto type = unary_type(op, c.type(checked));
  if (!type.has_value()) {
    c.report(type.error(), node.span());
    return c.poison(node.span());
  }
  if (c.is_literal(checked)) {
    auto folded = unary(op, c.expr(checked).literal);
    if (folded.has_value()) return c.literal(std::move(folded).value(), *type, node.span());
    warn_of_failure(c, folded.error(), node.span());
  }
  Expr made;
  made.kind = ExprKind::Unary;
  made.unary_op = op;
  made.type = std::move(type).value();
  made.span = node.span();
  made.args = {checked};
  return c.add(std::move(made));
}

ExprId check_in_list(Checking& c, Scope& scope, ast::In node, ExprId left) {
  Expr made;
  made.kind = ExprKind::InList;
  made.type = Type::boolean();
  made.span = node.span();
  made.flags = node.is_negated() ? Expr::Negated : 0;
  made.args = {left};
  bool all_disjoint = true;
  for (const ast::Expr element : node.right().as<ast::InList>().elements()) {
    ExprId right = check_expression(c, scope, element);
    right = adapt_literal(c, right, c.type(left));
    infer_parameter(c, right, c.type(left));
    infer_parameter(c, left, c.type(right));
    all_disjoint &= are_disjoint(c.type(left), c.type(right));
    made.args.push_back(right);
  }
  if (all_disjoint && made.args.size() > 1) {
    c.report(ErrorCode::E0301,
             "`" + c.text(c.type(left)) + "` is never IN a list of `" +
                 c.text(c.type(made.args[1])) + "`",
             node.span());
    return c.poison(node.span());
  }
  return c.add(std::move(made));
}

ExprId check_in_query(Checking& c, Scope& scope, ast::In node, ExprId left) {
  const ast::Query inner = node.right().as<ast::Subquery>().query();
  const QueryId query = check_query(c, &scope, inner);
  if (c.query(query).outputs.size() != 1) {
    if (!c.failed()) c.report(ErrorCode::E0405, "a subquery after IN has one column", inner.span());
    return c.poison(node.span());
  }
  if (are_disjoint(c.type(left), c.query(query).outputs[0].type)) {
    c.report(ErrorCode::E0301,
             "`" + c.text(c.type(left)) + "` is never IN a query of `" +
                 c.text(c.query(query).outputs[0].type) + "`",
             node.span());
    return c.poison(node.span());
  }
  Expr made;
  made.kind = ExprKind::InQuery;
  made.type = Type::boolean();
  made.span = node.span();
  made.flags = node.is_negated() ? Expr::Negated : 0;
  made.args = {left};
  made.query = query;
  return c.add(std::move(made));
}

ExprId check_in(Checking& c, Scope& scope, ast::In node) {
  const ExprId left = check_expression(c, scope, node.left());
  if (node.right().expr_kind() == ast::ExprKind::InList) return check_in_list(c, scope, node, left);
  if (node.right().expr_kind() == ast::ExprKind::Subquery)
    return check_in_query(c, scope, node, left);
  const ExprId right = check_expression(c, scope, node.right());
  return make_binary(c, node.is_negated() ? BinaryOp::NotIn : BinaryOp::In, left, right,
                     node.span());
}

ExprId check_like(Checking& c, Scope& scope, ast::Like node) {
  const ExprId left = check_expression(c, scope, node.left());
  const ExprId right = check_expression(c, scope, node.pattern());
  infer_parameter(c, left, Type::string());
  infer_parameter(c, right, Type::string());
  const BinaryOp op = node.ignores_case() ? BinaryOp::ILike : BinaryOp::Like;
  const auto type = binary_type(op, c.type(left), c.type(right));
  if (!type.has_value()) {
    c.report(type.error(), node.span());
    return c.poison(node.span());
  }
  Expr made;
  made.kind = ExprKind::Like;
  made.type = Type::boolean();
  made.span = node.span();
  made.args = {left, right};
  if (node.is_negated()) made.flags |= Expr::Negated;
  if (node.ignores_case()) made.flags |= Expr::FoldCase;
  if (node.escape()) {
    auto escape = zeroql::decode_string(node.escape()->text());
    if (escape.has_value()) made.text = std::move(escape).value();
    size_t points = 0;
    for (const char ch : made.text) points += (static_cast<uint8_t>(ch) & 0xc0) != 0x80;
    if (points != 1) {
      c.report(ErrorCode::E0623, "ESCAPE takes one character", node.escape()->span());
      return c.poison(node.span());
    }
  }
  return c.add(std::move(made));
}

ExprId check_contains(Checking& c, Scope& scope, ast::Contains node) {
  const ExprId left = check_expression(c, scope, node.left());
  const ExprId right = check_expression(c, scope, node.right());
  BinaryOp op = node.is_negated() ? BinaryOp::NotContains : BinaryOp::Contains;
  if (node.is_any()) op = node.is_negated() ? BinaryOp::NotContainsAny : BinaryOp::ContainsAny;
  if (node.is_all()) op = node.is_negated() ? BinaryOp::NotContainsAll : BinaryOp::ContainsAll;
  return make_binary(c, op, left, right, node.span());
}

ExprId check_between(Checking& c, Scope& scope, ast::Between node) {
  const ExprId operand = check_expression(c, scope, node.operand());
  const ExprId low = check_expression(c, scope, node.low());
  const ExprId high = check_expression(c, scope, node.high());
  const ExprId above = make_binary(c, BinaryOp::GreaterEqual, operand, low, node.span());
  if (c.is_poison(above)) return above;
  const ExprId below = make_binary(c, BinaryOp::LessEqual, operand, high, node.span());
  if (c.is_poison(below)) return below;
  const ExprId both = make_conjunction(c, {above, below}, node.span());
  return node.is_negated() ? make_not(c, both, node.span()) : both;
}

ExprId check_is_test(Checking& c, Scope& scope, ast::IsTest node) {
  const ExprId operand = check_expression(c, scope, node.operand());
  if (node.test() != ast::IsTestKind::None) {
    const ExprId truth = c.literal(Value::boolean(node.test() == ast::IsTestKind::True),
                                   Type::boolean(), node.span());
    return make_binary(c, node.is_negated() ? BinaryOp::NotEqual : BinaryOp::Equal, operand, truth,
                       node.span());
  }
  if (c.is_literal(operand)) {
    return c.literal(Value::boolean(c.expr(operand).literal.is_none() != node.is_negated()),
                     Type::boolean(), node.span());
  }
  Expr made;
  made.kind = ExprKind::IsNone;
  made.type = Type::boolean();
  made.span = node.span();
  made.flags = node.is_negated() ? Expr::Negated : 0;
  made.args = {operand};
  return c.add(std::move(made));
}

// Text, or several texts, against the words that are looked for.
ExprId check_matches(Checking& c, Scope& scope, ast::Matches node) {
  const ExprId left = check_expression(c, scope, node.left());
  const ExprId right = check_expression(c, scope, node.right());
  infer_parameter(c, right, Type::string());
  if (c.is_poison(left) || c.is_poison(right)) return c.poison(node.span());
  const auto is_text = [](const Type& type) {
    return type.is_any() || type.is_text() || type.kind() == TypeKind::None;
  };
  const Type text = c.type(left).required();
  const bool is_list = text.kind() == TypeKind::Array && is_text(text.element().required());
  if (!(is_list || is_text(text)) || !is_text(c.type(right).required())) {
    c.report(ErrorCode::E0305,
             "MATCHES looks for a string in strings, not for `" + c.text(c.type(right)) + "` in `" +
                 c.text(c.type(left)) + "`",
             node.span());
    return c.poison(node.span());
  }
  require_feature(c, Feature::TextSearch, node.span());
  Expr made;
  made.kind = ExprKind::Matches;
  made.type = Type::boolean();
  made.flags = node.is_negated() ? Expr::Negated : 0;
  made.span = node.span();
  made.args = {left, right};
  return c.add(std::move(made));
}

ExprId check_is_type(Checking& c, Scope& scope, ast::IsType node) {
  Expr made;
  made.kind = ExprKind::IsType;
  made.args = {check_expression(c, scope, node.operand())};
  made.target = check_type(c, node.type());
  made.type = Type::boolean();
  made.span = node.span();
  made.flags = node.is_negated() ? Expr::Negated : 0;
  if (c.is_literal(made.args[0])) {
    const bool is = is_of_type(c.expr(made.args[0]).literal, made.target);
    return c.literal(Value::boolean(is != node.is_negated()), Type::boolean(), node.span());
  }
  return c.add(std::move(made));
}

// Help for an operator that does not take its operands.
std::string operator_help(BinaryOp op, const Type& left, const Type& right) {
  if (op == BinaryOp::Add && left.is_text() && right.is_text()) return "`||` joins strings";
  if (op == BinaryOp::Concat && (left.kind() == TypeKind::Bool || right.kind() == TypeKind::Bool))
    return "write OR";
  return {};
}

}  // namespace

ExprId make_binary(Checking& c, BinaryOp op, ExprId left, ExprId right, Span span) {
  if (c.is_poison(left) || c.is_poison(right)) return c.poison(span);
  adapt_literals(c, left, right);
  if (is_comparison(op) || op <= BinaryOp::BitXor) {
    infer_parameter(c, left, c.type(right));
    infer_parameter(c, right, c.type(left));
  }
  auto type = binary_type(op, c.type(left), c.type(right));
  if (!type.has_value()) {
    const Type left_type = c.type(left);
    const Type right_type = c.type(right);
    auto& diagnostic = c.report(type.error(), span);
    if (diagnostic.help.empty()) diagnostic.help = operator_help(op, left_type, right_type);
    diagnostic.note = c.text(left_type) + " and " + c.text(right_type);
    return c.poison(span);
  }
  // Who writes `n * 1.5` wants a float.
  if (op <= BinaryOp::Power && !c.is_literal(left) && !c.is_literal(right)) {
    warn_of_loss(c, left, c.type(right));
    warn_of_loss(c, right, c.type(left));
  }
  const bool is_regex = op == BinaryOp::RegexMatch || op == BinaryOp::RegexNotMatch;
  if (c.is_literal(left) && c.is_literal(right) && !is_regex) {
    auto folded = binary(op, c.expr(left).literal, c.expr(right).literal);
    // One that fails stays: it is an error only when a row reaches it.
    if (folded.has_value()) return c.literal(std::move(folded).value(), *type, span);
    warn_of_failure(c, folded.error(), span);
  }
  Expr made;
  made.kind = ExprKind::Binary;
  made.binary_op = op;
  made.type = std::move(type).value();
  made.span = span;
  made.args = {left, right};
  return c.add(std::move(made));
}

ExprId make_not(Checking& c, ExprId operand, Span span) {
  if (c.is_poison(operand)) return operand;
  if (c.is_literal(operand) && c.type(operand).is(TypeKind::Bool)) {
    return c.literal(Value::boolean(!c.expr(operand).literal.as_bool()), Type::boolean(), span);
  }
  Expr made;
  made.kind = ExprKind::Unary;
  made.unary_op = UnaryOp::Not;
  made.type = Type::boolean();
  made.span = span;
  made.args = {operand};
  return c.add(std::move(made));
}

ExprId make_conjunction(Checking& c, std::vector<ExprId> conditions, Span span) {
  if (conditions.empty()) return kNoExpr;
  if (conditions.size() == 1) return conditions.front();
  Expr made;
  made.kind = ExprKind::And;
  made.type = Type::boolean();
  made.span = span;
  made.args = std::move(conditions);
  return c.add(std::move(made));
}

ExprId check_operator(Checking& c, Scope& scope, ast::Expr node, const Type* wanted) {
  switch (node.expr_kind()) {
    case ast::ExprKind::Unary:
      return check_unary(c, scope, node.as<ast::Unary>(), wanted);
    case ast::ExprKind::Binary:
      return check_binary(c, scope, node.as<ast::Binary>(), wanted);
    case ast::ExprKind::Range: {
      const ast::Range range = node.as<ast::Range>();
      const ExprId from = check_expression(c, scope, range.from());
      const ExprId to = check_expression(c, scope, range.to());
      return make_binary(c, range.is_inclusive() ? BinaryOp::RangeInclusive : BinaryOp::Range, from,
                         to, node.span());
    }
    case ast::ExprKind::In:
      return check_in(c, scope, node.as<ast::In>());
    case ast::ExprKind::Like:
      return check_like(c, scope, node.as<ast::Like>());
    case ast::ExprKind::Contains:
      return check_contains(c, scope, node.as<ast::Contains>());
    case ast::ExprKind::Between:
      return check_between(c, scope, node.as<ast::Between>());
    case ast::ExprKind::IsTest:
      return check_is_test(c, scope, node.as<ast::IsTest>());
    case ast::ExprKind::IsType:
      return check_is_type(c, scope, node.as<ast::IsType>());
    default:
      return check_matches(c, scope, node.as<ast::Matches>());
  }
}

}  // namespace zerodb::sema
