#include "database/quotas.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/bytes.h"
#include "zeroql/literal.h"

namespace zerodb::database {
namespace {

using Limits = std::map<std::string, std::string>;

// The checker has seen to it that the option is a number.
std::optional<uint64_t> limit(const Limits& limits, const std::string& option) {
  const auto found = limits.find(option);
  if (found == limits.end()) return std::nullopt;
  const auto number = zeroql::decode_integer(found->second);
  if (!number) return std::nullopt;
  return static_cast<uint64_t>(number->value);
}

}  // namespace

void Quotas::Ticket::swap(Ticket& other) noexcept {
  std::swap(owner_, other.owner_);
  std::swap(counts_, other.counts_);
}

Quotas::Ticket::~Ticket() {
  if (owner_ == nullptr) return;
  const std::lock_guard lock(owner_->mutex_);
  for (uint64_t* count : counts_) --*count;
}

Result<Quotas::Ticket> Quotas::admit(const catalog::Schema& schema) {
  const catalog::Namespace& space = schema.current_namespace();
  const catalog::Database& database = schema.database();
  const auto of_namespace = limit(space.limits, "statements_max");
  const auto of_database = limit(database.limits, "statements_max");
  Ticket ticket;
  if (!of_namespace && !of_database) return ticket;
  const auto refusal = [](std::string_view kind, const std::string& name, uint64_t most) {
    return Error(ErrorCode::E1109, fmt::format("{} `{}` runs {} statements already, its "
                                               "`statements_max`",
                                               kind, name, most));
  };
  const std::lock_guard lock(mutex_);
  uint64_t& in_namespace = of_namespaces_[space.id];
  uint64_t& in_database = of_databases_[database.id];
  if (of_namespace && in_namespace >= *of_namespace)
    return refusal("namespace", space.name, *of_namespace);
  if (of_database && in_database >= *of_database)
    return refusal("database", database.name, *of_database);
  ticket.owner_ = this;
  ticket.counts_ = {&in_namespace, &in_database};
  ++in_namespace;
  ++in_database;
  return ticket;
}

exec::MemoryBudget* Quotas::within(uint64_t id, const Limits& limits, exec::MemoryBudget* above) {
  const auto most = limit(limits, "memory_max");
  if (!most) return above;
  auto& budget = budgets_[{id, *most, above}];
  if (budget == nullptr) budget = std::make_unique<exec::MemoryBudget>(*most, above);
  return budget.get();
}

exec::MemoryBudget* Quotas::memory(const catalog::Schema& schema, exec::MemoryBudget* all) {
  const catalog::Namespace& space = schema.current_namespace();
  const catalog::Database& database = schema.database();
  if (!space.limits.contains("memory_max") && !database.limits.contains("memory_max")) return all;
  // Ids of namespaces and databases are numbers of their own.
  constexpr uint64_t kNamespaces = uint64_t{1} << 32;
  const std::lock_guard lock(mutex_);
  exec::MemoryBudget* of_namespace = within(kNamespaces | space.id.value(), space.limits, all);
  return within(database.id.value(), database.limits, of_namespace);
}

uint64_t Quotas::storage_of(DatabaseId database) const {
  // Ids of tables and indexes begin with that of their database.
  std::string prefix;
  put_be(prefix, database.value());
  const storage::Range range = storage::Range::prefix(prefix);
  return engine_.approximate_size(storage::Family::Row, range) +
         engine_.approximate_size(storage::Family::Index, range);
}

Status Quotas::check_storage(const catalog::Schema& schema, uint64_t written_bytes) const {
  const catalog::Namespace& space = schema.current_namespace();
  const catalog::Database& database = schema.database();
  const auto refusal = [](std::string_view kind, const std::string& name, uint64_t most) {
    return Error(ErrorCode::E1110,
                 fmt::format("{} `{}` may take {} bytes, its `storage_max`", kind, name, most))
        .with_help("delete records, or raise the option with ALTER");
  };
  if (const auto most = limit(database.limits, "storage_max")) {
    if (storage_of(database.id) + written_bytes > *most)
      return refusal("database", database.name, *most);
  }
  if (const auto most = limit(space.limits, "storage_max")) {
    uint64_t used = written_bytes;
    for (const catalog::Database& each : schema.databases()) {
      if (each.namespace_id == space.id) used += storage_of(each.id);
    }
    if (used > *most) return refusal("namespace", space.name, *most);
  }
  return ok_status();
}

}  // namespace zerodb::database
