#include "sema/narrowing.h"

#include <algorithm>

#include "value/cast.h"

namespace zerodb::sema {
namespace {

using Facts = std::vector<Narrowing>;

Facts facts_when(Checking& c, ExprId condition, bool outcome);

const Type* find_fact(const Checking& c, const Facts& facts, ExprId expr) {
  for (auto each = facts.rbegin(); each != facts.rend(); ++each) {
    if (c.is_same(each->expr, expr)) return &each->type;
  }
  return nullptr;
}

// What holds if all of them have the outcome.
Facts facts_of_all(Checking& c, const std::vector<ExprId>& conditions, bool outcome) {
  Facts all;
  for (const ExprId each : conditions) {
    const Facts facts = facts_when(c, each, outcome);
    all.insert(all.end(), facts.begin(), facts.end());
  }
  return all;
}

// What holds if one of them, no matter which, has the outcome.
Facts facts_of_any(Checking& c, const std::vector<ExprId>& conditions, bool outcome) {
  Facts common = facts_when(c, conditions.front(), outcome);
  for (size_t i = 1; i < conditions.size() && !common.empty(); ++i) {
    const Facts facts = facts_when(c, conditions[i], outcome);
    std::erase_if(common, [&](Narrowing& each) {
      const Type* other = find_fact(c, facts, each.expr);
      // An `any` stays one: what may be done with it is decided at run time.
      if (other == nullptr || (c.type(each.expr).is_any() && !(*other == each.type))) return true;
      each.type = Type::union_of({each.type, *other});
      return false;
    });
  }
  return common;
}

// The type without those of its values that `tested` names.
Type without(const Type& type, const Type& tested) {
  if (type.required().kind() != TypeKind::Union) return type;
  std::vector<Type> rest;
  for (const Type& part : type.required().parts()) {
    if (!(part == tested.required())) rest.push_back(part);
  }
  if (rest.empty()) return type;
  const Type left = Type::union_of(rest);
  return type.is_optional() && !tested.admits_none() ? left.optional() : left;
}

// A column that does not show in every row is one all the same.
bool has_type_of_its_own(const Expr& expr) {
  return expr.kind == ExprKind::Column || expr.kind == ExprKind::Member ||
         expr.kind == ExprKind::Parameter || (expr.kind == ExprKind::Case && expr.has(Expr::Gated));
}

// The value is there, and with a member all that it is a member of.
void add_presence(Checking& c, ExprId subject, Facts& facts) {
  while (has_type_of_its_own(c.expr(subject))) {
    const Type type = c.type(subject);
    if (type.is_optional()) facts.push_back({subject, type.required()});
    if (c.expr(subject).kind != ExprKind::Member) return;
    subject = c.expr(subject).args.front();
  }
}

// Which operands of a comparison with this outcome cannot have been none.
Facts facts_of_comparison(Checking& c, const Expr& comparison, bool outcome) {
  Facts facts;
  const ExprId left = comparison.args[0];
  const ExprId right = comparison.args[1];
  switch (comparison.binary_op) {
    case BinaryOp::NotEqual:
      outcome = !outcome;
      [[fallthrough]];
    case BinaryOp::Equal:
      // none equals none.
      if (!outcome) return {};
      if (!c.type(right).admits_none()) add_presence(c, left, facts);
      if (!c.type(left).admits_none()) add_presence(c, right, facts);
      return facts;
    case BinaryOp::RegexNotMatch:
    case BinaryOp::NotLike:
    case BinaryOp::NotILike:
    case BinaryOp::NotIn:
    case BinaryOp::NotContains:
    case BinaryOp::NotContainsAny:
    case BinaryOp::NotContainsAll:
      outcome = !outcome;
      [[fallthrough]];
    case BinaryOp::Less:
    case BinaryOp::LessEqual:
    case BinaryOp::Greater:
    case BinaryOp::GreaterEqual:
    case BinaryOp::RegexMatch:
    case BinaryOp::Like:
    case BinaryOp::ILike:
    case BinaryOp::In:
    case BinaryOp::Contains:
    case BinaryOp::ContainsAny:
    case BinaryOp::ContainsAll:
      if (!outcome) return {};
      add_presence(c, left, facts);
      add_presence(c, right, facts);
      return facts;
    default:
      return {};
  }
}

Facts facts_when(Checking& c, ExprId condition, bool outcome) {
  const Expr known = c.expr(condition);
  if (known.kind == ExprKind::Binary) return facts_of_comparison(c, known, outcome);
  if (known.kind == ExprKind::Like || known.kind == ExprKind::Matches ||
      known.kind == ExprKind::InList || known.kind == ExprKind::InQuery) {
    Facts facts;
    if (outcome == known.has(Expr::Negated)) return facts;
    add_presence(c, known.args[0], facts);
    if (known.kind == ExprKind::Like || known.kind == ExprKind::Matches)
      add_presence(c, known.args[1], facts);
    return facts;
  }
  if (known.kind == ExprKind::And || known.kind == ExprKind::Or) {
    return (known.kind == ExprKind::And) == outcome ? facts_of_all(c, known.args, outcome)
                                                    : facts_of_any(c, known.args, outcome);
  }
  if (known.kind == ExprKind::Unary && known.unary_op == UnaryOp::Not)
    return facts_when(c, known.args.front(), !outcome);
  if (known.kind != ExprKind::IsNone && known.kind != ExprKind::IsType) return {};
  const ExprId subject = known.args.front();
  if (!has_type_of_its_own(c.expr(subject))) return {};
  const Type type = c.type(subject);
  const bool holds = outcome != known.has(Expr::Negated);
  if (known.kind == ExprKind::IsNone) {
    Facts facts;
    if (!holds) add_presence(c, subject, facts);
    return facts;
  }
  if (!holds) {
    const Type rest = without(type, known.target);
    if (rest == type) return {};
    return {{subject, rest}};
  }
  // A test that no value of the type can pass says nothing of what the branch holds.
  const bool is_possible =
      storing(known.target, type) != Storing::Never && !(type.is_number() && !type.is_optional());
  if (!is_possible) return {};
  return {{subject, known.target}};
}

}  // namespace

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

void add_narrowings(Checking& c, ExprId condition, bool outcome) {
  const Facts facts = facts_when(c, condition, outcome);
  c.narrowings.insert(c.narrowings.end(), facts.begin(), facts.end());
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
