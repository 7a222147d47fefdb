// SpilledSet: what is left of a DISTINCT or a set operation once its keys do not fit into memory.
//
// Entries are sorted by key: keys that were decided before, how often a key is on the right side,
// and rows that are still to be decided. Then each key's rows are decided at once, and those that
// stay are put back into the order in which they were added. Errors are those of RowSorter.
// Threading: belongs to one statement.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "exec/row_sorter.h"
#include "sema/query.h"

namespace zerodb::exec {

// Which rows of the left side stay: the first of each key, or with `all` as many as there are.
struct SetRule {
  sema::Query::SetOp op = sema::Query::SetOp::Union;
  bool all = false;
};

class SpilledSet {
 public:
  // Borrowed: both outlive the set. `width`: of rows.
  SpilledSet(ExecState& state, const plan::Node& node, uint32_t width, SetRule rule);

  // Keys of different groups differ. A row with this key has been given out before.
  Status add_shown(const Value& key, int64_t group = 0);
  // The right side has so many rows with this key that no left row has used up.
  Status add_right(const Value& key, uint64_t count);
  // A row to be decided. Rows come out by group, and those of one in the order of these calls.
  Status add_row(const Value& key, RowSorter::Row row, int64_t group = 0);
  // Moves what is in memory to disk, for the sake of others.
  Status release() { return entries_.release(); }
  // No entries come any more.
  Status finish();
  // The next row that stays, valid until the next call; nothing at the end.
  Result<std::optional<RowSorter::Row>> next();

 private:
  struct Entry;
  Status add(const Entry& entry, const Value& key, RowSorter::Row row);
  bool stays(uint64_t& right, bool& is_shown) const;

  uint32_t width_;
  SetRule rule_;
  RowSorter entries_;
  RowSorter staying_;
  int64_t added_ = 0;
  std::vector<Value> cells_;
};

}  // namespace zerodb::exec
