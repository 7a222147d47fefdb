#include "exec/column_rows.h"

#include <algorithm>
#include <utility>

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

template <typename T>
void append_picked(std::vector<T>& out, const T* from, std::span<const uint32_t> rows,
                   size_t width) {
  const size_t size = out.size();
  out.resize(size + rows.size() * width);
  for (size_t i = 0; i < rows.size(); ++i)
    std::memcpy(out.data() + size + i * width, from + size_t{rows[i]} * width, width);
}

template <typename T>
void encode_array(std::string& out, const std::vector<T>& values) {
  out.append(reinterpret_cast<const char*>(values.data()), values.size());
}

template <typename T>
void decode_array(std::string_view& bytes, size_t size, std::vector<T>& out) {
  static_assert(sizeof(T) == 1);
  ASSERT(bytes.size() >= size);
  out.resize(size);
  if (size > 0) std::memcpy(out.data(), bytes.data(), size);
  bytes.remove_prefix(size);
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

ColumnRows::ColumnRows(std::span<const Physical> columns) {
  for (const Physical physical : columns) lanes_.emplace_back().physical = physical;
}

std::vector<Physical> ColumnRows::physicals() const {
  std::vector<Physical> out;
  for (const Lane& lane : lanes_) out.push_back(lane.physical);
  return out;
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

uint64_t ColumnRows::used_bytes() const {
  uint64_t out = sizeof(rows_) + texts_.size();
  for (const Lane& lane : lanes_) {
    out += lane.values.size() + lane.valid.size() + lane.tags.size() + lane.scales.size();
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

void ColumnRows::append(const Arena& arena, const OwnColumns& columns,
                        std::span<const uint32_t> rows) {
  for (uint32_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = lanes_[i];
    const Column column = columns.column(arena, i);
    append_picked<char>(lane.values, column.values, rows, zerodb::width(lane.physical));
    append_picked<uint8_t>(lane.valid, column.valid, rows, 1);
    if (column.tags != nullptr) append_picked<uint8_t>(lane.tags, column.tags, rows, 1);
    if (column.scales != nullptr) append_picked<uint8_t>(lane.scales, column.scales, rows, 1);
    if (lane.physical == Physical::Text || lane.physical == Physical::Any)
      keep_texts(arena, lane, rows_);
  }
  rows_ += static_cast<uint32_t>(rows.size());
}

void ColumnRows::drop_front(uint32_t rows) {
  ASSERT(rows <= rows_);
  if (rows == 0) return;
  if (rows == rows_) return clear();
  const auto drop = [](auto& array, size_t count) {
    if (!array.empty()) array.erase(array.begin(), array.begin() + static_cast<ptrdiff_t>(count));
  };
  rows_ -= rows;
  const std::string texts = std::exchange(texts_, {});
  for (Lane& lane : lanes_) {
    drop(lane.values, size_t{rows} * zerodb::width(lane.physical));
    drop(lane.valid, rows);
    drop(lane.tags, rows);
    drop(lane.scales, rows);
    if (lane.physical != Physical::Text && lane.physical != Physical::Any) continue;
    auto* views = reinterpret_cast<TextView*>(lane.values.data());
    for (uint32_t row = 0; row < rows_; ++row) {
      const uint8_t tag = lane.tags.empty() ? 0 : lane.tags[row];
      if (lane.valid[row] == 0 || !is_far(lane.physical, tag, views[row])) continue;
      const std::string_view text =
          std::string_view(texts).substr(place_of(views[row]), views[row].size);
      set_place(views[row], texts_.size());
      texts_.append(text);
    }
  }
}

void ColumnRows::encode(std::string& out) const {
  out.append(reinterpret_cast<const char*>(&rows_), sizeof(rows_));
  for (const Lane& lane : lanes_) {
    encode_array(out, lane.values);
    encode_array(out, lane.valid);
    encode_array(out, lane.tags);
    encode_array(out, lane.scales);
  }
  out += texts_;
}

void ColumnRows::decode(std::string_view bytes) {
  ASSERT(bytes.size() >= sizeof(rows_));
  std::memcpy(&rows_, bytes.data(), sizeof(rows_));
  bytes.remove_prefix(sizeof(rows_));
  for (Lane& lane : lanes_) {
    decode_array(bytes, size_t{rows_} * zerodb::width(lane.physical), lane.values);
    decode_array(bytes, rows_, lane.valid);
    decode_array(bytes, lane.has_tags() ? rows_ : 0, lane.tags);
    decode_array(bytes, lane.has_scales() ? rows_ : 0, lane.scales);
  }
  texts_ = bytes;
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
