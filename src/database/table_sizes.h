// TableSizes: about how many records tables have, from the bytes that they take in the store.
//
// Threading: may be shared by all threads.
#pragma once

#include <map>

#include "plan/row_counts.h"
#include "storage/engine.h"

namespace zerodb::database {

class TableSizes final : public plan::RowCounts {
 public:
  // The engine must outlive this.
  explicit TableSizes(storage::Engine& engine) : engine_(engine) {}
  double rows(TableId table) const override;

 private:
  storage::Engine& engine_;
};

// Passes on what another says, and keeps it.
class NotedSizes final : public plan::RowCounts {
 public:
  explicit NotedSizes(const plan::RowCounts& sizes) : sizes_(sizes) {}
  double rows(TableId table) const override { return noted_[table] = sizes_.rows(table); }
  const std::map<TableId, double>& noted() const { return noted_; }

 private:
  const plan::RowCounts& sizes_;
  mutable std::map<TableId, double> noted_;
};

// Whether a table is so much larger or smaller than it was that another plan may be better.
bool have_changed(const std::map<TableId, double>& noted, const plan::RowCounts& sizes);

}  // namespace zerodb::database
