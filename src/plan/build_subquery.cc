// Subqueries as joins: one that would run for each row runs once, and its rows are found by hash.
//
//   EXISTS (SELECT .. FROM t WHERE t.a = outer.b)   a column that says whether there is a match
//   outer.b IN (SELECT ..)                          the same
//   (SELECT sum(..) FROM t WHERE t.a = outer.b)     t grouped by a, joined; a row without a match
//                                                   has what the aggregates give for no rows
//
// Values are then computed also for rows that would not have asked for them, so only subqueries are
// taken of which nothing can fail but by the range of numbers.
#include <algorithm>

#include "plan/builder.h"
#include "plan/join_method.h"
#include "plan/query_expressions.h"

namespace zerodb::plan {

using sema::Expr;
using sema::ExprId;
using sema::ExprKind;
using sema::Query;

namespace {

bool is_subquery(const Expr& e) {
  return e.kind == ExprKind::ScalarQuery || e.kind == ExprKind::ExistsQuery ||
         e.kind == ExprKind::InQuery;
}

}  // namespace

void Builder::collect_subqueries(ExprId id, std::vector<ExprId>& out) const {
  const Expr& e = expr(id);
  // An error of a joined subquery would be met outside of the `try` around it.
  if (e.kind == ExprKind::Try) return;
  if (is_subquery(e) && std::ranges::find(out, id) == out.end()) out.push_back(id);
  for (ExprId arg : e.args) collect_subqueries(arg, out);
}

Result<Built> Builder::filtered_by_cheap(From from, std::vector<ExprId>& rest) {
  std::vector<ExprId> cheap;
  bool has_subqueries = false;
  for (const Conjunct& conjunct : from.rest) {
    if (conjunct.is_used) continue;
    std::vector<ExprId> subqueries;
    collect_subqueries(conjunct.expr, subqueries);
    has_subqueries = has_subqueries || !subqueries.empty();
    // What can fail stays behind the conditions that guard it.
    const bool may_go_first = subqueries.empty() && (!has_subqueries || !conjunct.can_fail);
    (may_go_first ? cheap : rest).push_back(conjunct.expr);
  }
  if (has_subqueries) return filtered(std::move(from.built), cheap);
  rest = std::move(cheap);
  return std::move(from.built);
}

Result<Built> Builder::join_subqueries(Built built, std::span<const ExprId> ids) {
  std::vector<ExprId> subqueries;
  for (ExprId id : ids) collect_subqueries(id, subqueries);
  for (ExprId id : subqueries) {
    if (built.scope.joined(id) == nullptr) TRY(join_subquery(built, id));
  }
  return built;
}

Result<bool> Builder::join_subquery(Built& built, ExprId id) {
  if (plan_->node(built.node).rows_max <= 1) return false;
  const Expr& e = expr(id);
  std::set<uint32_t> outer;
  Collected collected{outer};
  collect_query_sources(e.query, 1, collected);
  if (outer.empty()) return e.kind == ExprKind::InQuery ? join_list(built, id) : false;
  const Query& inner = query_of(e.query);
  if (!is_plain_select(inner)) return false;
  auto correlation = correlation_of(inner);
  if (!correlation || correlation->keys.empty() || !has_outer_columns(built.scope, *correlation))
    return false;
  if (plan_->node(built.node).estimated_rows <= kFewRows && has_access(inner)) return false;
  if (e.kind != ExprKind::ScalarQuery)
    return inner.grouped ? false : join_mark(built, id, std::move(*correlation));
  const bool is_aggregate =
      inner.grouped && inner.group_keys.empty() && inner.grouping_sets.empty();
  if (!is_aggregate || can_fail(inner.outputs[0].expr, true)) return false;
  if (inner.having != sema::kNoExpr && can_fail(inner.having, true)) return false;
  return join_aggregate(built, id, std::move(*correlation));
}

// Without what makes the number or the choice of its rows depend on all of them.
bool Builder::is_plain_select(const Query& inner) const {
  return inner.kind == Query::Kind::Select && inner.limit == sema::kNoExpr &&
         inner.offset == sema::kNoExpr && inner.windows.empty() && inner.qualify == sema::kNoExpr &&
         !inner.sources.empty();
}

bool Builder::mentions_outer(ExprId id) const {
  const Expr& e = expr(id);
  if (e.kind == ExprKind::Column) return e.depth == 1;
  if (is_subquery(e) || e.kind == ExprKind::ArrayQuery) {
    std::set<uint32_t> outer;
    Collected collected{outer};
    collect_query_sources(e.query, 2, collected);
    if (!outer.empty()) return true;
  }
  return std::ranges::any_of(e.args, [&](ExprId arg) { return mentions_outer(arg); });
}

bool Builder::has_outer_columns(const Scope& scope, const Correlation& correlation) const {
  const auto is_there = [&](auto& self, ExprId id) -> bool {
    const Expr& e = expr(id);
    if (e.kind == ExprKind::Column && e.depth == 1)
      return scope.find(e.source, e.index).has_value();
    // Within a query of its own a column of this one has another depth.
    if (is_subquery(e) || e.kind == ExprKind::ArrayQuery) return false;
    return std::ranges::all_of(e.args, [&](ExprId arg) { return self(self, arg); });
  };
  return std::ranges::all_of(correlation.keys,
                             [&](const auto& key) { return is_there(is_there, key.second); }) &&
         std::ranges::all_of(correlation.rest, [&](ExprId id) { return is_there(is_there, id); });
}

std::optional<Builder::Correlation> Builder::correlation_of(const Query& inner) const {
  Correlation out;
  const std::vector<Conjunct> conjuncts = conjuncts_of(inner.where);
  // Nothing but the conditions may know of the outer query.
  Query others = inner;
  others.where = sema::kNoExpr;
  bool is_tied = false;
  for_each_expression(others, [&](ExprId id) { is_tied = is_tied || mentions_outer(id); });
  for (const sema::Source& source : inner.sources) {
    if (source.kind != sema::Source::Kind::Subquery) continue;
    std::set<uint32_t> outer;
    Collected collected{outer};
    collect_query_sources(source.query, 2, collected);
    is_tied = is_tied || !outer.empty();
  }
  if (is_tied) return std::nullopt;
  for (const Conjunct& conjunct : conjuncts) {
    if (can_fail(conjunct.expr, true)) return std::nullopt;
    if (!mentions_outer(conjunct.expr)) {
      out.own.push_back(conjunct);
      continue;
    }
    const Expr& e = expr(conjunct.expr);
    bool is_key = false;
    for (size_t side = 0; e.kind == ExprKind::Binary && e.binary_op == BinaryOp::Equal && side < 2;
         ++side) {
      std::set<uint32_t> mine;
      std::set<uint32_t> theirs;
      collect_sources(e.args[side], mine);
      collect_sources(e.args[1 - side], theirs);
      if (mentions_outer(e.args[side]) || mine.empty() || !theirs.empty()) continue;
      out.keys.emplace_back(e.args[side], e.args[1 - side]);
      is_key = true;
      break;
    }
    if (!is_key) out.rest.push_back(conjunct.expr);
  }
  return out;
}

void Builder::collect_columns(ExprId id, uint32_t depth, CollectedColumns& out) const {
  const Expr& e = expr(id);
  if (e.kind == ExprKind::Column && e.depth == depth)
    out.columns.emplace(e.source.value(), e.index);
  for (ExprId arg : e.args) collect_columns(arg, depth, out);
  if (is_subquery(e) || e.kind == ExprKind::ArrayQuery) collect_columns_in(e.query, depth + 1, out);
}

void Builder::collect_columns_in(sema::QueryId id, uint32_t depth, CollectedColumns& out) const {
  if (out.queries.insert(id.value()).second) collect_columns_of(query_of(id), depth, out);
}

void Builder::collect_columns_of(const Query& query, uint32_t depth, CollectedColumns& out) const {
  for_each_expression(query, [&](ExprId id) { collect_columns(id, depth, out); });
  for (const sema::Source& source : query.sources) {
    if (source.kind == sema::Source::Kind::Subquery)
      collect_columns_in(source.query, depth + 1, out);
  }
  if (query.kind != Query::Kind::SetOperation && query.kind != Query::Kind::Recursive) return;
  collect_columns_in(query.left, depth, out);
  collect_columns_in(query.right, depth, out);
}

Builder::UsedColumns Builder::used_columns(const Query& query) const {
  Query asked = query;
  asked.outputs.clear();
  asked.order.clear();
  UsedColumns out;
  CollectedColumns collected{out};
  collect_columns_of(asked, 0, collected);
  return out;
}

Result<NodeId> Builder::first_row(const Query& query) {
  const UsedColumns used = used_columns(query);
  QueryExtras extras;
  extras.used = &used;
  From source = TRY(from(query, extras));
  std::vector<ExprId> conditions;
  Built built = TRY(filtered_by_cheap(std::move(source), conditions));
  built = TRY(join_subqueries(std::move(built), conditions));
  return TRY(filtered(std::move(built), conditions))
  .node;
}

Result<Built> Builder::correlated_source(const Query& inner, Correlation& correlation,
                                         const QueryExtras& extras) {
  From source = TRY(from(inner, extras, std::move(correlation.own)));
  std::vector<ExprId> conditions;
  Built built = TRY(filtered_by_cheap(std::move(source), conditions));
  built = TRY(join_subqueries(std::move(built), conditions));
  return filtered(std::move(built), conditions);
}

Result<std::vector<uint32_t>> Builder::outer_keys(Built& built, const Correlation& correlation) {
  std::vector<uint32_t> out;
  for (const auto& [own, outer] : correlation.keys) {
    const Expr& e = expr(outer);
    if (e.kind == ExprKind::Column) {
      const auto position = built.scope.find(e.source, e.index);
      ASSERT(position.has_value());
      out.push_back(*position);
      continue;
    }
    Built seen{built.node, built.scope.as_outer()};
    seen = TRY(extend(std::move(seen), std::span(&outer, 1)));
    built.node = seen.node;
    out.push_back(built.scope.add_unnamed({"", e.type}));
  }
  return out;
}

namespace {

// A join that keeps each left row once.
Node marking_join(const Node& left, NodeId left_id, NodeId right_id, Node::Marking marking) {
  Node join;
  join.kind = Node::Kind::Join;
  join.children = {left_id, right_id};
  join.join = sema::JoinKind::Left;
  join.marking = marking;
  join.columns = left.columns;
  join.estimated_rows = left.estimated_rows;
  join.rows_max = left.rows_max;
  return join;
}

}  // namespace

// `value IN (SELECT ..)` of a query that knows nothing of the rows.
Result<bool> Builder::join_list(Built& built, ExprId id) {
  const Expr& e = expr(id);
  std::set<uint32_t> sources;
  collect_sources(e.args[0], sources);
  if (sources.empty() || can_fail(e.args[0])) return false;
  const uint32_t key = TRY(column_for(built, e.args[0]));
  Context context;
  context.parent = context_;
  context_ = &context;
  Result<NodeId> list = query(e.query);
  context_ = context.parent;
  if (!list) return std::move(list).error();
  ASSERT(context.refs.empty());
  Node join = marking_join(plan_->node(built.node), built.node, *list, Node::Marking::Instead);
  join.left_keys = {key};
  join.right_keys = {0};
  join.first_key_rejects_none = true;
  join.columns.push_back({"", Type::boolean()});
  choose_method(*plan_, join, options_);
  plan_->nodes.push_back(std::move(join));
  built.node = last();
  built.scope.add_joined(id, {built.scope.add_unnamed({"", Type::boolean()}), std::nullopt});
  return true;
}

Result<bool> Builder::join_mark(Built& built, ExprId id, Correlation correlation) {
  const Expr& e = expr(id);
  const Query& inner = query_of(e.query);
  const bool is_list = e.kind == ExprKind::InQuery;
  if (is_list && (can_fail(e.args[0]) || can_fail(inner.outputs[0].expr, true))) return false;
  std::vector<uint32_t> left_keys;
  if (is_list) left_keys.push_back(TRY(column_for(built, e.args[0])));

  Context context;
  context.parent = context_;
  context_ = &context;
  const auto make = [&]() -> Result<Node> {
    UsedColumns used = used_columns(inner);
    CollectedColumns listed{used};
    if (is_list) collect_columns(inner.outputs[0].expr, 0, listed);
    QueryExtras extras;
    extras.used = &used;
    Built right = TRY(correlated_source(inner, correlation, extras));
    std::vector<uint32_t> right_keys;
    if (is_list) right_keys.push_back(TRY(column_for(right, inner.outputs[0].expr)));
    for (const auto& [own, outer] : correlation.keys)
      right_keys.push_back(TRY(column_for(right, own)));
    for (uint32_t key : TRY(outer_keys(built, correlation))) left_keys.push_back(key);
    Node join =
        marking_join(plan_->node(built.node), built.node, right.node, Node::Marking::Instead);
    if (!correlation.rest.empty()) {
      Scope both = built.scope.as_outer();
      both.append(right.scope);
      join.program = TRY(program_of(both, correlation.rest, {}, {}));
    }
    join.left_keys = std::move(left_keys);
    join.right_keys = std::move(right_keys);
    join.first_key_rejects_none = is_list;
    join.columns.push_back({"", Type::boolean()});
    return join;
  };
  Result<Node> join = make();
  context_ = context.parent;
  if (!join) return std::move(join).error();
  ASSERT(context.refs.empty());
  choose_method(*plan_, *join, options_);
  plan_->nodes.push_back(std::move(*join));
  built.node = last();
  built.scope.add_joined(id, {built.scope.add_unnamed({"", Type::boolean()}), std::nullopt});
  return true;
}

Result<bool> Builder::join_aggregate(Built& built, ExprId id, Correlation correlation) {
  // A condition that is no equality would have to be asked before the rows are grouped.
  if (!correlation.rest.empty()) return false;
  const Query& inner = query_of(expr(id).query);
  const sema::Output& output = inner.outputs[0];
  for (const sema::Aggregate& aggregate : inner.aggregates) {
    for (ExprId arg : aggregate.args) {
      if (can_fail(arg, true)) return false;
    }
    if (aggregate.filter != sema::kNoExpr && can_fail(aggregate.filter, true)) return false;
  }
  std::vector<ExprId> keys;
  for (const auto& [own, outer] : correlation.keys) keys.push_back(own);
  const auto value_of = [&](Built grouped, uint32_t key_count) -> Result<NodeId> {
    Lowering lowering(*this, *statement_, grouped.scope);
    std::vector<OutputColumn> columns;
    for (uint32_t i = 0; i < key_count; ++i) {
      lowering.output(lowering.program().inputs[i]);
      columns.push_back(plan_->node(grouped.node).columns[i]);
    }
    // A group that HAVING does not admit is found and gives none; without keys there is no row.
    const Type& type = expr(id).type;
    const bool shows_none = key_count > 0 && inner.having != sema::kNoExpr;
    if (key_count == 0 && inner.having != sema::kNoExpr)
      TRY(lowering.filter(std::span(&inner.having, 1)));
    lowering.output(TRY(shows_none ? lowering.lower_where(inner.having, output.expr, type)
                                   : lowering.lower_as(output.expr, type)));
    columns.push_back({"", type});
    ProgramPtr program = lowering.finish();
    const double rows = plan_->node(grouped.node).estimated_rows;
    Node& stage = add(Node::Kind::Stage);
    stage.children = {grouped.node};
    stage.program = std::move(program);
    stage.columns = std::move(columns);
    stage.estimated_rows = rows;
    return last();
  };

  Context context;
  context.parent = context_;
  context_ = &context;
  Scope::Joined joined;
  const auto make = [&]() -> Result<Node> {
    const Built right = TRY(correlated_source(inner, correlation, {}));
    const Built grouped = TRY(aggregate(inner, right, {}, keys));
    const auto key_count = static_cast<uint32_t>(keys.size());
    const NodeId values = TRY(value_of(grouped, key_count));

    Node none;
    none.kind = Node::Kind::Rows;
    none.columns = plan_->node(right.node).columns;
    none.rows_max = 0;
    plan_->nodes.push_back(std::move(none));
    const Built empty = TRY(aggregate(inner, Built{last(), right.scope}, {}));
    Subplan subplan;
    subplan.root = TRY(value_of(empty, 0));
    subplan.span = expr(id).span;
    plan_->subplans.push_back(std::move(subplan));
    joined.empty = static_cast<uint32_t>(plan_->subplans.size() - 1);

    const std::vector<uint32_t> left_keys = TRY(outer_keys(built, correlation));
    Node join = marking_join(plan_->node(built.node), built.node, values, Node::Marking::Behind);
    join.left_keys = left_keys;
    for (uint32_t i = 0; i < key_count; ++i) join.right_keys.push_back(i);
    const auto width = static_cast<uint32_t>(join.columns.size());
    for (const OutputColumn& column : plan_->node(values).columns)
      join.columns.push_back({column.name, column.type.optional()});
    joined.value = width + key_count;
    joined.found = width + key_count + 1;
    join.columns.push_back({"", Type::boolean().optional()});
    return join;
  };
  Result<Node> join = make();
  context_ = context.parent;
  if (!join) return std::move(join).error();
  ASSERT(context.refs.empty());
  for (size_t i = built.scope.size(); i < join->columns.size(); ++i)
    built.scope.add_unnamed(join->columns[i]);
  choose_method(*plan_, *join, options_);
  plan_->nodes.push_back(std::move(*join));
  built.node = last();
  built.scope.add_joined(id, joined);
  return true;
}

}  // namespace zerodb::plan
