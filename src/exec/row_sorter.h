// RowSorter: rows in order. They are kept while they fit into the statement's memory; beyond it
// they are sorted in parts, which are merged from a spill file (external merge sort).
//
// Rows that compare equal come in the order in which they were added. A sorter that gets no memory
// at all still gathers some rows before it writes them, so that runs are worth their blocks.
// Errors: E1108 where there is no folder to spill to, those of SpillFile, E1107. Threading: belongs
// to one statement.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "exec/operator.h"
#include "exec/sorted_runs.h"

namespace zerodb::exec {

class RowSorter {
 public:
  using Row = SortedRuns::Row;
  using Compare = SortedRuns::Compare;

  // Borrowed: both outlive the sorter. The memory is accounted to the node.
  RowSorter(ExecState& state, const plan::Node& node, uint32_t width, Compare compare);
  RowSorter(const RowSorter&) = delete;
  RowSorter& operator=(const RowSorter&) = delete;

  // Only the first `rows` rows are wanted. Said before rows come.
  void want_first(uint64_t rows) { wanted_ = rows; }
  // The first rows of a batch.
  Status add(const OwnColumns& columns, uint32_t rows);
  Status add(Row row);
  // Moves what is in memory to disk, for the sake of others.
  Status release() { return rows_.rows() > 0 ? spill() : ok_status(); }
  // No rows come any more.
  Status finish();
  // The next row, valid until the next call; nothing at the end.
  Result<std::optional<Row>> next();

 private:
  Row cells(uint32_t row) const { return std::span(&rows_.at(row, 0), rows_.width()); }
  bool is_before(uint32_t left, uint32_t right) const;
  uint64_t kept_bytes() const;
  Status make_room();
  void put_in_order();
  void keep_first();
  Status spill();

  ExecState& state_;
  const plan::Node& node_;
  Compare compare_;
  RowBuffer rows_;
  MemoryHold hold_;
  std::vector<uint32_t> order_;
  uint64_t wanted_ = UINT64_MAX;
  uint64_t given_ = 0;
  std::optional<SortedRuns> runs_;  // if not all rows fit
  std::vector<Value> merged_;
};

// Compares by sort keys: none by the key's rule, DESC turned round. The keys are borrowed.
RowSorter::Compare by_keys(std::span<const plan::SortKey> keys);

}  // namespace zerodb::exec
