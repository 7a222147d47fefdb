#include "exec/row_sorter.h"

#include <algorithm>
#include <numeric>

#include "base/query_fault.h"

namespace zerodb::exec {

namespace {

// So many first rows are found by leaving out the others, without sorting those.
constexpr uint64_t kFirstRowsMax = 100'000;
// What a sorter may keep without being allowed to: runs of single rows would cost a block each.
constexpr uint64_t kLeastBytes = 64 << 10;

bool is_exchanged(const plan::SortKey& key) {
  return key.descending && planted(QueryFault::NoneSortsFirst);
}

}  // namespace

// The first block grows as it must, so that a few rows take little.
std::vector<Value>& RowBlocks::room() {
  const size_t full = kBlockRows * width_;
  if (rows_ % kBlockRows == 0) {
    blocks_.emplace_back();
    if (blocks_.size() > 1) blocks_.back().reserve(full);
  }
  ++rows_;
  return blocks_.back();
}

void RowBlocks::append(std::span<const Value> row) {
  ASSERT(row.size() == width_);
  std::vector<Value>& block = room();
  block.insert(block.end(), row.begin(), row.end());
  far_bytes_ += far_bytes(row);
  cells_ = (blocks_.size() - 1) * kBlockRows * width_ + block.capacity();
}

void RowBlocks::append(const Arena& arena, const OwnColumns& columns, uint32_t rows) {
  for (uint32_t row = 0; row < rows; ++row) {
    std::vector<Value>& block = room();
    for (uint32_t i = 0; i < width_; ++i) {
      block.push_back(read_value(arena, columns.slots[i], row, columns.types[i]));
      far_bytes_ += far_bytes(block.back());
    }
    cells_ = (blocks_.size() - 1) * kBlockRows * width_ + block.capacity();
  }
}

RowSorter::Compare by_keys(std::span<const plan::SortKey> keys) {
  return [keys](RowSorter::Row left, RowSorter::Row right) {
    for (const plan::SortKey& key : keys) {
      const Value& l = left[key.column];
      const Value& r = right[key.column];
      if (l.is_none() || r.is_none()) {
        if (l.is_none() && r.is_none()) continue;
        return l.is_none() == (key.nulls_first != is_exchanged(key)) ? -1 : 1;
      }
      const int result = compare(l, r);
      if (result != 0) return key.descending ? -result : result;
    }
    return 0;
  };
}

RowSorter::RowSorter(ExecState& state, const plan::Node& node, uint32_t width, Compare compare)
    : state_(state),
      node_(node),
      compare_(std::move(compare)),
      rows_(width),
      hold_(state.hold(node)) {}

bool RowSorter::is_before(uint32_t left, uint32_t right) const {
  const int result = compare_(cells(left), cells(right));
  return result != 0 ? result < 0 : left < right;
}

// With the place of each row in the order.
uint64_t RowSorter::kept_bytes() const {
  return rows_.bytes() + rows_.rows() * sizeof(uint32_t);
}

Status RowSorter::add(const OwnColumns& columns, uint32_t rows) {
  rows_.append(state_.arena(), columns, rows);
  if (wanted_ < kFirstRowsMax && rows_.rows() > 2 * wanted_ + 8192) keep_first();
  return make_room();
}

Status RowSorter::add(Row row) {
  rows_.append(row);
  if (wanted_ < kFirstRowsMax && rows_.rows() > 2 * wanted_ + 8192) keep_first();
  return make_room();
}

Status RowSorter::make_room() {
  const uint64_t bytes = kept_bytes();
  if (state_.should_spill(bytes)) return spill();
  if (hold_.try_set(bytes)) return ok_status();
  return bytes <= std::min(kLeastBytes, state_.spill_limit()) ? ok_status() : spill();
}

Status RowSorter::finish() {
  if (!runs_) {
    put_in_order();
    return ok_status();
  }
  if (rows_.rows() > 0) TRY(spill());
  TRY(runs_->open());
  state_.count_spilled(node_, runs_->bytes_written());
  return ok_status();
}

Result<std::optional<RowSorter::Row>> RowSorter::next() {
  if (!runs_) {
    if (given_ == order_.size()) return std::optional<Row>();
    return std::optional<Row>(cells(order_[given_++]));
  }
  if (given_ == wanted_) return std::optional<Row>();
  if (given_++ % kRowsBetweenInterrupts == 0) TRY(state_.check_interrupt());
  if (!TRY(runs_->next(merged_))) return std::optional<Row>();
  return std::optional<Row>(merged_);
}

// The first rows that are wanted, in order.
void RowSorter::put_in_order() {
  const auto before = [this](uint32_t left, uint32_t right) { return is_before(left, right); };
  order_.resize(rows_.rows());
  std::iota(order_.begin(), order_.end(), 0u);
  if (wanted_ < order_.size()) {
    std::partial_sort(order_.begin(), order_.begin() + static_cast<ptrdiff_t>(wanted_),
                      order_.end(), before);
    order_.resize(wanted_);
  } else {
    std::sort(order_.begin(), order_.end(), before);
  }
}

// Moves the rows at hand to a run.
Status RowSorter::spill() {
  if (!runs_) {
    SpillFile file = TRY(state_.spill_file());
    runs_.emplace(
        std::move(file), rows_.width(), compare_,
        [&state = state_] { return state.check_interrupt(); }, state_.spill_block_bytes());
  }
  put_in_order();
  runs_->begin_run();
  for (size_t i = 0; i < order_.size(); ++i) {
    if (i % kRowsBetweenInterrupts == 0) TRY(state_.check_interrupt());
    TRY(runs_->add(cells(order_[i])));
  }
  TRY(runs_->end_run());
  order_ = std::vector<uint32_t>();
  rows_ = RowBlocks(rows_.width());
  return hold_.set(0);
}

void RowSorter::keep_first() {
  std::vector<uint32_t> order(rows_.rows());
  std::iota(order.begin(), order.end(), 0u);
  std::nth_element(order.begin(), order.begin() + static_cast<ptrdiff_t>(wanted_), order.end(),
                   [this](uint32_t left, uint32_t right) { return is_before(left, right); });
  order.resize(wanted_);
  std::sort(order.begin(), order.end());
  RowBlocks kept(rows_.width());
  for (uint32_t row : order) kept.append(cells(row));
  rows_ = std::move(kept);
}

}  // namespace zerodb::exec
