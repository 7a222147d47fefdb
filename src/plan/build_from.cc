// FROM: sources, joins and hops.
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

std::vector<OutputColumn> joined(const std::vector<OutputColumn>& left,
                                 const std::vector<OutputColumn>& right) {
  std::vector<OutputColumn> out = left;
  out.insert(out.end(), right.begin(), right.end());
  return out;
}

}  // namespace

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
  for (uint32_t i = 0; i < query.sources.size(); ++i) {
    const Source& each = query.sources[i];
    if (each.kind == Source::Kind::GroupKeys || each.kind == Source::Kind::Edge) continue;
    if (i == 0 || out.built.node == kNoNode) {
      // A single source's conditions all stand in the program right above it.
      out.built = TRY(source(query, i, out.rest, extras, !is_single));
    } else {
      out.built = TRY(join(query, i, std::move(out.built), out.rest, extras));
    }
  }
  if (is_single && !query.grouped && !query.distinct && query.windows.empty())
    out.is_sorted = use_order(query, out.rest, node(out.built.node));
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
    case Source::Kind::System:
    case Source::Kind::GroupKeys:
      return Error(ErrorCode::E1299, "a source stands where it cannot be read").at(checked.span);
  }
  Node& leaf = node(built.node);
  if (leaf.label.empty()) leaf.label = checked.name;
  if (!may_filter || may_be_missing(query, position)) return built;
  std::vector<ExprId> conditions;
  for (Conjunct& conjunct : conjuncts) {
    const bool is_here = conjunct.sources.size() == 1 && *conjunct.sources.begin() == position;
    if (!is_here || conjunct.can_fail || conjunct.is_used) continue;
    conjunct.is_used = true;
    conditions.push_back(conjunct.expr);
  }
  return filtered(std::move(built), conditions);
}

Result<Built> Builder::table(const Query& query, uint32_t position,
                             const std::vector<Conjunct>& conjuncts,
                             const std::vector<SourceColumn>& reads, const QueryExtras& extras) {
  Node scan;
  scan.kind = Node::Kind::TableScan;
  scan.tables = query.sources[position].tables;
  scan.label = query.sources[position].name;
  scan.estimated_rows = 10'000;
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
  TRY(choose_access(query, position,
                    may_be_missing(query, position) ? std::vector<Conjunct>() : conjuncts, scan));
  plan_->nodes.push_back(std::move(scan));
  built.node = last();
  return built;
}

Result<uint32_t> Builder::column_for(Built& built, ExprId id) {
  const sema::Expr& e = expr(id);
  if (e.kind == ExprKind::Column && e.depth == 0) {
    if (const auto position = built.scope.find(e.source, e.index)) return *position;
  }
  built = TRY(extend(std::move(built), std::span(&id, 1)));
  return built.scope.size() - 1;
}

Result<Built> Builder::join(const Query& query, uint32_t position, Built left,
                            std::vector<Conjunct>& where, const QueryExtras& extras) {
  const Source& right = query.sources[position];
  if (right.kind == Source::Kind::Vertex && right.hop) {
    const sema::Hop& step = *right.hop;
    const Pattern pattern{step.from.value(), step.edge.value(), position,
                          step.direction,    step.edges,        step.targets};
    std::set<uint32_t> bound;
    for (uint32_t i = 0; i <= position; ++i) bound.insert(i);
    return hop(query, pattern, bound, std::move(left), where, extras);
  }

  std::set<uint32_t> mentioned;
  for (ExprId id : right.args) collect_sources(id, mentioned);
  if (right.kind == Source::Kind::Subquery && right.lateral) mentioned.insert(0);
  if (!mentioned.empty()) return lateral(query, position, std::move(left), extras);

  std::vector<Conjunct> on = conjuncts_of(query.joins[position].on);
  const JoinKind kind = query.joins[position].kind;
  const bool is_inner = kind == JoinKind::Inner || kind == JoinKind::Cross;
  if (is_inner) {
    // A condition of WHERE that joins what is here by now may as well be one of ON.
    for (Conjunct& conjunct : where) {
      const bool is_here = conjunct.sources.contains(position) &&
                           *conjunct.sources.rbegin() <= position && conjunct.sources.size() > 1;
      const bool may_move =
          !may_be_missing(query, position) && !conjunct.can_fail && !conjunct.is_used;
      bool all_certain = true;
      for (uint32_t source : conjunct.sources)
        all_certain = all_certain && !may_be_missing(query, source);
      if (!is_here || !may_move || !all_certain) continue;
      conjunct.is_used = true;
      on.push_back(conjunct);
      on.back().is_used = false;
    }
  }
  if (is_inner || kind == JoinKind::Left) {
    if (auto fetched = TRY(fetch_join(query, position, left, on, extras)))
      return std::move(*fetched);
  }
  return hash_join(query, position, std::move(left), std::move(on), where, extras);
}

// A condition `right.id = left value` reads the right record by its id.
Result<std::optional<Built>> Builder::fetch_join(const Query& query, uint32_t position, Built& left,
                                                 std::vector<Conjunct>& on,
                                                 const QueryExtras& extras) {
  const Source& right = query.sources[position];
  if (right.kind != Source::Kind::Table || right.record || right.low || right.high)
    return std::optional<Built>();
  const JoinKind kind = query.joins[position].kind;
  if (kind == JoinKind::Left && on.size() != 1) return std::optional<Built>();
  for (Conjunct& conjunct : on) {
    const sema::Expr& e = expr(conjunct.expr);
    if (e.kind != ExprKind::Binary || e.binary_op != BinaryOp::Equal) continue;
    for (size_t side = 0; side < 2; ++side) {
      const sema::Expr& id = expr(e.args[side]);
      if (id.kind != ExprKind::Column || id.depth != 0 || id.source.value() != position) continue;
      if (right.columns[id.index].kind != SourceColumn::Kind::Id) continue;
      std::set<uint32_t> others;
      collect_sources(e.args[1 - side], others);
      if (others.empty() || others.contains(position) || can_fail(e.args[1 - side])) continue;
      const uint32_t key = TRY(column_for(left, e.args[1 - side]));
      conjunct.is_used = true;
      Node fetch;
      fetch.kind = Node::Kind::FetchJoin;
      fetch.children = {left.node};
      fetch.left_keys = {key};
      fetch.tables = right.tables;
      fetch.join = kind == JoinKind::Left ? JoinKind::Left : JoinKind::Inner;
      fetch.reads = reads_of(query, position, extras);
      fetch.label = right.name;
      fetch.columns = plan_->node(left.node).columns;
      for (const SourceColumn& read : fetch.reads) fetch.columns.push_back({read.name, read.type});
      fetch.estimated_rows = plan_->node(left.node).estimated_rows;
      const std::vector<SourceColumn> reads = fetch.reads;
      plan_->nodes.push_back(std::move(fetch));
      Built built{last(), std::move(left.scope)};
      add_reads(built.scope, position, reads);
      std::vector<ExprId> rest;
      for (const Conjunct& other : on) {
        if (!other.is_used) rest.push_back(other.expr);
      }
      built = TRY(filtered(std::move(built), rest));
      return std::optional<Built>(std::move(built));
    }
  }
  return std::optional<Built>();
}

Result<Built> Builder::hash_join(const Query& query, uint32_t position, Built left,
                                 std::vector<Conjunct> on, std::vector<Conjunct>& where,
                                 const QueryExtras& extras) {
  const JoinKind kind = query.joins[position].kind;
  Built right = TRY(source(query, position, where, extras, true));
  // Conditions of ON that speak of the right source only may filter it before the join, unless its
  // rows must all show.
  std::vector<ExprId> before;
  if (kind != JoinKind::Right && kind != JoinKind::Full) {
    for (Conjunct& conjunct : on) {
      if (conjunct.sources.size() != 1 || *conjunct.sources.begin() != position ||
          conjunct.can_fail)
        continue;
      conjunct.is_used = true;
      before.push_back(conjunct.expr);
    }
  }
  right = TRY(filtered(std::move(right), before));
  std::vector<uint32_t> left_keys;
  std::vector<uint32_t> right_keys;
  for (Conjunct& conjunct : on) {
    const sema::Expr& e = expr(conjunct.expr);
    if (conjunct.is_used || e.kind != ExprKind::Binary || e.binary_op != BinaryOp::Equal) continue;
    for (size_t side = 0; side < 2; ++side) {
      std::set<uint32_t> mine;
      std::set<uint32_t> theirs;
      collect_sources(e.args[side], mine);
      collect_sources(e.args[1 - side], theirs);
      const bool fits = mine.size() == 1 && *mine.begin() == position && !theirs.empty() &&
                        !theirs.contains(position);
      if (!fits || can_fail(e.args[0]) || can_fail(e.args[1])) continue;
      right_keys.push_back(TRY(column_for(right, e.args[side])));
      left_keys.push_back(TRY(column_for(left, e.args[1 - side])));
      conjunct.is_used = true;
      break;
    }
  }
  Built built{kNoNode, left.scope};
  built.scope.append(right.scope);
  std::vector<ExprId> rest;
  for (const Conjunct& conjunct : on) {
    if (!conjunct.is_used) rest.push_back(conjunct.expr);
  }
  ProgramPtr program;
  if (!rest.empty()) program = TRY(program_of(built.scope, rest, {}, {}));
  std::vector<OutputColumn> columns =
      joined(plan_->node(left.node).columns, plan_->node(right.node).columns);
  const double rows =
      std::max(plan_->node(left.node).estimated_rows, plan_->node(right.node).estimated_rows);
  Node& node = add(Node::Kind::Join);
  node.children = {left.node, right.node};
  node.join = kind;
  node.left_keys = std::move(left_keys);
  node.right_keys = std::move(right_keys);
  node.program = std::move(program);
  node.columns = std::move(columns);
  node.estimated_rows = rows;
  built.node = last();
  return built;
}

Result<Built> Builder::lateral(const Query& query, uint32_t position, Built left,
                               const QueryExtras& extras) {
  const Source& checked = query.sources[position];
  const JoinKind kind = query.joins[position].kind;
  std::vector<uint32_t> outer;
  std::vector<uint32_t> outer_columns;
  Built right;
  if (checked.kind == Source::Kind::Subquery) {
    Context context;
    context.parent = context_;
    context_ = &context;
    Result<NodeId> root = this->query(checked.query);
    context_ = context.parent;
    if (!root) return std::move(root).error();
    right.node = *root;
    const std::vector<SourceColumn> reads = reads_of(query, position, extras);
    for (const OutputColumn& column : plan_->node(*root).columns) right.scope.add_unnamed(column);
    for (uint32_t i = 0; i < reads.size(); ++i)
      right.scope.name(SourceId(position), i, reads[i].index);
    for (const OuterRef& ref : context.refs) {
      const auto column = left.scope.find(ref.source, ref.index);
      if (!column)
        return Error(ErrorCode::E1299, "a column of an earlier source has no place in the plan")
            .at(checked.span);
      outer.push_back(ref.parameter);
      outer_columns.push_back(*column);
    }
  } else {
    std::vector<Scalar> args;
    for (ExprId id : checked.args) {
      if (is_row_free(id)) {
        args.push_back(TRY(scalar(id)));
        continue;
      }
      outer_columns.push_back(TRY(column_for(left, id)));
      outer.push_back(kFirstOuter + plan_->outer_parameters++);
      args.push_back({outer.back(), nullptr, expr(id).type, expr(id).span});
    }
    const std::vector<SourceColumn> reads = reads_of(query, position, extras);
    Node& node =
        add(checked.kind == Source::Kind::Elements ? Node::Kind::Elements : Node::Kind::Function);
    node.args = std::move(args);
    node.label = checked.function;
    node.reads = reads;
    node.estimated_rows = 10;
    for (const SourceColumn& read : reads) node.columns.push_back({read.name, read.type});
    right.node = last();
    add_reads(right.scope, position, reads);
  }
  if (kind == JoinKind::Right || kind == JoinKind::Full) {
    return Error(ErrorCode::E0409, "the right side of this join may not use the left one")
        .at(checked.span);
  }
  Built built{kNoNode, left.scope};
  built.scope.append(right.scope);
  std::vector<ExprId> on;
  for (const Conjunct& conjunct : conjuncts_of(query.joins[position].on))
    on.push_back(conjunct.expr);
  ProgramPtr program;
  if (!on.empty()) program = TRY(program_of(built.scope, on, {}, {}));
  std::vector<OutputColumn> columns =
      joined(plan_->node(left.node).columns, plan_->node(right.node).columns);
  const double rows = plan_->node(left.node).estimated_rows * 10;
  Node& node = add(Node::Kind::LateralJoin);
  node.children = {left.node, right.node};
  node.join = kind;
  node.program = std::move(program);
  node.outer = std::move(outer);
  node.outer_columns = std::move(outer_columns);
  node.columns = std::move(columns);
  node.estimated_rows = rows;
  built.node = last();
  return built;
}

}  // namespace zerodb::plan
