// Joins: by hash, by an index for a few rows, by the id of a record, lateral.
#include <algorithm>

#include "plan/builder.h"
#include "plan/join_method.h"
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

Result<Built> Builder::join(const Query& query, uint32_t position, Built left,
                            std::vector<Conjunct>& where, const QueryExtras& extras,
                            const std::set<uint32_t>& here, bool is_reordered) {
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

  std::vector<Conjunct> on;
  if (!is_reordered) on = conjuncts_of(query.joins[position].on);
  const JoinKind kind = query.joins[position].kind;
  const bool is_inner = kind == JoinKind::Inner || kind == JoinKind::Cross;
  if (is_inner) {
    // A condition of WHERE that joins what is here by now may as well be one of ON.
    for (Conjunct& conjunct : where) {
      const bool is_here = conjunct.sources.contains(position) && conjunct.sources.size() > 1 &&
                           std::ranges::all_of(conjunct.sources, [&](uint32_t source) {
                             return source == position || here.contains(source);
                           });
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
  if (is_inner || kind == JoinKind::Left) {
    if (auto probed = TRY(probe_join(query, position, left, on, where, extras)))
      return std::move(*probed);
  }
  return hash_join(query, position, std::move(left), std::move(on), where, extras);
}

Result<std::optional<Built>> Builder::probe_join(const Query& query, uint32_t position, Built& left,
                                                 const std::vector<Conjunct>& on,
                                                 const std::vector<Conjunct>& where,
                                                 const QueryExtras& extras) {
  const double left_rows = plan_->node(left.node).estimated_rows;
  const bool is_quicker_read = estimator_.is_informed() &&
                               left_rows * kLookupRows > estimator_.rows(query.sources[position]);
  if (left_rows > kFewRows || is_quicker_read) return std::optional<Built>();
  // Equalities with values of the left rows, which are parameters of the right side.
  struct Probe {
    ExprId value;
    uint32_t parameter;
  };
  std::vector<Probe> probes;
  for (const Conjunct& conjunct : on) {
    const sema::Expr& e = expr(conjunct.expr);
    if (e.kind != ExprKind::Binary || e.binary_op != BinaryOp::Equal) continue;
    for (size_t side = 0; side < 2; ++side) {
      std::set<uint32_t> mine;
      std::set<uint32_t> theirs;
      collect_sources(e.args[side], mine);
      collect_sources(e.args[1 - side], theirs);
      if (mine != std::set<uint32_t>{position} || theirs.empty() || theirs.contains(position) ||
          can_fail(e.args[1 - side]) || probes_.contains(e.args[1 - side].value()))
        continue;
      const uint32_t parameter = kFirstOuter + plan_->outer_parameters++;
      const sema::Expr& value = expr(e.args[1 - side]);
      probes_[e.args[1 - side].value()] = {parameter, nullptr, value.type, value.span};
      probes.push_back({e.args[1 - side], parameter});
      break;
    }
  }
  std::vector<Conjunct> conditions = on;
  const JoinKind kind = query.joins[position].kind;
  if (kind != JoinKind::Left) conditions.insert(conditions.end(), where.begin(), where.end());
  for (Conjunct& conjunct : conjuncts_of(query.sources[position].filter))
    conditions.push_back(std::move(conjunct));
  const auto make = [&]() -> Result<std::optional<Built>> {
    if (probes.empty() || !has_access(query, position, conditions)) return std::optional<Built>();
    const std::vector<SourceColumn> reads = reads_of(query, position, extras);
    Node scan;
    scan.kind = Node::Kind::TableScan;
    scan.tables = query.sources[position].tables;
    scan.label = query.sources[position].name;
    scan.reads = reads;
    for (const SourceColumn& read : reads) scan.columns.push_back({read.name, read.type});
    TRY(choose_access(query, position, conditions, scan));
    // An index that finds a large part of all records for each row is worse than a hash join.
    const bool is_whole =
        scan.kind == Node::Kind::TableScan && !scan.by_key_columns && !scan.low && !scan.high;
    if (is_whole) return std::optional<Built>();
    plan_->nodes.push_back(std::move(scan));
    Built right;
    right.node = last();
    add_reads(right.scope, position, reads);
    right = TRY(admitted(query, position, std::move(right)));
    Node join;
    join.kind = Node::Kind::LateralJoin;
    join.join = kind == JoinKind::Left ? JoinKind::Left : JoinKind::Inner;
    for (const Probe& probe : probes) {
      join.outer.push_back(probe.parameter);
      join.outer_columns.push_back(TRY(column_for(left, probe.value)));
    }
    Built built{kNoNode, left.scope};
    built.scope.append(right.scope);
    std::vector<ExprId> rest;
    for (const Conjunct& conjunct : on) rest.push_back(conjunct.expr);
    join.program = TRY(program_of(built.scope, rest, {}, {}));
    join.children = {left.node, right.node};
    join.columns = joined(plan_->node(left.node).columns, plan_->node(right.node).columns);
    join.estimated_rows =
        plan_->node(left.node).estimated_rows * plan_->node(right.node).estimated_rows;
    plan_->nodes.push_back(std::move(join));
    built.node = last();
    return std::optional<Built>(std::move(built));
  };
  Result<std::optional<Built>> made = make();
  for (const Probe& probe : probes) probes_.erase(probe.value.value());
  return made;
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
  // A left row keeps its place when the record is there and not for the user.
  if (kind == JoinKind::Left && right.filter != sema::kNoExpr) return std::optional<Built>();
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
      built = TRY(admitted(query, position, std::move(built)));
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
  // A condition that is written before may keep numbers within their range.
  bool is_guarded = false;
  for (Conjunct& conjunct : on) {
    const sema::Expr& e = expr(conjunct.expr);
    const bool may_overflow = !is_guarded;
    is_guarded = is_guarded || !conjunct.is_used;
    if (conjunct.is_used || e.kind != ExprKind::Binary || e.binary_op != BinaryOp::Equal) continue;
    for (size_t side = 0; side < 2; ++side) {
      std::set<uint32_t> mine;
      std::set<uint32_t> theirs;
      collect_sources(e.args[side], mine);
      collect_sources(e.args[1 - side], theirs);
      const bool fits = mine.size() == 1 && *mine.begin() == position && !theirs.empty() &&
                        !theirs.contains(position);
      if (!fits || can_fail(e.args[0], may_overflow) || can_fail(e.args[1], may_overflow)) continue;
      right_keys.push_back(TRY(column_for(right, e.args[side])));
      left_keys.push_back(TRY(column_for(left, e.args[1 - side])));
      conjunct.is_used = true;
      is_guarded = !may_overflow;
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
  choose_method(*plan_, node, options_);
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
