// FROM: sources.
#include <algorithm>
#include <numeric>

#include "plan/builder.h"
#include "plan/source_reads.h"

namespace zerodb::plan {

using sema::ExprId;
using sema::ExprKind;
using sema::Query;
using sema::Source;
using sema::SourceColumn;
using sema::SourceId;

const sema::GraphPath* Builder::searched_path(const Query& query, uint32_t vertex) {
  for (const sema::GraphPath& path : query.paths) {
    const auto steps = std::span(path.vertices).subspan(1);
    if (std::ranges::find(steps, SourceId(vertex)) != steps.end() && is_searched(query, path))
      return &path;
  }
  return nullptr;
}

Result<Builder::From> Builder::from(const Query& query, const QueryExtras& extras,
                                    std::optional<std::vector<Conjunct>> where) {
  From out;
  out.rest = where ? std::move(*where) : conjuncts_of(query.where);
  const auto is_group_keys = [](const Source& each) {
    return each.kind == Source::Kind::GroupKeys;
  };
  if (std::ranges::all_of(query.sources, is_group_keys)) {
    Node& node = add(Node::Kind::OneRow);
    node.rows_max = 1;
    out.built.node = last();
    return out;
  }
  if (auto reversed = TRY(reversed_pattern(query, out.rest, extras))) {
    out.built = std::move(*reversed);
    return out;
  }
  const bool is_single =
      query.sources.size() == 1 || query.sources[1].kind == Source::Kind::GroupKeys;
  std::set<uint32_t> joined;  // by a path as a whole
  std::set<uint32_t> here;
  std::vector<uint32_t> order = join_order(query, out.rest);
  const bool is_reordered = !order.empty();
  if (!is_reordered) {
    order.resize(query.sources.size());
    std::iota(order.begin(), order.end(), 0U);
  }
  for (const uint32_t i : order) {
    const Source& each = query.sources[i];
    const bool is_no_step = each.kind == Source::Kind::GroupKeys ||
                            each.kind == Source::Kind::Edge || each.kind == Source::Kind::Path;
    if (is_no_step || joined.contains(i)) continue;
    if (const sema::GraphPath* path = each.hop ? searched_path(query, i) : nullptr) {
      out.built = TRY(path_join(query, *path, std::move(out.built), out.rest, extras));
      for (SourceId vertex : path->vertices) joined.insert(vertex.value());
      continue;
    }
    if (out.built.node == kNoNode) {
      // A single source's conditions all stand in the program right above it.
      out.built = TRY(source(query, i, out.rest, extras, !is_single));
    } else {
      out.built = TRY(join(query, i, std::move(out.built), out.rest, extras, here, is_reordered));
    }
    here.insert(i);
  }
  if (is_single && !query.distinct && query.windows.empty()) {
    // What the user may have of the rows is a filter right above the scan.
    NodeId leaf = out.built.node;
    if (query.sources[0].filter != sema::kNoExpr && node(leaf).kind == Node::Kind::Stage)
      leaf = node(leaf).children[0];
    std::vector<WantedKey> wanted;
    for (const sema::OrderKey& key : query.order)
      wanted.push_back({key.expr, key.descending, key.nulls_first});
    if (query.grouped) wanted = order_of_groups(query);
    const bool is_used = use_order(query, std::move(wanted), out.rest, node(leaf));
    out.is_sorted = is_used && !query.grouped;
  }
  return out;
}

Result<Built> Builder::source(const Query& query, uint32_t position,
                              std::vector<Conjunct>& conjuncts, const QueryExtras& extras,
                              bool may_filter) {
  const Source& checked = query.sources[position];
  std::vector<SourceColumn> reads = reads_of(query, position, extras);
  Built built;
  switch (checked.kind) {
    case Source::Kind::Table:
    case Source::Kind::Vertex: {
      built = TRY(table(query, position, conjuncts, reads, extras));
      break;
    }
    case Source::Kind::Values: {
      std::vector<std::vector<Scalar>> rows;
      for (const auto& row : checked.rows) {
        std::vector<Scalar>& cells = rows.emplace_back();
        for (const SourceColumn& read : reads) cells.push_back(TRY(scalar(row[read.index])));
      }
      Node& node = add(Node::Kind::Rows);
      node.estimated_rows = static_cast<double>(rows.size());
      node.rows_max = static_cast<uint32_t>(rows.size());
      node.rows = std::move(rows);
      for (const SourceColumn& read : reads) node.columns.push_back({read.name, read.type});
      built.node = last();
      add_reads(built.scope, position, reads);
      break;
    }
    case Source::Kind::Subquery: {
      // A subquery in FROM stands inside the scope of this query, even where it does not use it.
      Context context;
      context.parent = context_;
      context_ = &context;
      Result<NodeId> root = source_query(checked.query);
      context_ = context.parent;
      if (!root) return std::move(root).error();
      ASSERT(context.refs.empty());
      built.node = *root;
      for (const OutputColumn& column : plan_->node(*root).columns) built.scope.add_unnamed(column);
      for (uint32_t i = 0; i < reads.size(); ++i)
        built.scope.name(SourceId(position), i, reads[i].index);
      break;
    }
    case Source::Kind::Recursion: {
      Node& node = add(Node::Kind::LastRound);
      node.recursion = checked.query;
      node.reads = reads;
      node.estimated_rows = 100;
      for (const SourceColumn& read : reads) node.columns.push_back({read.name, read.type});
      built.node = last();
      add_reads(built.scope, position, reads);
      break;
    }
    case Source::Kind::System:
    case Source::Kind::Function:
    case Source::Kind::Elements: {
      std::vector<Scalar> args;
      for (ExprId id : checked.args) args.push_back(TRY(scalar(id)));
      Node& node =
          add(checked.kind == Source::Kind::Elements ? Node::Kind::Elements : Node::Kind::Function);
      node.args = std::move(args);
      node.label = checked.function;
      node.reads = reads;
      node.estimated_rows = 10;
      for (const SourceColumn& read : reads) node.columns.push_back({read.name, read.type});
      built.node = last();
      add_reads(built.scope, position, reads);
      break;
    }
    case Source::Kind::Edge:
    case Source::Kind::Path:
    case Source::Kind::GroupKeys:
      return Error(ErrorCode::E1299, "a source stands where it cannot be read").at(checked.span);
  }
  if (node(built.node).label.empty()) node(built.node).label = checked.name;
  built = TRY(admitted(query, position, std::move(built)));
  if (!may_filter || may_be_missing(query, position)) return built;
  std::vector<ExprId> conditions;
  for (Conjunct& conjunct : conjuncts) {
    const bool is_here = conjunct.sources.size() == 1 && *conjunct.sources.begin() == position;
    if (!is_here || conjunct.can_fail || conjunct.is_used) continue;
    conjunct.is_used = true;
    conditions.push_back(conjunct.expr);
  }
  const bool is_table = checked.kind == Source::Kind::Table && !conditions.empty();
  const double below = node(built.node).estimated_rows;
  built = TRY(filtered(std::move(built), conditions));
  if (is_table) {
    const double left = estimator_.rows(checked) * estimator_.part(query, position, conditions);
    node(built.node).estimated_rows = std::clamp(left, 1.0, std::max(below, 1.0));
  }
  return built;
}

Result<Built> Builder::table(const Query& query, uint32_t position,
                             const std::vector<Conjunct>& conjuncts,
                             const std::vector<SourceColumn>& reads, const QueryExtras& extras) {
  Node scan;
  scan.kind = Node::Kind::TableScan;
  scan.tables = query.sources[position].tables;
  scan.label = query.sources[position].name;
  scan.estimated_rows = estimator_.rows(query.sources[position]);
  Built built;
  const bool has_hops =
      std::ranges::any_of(query.sources, [](const Source& each) { return each.hop.has_value(); });
  for (uint32_t i = 0; i < reads.size(); ++i) {
    // What a hop starts from is behind the columns that the query names.
    const bool is_named = i < query.sources[position].columns.size();
    const bool is_used = extras.used == nullptr || extras.used->contains({position, i}) ||
                         (reads[i].kind == SourceColumn::Kind::Id && has_hops);
    if (is_named && !is_used) continue;
    scan.reads.push_back(reads[i]);
    scan.columns.push_back({reads[i].name, reads[i].type});
    built.scope.add(SourceId(position), i, scan.columns.back());
  }
  // What the user may have of the rows leads to them as well as what the statement asks for.
  std::vector<Conjunct> asked = conjuncts_of(query.sources[position].filter);
  if (!may_be_missing(query, position))
    asked.insert(asked.end(), conjuncts.begin(), conjuncts.end());
  TRY(choose_access(query, position, asked, scan));
  plan_->nodes.push_back(std::move(scan));
  built.node = last();
  return built;
}

Result<Built> Builder::admitted(const Query& query, uint32_t position, Built built) {
  const ExprId filter = query.sources[position].filter;
  if (filter == sema::kNoExpr) return built;
  return filtered(std::move(built), std::span(&filter, 1));
}

Result<uint32_t> Builder::column_for(Built& built, ExprId id) {
  const sema::Expr& e = expr(id);
  if (e.kind == ExprKind::Column && e.depth == 0) {
    if (const auto position = built.scope.find(e.source, e.index)) return *position;
  }
  built = TRY(extend(std::move(built), std::span(&id, 1)));
  return built.scope.size() - 1;
}

}  // namespace zerodb::plan
