#include "exec/spilled_set.h"

namespace zerodb::exec {

namespace {

// The columns of an entry before those of the row.
enum Place : uint32_t { kGroup, kKey, kKind, kNumber, kFirstCell };
enum Kind : int64_t { kShown, kRight, kRow };

int compare_cells(RowSorter::Row left, RowSorter::Row right, std::initializer_list<Place> places) {
  for (const Place place : places) {
    const int result = compare(left[place], right[place]);
    if (result != 0) return result;
  }
  return 0;
}

int by_key(RowSorter::Row left, RowSorter::Row right) {
  return compare_cells(left, right, {kGroup, kKey, kKind, kNumber});
}

int by_number(RowSorter::Row left, RowSorter::Row right) {
  return compare_cells(left, right, {kGroup, kNumber});
}

}  // namespace

SpilledSet::SpilledSet(ExecState& state, const plan::Node& node, uint32_t width, SetRule rule)
    : width_(width),
      rule_(rule),
      entries_(state, node, kFirstCell + width, by_key),
      staying_(state, node, kFirstCell + width, by_number) {}

struct SpilledSet::Entry {
  int64_t group = 0;
  Kind kind = kRow;
  int64_t number = 0;  // of a row; of the right side, how many
};

Status SpilledSet::add(const Entry& entry, const Value& key, RowSorter::Row row) {
  cells_ = {Value::int64(entry.group), key, Value::int64(entry.kind), Value::int64(entry.number)};
  cells_.insert(cells_.end(), row.begin(), row.end());
  cells_.resize(kFirstCell + width_);
  return entries_.add(cells_);
}

Status SpilledSet::add_shown(const Value& key, int64_t group) {
  return add({.group = group, .kind = kShown}, key, {});
}

Status SpilledSet::add_right(const Value& key, uint64_t count) {
  return add({.kind = kRight, .number = static_cast<int64_t>(count)}, key, {});
}

Status SpilledSet::add_row(const Value& key, RowSorter::Row row, int64_t group) {
  return add({.group = group, .kind = kRow, .number = added_++}, key, row);
}

bool SpilledSet::stays(uint64_t& right, bool& is_shown) const {
  if (rule_.op != sema::Query::SetOp::Union) {
    const bool is_right = right > 0;
    if (rule_.all && is_right) --right;
    if (is_right != (rule_.op == sema::Query::SetOp::Intersect)) return false;
  }
  if (rule_.all) return true;
  const bool is_first = !is_shown;
  is_shown = true;
  return is_first;
}

Status SpilledSet::finish() {
  TRY(entries_.finish());
  std::vector<Value> key(2);
  bool is_shown = false;
  uint64_t right = 0;
  while (const std::optional<RowSorter::Row> entry = TRY(entries_.next())) {
    if (key[kKey].is_none() || compare_cells(key, *entry, {kGroup, kKey}) != 0) {
      key.assign(entry->begin(), entry->begin() + kKind);
      is_shown = false;
      right = 0;
    }
    switch ((*entry)[kKind].as_int64()) {
      case kShown:
        is_shown = true;
        break;
      case kRight:
        right += static_cast<uint64_t>((*entry)[kNumber].as_int64());
        break;
      default:
        if (stays(right, is_shown)) TRY(staying_.add(*entry));
    }
  }
  return staying_.finish();
}

Result<std::optional<RowSorter::Row>> SpilledSet::next() {
  const std::optional<RowSorter::Row> row = TRY(staying_.next());
  if (!row) return row;
  return std::optional<RowSorter::Row>(row->subspan(kFirstCell));
}

}  // namespace zerodb::exec
