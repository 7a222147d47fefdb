// Queries: select lists, grouping, order, limits, set operations.
#include <algorithm>
#include <numeric>

#include "plan/builder.h"
#include "plan/join_method.h"
#include "plan/row_order.h"

namespace zerodb::plan {

using sema::ExprId;
using sema::Query;
using sema::QueryId;

namespace {

std::vector<OutputColumn> columns_of(const Query& query) {
  std::vector<OutputColumn> out;
  for (const sema::Output& output : query.outputs) out.push_back({output.name, output.type});
  return out;
}

double limited(double rows, const Query& query) {
  return query.limit == sema::kNoExpr ? rows : std::min(rows, 1000.0);
}

// The columns of the input that the first `width` outputs are; empty if one is none of them.
std::vector<uint32_t> inputs_of(const Program& program, uint32_t width) {
  std::vector<uint32_t> out;
  for (const Reg output : std::span(program.outputs).first(width)) {
    const auto found = std::ranges::find(program.inputs, output);
    if (found == program.inputs.end()) return {};
    out.push_back(static_cast<uint32_t>(found - program.inputs.begin()));
  }
  return out;
}

}  // namespace

Result<NodeId> Builder::query(QueryId id, const QueryExtras& extras) {
  // A common table or view that sees the row around it is planned for each of its uses, which a
  // chain of them doubles with each link.
  constexpr size_t kNodesMax = 1 << 14;
  const Query& checked = query_of(id);
  if (plan_->nodes.size() > kNodesMax)
    return Error(ErrorCode::E1112, "the statement needs too many operators").at(checked.span);
  switch (checked.kind) {
    case Query::Kind::Select:
      return select(checked, extras);
    case Query::Kind::Values:
      return values(checked);
    case Query::Kind::SetOperation:
      return set_operation(checked);
    case Query::Kind::Recursive:
      return recursive(checked, id);
  }
  UNREACHABLE();
}

Result<NodeId> Builder::select(const Query& query, const QueryExtras& extras) {
  From source = TRY(from(query, extras));
  bool is_sorted = source.is_sorted;
  std::vector<ExprId> conditions;
  Built built = TRY(filtered_by_cheap(std::move(source), conditions));
  built = TRY(join_subqueries(std::move(built), conditions));
  if (query.grouped) {
    built = TRY(aggregate(query, std::move(built), conditions));
    is_sorted = false;
    conditions.clear();
    if (query.having != sema::kNoExpr) conditions.push_back(query.having);
  } else if (query.windows.empty()) {
    std::vector<ExprId> shown;
    for (const sema::Output& output : query.outputs) shown.push_back(output.expr);
    std::vector<ExprId> subqueries;
    for (ExprId id : shown) collect_subqueries(id, subqueries);
    // What is computed for each row shown had better be computed after the filter.
    if (!subqueries.empty() && !conditions.empty()) {
      built = TRY(filtered(std::move(built), conditions));
      conditions.clear();
    }
    built = TRY(join_subqueries(std::move(built), shown));
  }
  if (!query.windows.empty()) {
    built = TRY(filtered(std::move(built), conditions));
    built = TRY(windows(query, std::move(built)));
    conditions.clear();
    is_sorted = false;
  }
  if (query.qualify != sema::kNoExpr) conditions.push_back(query.qualify);

  std::vector<OutputColumn> columns = columns_of(query);
  std::vector<ExprId> outputs;
  std::vector<Type> types;
  for (const sema::Output& output : query.outputs) {
    outputs.push_back(output.expr);
    types.push_back(output.type);
  }
  for (ExprId id : extras.exprs) {
    outputs.push_back(id);
    types.push_back(expr(id).type);
    columns.push_back({"", expr(id).type});
  }
  Lowering lowering(*this, *statement_, built.scope);
  TRY(lowering.filter(conditions));
  for (size_t i = 0; i < outputs.size(); ++i)
    lowering.output(TRY(lowering.lower_as(outputs[i], types[i])));
  for (const QueryExtras::Column& column : extras.columns) {
    const auto position = built.scope.find(column.source, column.index);
    ASSERT(position.has_value());
    lowering.output(lowering.program().inputs[*position]);
    columns.push_back({column.column.name, column.column.type});
  }
  const uint32_t width = static_cast<uint32_t>(columns.size());
  std::vector<SortKey> keys;
  for (const sema::OrderKey& key : query.order) {
    if (is_sorted) break;
    SortKey sort{width, key.descending, key.nulls_first};
    bool found = false;
    for (uint32_t i = 0; i < outputs.size() && !found; ++i) {
      if (outputs[i] == key.expr) {
        sort.column = i;
        found = true;
      }
    }
    if (!found) {
      const Reg value = TRY(lowering.lower_as(key.expr, expr(key.expr).type));
      const std::vector<Reg>& shown = lowering.program().outputs;
      sort.column = static_cast<uint32_t>(std::ranges::find(shown, value) - shown.begin());
      if (sort.column == shown.size()) {
        lowering.output(value);
        columns.push_back({"", expr(key.expr).type});
      }
    }
    keys.push_back(sort);
  }
  ProgramPtr program = lowering.finish();
  const double below = plan_->node(built.node).estimated_rows;
  const uint32_t rows_max = plan_->node(built.node).rows_max;
  Node& stage = add(Node::Kind::Stage);
  stage.children = {built.node};
  stage.program = std::move(program);
  stage.columns = std::move(columns);
  stage.estimated_rows = rows_left(query, below, conditions);
  stage.rows_max = rows_max;
  return finish_rows(query, last(), keys, width, is_sorted);
}

Result<NodeId> Builder::finish_rows(const Query& query, NodeId child,
                                    const std::vector<SortKey>& keys, uint32_t width,
                                    bool is_sorted) {
  std::optional<Scalar> limit;
  std::optional<Scalar> offset;
  if (query.limit != sema::kNoExpr) limit = TRY(scalar(query.limit));
  if (query.offset != sema::kNoExpr) offset = TRY(scalar(query.offset));
  const double below = plan_->node(child).estimated_rows;
  const uint32_t rows_max = plan_->node(child).rows_max;
  const std::vector<OutputColumn> columns = plan_->node(child).columns;
  const auto put = [&](Node::Kind kind) -> Node& {
    Node& next = add(kind);
    next.children = {child};
    next.columns = columns;
    next.width = width;
    next.estimated_rows = below;
    next.rows_max = rows_max;
    child = last();
    return next;
  };
  if (query.distinct) {
    std::vector<uint32_t> shown(width);
    std::iota(shown.begin(), shown.end(), 0U);
    const bool follow = is_clustered(*plan_, child, shown);
    put(Node::Kind::Distinct).is_clustered = follow;
  }
  if (!keys.empty() && !is_sorted && !plan::is_sorted(*plan_, child, keys)) {
    Node& sort = put(Node::Kind::Sort);
    sort.order = keys;
    if (limit) {
      sort.limit = limit;
      sort.offset = offset;
    }
  }
  if (limit && node(child).kind != Node::Kind::Sort) limit_below(child);
  if (limit || offset) {
    Node& cut = put(Node::Kind::Limit);
    cut.limit = limit;
    cut.offset = offset;
    cut.estimated_rows = limited(below, query);
  }
  if (columns.size() > width) put(Node::Kind::Cut).columns.resize(width);
  return child;
}

void Builder::limit_below(NodeId id) {
  const auto lets_rows_through = [](const Node& each) {
    return each.kind == Node::Kind::Stage || each.kind == Node::Kind::Distinct;
  };
  while (lets_rows_through(node(id))) id = node(id).children[0];
  if (node(id).kind == Node::Kind::Aggregate) node(id).is_limited = true;
  if (node(id).kind == Node::Kind::Join) choose_method_for_few(*plan_, node(id));
}

Result<Built> Builder::aggregate(const Query& query, Built from, std::span<const ExprId> conditions,
                                 std::span<const ExprId> more_keys) {
  if (!query.grouping_sets.empty()) {
    from = TRY(filtered(std::move(from), conditions));
    conditions = {};
    from = TRY(expand(query, std::move(from)));
  }
  Lowering lowering(*this, *statement_, from.scope);
  TRY(lowering.filter(conditions));
  std::vector<Reg> keys;
  Scope scope;
  std::vector<OutputColumn> columns;
  for (uint32_t i = 0; i < query.group_keys.size(); ++i) {
    const Type type = query.sources[query.grouped_source.value()].columns[i].type;
    if (query.grouping_sets.empty()) {
      keys.push_back(TRY(lowering.lower_as(query.group_keys[i], type)));
    } else {
      keys.push_back(lowering.program().inputs[*from.scope.find(query.grouped_source, i)]);
    }
    scope.add(query.grouped_source, i, {"", type});
    columns.push_back({"", type});
  }
  if (!query.grouping_sets.empty()) {
    // The number of the set keeps groups of different sets apart.
    keys.push_back(lowering.program().inputs[from.scope.size() - 1]);
    scope.add_unnamed({"", Type::int64()});
    columns.push_back({"", Type::int64()});
  }
  for (ExprId key : more_keys) {
    const Type& type = expr(key).type;
    keys.push_back(TRY(lowering.lower_as(key, type)));
    scope.add_unnamed({"", type});
    columns.push_back({"", type});
  }
  Reg group = kNoReg;
  const bool has_keys = !keys.empty();
  if (has_keys) group = lowering.group_index(keys);
  scope.first_aggregate = scope.size();
  for (const sema::Aggregate& aggregate : query.aggregates) {
    TRY(lowering.aggregate(aggregate, group));
    scope.add_unnamed({aggregate.function, aggregate.type});
    columns.push_back({aggregate.function, aggregate.type});
  }
  for (Reg key : keys) lowering.output(key);
  ProgramPtr program = lowering.finish();
  const double below = plan_->node(from.node).estimated_rows;
  const std::vector<uint32_t> key_columns = inputs_of(*program, static_cast<uint32_t>(keys.size()));
  const bool follow = !key_columns.empty() && is_clustered(*plan_, from.node, key_columns);
  Node& node = add(Node::Kind::Aggregate);
  node.is_clustered = follow;
  node.children = {from.node};
  node.program = std::move(program);
  node.columns = std::move(columns);
  node.width = static_cast<uint32_t>(keys.size());
  for (uint32_t set = 0; set < query.grouping_sets.size(); ++set) {
    if (query.grouping_sets[set].empty()) node.empty_sets.push_back(set);
  }
  node.estimated_rows = group_count(query.group_keys, query, rows_left(query, below, conditions));
  if (!more_keys.empty()) node.estimated_rows = std::max(1.0, below / 10);
  if (!has_keys) node.rows_max = 1;
  return Built{last(), std::move(scope)};
}

Result<NodeId> Builder::values(const Query& query) {
  std::vector<std::vector<Scalar>> rows;
  for (const auto& row : query.rows) {
    std::vector<Scalar>& out = rows.emplace_back();
    for (ExprId id : row) out.push_back(TRY(scalar(id)));
  }
  Node& node = add(Node::Kind::Rows);
  node.columns = columns_of(query);
  node.estimated_rows = static_cast<double>(rows.size());
  node.rows_max = static_cast<uint32_t>(rows.size());
  node.rows = std::move(rows);
  const NodeId child = last();
  return ordered_outputs(query, child);
}

Result<NodeId> Builder::set_operation(const Query& query) {
  const NodeId left = TRY(this->query(query.left));
  const NodeId right = TRY(this->query(query.right));
  Node& node = add(Node::Kind::SetOperation);
  node.children = {left, right};
  node.set_op = query.set_op;
  node.all = query.all;
  node.right_columns = query.right_columns;
  node.columns = columns_of(query);
  const uint32_t width = static_cast<uint32_t>(node.columns.size());
  node.width = width;
  const double l = plan_->node(left).estimated_rows;
  const double r = plan_->node(right).estimated_rows;
  const NodeId child = last();
  plan_->nodes.back().estimated_rows = query.set_op == Query::SetOp::Union ? l + r : l;
  return ordered_outputs(query, child);
}

Result<NodeId> Builder::ordered_outputs(const Query& query, NodeId child) {
  const auto width = static_cast<uint32_t>(query.outputs.size());
  if (query.order.empty()) return finish_rows(query, child, {}, width, false);
  Scope scope;
  for (uint32_t i = 0; i < width; ++i) scope.add(query.output_source, i, columns_of(query)[i]);
  std::vector<ExprId> exprs;
  std::vector<SortKey> keys;
  for (const sema::OrderKey& key : query.order) {
    keys.push_back({width + static_cast<uint32_t>(exprs.size()), key.descending, key.nulls_first});
    exprs.push_back(key.expr);
  }
  const Built extended = TRY(extend(Built{child, std::move(scope)}, exprs));
  return finish_rows(query, extended.node, keys, width, false);
}

}  // namespace zerodb::plan
