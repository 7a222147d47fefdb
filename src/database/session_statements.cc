// What the session does itself: USE, SET, RESET, SHOW, LET, DESCRIBE.
#include "database/statement_runner.h"
#include "value/cast.h"
#include "value/uuid.h"

namespace zerodb::database {
namespace {

std::vector<std::vector<Value>> show_all(const Settings& settings) {
  std::vector<std::vector<Value>> rows;
  for (const OptionInfo& option : option_table()) {
    rows.push_back({Value::string(option.name), settings.get(option.name).value_or(Value::none()),
                    Value::string(option.doc)});
  }
  return rows;
}

// The one value of the statement's query; its rows are at hand.
Result<Value> taken_value(ResultState& state) {
  std::vector<Value> row;
  if (TRY(state.next(row)) && !row.empty()) return row.front();
  return Value::none();
}

void give_rows(ResultState& state, std::vector<std::vector<Value>> rows) {
  state.rows = std::move(rows);
  state.next_row = 0;
  state.has_rows = true;
}

}  // namespace

Status StatementRunner::apply_to_session(const Planned& planned, ResultState& state) {
  const auto& body = planned.checked->body;
  Settings& settings = session_.settings_;
  if (const auto* set = std::get_if<sema::SetStatement>(&body)) {
    const Value value = TRY(taken_value(state));
    TRY(settings.set(set->option, value));
    state.has_rows = false;
  } else if (const auto* let = std::get_if<sema::LetStatement>(&body)) {
    Value value = TRY(taken_value(state));
    if (!let->type.is_any()) value = TRY(coerce(value, let->type, planned.schema->names()));
    session_.variables_[let->name] = {let->type, std::move(value)};
    state.has_rows = false;
  } else if (const auto* use = std::get_if<sema::UseStatement>(&body)) {
    const std::string_view space = use->namespace_name.empty()
                                       ? std::string_view(session_.info_.name_space)
                                       : use->namespace_name;
    const catalog::Namespace* found = planned.schema->find_namespace(space);
    const catalog::Database* target =
        found == nullptr ? nullptr : planned.schema->find_database(found->id, use->database_name);
    if (target == nullptr)
      return Error(ErrorCode::E0206,
                   "no database `" + std::string(space) + "." + use->database_name + "`");
    session_.current_ = target->id;
    session_.info_.name_space = found->name;
    session_.info_.database = target->name;
  } else if (const auto* reset = std::get_if<sema::ResetStatement>(&body)) {
    if (reset->option.empty()) {
      settings.reset_all();
    } else {
      TRY(settings.reset(reset->option));
    }
  } else if (const auto* show = std::get_if<sema::ShowStatement>(&body)) {
    if (show->option.empty()) {
      state.own_columns = {
          {"name", Type::string()}, {"value", Type::any()}, {"doc", Type::string()}};
      give_rows(state, show_all(settings));
    } else {
      Value value = TRY(settings.get(show->option));
      state.own_columns = {{show->option, Type::any()}};
      give_rows(state, {{std::move(value)}});
    }
  } else if (std::holds_alternative<sema::KillStatement>(body)) {
    const Value id = TRY(taken_value(state));
    state.has_rows = false;
    if (id.tag() != Tag::Uuid)
      return Error(ErrorCode::E0306, "KILL takes the `uuid` of a live query");
    const auto query = session_.database_.live_queries_.find(id.as_uuid());
    if (query == nullptr || query->database() != planned.schema->database().id)
      return Error(ErrorCode::E0207, "no live query has the id " + print_uuid(id.as_uuid()));
    session_.database_.live_queries_.end(id.as_uuid());
  } else if (const auto* analyze = std::get_if<sema::AnalyzeStatement>(&body)) {
    for (TableId table : analyze->tables) {
      TRY(refresh_statistics(session_.database_, planned.schema->database().id, table,
                             &session_.cancel_, deadline_ns()));
    }
  } else if (const auto* describe = std::get_if<sema::DescribeStatement>(&body)) {
    give_rows(state, describe->rows);
  }
  return ok_status();
}

}  // namespace zerodb::database
