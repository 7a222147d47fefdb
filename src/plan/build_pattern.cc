// Graph patterns: hops, and the end of a pattern from which they are made.
#include <algorithm>

#include "plan/builder.h"
#include "plan/source_reads.h"

namespace zerodb::plan {

using sema::ExprId;
using sema::ExprKind;
using sema::JoinKind;
using sema::Query;
using sema::Source;
using sema::SourceColumn;
using sema::SourceId;

namespace {

using Direction = sema::Hop::Direction;

Direction turned(Direction direction) {
  switch (direction) {
    case Direction::Out:
      return Direction::In;
    case Direction::In:
      return Direction::Out;
    case Direction::Both:
      break;
  }
  return Direction::Both;
}

// The number of vertices of a query that is one path and nothing else: vertex, edge, vertex, ..; 0
// for any other.
uint32_t path_length(const Query& query) {
  uint32_t count = static_cast<uint32_t>(query.sources.size());
  if (count > 0 && query.sources[count - 1].kind == Source::Kind::GroupKeys) --count;
  const auto is_searched = [](const sema::GraphPath& path) {
    return path.variable || path.mode == sema::GraphPath::Mode::Shortest ||
           path.mode == sema::GraphPath::Mode::AllShortest;
  };
  if (std::ranges::any_of(query.paths, is_searched)) return 0;
  if (count < 3 || count % 2 == 0 || query.sources[0].kind != Source::Kind::Table) return 0;
  for (uint32_t i = 1; i < count; i += 2) {
    const Source& vertex = query.sources[i + 1];
    const bool is_step = query.sources[i].kind == Source::Kind::Edge &&
                         vertex.kind == Source::Kind::Vertex && vertex.hop && !vertex.record &&
                         vertex.hop->from.value() == i - 1 && vertex.hop->edge.value() == i &&
                         !vertex.hop->repetition;
    if (!is_step) return 0;
  }
  for (uint32_t i = 1; i < count; ++i) {
    const sema::Join& join = query.joins[i];
    if (join.on != sema::kNoExpr || (join.kind != JoinKind::Inner && join.kind != JoinKind::Cross))
      return 0;
  }
  return count / 2 + 1;
}

}  // namespace

// A path whose first vertex may be any and whose last one is given is followed from its end.
Result<std::optional<Built>> Builder::reversed_pattern(const Query& query,
                                                       std::vector<Conjunct>& where,
                                                       const QueryExtras& extras) {
  const uint32_t vertices = path_length(query);
  if (vertices == 0) return std::optional<Built>();
  const auto path_of = [&](uint32_t position) -> Result<Node::Kind> {
    Node scan;
    scan.kind = Node::Kind::TableScan;
    scan.tables = query.sources[position].tables;
    TRY(choose_access(query, position, where, scan));
    return scan.low || scan.high || scan.by_key_columns ? Node::Kind::IndexScan : scan.kind;
  };
  const uint32_t end = 2 * (vertices - 1);
  if (TRY(path_of(0)) != Node::Kind::TableScan) return std::optional<Built>();
  if (TRY(path_of(end)) != Node::Kind::PointRead) return std::optional<Built>();
  Built built = TRY(source(query, end, where, extras, true));
  std::set<uint32_t> bound{end};
  for (uint32_t to = end; to >= 2; to -= 2) {
    const sema::Hop& step = *query.sources[to].hop;
    const Pattern pattern{
        to, to - 1, to - 2, turned(step.direction), step.edges, query.sources[to - 2].tables};
    bound.insert(to - 1);
    bound.insert(to - 2);
    built = TRY(hop(query, pattern, bound, std::move(built), where, extras));
  }
  return std::optional<Built>(std::move(built));
}

std::vector<Node::LookupPath> Builder::lookup_paths(const std::vector<TableId>& edges,
                                                    Direction direction) const {
  std::vector<Node::LookupPath> out;
  for (TableId table : edges) {
    const catalog::Table& definition = plan_->schema().table(table);
    if (direction != Direction::In)
      out.push_back({table, definition.index_on_src().id, catalog::kTargetPosition, false});
    if (direction != Direction::Out) {
      out.push_back({table, definition.index_on_dst().id, catalog::kSourcePosition,
                     direction == Direction::Both});
    }
  }
  return out;
}

std::optional<uint32_t> Builder::id_column(const Query& query, uint32_t position,
                                           const Scope& scope, const QueryExtras& extras) const {
  const std::vector<SourceColumn> columns = reads_of(query, position, extras);
  for (uint32_t i = 0; i < columns.size(); ++i) {
    if (columns[i].kind == SourceColumn::Kind::Id) return scope.find(SourceId(position), i);
  }
  return std::nullopt;
}

Result<Built> Builder::fetched(const Query& query, uint32_t position, Built built, uint32_t column,
                               const std::vector<TableId>& tables, const QueryExtras& extras) {
  const Source& source = query.sources[position];
  Node fetch;
  fetch.kind = Node::Kind::FetchJoin;
  fetch.children = {built.node};
  fetch.left_keys = {column};
  fetch.tables = tables;
  fetch.records_exist = true;
  // A given record at the far end.
  if (source.record)
    fetch.records.push_back({
      TRY(scalar(*source.record))
      , false, false
    });
  fetch.reads = reads_of(query, position, extras);
  fetch.label = source.name;
  fetch.columns = plan_->node(built.node).columns;
  for (const SourceColumn& read : fetch.reads) fetch.columns.push_back({read.name, read.type});
  fetch.estimated_rows = plan_->node(built.node).estimated_rows;
  const std::vector<SourceColumn> reads = fetch.reads;
  plan_->nodes.push_back(std::move(fetch));
  built.node = last();
  add_reads(built.scope, position, reads);
  return built;
}

Result<Built> Builder::thinned_out(const Query& query, uint32_t position,
                                   const std::set<uint32_t>& bound, Built built,
                                   std::vector<Conjunct>& where) {
  std::vector<ExprId> conditions;
  for (const Conjunct& conjunct : conjuncts_of(query.joins[position].on))
    conditions.push_back(conjunct.expr);
  for (Conjunct& conjunct : where) {
    const bool is_here =
        !conjunct.sources.empty() && std::ranges::includes(bound, conjunct.sources);
    if (!is_here || conjunct.can_fail || conjunct.is_used || may_be_missing(query, position))
      continue;
    conjunct.is_used = true;
    conditions.push_back(conjunct.expr);
  }
  return filtered(std::move(built), conditions);
}

// From the vertex at hand over its edges (by the index on their near end) to the vertices at their
// far end.
Result<Built> Builder::hop(const Query& query, const Pattern& hop, const std::set<uint32_t>& bound,
                           Built left, std::vector<Conjunct>& where, const QueryExtras& extras) {
  const uint32_t position = hop.to;
  const Source& edge = query.sources[hop.edge];
  const auto start = id_column(query, hop.from, left.scope, extras);
  if (!start)
    return Error(ErrorCode::E1299, "the start of a hop has no id in the plan")
        .at(query.sources[position].span);
  Node lookup;
  lookup.kind = Node::Kind::LookupJoin;
  lookup.left_keys = {*start};
  lookup.children = {left.node};
  lookup.tables = hop.edges;
  lookup.reads = reads_of(query, hop.edge, extras);
  lookup.label = edge.name;
  lookup.adds_other_end = true;
  lookup.paths = lookup_paths(hop.edges, hop.direction);
  lookup.columns = plan_->node(left.node).columns;
  for (const SourceColumn& read : lookup.reads) lookup.columns.push_back({read.name, read.type});
  const Type end_type = Type::record(hop.targets);
  lookup.columns.push_back({"", end_type});
  lookup.estimated_rows = plan_->node(left.node).estimated_rows * 4;
  const std::vector<SourceColumn> edge_reads = lookup.reads;
  plan_->nodes.push_back(std::move(lookup));
  Built built{last(), std::move(left.scope)};
  add_reads(built.scope, hop.edge, edge_reads);
  const uint32_t other_end = built.scope.add_unnamed({"", end_type});
  built = TRY(admitted(query, hop.edge, std::move(built)));
  built = TRY(fetched(query, position, std::move(built), other_end, hop.targets, extras));
  built = TRY(admitted(query, position, std::move(built)));
  // What the pattern so far can answer thins it out before the next hop.
  return thinned_out(query, position, bound, std::move(built), where);
}

}  // namespace zerodb::plan
