#include "plan/builder.h"

#include <algorithm>

#include "plan/dead_columns.h"
#include "plan/planner.h"
#include "plan/query_expressions.h"
#include "value/operator_types.h"

namespace zerodb::plan {

using sema::Expr;
using sema::ExprId;
using sema::ExprKind;
using sema::QueryId;

Result<std::shared_ptr<const Plan>> make_plan(std::shared_ptr<const sema::Statement> statement,
                                              const Statistics* statistics,
                                              const PlannerOptions& options) {
  Builder builder(std::move(statement), statistics, options);
  return builder.build();
}

RecordLayouts layouts_of(const catalog::Table& table) {
  RecordLayouts out;
  for (const catalog::RecordLayout& layout : table.layouts) {
    std::vector<RecordLayout::Field> fields;
    for (const auto& slot : layout.slots) {
      const bool is_dropped = std::ranges::none_of(
          table.fields, [&](const catalog::Field& field) { return field.id == slot.field; });
      fields.push_back({slot.field, slot.name, slot.type, is_dropped});
    }
    out.add(std::make_shared<const RecordLayout>(layout.version, std::move(fields)));
  }
  return out;
}

Builder::Builder(std::shared_ptr<const sema::Statement> statement, const Statistics* statistics,
                 const PlannerOptions& options)
    : statement_(std::move(statement)),
      statistics_(statistics),
      options_(options),
      estimator_(*statement_, statistics),
      plan_(std::make_shared<Plan>()) {
  plan_->statement = statement_;
  plan_->own_parameters = static_cast<uint32_t>(statement_->parameters.size());
  for (const sema::Output& column : statement_->columns)
    plan_->columns.push_back({column.name, column.type});
  for (const sema::Query& query : statement_->queries) {
    for (const sema::Source& source : query.sources) {
      if (source.kind == sema::Source::Kind::Subquery) ++uses_[source.query.value()];
    }
  }
}

Result<std::shared_ptr<const Plan>> Builder::build() {
  Context top;
  context_ = &top;
  const auto& body = statement_->body;
  if (const auto* query_statement = std::get_if<sema::QueryStatement>(&body)) {
    plan_->root = TRY(query(query_statement->query));
  } else if (const auto* let = std::get_if<sema::LetStatement>(&body)) {
    plan_->root = TRY(query(let->query));
  } else if (const auto* set = std::get_if<sema::SetStatement>(&body)) {
    plan_->root = TRY(query(set->query));
  } else if (const auto* kill = std::get_if<sema::KillStatement>(&body)) {
    plan_->root = TRY(query(kill->query));
  } else if (const auto* copy = std::get_if<sema::CopyStatement>(&body);
             copy != nullptr && !copy->is_from) {
    plan_->root = TRY(query(copy->query));
  } else if (const auto* explain = std::get_if<sema::ExplainStatement>(&body)) {
    plan_->explained = TRY(make_plan(explain->inner, statistics_, options_));
  } else {
    TRY(write());
  }
  TRY(gates());
  const auto add_layouts = [&](TableId table) {
    if (!plan_->layouts.contains(table))
      plan_->layouts.emplace(table, layouts_of(plan_->schema().table(table)));
  };
  if (plan_->write) add_layouts(plan_->write->table);
  for (const Node& each : plan_->nodes) {
    for (TableId table : each.tables) add_layouts(table);
    if (each.children.empty()) plan_->estimated_rows += each.estimated_rows;
  }
  mark_dead_columns(*plan_);
  context_ = nullptr;
  return std::shared_ptr<const Plan>(plan_);
}

Node& Builder::add(Node::Kind kind) {
  plan_->nodes.emplace_back().kind = kind;
  return plan_->nodes.back();
}

uint32_t Builder::literal(const Value& value) {
  plan_->literals.push_back(value);
  return kFirstLiteral + static_cast<uint32_t>(plan_->literals.size() - 1);
}

uint32_t Builder::outer(uint32_t depth, sema::SourceId source, uint32_t index, const Type& type) {
  Context* context = context_;
  for (context->correlated = true; depth > 1; --depth) {
    context = context->parent;
    context->correlated = true;
  }
  for (const OuterRef& ref : context->refs) {
    if (ref.source == source && ref.index == index) return ref.parameter;
  }
  const uint32_t parameter = kFirstOuter + plan_->outer_parameters++;
  context->refs.push_back({source, index, type, parameter});
  return parameter;
}

Result<SubplanRef> Builder::subplan(const Expr& e) {
  Context context;
  context.parent = context_;
  context_ = &context;
  const sema::Query& inner = query_of(e.query);
  const bool asks_for_rows =
      e.kind == ExprKind::ExistsQuery && is_plain_select(inner) && !inner.grouped;
  Result<NodeId> root = asks_for_rows ? first_row(inner) : query(e.query);
  context_ = context.parent;
  if (!root) return std::move(root).error();

  Subplan subplan;
  switch (e.kind) {
    case ExprKind::ScalarQuery:
      subplan.kind = Subplan::Kind::Scalar;
      break;
    case ExprKind::ArrayQuery:
      subplan.kind = Subplan::Kind::Array;
      break;
    case ExprKind::ExistsQuery:
      subplan.kind = Subplan::Kind::Exists;
      break;
    default:
      subplan.kind = Subplan::Kind::In;
      break;
  }
  subplan.root = *root;
  subplan.as_value = query_of(e.query).as_value;
  subplan.negated = e.has(Expr::Negated);
  subplan.correlated = context.correlated;
  subplan.span = e.span;
  for (const OutputColumn& column : plan_->node(*root).columns)
    subplan.names.push_back(column.name);
  for (const OuterRef& ref : context.refs) subplan.outer.push_back(ref.parameter);
  plan_->subplans.push_back(std::move(subplan));
  return SubplanRef{static_cast<uint32_t>(plan_->subplans.size() - 1), std::move(context.refs)};
}

Result<ProgramPtr> Builder::program_of(const Scope& scope, std::span<const ExprId> conditions,
                                       std::span<const ExprId> outputs,
                                       std::span<const Type> types) {
  Lowering lowering(*this, *statement_, scope);
  TRY(lowering.filter(conditions));
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Reg value =
        TRY(lowering.lower_as(outputs[i], i < types.size() ? types[i] : expr(outputs[i]).type));
    lowering.output(value);
  }
  return lowering.finish();
}

Result<Scalar> Builder::scalar(ExprId id) {
  if (const auto probe = probes_.find(id.value()); probe != probes_.end()) return probe->second;
  const Expr& e = expr(id);
  Scalar out;
  out.type = e.type;
  out.span = e.span;
  if (e.kind == ExprKind::Literal) {
    out.parameter = literal(e.literal);
  } else if (e.kind == ExprKind::Parameter) {
    out.parameter = e.index;
  } else if (e.kind == ExprKind::Column && e.depth > 0) {
    out.parameter = outer(e.depth, e.source, e.index, e.type);
  } else {
    const Scope empty;
    out.program = TRY(program_of(empty, {}, std::span(&id, 1), {}));
  }
  return out;
}

Result<Built> Builder::extend(Built child, std::span<const ExprId> exprs) {
  Lowering lowering(*this, *statement_, child.scope);
  lowering.output_inputs();
  std::vector<OutputColumn> columns = plan_->node(child.node).columns;
  for (ExprId id : exprs) {
    const Reg value = TRY(lowering.lower_as(id, expr(id).type));
    lowering.output(value);
    columns.push_back({"", expr(id).type});
    child.scope.add_unnamed({"", expr(id).type});
  }
  ProgramPtr program = lowering.finish();
  Node& stage = add(Node::Kind::Stage);
  stage.children = {child.node};
  stage.program = std::move(program);
  stage.columns = std::move(columns);
  stage.estimated_rows = plan_->node(child.node).estimated_rows;
  stage.rows_max = plan_->node(child.node).rows_max;
  return Built{last(), std::move(child.scope)};
}

Result<Built> Builder::filtered(Built child, std::span<const ExprId> conditions) {
  if (conditions.empty()) return child;
  Lowering lowering(*this, *statement_, child.scope);
  TRY(lowering.filter(conditions));
  lowering.output_inputs();
  ProgramPtr program = lowering.finish();
  Node& stage = add(Node::Kind::Stage);
  stage.children = {child.node};
  stage.program = std::move(program);
  stage.columns = plan_->node(child.node).columns;
  stage.estimated_rows = std::max(1.0, plan_->node(child.node).estimated_rows / 3);
  stage.rows_max = plan_->node(child.node).rows_max;
  return Built{last(), std::move(child.scope)};
}

// Conditions.

void Builder::add_conjuncts(ExprId id, std::vector<Conjunct>& out) const {
  if (id == sema::kNoExpr) return;
  if (expr(id).kind == ExprKind::And) {
    for (ExprId part : expr(id).args) add_conjuncts(part, out);
    return;
  }
  const Expr& e = expr(id);
  if (e.kind == ExprKind::Literal && e.literal.tag() == Tag::Bool && e.literal.as_bool()) return;
  Conjunct conjunct;
  conjunct.expr = id;
  collect_sources(id, conjunct.sources);
  conjunct.can_fail = can_fail(id);
  out.push_back(std::move(conjunct));
}

std::vector<Builder::Conjunct> Builder::conjuncts_of(ExprId id) const {
  std::vector<Conjunct> out;
  add_conjuncts(id, out);
  return out;
}

void Builder::collect_sources(ExprId id, std::set<uint32_t>& out) const {
  const Expr& e = expr(id);
  if (e.kind == ExprKind::Column && e.depth == 0) out.insert(e.source.value());
  for (ExprId arg : e.args) collect_sources(arg, out);
  if (e.kind == ExprKind::ScalarQuery || e.kind == ExprKind::ArrayQuery ||
      e.kind == ExprKind::ExistsQuery || e.kind == ExprKind::InQuery) {
    Collected collected{out};
    collect_query_sources(e.query, 1, collected);
  }
}

void Builder::collect_query_sources(QueryId id, uint32_t depth, Collected& out) const {
  if (!out.queries.insert(id.value()).second) return;
  const sema::Query& inner = query_of(id);
  const auto visit = [&](auto& self, ExprId at) -> void {
    const Expr& e = expr(at);
    if (e.kind == ExprKind::Column && e.depth == depth) out.sources.insert(e.source.value());
    for (ExprId arg : e.args) self(self, arg);
    if (e.kind == ExprKind::ScalarQuery || e.kind == ExprKind::ArrayQuery ||
        e.kind == ExprKind::ExistsQuery || e.kind == ExprKind::InQuery) {
      collect_query_sources(e.query, depth + 1, out);
    }
  };
  for_each_expression(inner, [&](ExprId at) { visit(visit, at); });
  for (const sema::Source& source : inner.sources) {
    if (source.kind == sema::Source::Kind::Subquery)
      collect_query_sources(source.query, depth + 1, out);
  }
  if (inner.kind == sema::Query::Kind::SetOperation || inner.kind == sema::Query::Kind::Recursive) {
    collect_query_sources(inner.left, depth, out);
    collect_query_sources(inner.right, depth, out);
  }
}

bool Builder::can_fail(ExprId id, bool may_overflow) const {
  const Expr& e = expr(id);
  switch (e.kind) {
    case ExprKind::Literal:
    case ExprKind::Parameter:
    case ExprKind::Column:
      break;
    case ExprKind::Binary:
      if (!is_comparison(e.binary_op) && e.binary_op != BinaryOp::In &&
          e.binary_op != BinaryOp::NotIn && !(may_overflow && fails_by_range_alone(e)))
        return true;
      break;
    case ExprKind::Aggregate:
      return !may_overflow;
    case ExprKind::Like:
      if (expr(e.args[1]).kind != ExprKind::Literal || !expr(e.args[0]).type.is_text()) return true;
      break;
    case ExprKind::Unary:
      if (e.unary_op != UnaryOp::Not) return true;
      break;
    case ExprKind::And:
    case ExprKind::Or:
      for (ExprId arg : e.args) {
        if (!expr(arg).type.is(TypeKind::Bool)) return true;
      }
      break;
    case ExprKind::IsNone:
    case ExprKind::InList:
    case ExprKind::IsType:
    case ExprKind::Coalesce:
    case ExprKind::RecordId:
    case ExprKind::Array:
    case ExprKind::Tuple:
      break;
    default:
      return true;
  }
  for (ExprId arg : e.args) {
    if (can_fail(arg, may_overflow)) return true;
  }
  return false;
}

bool Builder::fails_by_range_alone(const Expr& e) const {
  if (!expr(e.args[0]).type.is_number() || !expr(e.args[1]).type.is_number()) return false;
  switch (e.binary_op) {
    case BinaryOp::Add:
    case BinaryOp::Subtract:
    case BinaryOp::Multiply:
      return true;
    case BinaryOp::IntDivide:
    case BinaryOp::Modulo: {
      const Expr& divisor = expr(e.args[1]);
      return divisor.kind == ExprKind::Literal && is_integer(divisor.literal.tag()) &&
             divisor.literal.as_int128() != 0;
    }
    default:
      return false;
  }
}

bool Builder::is_row_free(ExprId id) const {
  if (probes_.contains(id.value())) return true;
  const Expr& e = expr(id);
  switch (e.kind) {
    case ExprKind::Column:
      return e.depth > 0;
    case ExprKind::ScalarQuery:
    case ExprKind::ArrayQuery:
    case ExprKind::ExistsQuery:
    case ExprKind::InQuery:
    case ExprKind::OldRecord:
    case ExprKind::NewRecord:
    case ExprKind::Aggregate:
    case ExprKind::Window:
    case ExprKind::Poison:
    case ExprKind::Fetch:
    case ExprKind::CommitStamp:
      return false;
    default:
      break;
  }
  for (ExprId arg : e.args) {
    if (!is_row_free(arg)) return false;
  }
  return true;
}

}  // namespace zerodb::plan
