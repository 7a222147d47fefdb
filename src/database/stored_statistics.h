// StoredStatistics: what the planner asks of tables, from the store: about how many records there
// are, by the bytes that they take, and what the last look through a table found (ANALYZE).
//
// A table that has grown or shrunk much since it was looked through is stale: whoever plans with it
// leaves a wish, which the maintenance of the database fulfils. Threading: may be shared by all
// threads.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "plan/statistics.h"
#include "sema/check.h"
#include "storage/engine.h"
#include "txn/local_router.h"

namespace zerodb::database {

class Database;

class StoredStatistics final : public plan::Statistics, public sema::TableSizes {
 public:
  using TablePtr = std::shared_ptr<const catalog::TableStatistics>;  // immutable, shared with plans

  // Both must outlive this. `on_wish` is called, from any thread, when there is a new wish.
  StoredStatistics(storage::Engine& engine, txn::LocalRouter& router, std::function<void()> on_wish)
      : engine_(engine), router_(router), on_wish_(std::move(on_wish)) {}

  double rows(const catalog::Table& table) const override;
  TablePtr table(TableId table) const override;
  double store_bytes(const catalog::Table& table) const override;

  // Rises with each table that is looked through: plans from before may not be the best any more.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
  // Writes and uses new statistics.
  Status put(TableId table, catalog::TableStatistics statistics);
  bool has_wishes() const;
  // The tables that somebody wished to have looked through; they are no wishes any more.
  std::set<TableId> take_wishes();

 private:
  void wish(TableId table) const;
  TablePtr load(TableId table) const;

  storage::Engine& engine_;
  txn::LocalRouter& router_;
  std::function<void()> on_wish_;
  std::atomic<uint64_t> generation_ = 1;
  mutable std::mutex mutex_;                   // guards what follows
  mutable std::map<TableId, TablePtr> known_;  // null: there are none
  mutable std::set<TableId> wishes_;
};

// Looks through a table and keeps what is found. A table that is gone is no error. E1107.
Status refresh_statistics(Database& database, DatabaseId where, TableId table,
                          const CancelToken* cancel, int64_t deadline_ns = INT64_MAX);

// Passes on what another says, and keeps the numbers of rows.
class NotedSizes final : public plan::Statistics {
 public:
  explicit NotedSizes(const plan::Statistics& all) : all_(all) {}
  double rows(const catalog::Table& table) const override {
    return noted_[table.id] = all_.rows(table);
  }
  StoredStatistics::TablePtr table(TableId table) const override { return all_.table(table); }
  const std::map<TableId, double>& noted() const { return noted_; }

 private:
  const plan::Statistics& all_;
  mutable std::map<TableId, double> noted_;
};

// Whether a table is so much larger or smaller than it was that another plan may be better.
bool have_changed(const std::map<TableId, double>& noted, const catalog::Schema& schema,
                  const plan::Statistics& now);

}  // namespace zerodb::database
