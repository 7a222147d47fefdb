#include "exec/cached_column.h"

#include <cstring>

#include "exec/column.h"
#include "value/zval.h"

namespace zerodb::exec {
namespace {

void append_array(std::vector<uint8_t>& to, const Arena& arena, uint32_t from, uint32_t rows) {
  if (from == 0) return;
  const uint8_t* first = arena.at<uint8_t>(from);
  to.insert(to.end(), first, first + rows);
}

void copy_array(const std::vector<uint8_t>& from, uint32_t begin, uint32_t rows, Arena& arena,
                uint32_t to) {
  if (to != 0) std::memcpy(arena.at<uint8_t>(to), from.data() + begin, rows);
}

}  // namespace

bool CachedColumn::is_text(uint32_t row) const {
  if (valid_[row] == 0) return false;
  if (physical_ == Physical::Text) return true;
  return physical_ == Physical::Any && is_bytes_like(static_cast<Tag>(tags_[row]));
}

void CachedColumn::append(const Arena& arena, const ColumnSlot& slot, uint32_t rows) {
  ASSERT(slot.physical == physical_);
  const auto begin = static_cast<uint32_t>(valid_.size());
  const size_t size = width(physical_);
  const char* values = arena.at<char>(slot.values);
  values_.insert(values_.end(), values, values + rows * size);
  append_array(valid_, arena, slot.valid, rows);
  append_array(tags_, arena, slot.tags, rows);
  append_array(scales_, arena, slot.scales, rows);
  if (physical_ != Physical::Text && physical_ != Physical::Any) return;
  auto* views = reinterpret_cast<TextView*>(values_.data());
  for (uint32_t row = begin; row < begin + rows; ++row) {
    if (!is_text(row) || views[row].size <= kTextInlineMax) continue;
    const std::string_view text = arena.text(views[row]);
    views[row].far.offset = static_cast<uint32_t>(texts_.size());
    texts_.append(text);
  }
}

Status CachedColumn::copy(uint32_t begin, uint32_t rows, Arena& arena,
                          const ColumnSlot& slot) const {
  ASSERT(slot.physical == physical_);
  const size_t size = width(physical_);
  std::memcpy(arena.at<char>(slot.values), values_.data() + begin * size, rows * size);
  copy_array(valid_, begin, rows, arena, slot.valid);
  copy_array(tags_, begin, rows, arena, slot.tags);
  copy_array(scales_, begin, rows, arena, slot.scales);
  if (texts_.empty()) return ok_status();
  const auto* stored = reinterpret_cast<const TextView*>(values_.data());
  const auto is_far = [&](uint32_t row) {
    return is_text(row) && stored[row].size > kTextInlineMax;
  };
  uint32_t first = begin;
  const uint32_t end = begin + rows;
  while (first < end && !is_far(first)) ++first;
  if (first == end) return ok_status();
  uint32_t last = end - 1;
  while (!is_far(last)) --last;
  const uint32_t from = stored[first].far.offset;
  const uint32_t bytes = stored[last].far.offset + stored[last].size - from;
  const uint32_t to = arena.allocate(bytes);
  if (to == 0) return arena_full();
  std::memcpy(arena.at<char>(to), texts_.data() + from, bytes);
  auto* views = arena.at<TextView>(slot.values);
  for (uint32_t row = first; row <= last; ++row) {
    if (is_far(row)) views[row - begin].far.offset = stored[row].far.offset - from + to;
  }
  return ok_status();
}

std::string_view CachedColumn::text(uint32_t row) const {
  const auto& view = reinterpret_cast<const TextView*>(values_.data())[row];
  if (view.size <= kTextInlineMax) return {view.prefix, view.size};
  return std::string_view(texts_).substr(view.far.offset, view.size);
}

}  // namespace zerodb::exec
