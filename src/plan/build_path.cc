// Paths that are searched as a whole: with repeated hops, with a name, or the shortest ones.
#include <algorithm>

#include "plan/builder.h"
#include "plan/source_reads.h"

namespace zerodb::plan {

using sema::ExprId;
using sema::GraphPath;
using sema::Query;
using sema::Source;
using sema::SourceColumn;
using sema::SourceId;

bool Builder::is_searched(const Query& query, const GraphPath& path) {
  if (path.variable || path.mode == GraphPath::Mode::Shortest ||
      path.mode == GraphPath::Mode::AllShortest)
    return true;
  return std::ranges::any_of(path.vertices, [&](SourceId vertex) {
    const auto& hop = query.sources[vertex.value()].hop;
    return hop && hop->repetition;
  });
}

Result<PathCondition> Builder::path_condition(const Query& query, ExprId condition, SourceId source,
                                              const Scope& left, const QueryExtras& extras) {
  PathCondition out;
  if (condition == sema::kNoExpr) return out;
  Scope scope;
  const std::vector<SourceColumn> reads = reads_of(query, source.value(), extras);
  for (uint32_t i = 0; i < reads.size(); ++i) {
    if (reads[i].kind == SourceColumn::Kind::Element) continue;
    out.reads.push_back(reads[i]);
    scope.add(source, i, {reads[i].name, reads[i].type});
  }
  UsedColumns used;
  CollectedColumns collected{used};
  collect_columns(condition, 0, collected);
  for (const auto& [other, index] : used) {
    if (other == source.value()) continue;
    const auto position = left.find(SourceId(other), index);
    if (!position)
      return Error(
                 ErrorCode::E0202,
                 "a condition within a path that is searched sees its own edge or vertex and what "
                 "stands before the path")
          .at(expr(condition).span);
    out.left.push_back(*position);
    scope.add(SourceId(other), index, left.columns()[*position]);
  }
  out.program = TRY(program_of(scope, std::span(&condition, 1), {}, {}));
  return out;
}

Result<PathHop> Builder::path_hop(const Query& query, SourceId vertex, const Scope& left,
                                  const QueryExtras& extras) {
  const sema::Hop& hop = *query.sources[vertex.value()].hop;
  PathHop out;
  out.paths = lookup_paths(hop.edges, hop.direction);
  out.targets = hop.targets;
  const std::vector<SourceColumn> reads = reads_of(query, hop.edge.value(), extras);
  if (hop.repetition) {
    out.low = hop.repetition->low;
    out.high = hop.repetition->high.value_or(PathHop::kNoEnd);
    out.is_list = true;
    out.shows_edges = std::ranges::any_of(
        reads, [](const SourceColumn& read) { return read.kind == SourceColumn::Kind::Element; });
  } else {
    out.shows_edges = !reads.empty();
  }
  out.each = TRY(path_condition(query, hop.each, hop.edge, left, extras));
  out.ends = TRY(path_condition(query, hop.ends, vertex, left, extras));
  return out;
}

Result<Built> Builder::path_join(const Query& query, const GraphPath& path, Built left,
                                 std::vector<Conjunct>& where, const QueryExtras& extras) {
  const auto start = id_column(query, path.vertices[0].value(), left.scope, extras);
  const uint32_t end = path.vertices.back().value();
  if (!start)
    return Error(ErrorCode::E1299, "the start of a path has no id in the plan")
        .at(query.sources[end].span);
  auto plan = std::make_shared<PathPlan>();
  plan->mode = path.mode;
  Node search;
  search.kind = Node::Kind::PathJoin;
  search.children = {left.node};
  search.left_keys = {*start};
  search.columns = plan_->node(left.node).columns;
  search.label = query.sources[end].name;
  search.estimated_rows = plan_->node(left.node).estimated_rows * 16;
  Scope scope = left.scope;
  const auto add_column = [&](const Type& type) {
    search.columns.push_back({"", type});
    return scope.add_unnamed({"", type});
  };
  // Another name for the column, for each use of what it shows.
  const auto name_uses = [&](SourceId source, uint32_t position) {
    const std::vector<SourceColumn> reads = reads_of(query, source.value(), extras);
    for (uint32_t i = 0; i < reads.size(); ++i) {
      if (reads[i].kind == SourceColumn::Kind::Element) scope.name(source, i, position);
    }
  };
  struct Ends {
    std::optional<uint32_t> edge;
    uint32_t vertex = 0;
  };
  std::vector<Ends> ends;
  for (size_t i = 1; i < path.vertices.size(); ++i) {
    const sema::Hop& hop = *query.sources[path.vertices[i].value()].hop;
    PathHop made = TRY(path_hop(query, path.vertices[i], left.scope, extras));
    Ends columns;
    if (made.shows_edges) {
      columns.edge =
          add_column(made.is_list ? Type::array(Type::object()) : Type::record(hop.edges));
      if (made.is_list) name_uses(hop.edge, *columns.edge);
    }
    columns.vertex = add_column(Type::record(hop.targets));
    ends.push_back(columns);
    plan->hops.push_back(std::move(made));
  }
  if (path.variable && !reads_of(query, path.variable->value(), extras).empty()) {
    plan->shows_path = true;
    name_uses(*path.variable, add_column(Type::object()));
  }
  if (query.sources[end].record) plan->end = TRY(scalar(*query.sources[end].record));
  search.path = std::move(plan);
  plan_->nodes.push_back(std::move(search));
  Built built{last(), std::move(scope)};
  for (size_t i = 1; i < path.vertices.size(); ++i) {
    const uint32_t vertex = path.vertices[i].value();
    const sema::Hop& hop = *query.sources[vertex].hop;
    if (ends[i - 1].edge && !hop.repetition) {
      built = TRY(
          fetched(query, hop.edge.value(), std::move(built), *ends[i - 1].edge, hop.edges, extras));
    }
    built = TRY(fetched(query, vertex, std::move(built), ends[i - 1].vertex, hop.targets, extras));
    std::set<uint32_t> bound;
    for (uint32_t source = 0; source <= vertex; ++source) bound.insert(source);
    built = TRY(thinned_out(query, vertex, bound, std::move(built), where));
  }
  return built;
}

}  // namespace zerodb::plan
