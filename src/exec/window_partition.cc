#include "exec/window_partition.h"

#include <algorithm>

#include "base/query_fault.h"
#include "value/operators.h"

namespace zerodb::exec {

using Bound = sema::WindowFrame::Bound;
using Unit = sema::WindowFrame::Unit;

namespace {

// A count of rows or groups as a distance between positions.
size_t distance(const Value& offset) {
  const i128 count = offset.as_int128();
  return count > INT64_MAX ? static_cast<size_t>(INT64_MAX) : static_cast<size_t>(count);
}

size_t before(size_t position, size_t count) {
  return count > position ? 0 : position - count;
}

size_t after(size_t position, size_t count, size_t end) {
  return count > end - position ? end : position + count;
}

}  // namespace

int compare_rows(const RowBuffer& rows, std::span<const plan::SortKey> keys, size_t left,
                 size_t right) {
  for (const plan::SortKey& key : keys) {
    const Value& l = rows.at(left, key.column);
    const Value& r = rows.at(right, key.column);
    if (l.is_none() || r.is_none()) {
      if (l.is_none() && r.is_none()) continue;
      return l.is_none() == key.nulls_first ? -1 : 1;
    }
    const int result = compare(l, r);
    if (result != 0) return (result < 0) == key.descending ? 1 : -1;
  }
  return 0;
}

WindowPartition::WindowPartition(const RowBuffer& rows, const plan::WindowGroup& group,
                                 std::span<const uint32_t> order)
    : rows_(rows), group_(group), order_(order) {
  ASSERT(!order.empty());
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || compare_rows(rows, group.order, order[i - 1], order[i]) != 0)
      group_begin_.push_back(i);
    group_of_.push_back(static_cast<uint32_t>(group_begin_.size() - 1));
  }
  group_begin_.push_back(order.size());
}

FrameRange WindowPartition::keyed() const {
  const uint32_t column = group_.order[0].column;
  const auto is_none = [&](size_t position) { return at(position, column).is_none(); };
  FrameRange range{0, size()};
  if (group_.order[0].nulls_first) {
    while (range.begin < range.end && is_none(range.begin)) range.begin = group_end(0);
  } else if (is_none(size() - 1)) {
    range.end = group_begin(groups() - 1);
  }
  return range;
}

Result<size_t> WindowPartition::key_bound(size_t position, bool is_preceding, const Value& offset,
                                          bool is_end) const {
  const plan::SortKey& key = group_.order[0];
  const Value& value = at(position, key.column);
  const uint32_t group = group_of(position);
  if (value.is_none()) return is_end ? group_end(group) : group_begin(group);
  const FrameRange range = keyed();
  const bool goes_down = is_preceding != key.descending;
  auto target = binary(goes_down ? BinaryOp::Subtract : BinaryOp::Add, value, offset);
  if (!target.has_value()) {
    if (target.error().code() != ErrorCode::E0901) return std::move(target).error();
    return is_preceding ? range.begin : range.end;
  }
  // The first position that lies at the target or behind it, or behind it only.
  size_t low = range.begin;
  size_t high = range.end;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    int order = compare(at(middle, key.column), *target);
    if (key.descending) order = -order;
    const bool is_before = is_end ? order <= 0 : order < 0;
    (is_before ? low : high) = is_before ? middle + 1 : middle;
  }
  return low;
}

Result<size_t> WindowPartition::bound(size_t position, const plan::WindowBound& bound,
                                      const Value& offset, bool is_end) const {
  switch (bound.kind) {
    case Bound::UnboundedPreceding:
      return size_t{0};
    case Bound::UnboundedFollowing:
      return size();
    case Bound::CurrentRow: {
      if (group_.unit == Unit::Rows) return position + (is_end ? 1 : 0);
      const uint32_t group = group_of(position);
      return is_end ? group_end(group) : group_begin(group);
    }
    case Bound::Preceding:
    case Bound::Following:
      break;
  }
  const bool is_preceding = bound.kind == Bound::Preceding;
  if (group_.unit == Unit::Range) return key_bound(position, is_preceding, offset, is_end);
  const size_t count = distance(offset);
  if (group_.unit == Unit::Rows) {
    // One past the last row of the frame, which lies before the partition if there is none.
    if (is_preceding) return is_end ? before(position + 1, count) : before(position, count);
    return after(is_end ? position + 1 : position, count, size());
  }
  const size_t group = group_of(position);
  if (is_preceding) {
    if (count > group) return size_t{0};
    return is_end ? group_end(group - count) : group_begin(group - count);
  }
  if (count >= groups() - group) return size();
  return is_end ? group_end(group + count) : group_begin(group + count);
}

Result<FrameRange> WindowPartition::frame(size_t position, const FrameOffsets& offsets) const {
  FrameRange range;
  range.begin = TRY(bound(position, group_.start, offsets.start, false));
  range.end = TRY(bound(position, group_.end, offsets.end, true));
  if (planted(QueryFault::FrameIsOneRowLonger)) range.end = std::min(range.end + 1, size());
  range.end = std::max(range.begin, range.end);
  return range;
}

}  // namespace zerodb::exec
