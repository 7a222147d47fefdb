// Common tables: recursion, and queries that several sources share. Grouping sets.
#include "plan/builder.h"

namespace zerodb::plan {

using sema::ExprId;
using sema::Query;
using sema::QueryId;

Result<NodeId> Builder::source_query(QueryId id) {
  if (uses_[id.value()] < 2) return query(id);
  const auto known = shared_.find(id.value());
  if (known != shared_.end()) return known->second;
  const NodeId child = TRY(query(id));
  // A subquery that uses columns from outside gives other rows each time.
  if (!context_->refs.empty() || context_->correlated) return child;
  Node& node = add(Node::Kind::Shared);
  node.children = {child};
  node.columns = this->node(child).columns;
  node.estimated_rows = this->node(child).estimated_rows;
  node.rows_max = this->node(child).rows_max;
  shared_[id.value()] = last();
  return last();
}

Result<NodeId> Builder::recursive(const Query& query, QueryId id) {
  const NodeId start = TRY(this->query(query.left));
  const NodeId step = TRY(this->query(query.right));
  Node& node = add(Node::Kind::Recursive);
  node.children = {start, step};
  node.recursion = id;
  node.all = query.all;
  node.right_columns = query.right_columns;
  for (const sema::Output& output : query.outputs)
    node.columns.push_back({output.name, output.type});
  node.width = static_cast<uint32_t>(node.columns.size());
  node.estimated_rows = 10 * this->node(start).estimated_rows;
  return ordered_outputs(query, last());
}

Result<Built> Builder::expand(const Query& query, Built built) {
  const std::map<uint32_t, uint32_t> places = TRY(columns_for(built, query.group_keys));
  std::vector<OutputColumn> columns = plan_->node(built.node).columns;
  const std::vector<sema::SourceColumn>& keys = query.sources[query.grouped_source.value()].columns;
  std::vector<uint32_t> left_keys;
  for (uint32_t i = 0; i < query.group_keys.size(); ++i) {
    left_keys.push_back(places.at(query.group_keys[i].value()));
    columns.push_back({"", keys[i].type});
    built.scope.add(query.grouped_source, i, {"", keys[i].type});
  }
  columns.push_back({"", Type::int64()});
  built.scope.add_unnamed({"", Type::int64()});
  const double below = plan_->node(built.node).estimated_rows;
  Node& node = add(Node::Kind::Expand);
  node.children = {built.node};
  node.columns = std::move(columns);
  node.left_keys = std::move(left_keys);
  node.grouping_sets = query.grouping_sets;
  node.estimated_rows = below * static_cast<double>(query.grouping_sets.size());
  return Built{last(), std::move(built.scope)};
}

}  // namespace zerodb::plan
