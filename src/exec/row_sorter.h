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

// Rows as values, in blocks: growing moves nothing, and takes no more than a block at once.
class RowBlocks {
 public:
  explicit RowBlocks(uint32_t width) : width_(width) {}
  uint32_t width() const { return width_; }
  size_t rows() const { return rows_; }
  std::span<const Value> row(size_t row) const {
    return std::span(blocks_[row / kBlockRows]).subspan(row % kBlockRows * width_, width_);
  }
  void append(std::span<const Value> row);
  void append(const Arena& arena, const OwnColumns& columns, uint32_t rows);
  // What the rows take.
  uint64_t bytes() const { return far_bytes_ + cells_ * sizeof(Value); }

 private:
  static constexpr size_t kBlockRows = 1024;
  // Where the next row goes.
  std::vector<Value>& room();

  uint32_t width_;
  size_t rows_ = 0;
  std::vector<std::vector<Value>> blocks_;
  uint64_t cells_ = 0;  // for which there is room
  uint64_t far_bytes_ = 0;
};

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
  Row cells(uint32_t row) const { return rows_.row(row); }
  bool is_before(uint32_t left, uint32_t right) const;
  uint64_t kept_bytes() const;
  Status make_room();
  void put_in_order();
  void keep_first();
  Status spill();

  ExecState& state_;
  const plan::Node& node_;
  Compare compare_;
  RowBlocks rows_;
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
