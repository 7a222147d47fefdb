#include "database/system_source.h"

#include <fmt/core.h>

#include <array>

#include "base/bytes.h"
#include "database/maintenance.h"
#include "database/session.h"
#include "value/temporal.h"

namespace zerodb::database {
namespace {

Value text(std::string_view value) {
  return Value::string(value);
}

Value count(uint64_t value) {
  return Value::int64(static_cast<int64_t>(std::min<uint64_t>(value, INT64_MAX)));
}

Value nanoseconds(uint64_t value) {
  return Value::duration(duration_from_nanos(static_cast<i128>(value)).value_or(Duration{}));
}

std::string_view state_of(const SessionActivity& session) {
  if (session.is_running) return "running";
  if (!session.transaction) return "idle";
  return session.transaction->is_aborted ? "aborted" : "in transaction";
}

}  // namespace

Result<Value> SystemSource::setting(std::string_view name) const {
  return session_.settings().get(name);
}

Result<SystemSource::Rows> SystemSource::settings() const {
  Rows rows;
  for (const OptionInfo& option : option_table()) {
    Value value = TRY(session_.settings().get(option.name));
    const bool is_changed = !equals(value, option.initial);
    rows.push_back({text(option.name), std::move(value), option.initial,
                    text(is_changed ? "session" : "default"), Value::boolean(true),
                    text(option.doc)});
  }
  return rows;
}

Result<SystemSource::Rows> SystemSource::sessions() const {
  Rows rows;
  for (const SessionActivity& each : session_.database_.activity_.sessions()) {
    rows.push_back({text(each.id), text(each.user), text(each.name_space), text(each.database),
                    each.address ? text(*each.address) : Value::none(), Value::datetime(each.since),
                    text(state_of(each)),
                    each.statement.empty() ? Value::none() : text(each.statement)});
  }
  return rows;
}

Result<SystemSource::Rows> SystemSource::transactions() const {
  Rows rows;
  for (const SessionActivity& each : session_.database_.activity_.sessions()) {
    if (!each.transaction) continue;
    const OpenTransaction& open = *each.transaction;
    const bool is_read_only = open.options.access != txn::Access::ReadWrite;
    const bool is_snapshot = open.options.isolation == txn::Isolation::Snapshot;
    // A session has one at most, so its id will do.
    rows.push_back({text(each.id), text(each.id), Value::datetime(open.since),
                    text(is_read_only ? "read only" : "read write"),
                    text(is_snapshot ? "snapshot" : "serializable"),
                    Value::integer(Tag::U64, static_cast<i128>(open.snapshot.raw())),
                    count(open.writes)});
  }
  return rows;
}

Result<SystemSource::Rows> SystemSource::statements() const {
  Rows rows;
  for (const auto& [statement, planned] : session_.database_.statements_.entries()) {
    const StatementCounts& counts = planned->counts;
    const uint64_t digest = hash(text(statement));
    rows.push_back({text(fmt::format("{:016x}", digest)), text(statement),
                    text(planned->plan == nullptr ? "session" : "auto"), count(counts.calls()),
                    nanoseconds(counts.total_ns()), nanoseconds(counts.quantile_ns(0.95)),
                    count(counts.rows()), Value::none(), count(counts.errors())});
  }
  return rows;
}

Result<SystemSource::Rows> SystemSource::jobs() const {
  auto transaction =
      txn::Transaction::begin(*session_.database_.router_, {.access = txn::Access::ReadOnly});
  const catalog::Jobs jobs = TRY(read_jobs(transaction));
  Rows rows;
  const auto add = [&](std::string id, std::string_view kind, std::string object,
                       std::string_view state) {
    rows.push_back({text(id), text(kind), text(object), text(state), Value::float64(0),
                    Value::none(), Value::none()});
  };
  for (const catalog::IndexJob& job : jobs.indexes) {
    const SchemaPtr schema = TRY(session_.database_.schemas_.get(transaction, job.database));
    const catalog::Table* table = schema->find_table(job.table);
    const catalog::Index* index = table == nullptr ? nullptr : table->index(job.index);
    add(fmt::format("index-{}", job.index.value()), "index",
        index == nullptr ? std::string() : table->name + "." + index->name,
        job.next.empty() ? "waiting" : "running");
  }
  for (const catalog::DroppedSpace& space : jobs.dropped) {
    std::string prefix;
    for (const char byte : space.prefix)
      prefix += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    const bool is_records = space.kind == catalog::DroppedSpace::Kind::Records;
    add("space-" + prefix, "space", is_records ? "records" : "index entries", "waiting");
  }
  return rows;
}

Result<SystemSource::Rows> SystemSource::live() const {
  const Database& database = session_.database_;
  Rows rows;
  for (const LiveActivity& each :
       database.live_queries_.activities(database.clock_->wall_ns() / 1'000'000)) {
    rows.push_back({Value::uuid(each.id), text(each.session), text(each.query),
                    Value::datetime(each.since),
                    nanoseconds(static_cast<uint64_t>(each.lag_ms) * 1'000'000)});
  }
  return rows;
}

Result<SystemSource::Rows> SystemSource::rows(std::string_view table) {
  struct Known {
    std::string_view name;
    Result<Rows> (SystemSource::*fill)() const;
  };
  static constexpr std::array kKnown{Known{"system::settings", &SystemSource::settings},
                                     Known{"system::sessions", &SystemSource::sessions},
                                     Known{"system::transactions", &SystemSource::transactions},
                                     Known{"system::statements", &SystemSource::statements},
                                     Known{"system::jobs", &SystemSource::jobs},
                                     Known{"system::live", &SystemSource::live}};
  for (const Known& each : kKnown) {
    if (each.name == table) return (this->*each.fill)();
  }
  return Error(ErrorCode::E0601, "`" + std::string(table) + "` is not available here");
}

}  // namespace zerodb::database
