#include "plan/index_match.h"

#include <algorithm>

#include "value/operator_types.h"
#include "value/operators.h"

namespace zerodb::plan {

using catalog::PathStep;
using sema::Expr;
using sema::ExprId;
using sema::ExprKind;
using sema::SourceColumn;

BinaryOp mirrored(BinaryOp op) {
  switch (op) {
    case BinaryOp::Less:
      return BinaryOp::Greater;
    case BinaryOp::LessEqual:
      return BinaryOp::GreaterEqual;
    case BinaryOp::Greater:
      return BinaryOp::Less;
    case BinaryOp::GreaterEqual:
      return BinaryOp::LessEqual;
    default:
      return op;
  }
}

namespace {

bool is_true(const Result<Value>& value) {
  return value && value->tag() == Tag::Bool && value->as_bool();
}

// Whether every x with `x mine m` has `x stored s`.
bool bound_implies(BinaryOp mine, const Value& m, BinaryOp stored, const Value& s) {
  const bool is_upper = stored == BinaryOp::Less || stored == BinaryOp::LessEqual;
  const bool is_lower = stored == BinaryOp::Greater || stored == BinaryOp::GreaterEqual;
  if (mine == BinaryOp::Equal) return is_true(binary(stored, m, s));
  const bool same_side =
      (is_upper && (mine == BinaryOp::Less || mine == BinaryOp::LessEqual)) ||
      (is_lower && (mine == BinaryOp::Greater || mine == BinaryOp::GreaterEqual));
  if (!same_side) return false;
  const bool mine_is_strict = mine == BinaryOp::Less || mine == BinaryOp::Greater;
  const BinaryOp within = is_upper ? (mine_is_strict ? BinaryOp::LessEqual : stored)
                                   : (mine_is_strict ? BinaryOp::GreaterEqual : stored);
  return is_true(binary(within, m, s));
}

}  // namespace

IndexMatch::IndexMatch(const sema::Statement& statement, const sema::Query& query,
                       uint32_t position)
    : statement_(statement), query_(query), source_(position) {
  const sema::Source& source = query.sources[position];
  if (source.tables.size() != 1) return;
  const auto found = statement.index_terms.find(source.tables[0]);
  if (found != statement.index_terms.end()) terms_ = &found->second;
}

bool IndexMatch::append_path(ExprId id, IndexedPlace& out) const {
  const Expr& e = expr(id);
  switch (e.kind) {
    case ExprKind::Column: {
      if (e.depth != 0 || e.source != source_) return false;
      const SourceColumn& column = query_.sources[source_.value()].columns[e.index];
      switch (column.kind) {
        case SourceColumn::Kind::Id:
          out.path.push_back({PathStep::Kind::Member, "id", 0});
          return true;
        case SourceColumn::Kind::Key:
        case SourceColumn::Kind::Field:
        case SourceColumn::Kind::Extra:
          out.path.push_back({PathStep::Kind::Member, column.name, 0});
          return true;
        default:
          return false;
      }
    }
    case ExprKind::Member:
    case ExprKind::Members: {
      if (!append_path(e.args[0], out)) return false;
      out.follows = out.follows || e.has(Expr::Follow);
      if (e.kind == ExprKind::Members) out.path.push_back({PathStep::Kind::AllElements, "", 0});
      out.path.push_back({PathStep::Kind::Member, e.text, 0});
      return true;
    }
    case ExprKind::Element: {
      const Expr& position = expr(e.args[1]);
      if (position.kind != ExprKind::Literal || position.literal.tag() != Tag::I64) return false;
      if (!append_path(e.args[0], out)) return false;
      out.path.push_back({PathStep::Kind::Element, "", position.literal.as_int64()});
      return true;
    }
    default:
      return false;
  }
}

IndexedPlace IndexMatch::place(ExprId id) const {
  IndexedPlace out;
  out.expr = id;
  if (!append_path(id, out)) out.path.clear();
  return out;
}

IndexedPlace IndexMatch::elements(ExprId id) const {
  IndexedPlace out;
  // `items[*].sku` is an array of what is found in the elements.
  const bool is_spread = expr(id).kind == ExprKind::Members;
  if (!append_path(id, out)) {
    out.path.clear();
  } else if (!is_spread) {
    out.path.push_back({PathStep::Kind::AllElements, "", 0});
  }
  return out;
}

bool IndexMatch::is_column(const catalog::Index& index, size_t column,
                           const IndexedPlace& place) const {
  const catalog::IndexColumn& wanted = index.columns[column];
  if (!wanted.is_expression) return !place.path.empty() && place.path == wanted.path;
  const sema::IndexTerms::Term* known = term(index);
  return known != nullptr && place.expr != sema::kNoExpr &&
         is_same(place.expr, known->columns[column]);
}

const sema::IndexTerms::Term* IndexMatch::term(const catalog::Index& index) const {
  if (terms_ == nullptr) return nullptr;
  const auto found = std::ranges::find(terms_->terms, index.id, &sema::IndexTerms::Term::index);
  return found == terms_->terms.end() ? nullptr : &*found;
}

bool IndexMatch::has_rows_of(const catalog::Index& index, std::span<const ExprId> conjuncts) const {
  if (index.condition_text.empty()) return true;
  const sema::IndexTerms::Term* known = term(index);
  if (known == nullptr) return false;
  return std::ranges::all_of(known->conditions, [&](ExprId stored) {
    return std::ranges::any_of(conjuncts, [&](ExprId mine) { return implies(mine, stored); });
  });
}

bool IndexMatch::is_same(ExprId mine, ExprId stored) const {
  const Expr& a = expr(mine);
  const Expr& b = expr(stored);
  if (a.kind != b.kind || a.flags != b.flags || a.args.size() != b.args.size() ||
      a.table != b.table || a.function != b.function || a.text != b.text || a.names != b.names ||
      !(a.target == b.target)) {
    return false;
  }
  switch (a.kind) {
    case ExprKind::Column: {
      if (a.depth != 0 || a.source != source_) return false;
      const SourceColumn& left = query_.sources[source_.value()].columns[a.index];
      const SourceColumn& right = statement_.query(terms_->query).sources[0].columns[b.index];
      return left.kind == right.kind && left.name == right.name;
    }
    case ExprKind::Literal:
      return a.literal.tag() == b.literal.tag() && equals(a.literal, b.literal);
    case ExprKind::Binary:
      if (a.binary_op != b.binary_op) return false;
      break;
    case ExprKind::Unary:
      if (a.unary_op != b.unary_op) return false;
      break;
    case ExprKind::Parameter:
    case ExprKind::ScalarQuery:
    case ExprKind::ArrayQuery:
    case ExprKind::ExistsQuery:
    case ExprKind::InQuery:
    case ExprKind::Aggregate:
    case ExprKind::Window:
      return false;
    default:
      break;
  }
  for (size_t i = 0; i < a.args.size(); ++i) {
    if (!is_same(a.args[i], b.args[i])) return false;
  }
  return true;
}

// A comparison of the place with a constant that says as much as the stored one, or more.
bool IndexMatch::implies_bound(const Expr& mine, const Expr& stored) const {
  if (stored.kind != ExprKind::Binary || !is_comparison(stored.binary_op)) return false;
  const bool stored_left = expr(stored.args[1]).kind == ExprKind::Literal;
  const bool stored_right = expr(stored.args[0]).kind == ExprKind::Literal;
  if (stored_left == stored_right) return false;
  const ExprId place = stored.args[stored_left ? 0 : 1];
  const Value& limit = expr(stored.args[stored_left ? 1 : 0]).literal;
  const BinaryOp op = stored_left ? stored.binary_op : mirrored(stored.binary_op);
  if (mine.kind == ExprKind::InList && !mine.has(Expr::Negated)) {
    return is_same(mine.args[0], place) &&
           std::all_of(mine.args.begin() + 1, mine.args.end(), [&](ExprId each) {
             return expr(each).kind == ExprKind::Literal &&
                    bound_implies(BinaryOp::Equal, expr(each).literal, op, limit);
           });
  }
  if (mine.kind != ExprKind::Binary || !is_comparison(mine.binary_op)) return false;
  for (size_t side = 0; side < 2; ++side) {
    const Expr& value = expr(mine.args[1 - side]);
    if (value.kind != ExprKind::Literal || !is_same(mine.args[side], place)) continue;
    const BinaryOp mine_op = side == 0 ? mine.binary_op : mirrored(mine.binary_op);
    return !value.literal.is_none() && bound_implies(mine_op, value.literal, op, limit);
  }
  return false;
}

// `x IS NOT none` follows from a comparison that none never passes.
bool IndexMatch::rejects_none(ExprId mine, ExprId stored) const {
  const Expr& wanted = expr(stored);
  if (wanted.kind != ExprKind::IsNone || !wanted.has(Expr::Negated)) return false;
  const Expr& e = expr(mine);
  if (e.kind != ExprKind::Binary || !is_comparison(e.binary_op) ||
      e.binary_op == BinaryOp::NotEqual)
    return false;
  for (size_t side = 0; side < 2; ++side) {
    if (!is_same(e.args[side], wanted.args[0])) continue;
    return e.binary_op != BinaryOp::Equal || !expr(e.args[1 - side]).type.admits_none();
  }
  return false;
}

bool IndexMatch::implies(ExprId mine, ExprId stored) const {
  if (is_same(mine, stored)) return true;
  const Expr& wanted = expr(stored);
  if (wanted.kind == ExprKind::Or) {
    return std::ranges::any_of(wanted.args, [&](ExprId part) { return implies(mine, part); });
  }
  return implies_bound(expr(mine), wanted) || rejects_none(mine, stored);
}

}  // namespace zerodb::plan
