// LIVE.
#include "database/planning.h"
#include "database/statement_runner.h"
#include "value/uuid.h"

namespace zerodb::database {

Result<StatementRunner::ResultPtr> StatementRunner::start_live(const Script& script, size_t index,
                                                               PlannedPtr planned) {
  const auto& live = std::get<sema::LiveStatement>(planned->checked->body);
  LiveQuery::Origin origin{Script(std::string(script.text(index))),
                           known_parameters(),
                           {},
                           session_.current_,
                           session_.info_,
                           session_.login_};
  for (const auto& [name, value] : parameters_) origin.values.emplace(name, value);
  for (const auto& [name, variable] : session_.variables_)
    origin.values.emplace(name, variable.value);
  Database& database = session_.database_;
  const Uuid id = make_uuid_v7(*database.random_, database.clock_->wall_ns());
  const Datetime now = datetime_from_nanos(database.clock_->wall_ns()).value();
  const auto query = std::make_shared<LiveQuery>(database, id, now, std::move(origin));
  // Told of commits before it reads, so that it misses none.
  database.live_queries_.add(query, planned->schema->table(live.table).space);
  const Status started = query->start(planned);
  if (!started) {
    database.live_queries_.end(id);
    return started.error();
  }
  session_.live_ids_.push_back(id);
  ResultPtr state = new_state(std::move(planned));
  state->rows = {{Value::uuid(id)}};
  return state;
}

}  // namespace zerodb::database
