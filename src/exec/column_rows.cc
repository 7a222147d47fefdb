#include "exec/column_rows.h"

#include <algorithm>

namespace zerodb::exec {

namespace {

// The place of a kept text, in the words that hold its offset in the arena otherwise.
void set_place(TextView& view, uint64_t place) {
  view.far.offset = static_cast<uint32_t>(place);
  view.far.unused = static_cast<uint32_t>(place >> 32);
}
uint64_t place_of(const TextView& view) {
  return view.far.offset | uint64_t{view.far.unused} << 32;
}

template <typename T>
void append_array(std::vector<T>& out, const T* from, size_t count) {
  out.insert(out.end(), from, from + count);
}

template <size_t kWidth>
void gather_values(const char* values, std::span<const uint32_t> from, char* target) {
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i] == ColumnRows::kNoRow) continue;
    std::memcpy(target + i * kWidth, values + size_t{from[i]} * kWidth, kWidth);
  }
}

void gather_bytes(const std::vector<uint8_t>& bytes, std::span<const uint32_t> from,
                  uint8_t* target) {
  for (size_t i = 0; i < from.size(); ++i)
    target[i] = from[i] == ColumnRows::kNoRow ? 0 : bytes[from[i]];
}

}  // namespace

ColumnRows::ColumnRows(const std::vector<plan::OutputColumn>& columns) {
  for (const plan::OutputColumn& column : columns)
    lanes_.emplace_back().physical = physical_of(column.type);
}

void ColumnRows::clear() {
  rows_ = 0;
  texts_.clear();
  for (Lane& lane : lanes_) {
    lane.values.clear();
    lane.valid.clear();
    lane.tags.clear();
    lane.scales.clear();
  }
}

uint64_t ColumnRows::bytes() const {
  uint64_t out = texts_.capacity();
  for (const Lane& lane : lanes_) {
    out += lane.values.capacity() + lane.valid.capacity() + lane.tags.capacity() +
           lane.scales.capacity();
  }
  return out;
}

bool ColumnRows::is_far(Physical physical, uint8_t tag, const TextView& view) {
  const bool is_text = physical == Physical::Text ||
                       (physical == Physical::Any && is_bytes_like(static_cast<Tag>(tag)));
  return is_text && view.size > kTextInlineMax;
}

void ColumnRows::append(const Arena& arena, const OwnColumns& columns, uint32_t rows) {
  for (uint32_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = lanes_[i];
    const Column column = columns.column(arena, i);
    append_array(lane.values, column.values, size_t{rows} * zerodb::width(lane.physical));
    append_array(lane.valid, column.valid, rows);
    if (column.tags != nullptr) append_array(lane.tags, column.tags, rows);
    if (column.scales != nullptr) append_array(lane.scales, column.scales, rows);
    if (lane.physical == Physical::Text || lane.physical == Physical::Any)
      keep_texts(arena, lane, rows_);
  }
  rows_ += rows;
}

void ColumnRows::keep_texts(const Arena& arena, Lane& lane, uint32_t first) {
  auto* views = reinterpret_cast<TextView*>(lane.values.data());
  for (size_t row = first; row < lane.valid.size(); ++row) {
    const uint8_t tag = lane.tags.empty() ? 0 : lane.tags[row];
    if (lane.valid[row] == 0 || !is_far(lane.physical, tag, views[row])) continue;
    const std::string_view text = arena.text(views[row]);
    set_place(views[row], texts_.size());
    texts_.append(text);
  }
}

Status ColumnRows::gather(Arena& arena, uint32_t column, std::span<const uint32_t> from,
                          const Column& target, uint32_t at) const {
  const Lane& lane = lanes_[column];
  ASSERT(lane.physical == target.slot.physical);
  const uint32_t size = zerodb::width(lane.physical);
  char* values = target.values + size_t{at} * size;
  switch (size) {
    case 1:
      gather_values<1>(lane.values.data(), from, values);
      break;
    case 8:
      gather_values<8>(lane.values.data(), from, values);
      break;
    default:
      gather_values<16>(lane.values.data(), from, values);
  }
  gather_bytes(lane.valid, from, target.valid + at);
  if (target.tags != nullptr) gather_bytes(lane.tags, from, target.tags + at);
  if (target.scales != nullptr) gather_bytes(lane.scales, from, target.scales + at);
  if (lane.physical != Physical::Text && lane.physical != Physical::Any) return ok_status();
  return restore_texts(arena, lane, from, target, at);
}

Status ColumnRows::restore_texts(Arena& arena, const Lane& lane, std::span<const uint32_t> from,
                                 const Column& target, uint32_t at) const {
  for (uint32_t i = 0; i < from.size(); ++i) {
    if (from[i] == kNoRow || lane.valid[from[i]] == 0) continue;
    TextView& view = target.as<TextView>()[at + i];
    const uint8_t tag = lane.tags.empty() ? 0 : lane.tags[from[i]];
    if (!is_far(lane.physical, tag, view)) continue;
    const std::string_view text = std::string_view(texts_).substr(place_of(view), view.size);
    if (!arena.store_text(text, &view)) return arena_full();
  }
  return ok_status();
}

}  // namespace zerodb::exec
