#include "database/stored_statistics.h"

#include <algorithm>
#include <string>

#include "base/bytes.h"
#include "database/own_call.h"
#include "exec/table_statistics.h"

namespace zerodb::database {

using storage::Family;

namespace {

constexpr double kBytesOfRecord = 100;
constexpr double kLargelyDifferent = 8;
// Any plan is quick for so few.
constexpr double kFew = 1000;
// A table that takes less is small whatever is in it.
constexpr double kWorthALook = double{1 << 20};
constexpr double kStale = 2;
constexpr int kStoreAttemptsMax = 10;

bool is_stale(const catalog::TableStatistics* known, double bytes) {
  if (bytes < kWorthALook) return false;
  if (known == nullptr) return true;
  return bytes > known->store_bytes * kStale || bytes * kStale < known->store_bytes;
}

}  // namespace

double StoredStatistics::store_bytes(const catalog::Table& table) const {
  std::string prefix;
  put_be(prefix, table.space.value());
  return static_cast<double>(engine_.approximate_size(Family::Row, storage::Range::prefix(prefix)));
}

double StoredStatistics::rows(const catalog::Table& of) const {
  const double bytes = store_bytes(of);
  const TablePtr known = table(of.id);
  if (is_stale(known.get(), bytes)) wish(of.id);
  if (known == nullptr) return bytes / kBytesOfRecord;
  if (known->store_bytes <= 0) return std::max(known->records, bytes / kBytesOfRecord);
  return known->records * bytes / known->store_bytes;
}

StoredStatistics::TablePtr StoredStatistics::table(TableId table) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(table); found != known_.end()) return found->second;
  }
  TablePtr loaded = load(table);
  const std::lock_guard lock(mutex_);
  // Newer ones may have been put meanwhile.
  return known_.try_emplace(table, std::move(loaded)).first->second;
}

// What cannot be read is as good as absent: it is only an aid.
StoredStatistics::TablePtr StoredStatistics::load(TableId table) const {
  auto transaction = txn::Transaction::begin(router_, {.access = txn::Access::ReadOnly});
  std::string buffer;
  const auto row = transaction.get(Family::Meta, catalog::statistics_key(table), buffer);
  if (!row || !*row) return nullptr;
  auto decoded = catalog::decode_statistics(**row);
  if (!decoded) return nullptr;
  return std::make_shared<const catalog::TableStatistics>(std::move(*decoded));
}

Status StoredStatistics::put(TableId table, catalog::TableStatistics statistics) {
  const catalog::Change change = catalog::put_statistics(table, statistics);
  for (int attempt = 1;; ++attempt) {
    auto transaction = txn::Transaction::begin(router_, {});
    TRY(transaction.put(Family::Meta, change.key, change.row));
    const auto committed = transaction.commit();
    if (committed) break;
    if (!committed.error().is_retryable() || attempt == kStoreAttemptsMax) return committed.error();
  }
  {
    const std::lock_guard lock(mutex_);
    known_[table] = std::make_shared<const catalog::TableStatistics>(std::move(statistics));
  }
  generation_.fetch_add(1, std::memory_order_acq_rel);
  return ok_status();
}

void StoredStatistics::wish(TableId table) const {
  {
    const std::lock_guard lock(mutex_);
    if (!wishes_.insert(table).second) return;
  }
  on_wish_();
}

bool StoredStatistics::has_wishes() const {
  const std::lock_guard lock(mutex_);
  return !wishes_.empty();
}

std::set<TableId> StoredStatistics::take_wishes() {
  const std::lock_guard lock(mutex_);
  return std::exchange(wishes_, {});
}

Status refresh_statistics(Database& database, DatabaseId where, TableId table,
                          const CancelToken* cancel, int64_t deadline_ns) {
  StoredStatistics& statistics = *database.statistics_;
  double bytes = 0;
  catalog::TableStatistics found;
  {
    auto transaction =
        txn::Transaction::begin(*database.router_, {.access = txn::Access::ReadOnly});
    const auto schema = database.schemas_.get(transaction, where);
    if (!schema && schema.error().code() == ErrorCode::E0206) return ok_status();
    if (!schema) return schema.error();
    const catalog::Table* definition = (*schema)->find_table(table);
    if (definition == nullptr) return ok_status();
    bytes = statistics.store_bytes(*definition);
    const OwnCall call(database, transaction, *schema, cancel);
    exec::ExecContext context = call.context();
    context.deadline_ns = deadline_ns;
    found = TRY(exec::collect_statistics(context, *definition));
  }
  found.store_bytes = bytes;
  return statistics.put(table, std::move(found));
}

bool have_changed(const std::map<TableId, double>& noted, const catalog::Schema& schema,
                  const plan::Statistics& all) {
  return std::ranges::any_of(noted, [&](const auto& each) {
    const double now = std::max(all.rows(schema.table(each.first)), kFew);
    const double then = std::max(each.second, kFew);
    return now > then * kLargelyDifferent || then > now * kLargelyDifferent;
  });
}

}  // namespace zerodb::database
