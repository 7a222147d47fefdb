// Writes: the query that finds the rows, the programs over single records, and where their values
// go.
#include "plan/builder.h"

namespace zerodb::plan {

using sema::ExprId;
using sema::ExprKind;
using sema::SourceId;

namespace {

template <typename Statement>
const Statement* body_of(const sema::Statement& statement) {
  return std::get_if<Statement>(&statement.body);
}

}  // namespace

Status Builder::write() {
  auto plan = std::make_unique<WritePlan>();
  if (const auto* insert_statement = body_of<sema::InsertStatement>(*statement_)) {
    TRY(insert(*insert_statement, *plan));
  } else if (const auto* put_statement = body_of<sema::PutStatement>(*statement_)) {
    TRY(put(*put_statement, *plan));
  } else if (const auto* modify_statement = body_of<sema::ModifyStatement>(*statement_)) {
    TRY(modify(*modify_statement, *plan));
  } else if (const auto* relate_statement = body_of<sema::RelateStatement>(*statement_)) {
    TRY(relate(*relate_statement, *plan));
  } else if (const auto* copy_statement = body_of<sema::CopyStatement>(*statement_)) {
    plan->kind = WritePlan::Kind::CopyRows;
    plan->table = copy_statement->table;
    plan->rules = TRY(rules(copy_statement->rules));
  } else {
    return ok_status();  // definitions and session statements need no plan
  }
  plan_->write = std::move(plan);
  return index_programs();
}

ChangePlan::Target Builder::target(const sema::Place& place, std::vector<ExprId>& exprs) const {
  ChangePlan::Target out;
  out.field = place.field;
  out.declared = place.declared;
  out.span = place.span;
  for (const sema::Place::Step& step : place.steps) {
    ChangePlan::Step& into = out.steps.emplace_back();
    into.name = step.name;
    if (step.element == sema::kNoExpr) continue;
    into.element = static_cast<uint32_t>(exprs.size());
    exprs.push_back(step.element);
  }
  return out;
}

ChangePlan Builder::change(const sema::RecordChange& change, std::vector<ExprId>& exprs) const {
  ChangePlan out;
  out.kind = change.kind;
  for (const sema::Assignment& assignment : change.assignments) {
    ChangePlan::Target into = target(assignment.place, exprs);
    into.op = assignment.op;
    into.value = static_cast<uint32_t>(exprs.size());
    exprs.push_back(assignment.value);
    out.assignments.push_back(std::move(into));
  }
  for (const sema::Place& place : change.unset) out.unset.push_back(target(place, exprs));
  if (change.object != sema::kNoExpr) {
    out.object = static_cast<uint32_t>(exprs.size());
    out.span = expr(change.object).span;
    exprs.push_back(change.object);
  }
  return out;
}

Result<RecordProgram> Builder::record_program(const sema::Source& source, SourceId id,
                                              std::span<const ExprId> exprs,
                                              std::span<const Type> types,
                                              const QueryExtras* carried) {
  RecordProgram out;
  out.reads = source.columns;
  Scope scope;
  for (uint32_t i = 0; i < out.reads.size(); ++i)
    scope.add(id, i, {out.reads[i].name, out.reads[i].type});
  if (carried != nullptr) {
    std::vector<uint32_t> seen;
    for (const QueryExtras::Column& column : carried->columns) {
      seen.resize(std::max<size_t>(seen.size(), column.source.value() + 1), 0);
      const OutputColumn output{column.column.name, column.column.type};
      scope.add(column.source, seen[column.source.value()]++, output);
      out.carried.push_back(output);
    }
  }
  const auto mentions = [&](auto& self, ExprId at, ExprKind kind) -> bool {
    const sema::Expr& e = expr(at);
    if (e.kind == kind) return true;
    for (ExprId arg : e.args) {
      if (self(self, arg, kind)) return true;
    }
    return false;
  };
  for (ExprId each : exprs) {
    out.takes_old = out.takes_old || mentions(mentions, each, ExprKind::OldRecord);
    out.takes_new = out.takes_new || mentions(mentions, each, ExprKind::NewRecord);
  }
  if (out.takes_old) scope.old_record = scope.add_unnamed({"OLD", Type::any()});
  if (out.takes_new) scope.new_record = scope.add_unnamed({"NEW", Type::any()});
  if (!exprs.empty()) out.program = TRY(program_of(scope, {}, exprs, types));
  return out;
}

Result<RuleSet> Builder::rules(const sema::TableRules& checked) {
  RuleSet out;
  if (checked.defaults.empty() && checked.computed.empty() && checked.rules.empty() &&
      checked.nested.empty() && checked.grants.empty())
    return out;
  const sema::Source& record = query_of(checked.query).sources[0];
  const auto computations = [&](const std::vector<sema::TableRules::Computation>& from,
                                std::vector<RuleSet::Computation>& to) -> Status {
    for (const auto& each : from) {
      to.push_back({
        each.field, TRY(record_program(record, SourceId(0), std::span(&each.value, 1), {}, nullptr))
      });
    }
    return ok_status();
  };
  TRY(computations(checked.defaults, out.defaults));
  TRY(computations(checked.computed, out.computed));
  std::vector<ExprId> conditions;
  for (const auto& rule : checked.rules) conditions.push_back(rule.condition);
  out.conditions = TRY(record_program(record, SourceId(0), conditions, {}, nullptr));
  out.rules = checked.rules;
  std::vector<ExprId> granted;
  for (const auto& grant : checked.grants) {
    RuleSet::Grant& made = out.grants.emplace_back();
    made.fields = grant.fields;
    if (grant.condition == sema::kNoExpr) continue;
    made.condition = static_cast<uint32_t>(granted.size());
    granted.push_back(grant.condition);
  }
  out.grant_conditions = TRY(record_program(record, SourceId(0), granted, {}, nullptr));
  for (const auto& each : checked.nested)
    out.nested.push_back(TRY(nested_rules(record, query_of(checked.query), each)));
  return out;
}

Result<RuleSet::Nested> Builder::nested_rules(const sema::Source& record, const sema::Query& query,
                                              const sema::TableRules::Nested& checked) {
  RuleSet::Nested out;
  out.at = checked.at;
  if (checked.default_value != sema::kNoExpr) {
    out.default_value =
        TRY(record_program(record, SourceId(0), std::span(&checked.default_value, 1), {}, nullptr));
  }
  out.assert_count = static_cast<uint32_t>(checked.asserts.size());
  if (checked.asserts.empty()) return out;
  QueryExtras value;
  value.columns.push_back({checked.value, 0, query.sources[checked.value.value()].columns[0]});
  out.asserts = TRY(record_program(record, SourceId(0), checked.asserts, {}, &value));
  return out;
}

Status Builder::index_programs() {
  for (const auto& [table, terms] : statement_->index_terms) {
    const sema::Source& record = query_of(terms.query).sources[0];
    for (const sema::IndexTerms::Term& term : terms.terms) {
      std::vector<ExprId> exprs;
      for (ExprId column : term.columns) {
        if (column != sema::kNoExpr) exprs.push_back(column);
      }
      const auto columns = static_cast<uint32_t>(exprs.size());
      exprs.insert(exprs.end(), term.conditions.begin(), term.conditions.end());
      plan_->index_programs[table].push_back({
        term.index, TRY(record_program(record, SourceId(0), exprs, {}, nullptr))
        , columns
      });
    }
  }
  return ok_status();
}

Status Builder::gates() {
  for (const auto& [table, gate] : statement_->gates) {
    GateProgram& made = plan_->gates[table];
    made.is_closed = gate.is_closed;
    if (gate.is_closed) continue;
    std::vector<ExprId> exprs{gate.record};
    if (gate.condition != sema::kNoExpr) exprs.push_back(gate.condition);
    const sema::Source& record = query_of(gate.query).sources[0];
    made.program = TRY(record_program(record, SourceId(0), exprs, {}, nullptr));
  }
  return ok_status();
}

QueryExtras Builder::carried_columns(const std::optional<sema::QueryId>& returning) const {
  QueryExtras out;
  if (!returning) return out;
  const sema::Query& query = query_of(*returning);
  for (uint32_t i = 1; i < query.sources.size(); ++i) {
    for (const sema::SourceColumn& column : query.sources[i].columns)
      out.columns.push_back({SourceId(i), 0, column});
  }
  return out;
}

Status Builder::returning(const std::optional<sema::QueryId>& id, WritePlan& plan,
                          const QueryExtras* carried) {
  if (!id) return ok_status();
  const sema::Query& query = query_of(*id);
  std::vector<ExprId> exprs;
  std::vector<Type> types;
  for (const sema::Output& output : query.outputs) {
    exprs.push_back(output.expr);
    types.push_back(output.type);
  }
  plan.returning = TRY(record_program(query.sources[0], SourceId(0), exprs, types, carried));
  return ok_status();
}

Status Builder::insert(const sema::InsertStatement& statement, WritePlan& plan) {
  plan.table = statement.table;
  if (statement.input == sema::InsertStatement::Input::Content) {
    plan.kind = WritePlan::Kind::InsertContent;
    plan.content = TRY(scalar(statement.content));
  } else {
    plan.kind = WritePlan::Kind::InsertRows;
    std::vector<ExprId> exprs;
    for (const sema::Place& place : statement.places) plan.places.push_back(target(place, exprs));
    if (!exprs.empty())
      return Error(ErrorCode::E0101, "a column of INSERT is a name").at(statement.places[0].span);
    plan.query = TRY(query(statement.query));
    plan.as_records = statement.as_records;
  }
  plan.must_be_new = true;
  plan.rules = TRY(rules(statement.rules));
  plan.conflict = statement.conflict;
  plan.conflict_fields = statement.conflict_fields;
  if (statement.conflict == sema::InsertStatement::Conflict::Update) {
    std::vector<ExprId> exprs;
    plan.conflict_change = change(statement.on_conflict, exprs);
    if (statement.conflict_where != sema::kNoExpr) {
      plan.conflict_condition = static_cast<uint32_t>(exprs.size());
      exprs.push_back(statement.conflict_where);
    }
    plan.conflict_values = TRY(record_program(query_of(statement.conflict_query).sources[0],
                                              SourceId(0), exprs, {}, nullptr));
  }
  return returning(statement.returning, plan, nullptr);
}

Status Builder::put(const sema::PutStatement& statement, WritePlan& plan) {
  plan.kind = WritePlan::Kind::Put;
  plan.table = statement.table;
  plan.must_be_new = statement.must_be_new;
  if (statement.record != sema::kNoExpr) plan.record = TRY(scalar(statement.record));
  std::vector<ExprId> exprs;
  plan.change = change(statement.change, exprs);
  const sema::Query& query = query_of(statement.query);
  static const sema::Source kNoSource;
  plan.change_values = TRY(record_program(query.sources.empty() ? kNoSource : query.sources[0],
                                          SourceId(0), exprs, {}, nullptr));
  plan.rules = TRY(rules(statement.rules));
  return returning(statement.returning, plan, nullptr);
}

// `FROM t WHERE true`, with nothing that hides a record.
bool Builder::is_whole_table(const sema::Query& query) const {
  if (query.sources.size() != 1 || !query.order.empty() || query.limit != sema::kNoExpr ||
      query.offset != sema::kNoExpr)
    return false;
  const sema::Source& source = query.sources[0];
  const bool has_bounds = source.record || source.low || source.high;
  if (source.kind != sema::Source::Kind::Table || source.tables.size() != 1 || has_bounds ||
      source.filter != sema::kNoExpr)
    return false;
  if (query.where == sema::kNoExpr) return true;
  const sema::Expr& where = expr(query.where);
  return where.kind == sema::ExprKind::Literal && where.literal.tag() == Tag::Bool &&
         where.literal.as_bool();
}

Status Builder::modify(const sema::ModifyStatement& statement, WritePlan& plan) {
  plan.kind = statement.is_delete ? WritePlan::Kind::Delete : WritePlan::Kind::Update;
  plan.table = statement.table;
  QueryExtras extras = carried_columns(statement.returning);
  const QueryExtras carried = extras;
  const sema::Query& own = query_of(statement.query);
  std::vector<uint32_t> next(own.sources.size(), 0);
  for (QueryExtras::Column& column : extras.columns) {
    const uint32_t source = column.source.value();
    column.index = static_cast<uint32_t>(own.sources[source].columns.size()) + next[source]++;
  }
  plan.change = change(statement.change, extras.exprs);
  // The outputs of the change stand behind the query's own.
  const auto shift = static_cast<uint32_t>(own.outputs.size());
  const auto move = [&](ChangePlan::Target& each) {
    each.value += shift;
    for (ChangePlan::Step& step : each.steps) {
      if (step.element != UINT32_MAX) step.element += shift;
    }
  };
  for (auto& each : plan.change.assignments) move(each);
  for (auto& each : plan.change.unset) move(each);
  plan.change.object += shift;
  plan.carried_from = shift + static_cast<uint32_t>(extras.exprs.size());
  plan.query = TRY(query(statement.query, extras));
  plan.takes_all = statement.is_delete && !statement.returning && is_whole_table(own);
  plan.rules = TRY(rules(statement.rules));
  for (const auto& [table, checked] : statement.unset_rules)
    plan.unset_rules.emplace(table, TRY(rules(checked)));
  return returning(statement.returning, plan, &carried);
}

Status Builder::relate(const sema::RelateStatement& statement, WritePlan& plan) {
  plan.kind = WritePlan::Kind::Relate;
  plan.table = statement.edge;
  plan.must_be_new = true;
  QueryExtras extras;
  plan.change = change(statement.change, extras.exprs);
  const auto shift = static_cast<uint32_t>(query_of(statement.query).outputs.size());
  for (auto& each : plan.change.assignments) {
    each.value += shift;
    for (ChangePlan::Step& step : each.steps) {
      if (step.element != UINT32_MAX) step.element += shift;
    }
  }
  plan.change.object += shift;
  plan.query = TRY(query(statement.query, extras));
  plan.rules = TRY(rules(statement.rules));
  return returning(statement.returning, plan, nullptr);
}

}  // namespace zerodb::plan
