// WindowPartition: the rows of one partition in the order of the window, and the frame of each.
//
// Positions count from 0 within the partition. Rows that order alike are peers and form a group.
// Threading: belongs to one statement.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "exec/operator.h"
#include "plan/window.h"

namespace zerodb::exec {

// The values of offsets; none where the bound has none.
struct FrameOffsets {
  Value start;
  Value end;
};

// Positions [begin, end).
struct FrameRange {
  size_t begin = 0;
  size_t end = 0;
};

// How rows compare by the order keys: none by the key's rule, DESC turned round.
int compare_rows(const RowBuffer& rows, std::span<const plan::SortKey> keys, size_t left,
                 size_t right);

class WindowPartition {
 public:
  // Borrowed: all outlive it. `order` are row numbers of the buffer.
  WindowPartition(const RowBuffer& rows, const plan::WindowGroup& group,
                  std::span<const uint32_t> order);

  size_t size() const { return order_.size(); }
  uint32_t row(size_t position) const { return order_[position]; }
  const Value& at(size_t position, uint32_t column) const {
    return rows_.at(order_[position], column);
  }
  uint32_t group_of(size_t position) const { return group_of_[position]; }
  uint32_t groups() const { return static_cast<uint32_t>(group_begin_.size() - 1); }
  size_t group_begin(size_t group) const { return group_begin_[group]; }
  size_t group_end(size_t group) const { return group_begin_[group + 1]; }

  // E0901 never: a bound beyond all keys is the end of the partition.
  Result<FrameRange> frame(size_t position, const FrameOffsets& offsets) const;

 private:
  Result<size_t> bound(size_t position, const plan::WindowBound& bound, const Value& offset,
                       bool is_end) const;
  Result<size_t> key_bound(size_t position, bool is_preceding, const Value& offset,
                           bool is_end) const;
  // The positions that have a key: those without one stand together at one side.
  FrameRange keyed() const;

  const RowBuffer& rows_;
  const plan::WindowGroup& group_;
  std::span<const uint32_t> order_;
  std::vector<uint32_t> group_of_;
  std::vector<size_t> group_begin_;
};

}  // namespace zerodb::exec
