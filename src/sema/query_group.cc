// GROUP BY, and what may stand above it.

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "sema/expression.h"
#include "sema/grouping_sets.h"
#include "sema/query_select.h"
#include "sema/query_visit.h"

namespace zerodb::sema {
namespace {

// What is worked out above the grouping can be no key of it.
bool has_aggregate(Checking& c, ExprId root) {
  bool found = false;
  visit_expression(c, root, 0, [&](ExprId id, uint32_t level) {
    const ExprKind kind = c.expr(id).kind;
    found |= level == 0 && (kind == ExprKind::Aggregate || kind == ExprKind::Window);
  });
  return found;
}

// Gives the position of the key; equal keys share one.
uint32_t add_key(Checking& c, Scope& scope, ExprId key) {
  auto& keys = c.query(scope.query).group_keys;
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](ExprId known) { return c.is_same(known, key); });
  const auto position = static_cast<uint32_t>(found - keys.begin());
  if (found == keys.end()) keys.push_back(key);
  return position;
}

std::optional<uint32_t> check_key(Checking& c, Scope& scope, ast::Expr node) {
  if (refuse_position(c, scope, node, "GROUP BY")) return std::nullopt;
  scope.alias_rule = AliasRule::AfterFields;
  const ExprId key = check_expression(c, scope, node);
  scope.alias_rule = AliasRule::Hidden;
  if (has_aggregate(c, key)) {
    c.report(ErrorCode::E0401, "an aggregate is not allowed in GROUP BY", node.span());
    return std::nullopt;
  }
  return add_key(c, scope, key);
}

// Whether a key is none in some of the sets.
bool may_be_left_out(const Query& query, uint32_t key) {
  return std::any_of(query.grouping_sets.begin(), query.grouping_sets.end(), [&](const auto& set) {
    return std::find(set.begin(), set.end(), key) == set.end();
  });
}

// Whether a none among the operands makes the result none.
bool passes_none_on(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::Unary:
    case ExprKind::Cast:
    case ExprKind::TryCast:
    case ExprKind::Coerce:
    case ExprKind::Call:
    case ExprKind::Member:
    case ExprKind::Element:
    case ExprKind::Slice:
    case ExprKind::Members:
      return true;
    case ExprKind::Binary:
      return !expr.type.is(TypeKind::Bool);
    default:
      return false;
  }
}

// Whether a part of an expression has to be true or false.
bool is_condition(const Expr& expr, size_t part) {
  switch (expr.kind) {
    case ExprKind::And:
    case ExprKind::Or:
      return true;
    case ExprKind::Unary:
      return expr.unary_op == UnaryOp::Not;
    case ExprKind::Case:
      return part % 2 == 0 && part + 1 < expr.args.size();
    default:
      return false;
  }
}

// The type of what may be a part, or one of several, whose type was another before.
Type with_part(const Type& whole, const Type& before, const Type& after) {
  if (whole == before) return after;
  return after.admits_none() ? whole.optional() : whole;
}

// The type of an expression one of whose parts has another type now.
Type type_with(const Expr& expr, size_t part, const Type& before, const Type& after) {
  const Type& type = expr.type;
  switch (expr.kind) {
    case ExprKind::Array:
      if (type.kind() != TypeKind::Array) return type;
      return Type::array(with_part(type.element(), before, after), type.length());
    case ExprKind::HashSet:
      if (type.kind() != TypeKind::HashSet) return type;
      return Type::hash_set(with_part(type.element(), before, after));
    case ExprKind::Tuple: {
      if (type.kind() != TypeKind::Tuple) return type;
      std::vector<Type> parts(type.parts().begin(), type.parts().end());
      parts[part] = after;
      return Type::tuple(std::move(parts));
    }
    case ExprKind::Object: {
      if (type.kind() != TypeKind::Shape) return type;
      std::vector<Type::Field> fields = type.fields();
      for (Type::Field& field : fields) {
        if (field.name == expr.names[part]) field.type = after;
      }
      return Type::shape(std::move(fields));
    }
    case ExprKind::Case:
      return is_condition(expr, part) ? type : with_part(type, before, after);
    case ExprKind::Coalesce:
      return part + 1 == expr.args.size() ? with_part(type, before, after) : type;
    default:
      return type;
  }
}

// Moves one expression above the grouping.
class Lifter {
 public:
  Lifter(Checking& c, QueryId query) : c_(c), query_(query) {}

  ExprId lift(ExprId id) {
    if (id == kNoExpr) return id;
    const auto known = lifted_.find(id.value());
    if (known != lifted_.end()) return known->second;
    const ExprId made = lift_anew(id);
    lifted_[id.value()] = made;
    return made;
  }

  ExprId lift_condition(ExprId id) {
    const ExprId lifted = lift(id);
    if (lifted == kNoExpr || c_.failed() || c_.type(lifted) == c_.type(id)) return lifted;
    return require_condition(c_, lifted, c_.expr(id).span);
  }

 private:
  ExprId lift_anew(ExprId id) {
    const std::vector<ExprId> keys = c_.query(query_).group_keys;
    for (uint32_t i = 0; i < keys.size(); ++i) {
      if (!c_.is_same(keys[i], id)) continue;
      const Type type = c_.type(id);
      return key_column(i, may_be_left_out(c_.query(query_), i) ? type.optional() : type,
                        c_.expr(id).span, 0);
    }
    const Expr expr = c_.expr(id);
    switch (expr.kind) {
      case ExprKind::Aggregate:
      case ExprKind::Window:
      case ExprKind::Literal:
      case ExprKind::Parameter:
        return id;
      case ExprKind::Column:
        return expr.depth == 0 ? refuse(expr) : id;
      case ExprKind::ScalarQuery:
      case ExprKind::ArrayQuery:
      case ExprKind::ExistsQuery:
        lift_inside(id);
        return id;
      case ExprKind::InQuery:
        lift_inside(id);
        break;
      default:
        break;
    }
    return lift_args(expr);
  }

  ExprId lift_args(Expr expr) {
    bool gains_none = false;
    for (size_t i = 0; i < expr.args.size(); ++i) {
      ExprId& arg = expr.args[i];
      const Type before = c_.type(arg);
      arg = lift(arg);
      if (c_.failed()) return arg;
      const Type after = c_.type(arg);
      if (after != before && is_condition(expr, i))
        arg = require_condition(c_, arg, c_.expr(arg).span);
      if (after != before) expr.type = type_with(expr, i, before, after);
      gains_none |=
          (!before.admits_none() && after.admits_none()) || lost_links_.contains(arg.value());
    }
    if (gains_none && passes_none_on(expr)) expr.type = expr.type.optional();
    const bool is_lost_link = gains_none && expr.kind == ExprKind::Fetch;
    const ExprId lifted = c_.add(std::move(expr));
    if (is_lost_link) lost_links_.insert(lifted.value());
    return lifted;
  }

  ExprId refuse(const Expr& column) {
    const Source& source = c_.query(query_).sources[column.source.value()];
    const std::string& name = source.columns[column.index].name;
    c_.report(ErrorCode::E0402, "`" + name + "` is neither grouped nor aggregated", column.span)
        .help = "add it to GROUP BY, or write any_value(" + name + ")";
    return c_.poison(column.span);
  }

  ExprId key_column(uint32_t key, Type type, Span span, uint32_t depth) {
    Expr made;
    made.kind = ExprKind::Column;
    made.source = c_.query(query_).grouped_source;
    made.index = key;
    made.depth = depth;
    made.type = std::move(type);
    made.span = span;
    return c_.add(std::move(made));
  }

  // Columns of this query that a subquery mentions must be group keys; they are changed where they
  // stand.
  void lift_inside(ExprId root) {
    const std::vector<ExprId> keys = c_.query(query_).group_keys;
    visit_expression(c_, root, 0, [&](ExprId id, uint32_t level) {
      const Expr expr = c_.expr(id);
      if (level == 0 || expr.kind != ExprKind::Column || expr.depth != level || c_.failed()) return;
      if (expr.source == c_.query(query_).grouped_source) return;
      for (uint32_t i = 0; i < keys.size(); ++i) {
        const Expr& key = c_.expr(keys[i]);
        if (key.kind != ExprKind::Column || key.depth != 0 || key.source != expr.source ||
            key.index != expr.index)
          continue;
        Expr& edited = c_.statement.exprs.edit(id);
        edited.source = c_.query(query_).grouped_source;
        edited.index = i;
        return;
      }
      refuse(expr);
    });
  }

  Checking& c_;
  QueryId query_;
  std::unordered_map<uint32_t, ExprId> lifted_;  // what each expression became
  // Records behind links that a grouping set leaves out, though they were sure to be there before.
  std::unordered_set<uint32_t> lost_links_;
};

// Windows are worked out above the grouping.
void lift_windows(Checking& c, QueryId id, Lifter& lifter) {
  // Lifting adds expressions, not windows; yet the vectors are read anew each time.
  std::vector<WindowDefinition> definitions = c.query(id).window_definitions;
  for (WindowDefinition& window : definitions) {
    for (ExprId& key : window.partition) key = lifter.lift(key);
    for (OrderKey& key : window.order) key.expr = lifter.lift(key.expr);
  }
  c.query(id).window_definitions = std::move(definitions);
  std::vector<WindowCall> calls = c.query(id).windows;
  for (WindowCall& call : calls) {
    for (ExprId& arg : call.args) arg = lifter.lift(arg);
    call.filter = lifter.lift(call.filter);
  }
  c.query(id).windows = std::move(calls);
}

}  // namespace

void check_group_by(Checking& c, Scope& scope, ast::GroupBy node) {
  c.query(scope.query).grouped = true;
  if (node.is_all()) {
    const std::vector<Output> outputs = c.query(scope.query).outputs;
    for (const Output& output : outputs) {
      if (!has_aggregate(c, output.expr)) add_key(c, scope, output.expr);
    }
    return;
  }
  const AddGroupKey add = [&](ast::Expr key) { return check_key(c, scope, key); };
  GroupingSets sets{{}};
  bool are_several = false;
  for (const ast::GroupItem item : node.items()) {
    are_several |= has_grouping_sets(item);
    sets = product(c, sets, sets_of(c, item, add), item.span());
    if (c.failed()) return;
  }
  if (are_several) c.query(scope.query).grouping_sets = std::move(sets);
}

void finish_grouping(Checking& c, Scope& scope) {
  const QueryId id = scope.query;
  if (!c.query(id).grouped) return;
  Source source;
  source.kind = Source::Kind::GroupKeys;
  source.name = "group";
  source.span = c.query(id).span;
  const std::vector<ExprId> keys = c.query(id).group_keys;
  for (uint32_t i = 0; i < keys.size(); ++i) {
    const Type type = c.type(keys[i]);
    source.columns.push_back({SourceColumn::Kind::Position, i, "key" + std::to_string(i + 1),
                              may_be_left_out(c.query(id), i) ? type.optional() : type});
  }
  Query& query = c.query(id);
  query.grouped_source = SourceId(static_cast<uint32_t>(query.sources.size()));
  query.sources.push_back(std::move(source));
  query.joins.resize(query.sources.size());
  Lifter lifter(c, id);
  for (size_t i = 0; i < c.query(id).outputs.size() && !c.failed(); ++i) {
    const ExprId lifted = lifter.lift(c.query(id).outputs[i].expr);
    // Coerced outputs have a type of their own.
    const Type before = c.type(c.query(id).outputs[i].expr);
    c.query(id).outputs[i].expr = lifted;
    c.query(id).outputs[i].type = with_part(c.query(id).outputs[i].type, before, c.type(lifted));
  }
  if (!c.failed()) {
    const ExprId having = lifter.lift_condition(c.query(id).having);
    c.query(id).having = having;
  }
  for (size_t i = 0; i < c.query(id).order.size() && !c.failed(); ++i) {
    const ExprId lifted = lifter.lift(c.query(id).order[i].expr);
    c.query(id).order[i].expr = lifted;
  }
  if (c.failed()) return;
  const ExprId qualify = lifter.lift_condition(c.query(id).qualify);
  c.query(id).qualify = qualify;
  lift_windows(c, id, lifter);
}

bool is_grouped(Checking& c, const Scope& scope) {
  return c.query(scope.query).grouped;
}

}  // namespace zerodb::sema
