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

Result<PathHop> Builder::path_hop(const Query& query, const sema::Hop& hop, const Scope& left,
                                  const QueryExtras& extras) {
  PathHop out;
  out.paths = lookup_paths(hop.edges, hop.direction);
  out.targets = hop.targets;
  const std::vector<SourceColumn> reads = reads_of(query, hop.edge.value(), extras);
  if (!hop.repetition) {
    out.shows_edges = !reads.empty();
    return out;
  }
  out.low = hop.repetition->low;
  out.high = hop.repetition->high.value_or(PathHop::kNoEnd);
  out.is_list = true;
  out.shows_edges = std::ranges::any_of(
      reads, [](const SourceColumn& read) { return read.kind == SourceColumn::Kind::Element; });
  if (hop.each == sema::kNoExpr) return out;
  Scope scope;
  for (uint32_t i = 0; i < reads.size(); ++i) {
    if (reads[i].kind == SourceColumn::Kind::Element) continue;
    out.each_reads.push_back(reads[i]);
    scope.add(hop.edge, i, {reads[i].name, reads[i].type});
  }
  UsedColumns used;
  CollectedColumns collected{used};
  collect_columns(hop.each, 0, collected);
  for (const auto& [source, index] : used) {
    if (source == hop.edge.value()) continue;
    const auto position = left.find(SourceId(source), index);
    if (!position)
      return Error(ErrorCode::E0202,
                   "the condition of a repeated edge sees the edge and what stands "
                   "before its path")
          .at(expr(hop.each).span);
    out.each_left.push_back(*position);
    scope.add(SourceId(source), index, left.columns()[*position]);
  }
  out.each = TRY(program_of(scope, std::span(&hop.each, 1), {}, {}));
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
    PathHop made = TRY(path_hop(query, hop, left.scope, extras));
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
