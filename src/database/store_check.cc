#include "database/store_check.h"

#include <algorithm>

#include "base/bytes.h"
#include "database/own_call.h"
#include "exec/table_check.h"
#include "mvcc/version_check.h"

namespace zerodb::database {

using storage::Direction;
using storage::Family;
using storage::Range;

void StoreCheck::problem(const std::string& text) {
  ++counts_.problems;
  report_(text);
}

Result<StoreReport> StoreCheck::run() {
  TRY(database_.check_integrity());
  counts_.versions = TRY(
      mvcc::check_versions(*database_.engine_, [&](const std::string& text) { problem(text); }));
  auto transaction = txn::Transaction::begin(*database_.router_, {.access = txn::Access::ReadOnly});
  TRY(check_databases(transaction));
  const catalog::Jobs jobs = TRY(read_jobs(transaction));
  TRY(find_strays(transaction, catalog::DroppedSpace::Kind::Records, tables_, jobs));
  TRY(find_strays(transaction, catalog::DroppedSpace::Kind::Entries, indexes_, jobs));
  return counts_;
}

Status StoreCheck::check_databases(txn::Transaction& transaction) {
  const SchemaPtr main = TRY(database_.schemas_.get(transaction, catalog::kMainDatabase));
  for (const catalog::Database& each : main->databases()) {
    std::string space;
    for (const catalog::Namespace& other : main->namespaces()) {
      if (other.id == each.namespace_id) space = other.name;
    }
    if (space.empty()) problem("database `" + each.name + "` belongs to no namespace");
    TRY(check_database(transaction, each, space));
  }
  return ok_status();
}

Status StoreCheck::check_database(txn::Transaction& transaction, const catalog::Database& which,
                                  const std::string& space) {
  ++counts_.databases;
  const Result<SchemaPtr> schema = database_.schemas_.get(transaction, which.id);
  if (!schema) {
    problem("the definitions of database `" + which.name +
            "` cannot be read: " + std::string(schema.error().message()));
    return ok_status();
  }
  const OwnCall call(database_, transaction, *schema, cancel_);
  for (const catalog::Table& table : (*schema)->tables()) {
    ++counts_.tables;
    tables_.insert(table.space.value());
    for (const catalog::Index& index : table.indexes) indexes_.insert(index.id.value());
    const auto report = [&](const std::string& text) {
      problem(space + "." + which.name + ": " + text);
    };
    const exec::TableCheck found = TRY(exec::check_table(call.context(), *schema, table, report));
    TRY(check_count(transaction, table, found.records, report));
    counts_.records += found.records;
    counts_.entries += found.entries;
  }
  return ok_status();
}

// The number of records that the store keeps of a table, unless it does not say or is ahead.
Status StoreCheck::check_count(txn::Transaction& transaction, const catalog::Table& table,
                               uint64_t records, const std::function<void(std::string)>& report) {
  std::string space;
  put_be(space, table.space.value());
  const std::optional<uint64_t> count = TRY(transaction.row_count(space));
  if (count && *count != records) {
    report("table `" + table.name + "` has " + std::to_string(records) + " records, and " +
           std::to_string(*count) + " are counted");
  }
  return ok_status();
}

// Keys of tables or indexes that the catalog does not know, and that nobody is about to free.
Status StoreCheck::find_strays(txn::Transaction& transaction, catalog::DroppedSpace::Kind kind,
                               const std::set<uint64_t>& known, const catalog::Jobs& jobs) {
  const bool is_rows = kind == catalog::DroppedSpace::Kind::Records;
  const Family family = is_rows ? Family::Row : Family::Index;
  Range range = Range::all();
  while (true) {
    std::string key;
    {
      const auto cursor = transaction.scan(family, range, Direction::Forward);
      const storage::Entry* entry = cursor->next();
      TRY(cursor->status());
      if (entry == nullptr) return ok_status();
      key = entry->key;
    }
    if (key.size() < sizeof(uint64_t)) {
      problem("a key of the store is too short");
      range.begin = key + '\0';
      continue;
    }
    const auto id = get_be<uint64_t>(key.data());
    const bool is_dropped = std::ranges::any_of(jobs.dropped, [&](const auto& space) {
      return space.kind == kind && key.starts_with(space.prefix);
    });
    if (!known.contains(id) && !is_dropped) {
      problem(std::string(is_rows ? "records of a table" : "entries of an index") +
              " that is not defined, number " + std::to_string(id));
    }
    if (id == UINT64_MAX) return ok_status();
    range.begin.clear();
    put_be(range.begin, id + 1);
  }
}

}  // namespace zerodb::database
