#include "database/live_query.h"

#include <algorithm>
#include <chrono>

#include "database/database.h"
#include "database/own_call.h"
#include "database/planning.h"
#include "exec/record_reader.h"
#include "plan/planner.h"
#include "value/cast.h"
#include "value/zval_builder.h"

namespace zerodb::database {

std::string_view text_of(LiveEvent::Kind kind) {
  switch (kind) {
    case LiveEvent::Kind::Row:
      return "row";
    case LiveEvent::Kind::Create:
      return "create";
    case LiveEvent::Kind::Update:
      return "update";
    case LiveEvent::Kind::Delete:
      return "delete";
  }
  UNREACHABLE();
}

LiveQuery::LiveQuery(Database& database, const Uuid& id, Datetime since, Origin origin)
    : database_(database), id_(id), since_(since), origin_(std::move(origin)) {}

LiveQuery::~LiveQuery() {
  end();
}

Status LiveQuery::use(PlannedPtr planned) {
  const auto& live = std::get<sema::LiveStatement>(planned->checked->body);
  std::vector<Value> parameters;
  for (const sema::Parameter& parameter : live.rows->parameters) {
    if (parameter.name == sema::kAuthParameter) {
      parameters.push_back(TRY(auth_of(*origin_.login, origin_.session.roles)));
      continue;
    }
    const auto found = origin_.values.find(parameter.name);
    if (found == origin_.values.end())
      return Error(ErrorCode::E0204, "parameter `$" + parameter.name + "` has no value");
    parameters.push_back(parameter.type.is_any() ? found->second
                                                 : TRY(coerce(found->second, parameter.type,
                                                              planned->schema->names())));
  }
  rows_plan_ = TRY(plan::make_plan(live.rows));
  record_plan_ = TRY(plan::make_plan(live.record));
  parameters_ = std::move(parameters);
  std::vector<Column> columns;
  for (const sema::Output& column : live.rows->columns)
    columns.push_back({column.name, column.type});
  columns.pop_back();  // the id
  const auto same_name = [](const Column& left, const Column& right) {
    return left.name == right.name;
  };
  if (planned_ != nullptr && !std::ranges::equal(columns, columns_, same_name))
    return Error(ErrorCode::E0808, "a definition changed the columns of the live query");
  columns_ = std::move(columns);
  is_diff_ = live.is_diff;
  table_ = live.table;
  planned_ = std::move(planned);
  return ok_status();
}

Status LiveQuery::start(PlannedPtr planned) {
  TRY(use(std::move(planned)));
  return read_rows();
}

// Rows come with the id of their record behind them.
Status LiveQuery::read_rows() {
  auto transaction = txn::Transaction::begin(*database_.router_, {.access = txn::Access::ReadOnly});
  seen_ = TRY(transaction.read_timestamp());
  OwnCall call(database_, transaction, planned_->schema, nullptr, &origin_.session);
  exec::ExecContext context = call.context();
  context.parameters = parameters_;
  const auto stream = TRY(exec::execute(rows_plan_, context));
  const auto id = static_cast<uint32_t>(columns_.size());
  while (true) {
    const exec::RowBatch batch = TRY(stream->next());
    if (batch.is_empty()) return ok_status();
    for (uint32_t row = 0; row < batch.rows(); ++row) {
      LiveEvent event;
      event.at = seen_;
      event.id = batch.value(row, id);
      for (uint32_t i = 0; i < id; ++i) event.row.push_back(batch.value(row, i));
      ready_.push_back(std::move(event));
    }
  }
}

void LiveQuery::on_commit(Timestamp at, std::vector<std::string> keys, bool defines) {
  const std::lock_guard lock(mutex_);
  if (is_ended_ || is_overrun_) return;
  waiting_keys_ += keys.size();
  waiting_.push_back({at, std::move(keys), defines});
  if (waiting_keys_ > kWaitingMax || waiting_.size() > kWaitingMax) {
    overrun();
  } else if (!held_) {
    // Nothing can have been collected between the commit before and this one.
    held_ = at.predecessor();
    database_.router_->hold_snapshot(*held_);
  }
  changed_.notify_all();
}

void LiveQuery::on_other_commit(Timestamp at) {
  const std::lock_guard lock(mutex_);
  if (held_ && at.wall_ms() - held_->wall_ms() > kBehindMaxMs) overrun();
}

void LiveQuery::overrun() {
  is_overrun_ = true;
  drop_waiting();
  changed_.notify_all();
}

void LiveQuery::drop_waiting() {
  waiting_.clear();
  waiting_keys_ = 0;
  if (held_) database_.router_->end_snapshot(*held_);
  held_.reset();
}

void LiveQuery::end() {
  const std::lock_guard lock(mutex_);
  is_ended_ = true;
  drop_waiting();
  changed_.notify_all();
}

bool LiveQuery::is_ended() const {
  const std::lock_guard lock(mutex_);
  return is_ended_ || is_overrun_;
}

LiveActivity LiveQuery::activity(int64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  LiveActivity found{id_, origin_.session.id, std::string(origin_.script.text(0)), since_};
  if (!waiting_.empty()) found.lag_ms = std::max<int64_t>(now_ms - waiting_[0].at.wall_ms(), 0);
  return found;
}

// The next commit that the rows do not have yet. The snapshot before it stays held until
// done_with_commit().
std::optional<LiveQuery::Commit> LiveQuery::take(int64_t wait_ns) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::nanoseconds(wait_ns),
                    [&] { return !waiting_.empty() || is_ended_ || is_overrun_; });
  if (waiting_.empty()) return std::nullopt;
  Commit commit = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_keys_ -= commit.keys.size();
  return commit;
}

void LiveQuery::done_with_commit() {
  const std::lock_guard lock(mutex_);
  if (!held_) return;
  const Timestamp before = *held_;
  held_.reset();
  if (!waiting_.empty()) {
    held_ = waiting_.front().at.predecessor();
    database_.router_->hold_snapshot(*held_);
  }
  database_.router_->end_snapshot(before);
}

Result<std::optional<LiveEvent>> LiveQuery::next(int64_t wait_ns) {
  while (ready_.empty()) {
    if (error_) return *error_;
    const std::optional<Commit> commit = take(wait_ns);
    if (!commit) {
      const std::lock_guard lock(mutex_);
      if (!is_overrun_) return std::optional<LiveEvent>();
      return Error(ErrorCode::E1111,
                   "the live query was ended: its reader fell too far behind the commits");
    }
    const Status processed = process(*commit);
    done_with_commit();
    if (processed) continue;
    {
      const std::lock_guard lock(mutex_);
      // What the reader was about to read may be gone because it was too slow.
      if (is_overrun_) continue;
    }
    error_ = processed.error();
    end();
  }
  LiveEvent event = std::move(ready_.front());
  ready_.pop_front();
  return std::optional(std::move(event));
}

Status LiveQuery::define_anew(Timestamp at) {
  auto transaction =
      txn::Transaction::begin(*database_.router_, {.access = txn::Access::ReadOnly, .read_at = at});
  SchemaPtr schema = TRY(database_.schemas_.get(transaction, origin_.database));
  const catalog::Table* const table = schema->find_table(table_);
  if (table != nullptr && table->space != planned_->schema->table(table_).space) {
    return Error(ErrorCode::E1111,
                 "the live query was ended: all records of its table were replaced at once");
  }
  PlanningInput input;
  input.known = origin_.known;
  input.options = database_.planner_options_;
  std::optional<LoginAccess> access;
  if (origin_.login) {
    access = TRY(access_of(*origin_.login, database_.schemas_, transaction, schema));
    origin_.session.roles = access->access.roles;
    input.access = &access->access;
    input.access_key = access->key;
  }
  if (schema->version() == planned_->schema->version() &&
      schema->root_version() == planned_->schema->root_version() &&
      input.access_key == planned_->access_key)
    return ok_status();
  return use(TRY(plan_statement(origin_.script, 0, schema, input, *database_.library_,
                                database_.statements_)));
}

Status LiveQuery::process(const Commit& commit) {
  // The rows that the query began with have it already.
  if (commit.at <= seen_) return ok_status();
  const auto before = TRY(rows_at(commit.at.predecessor(), commit.keys));
  if (commit.defines) TRY(define_anew(commit.at));
  const auto after = TRY(rows_at(commit.at, commit.keys));
  for (size_t i = 0; i < commit.keys.size(); ++i)
    add_event(commit.at, commit.keys[i], before[i], after[i]);
  return ok_status();
}

// The rows that records had at a moment; nothing where the query did not have them.
Result<std::vector<std::optional<LiveQuery::Row>>> LiveQuery::rows_at(
    Timestamp at, const std::vector<std::string>& keys) {
  std::vector<std::optional<Row>> rows(keys.size());
  if (keys.empty()) return rows;
  auto transaction =
      txn::Transaction::begin(*database_.router_, {.access = txn::Access::ReadOnly, .read_at = at});
  OwnCall call(database_, transaction, planned_->schema, nullptr, &origin_.session);
  std::vector<Value> parameters = parameters_;
  parameters.emplace_back();
  exec::ExecContext context = call.context();
  for (size_t i = 0; i < keys.size(); ++i) {
    parameters.back() = TRY(exec::record_id_of(table_, keys[i]));
    context.parameters = parameters;
    const auto stream = TRY(exec::execute(record_plan_, context));
    const exec::RowBatch batch = TRY(stream->next());
    if (batch.is_empty()) continue;
    Row& row = rows[i].emplace();
    for (uint32_t column = 0; column < columns_.size(); ++column)
      row.push_back(batch.value(0, column));
  }
  return rows;
}

void LiveQuery::add_event(Timestamp at, const std::string& key, std::optional<Row> before,
                          std::optional<Row> after) {
  if (!before && !after) return;
  const auto same = [](const Value& left, const Value& right) {
    return left.tag() == right.tag() && compare(left, right) == 0;
  };
  LiveEvent event;
  event.at = at;
  // The key was read a moment ago.
  event.id = exec::record_id_of(table_, key).value();
  if (!before) {
    event.kind = LiveEvent::Kind::Create;
  } else if (!after) {
    event.kind = LiveEvent::Kind::Delete;
  } else {
    event.kind = LiveEvent::Kind::Update;
    if (is_diff_) {
      ObjectBuilder difference;
      for (size_t i = 0; i < columns_.size(); ++i) {
        if (!same((*before)[i], (*after)[i])) difference.set(columns_[i].name, (*after)[i]);
      }
      // The columns that are asked for are as they were.
      if (difference.size() == 0) return;
      if (auto built = difference.build()) event.difference = std::move(*built);
    }
  }
  event.row = after ? std::move(*after) : std::move(*before);
  ready_.push_back(std::move(event));
}

}  // namespace zerodb::database
