#include "exec/packed_column.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <unordered_map>

#include "exec/column.h"

namespace zerodb::exec {
namespace {

constexpr size_t kDictionaryMax = 256;
// All far texts of a dictionary are copied for each batch.
constexpr size_t kDictionaryBytesMax = 4096;

template <typename T>
T load_at(const char* from) {
  T out;
  std::memcpy(&out, from, sizeof(T));
  return out;
}

uint8_t width_of(uint64_t farthest) {
  if (farthest == 0) return 0;
  if (farthest <= UINT8_MAX) return 1;
  if (farthest <= UINT16_MAX) return 2;
  return farthest <= UINT32_MAX ? 4 : 8;
}

// Adds the distance of each row to the base; the compiler makes vectors of it.
template <typename Distance, typename T>
void widen(const char* distances, uint32_t rows, T base, T* to, size_t stride) {
  if (stride == 1) {
    for (uint32_t i = 0; i < rows; ++i)
      to[i] = static_cast<T>(base + load_at<Distance>(distances + i * sizeof(Distance)));
    return;
  }
  for (uint32_t i = 0; i < rows; ++i)
    to[i * stride] = static_cast<T>(base + load_at<Distance>(distances + i * sizeof(Distance)));
}

// A view of a text whose bytes lie at `offset` of the arena, if it is far.
void write_view(std::string_view text, uint32_t offset, TextView& to) {
  to = TextView{};
  to.size = static_cast<uint32_t>(text.size());
  if (text.empty()) return;
  if (text.size() <= kTextInlineMax) {
    std::memcpy(to.prefix, text.data(), text.size());
  } else {
    std::memcpy(to.prefix, text.data(), sizeof(to.prefix));
    to.far.offset = offset;
  }
}

}  // namespace

PackedColumn::ByteArray PackedColumn::ByteArray::pack(const std::vector<uint8_t>& bytes) {
  ByteArray out;
  if (bytes.empty()) return out;
  const bool is_same = std::ranges::all_of(bytes, [&](uint8_t byte) { return byte == bytes[0]; });
  if (is_same) {
    out.same = bytes[0];
  } else {
    out.each.assign(bytes.begin(), bytes.end());
  }
  return out;
}

void PackedColumn::ByteArray::copy(uint32_t begin, uint32_t rows, uint8_t* to) const {
  if (each.empty()) {
    std::memset(to, same, rows);
  } else {
    std::memcpy(to, each.data() + begin, rows);
  }
}

template <typename T>
void PackedColumn::Lane::copy(uint32_t begin, uint32_t rows, T* to, size_t stride) const {
  const char* first = distances.data() + size_t{begin} * width;
  const T from = static_cast<T>(base);
  switch (width) {
    case 0:
      for (uint32_t i = 0; i < rows; ++i) to[i * stride] = from;
      return;
    case 1:
      return widen<uint8_t>(first, rows, from, to, stride);
    case 2:
      return widen<uint16_t>(first, rows, from, to, stride);
    case 4:
      return widen<uint32_t>(first, rows, from, to, stride);
    default:
      return widen<uint64_t>(first, rows, from, to, stride);
  }
}

PackedColumn::PackedColumn(CachedColumn column) : physical_(column.physical()) {
  uint32_t values = 0;
  uint32_t texts = 0;
  for (uint32_t row = 0; row < column.rows(); ++row) {
    values += column.valid()[row];
    texts += static_cast<uint32_t>(column.is_text(row));
  }
  if (texts > 0 && texts < values) {
    form_ = Form::Given;
    given_ = std::move(column);
    return;
  }
  valid_ = ByteArray::pack(column.valid());
  tags_ = ByteArray::pack(column.tags());
  scales_ = ByteArray::pack(column.scales());
  if (texts == values && (physical_ == Physical::Text || physical_ == Physical::Any)) {
    pack_texts(column);
  } else {
    pack_numbers(column);
  }
}

// False where the numbers are too far apart.
template <typename T>
bool PackedColumn::pack_lane(const CachedColumn& column, size_t offset, Lane& lane) const {
  const size_t size = width(physical_);
  const uint32_t rows = column.rows();
  const char* values = column.values().data() + offset;
  std::optional<std::pair<T, T>> bounds;
  for (uint32_t row = 0; row < rows; ++row) {
    if (column.valid()[row] == 0) continue;
    const T value = load_at<T>(values + row * size);
    if (!bounds) bounds.emplace(value, value);
    bounds->first = std::min(bounds->first, value);
    bounds->second = std::max(bounds->second, value);
  }
  if (!bounds) return true;
  const u128 farthest = static_cast<u128>(bounds->second) - static_cast<u128>(bounds->first);
  if (farthest > std::numeric_limits<uint64_t>::max()) return false;
  lane.base = static_cast<i128>(bounds->first);
  lane.width = width_of(static_cast<uint64_t>(farthest));
  lane.distances.resize(size_t{rows} * lane.width);
  for (uint32_t row = 0; row < rows && lane.width > 0; ++row) {
    if (column.valid()[row] == 0) continue;
    const uint64_t distance = static_cast<uint64_t>(load_at<T>(values + row * size)) -
                              static_cast<uint64_t>(bounds->first);
    std::memcpy(lane.distances.data() + size_t{row} * lane.width, &distance, lane.width);
  }
  return true;
}

void PackedColumn::pack_numbers(const CachedColumn& column) {
  bool is_packed = false;
  switch (physical_) {
    case Physical::I64:
      is_packed = pack_lane<int64_t>(column, 0, lanes_[0]);
      break;
    case Physical::I128:
    case Physical::Decimal:
      is_packed = pack_lane<i128>(column, 0, lanes_[0]);
      break;
    case Physical::U128:
      is_packed = pack_lane<u128>(column, 0, lanes_[0]);
      break;
    case Physical::Temporal:
      is_packed = pack_lane<int64_t>(column, 0, lanes_[0]) &&
                  pack_lane<int64_t>(column, sizeof(int64_t), lanes_[1]);
      break;
    default:
      break;
  }
  if (is_packed) {
    form_ = Form::Lanes;
    return;
  }
  lanes_ = {};
  plain_.assign(column.values().begin(), column.values().end());
}

// The text of a row, empty for none.
std::string_view PackedColumn::text_of(const CachedColumn& column, uint32_t row) {
  return column.is_text(row) ? column.text(row) : std::string_view();
}

bool PackedColumn::pack_dictionary(const CachedColumn& column) {
  std::unordered_map<std::string_view, uint8_t> found;
  std::vector<TextView> views;
  std::string far;
  std::vector<uint8_t> codes(column.rows());
  for (uint32_t row = 0; row < column.rows(); ++row) {
    const std::string_view text = text_of(column, row);
    const auto known = found.find(text);
    if (known != found.end()) {
      codes[row] = known->second;
      continue;
    }
    if (views.size() == kDictionaryMax) return false;
    codes[row] = static_cast<uint8_t>(views.size());
    found.emplace(text, codes[row]);
    write_view(text, static_cast<uint32_t>(far.size()), views.emplace_back());
    if (text.size() > kTextInlineMax) far += text;
    if (far.size() > kDictionaryBytesMax) return false;
  }
  const char* bytes = reinterpret_cast<const char*>(views.data());
  plain_.assign(bytes, bytes + views.size() * sizeof(TextView));
  codes_ = std::move(codes);
  texts_.assign(far);
  form_ = Form::Dictionary;
  return true;
}

void PackedColumn::pack_texts(const CachedColumn& column) {
  if (pack_dictionary(column)) return;
  form_ = Form::Texts;
  size_t bytes = 0;
  for (uint32_t row = 0; row < column.rows(); ++row) bytes += text_of(column, row).size();
  ASSERT(bytes <= UINT32_MAX);
  texts_.reserve(bytes);
  ends_.reserve(column.rows());
  for (uint32_t row = 0; row < column.rows(); ++row) {
    texts_ += text_of(column, row);
    ends_.push_back(static_cast<uint32_t>(texts_.size()));
  }
}

Status PackedColumn::copy(uint32_t begin, uint32_t rows, Arena& arena,
                          const ColumnSlot& slot) const {
  ASSERT(slot.physical == physical_);
  if (rows == 0) return ok_status();
  if (form_ == Form::Given) return given_->copy(begin, rows, arena, slot);
  const auto copy_bytes = [&](const ByteArray& bytes, uint32_t to) {
    if (to != 0) bytes.copy(begin, rows, arena.at<uint8_t>(to));
  };
  copy_bytes(valid_, slot.valid);
  copy_bytes(tags_, slot.tags);
  copy_bytes(scales_, slot.scales);
  char* to = arena.at<char>(slot.values);
  switch (form_) {
    case Form::Given:
    case Form::Plain: {
      const size_t size = width(physical_);
      std::memcpy(to, plain_.data() + begin * size, rows * size);
      return ok_status();
    }
    case Form::Lanes:
      copy_numbers(begin, rows, to);
      return ok_status();
    case Form::Dictionary:
      return copy_dictionary(begin, rows, arena, reinterpret_cast<TextView*>(to));
    case Form::Texts:
      return copy_texts(begin, rows, arena, reinterpret_cast<TextView*>(to));
  }
  return ok_status();
}

void PackedColumn::copy_numbers(uint32_t begin, uint32_t rows, char* to) const {
  switch (physical_) {
    case Physical::I64:
      return lanes_[0].copy(begin, rows, reinterpret_cast<uint64_t*>(to), 1);
    case Physical::Temporal:
      lanes_[0].copy(begin, rows, reinterpret_cast<uint64_t*>(to), 2);
      return lanes_[1].copy(begin, rows, reinterpret_cast<uint64_t*>(to) + 1, 2);
    default:
      return lanes_[0].copy(begin, rows, reinterpret_cast<u128*>(to), 1);
  }
}

Status PackedColumn::copy_dictionary(uint32_t begin, uint32_t rows, Arena& arena,
                                     TextView* to) const {
  const auto* views = reinterpret_cast<const TextView*>(plain_.data());
  std::array<TextView, kDictionaryMax> moved;
  const size_t count = plain_.size() / sizeof(TextView);
  if (!texts_.empty()) {
    const uint32_t far = arena.allocate(static_cast<uint32_t>(texts_.size()));
    if (far == 0) return arena_full();
    std::memcpy(arena.at<char>(far), texts_.data(), texts_.size());
    for (size_t i = 0; i < count; ++i) {
      moved[i] = views[i];
      if (moved[i].size > kTextInlineMax) moved[i].far.offset += far;
    }
    views = moved.data();
  }
  for (uint32_t i = 0; i < rows; ++i) to[i] = views[codes_[begin + i]];
  return ok_status();
}

Status PackedColumn::copy_texts(uint32_t begin, uint32_t rows, Arena& arena, TextView* to) const {
  const uint32_t from = begin == 0 ? 0 : ends_[begin - 1];
  const uint32_t bytes = ends_[begin + rows - 1] - from;
  const uint32_t at = arena.allocate(std::max(bytes, 1U));
  if (at == 0) return arena_full();
  if (bytes > 0) std::memcpy(arena.at<char>(at), texts_.data() + from, bytes);
  uint32_t start = from;
  for (uint32_t i = 0; i < rows; ++i) {
    const uint32_t end = ends_[begin + i];
    write_view({texts_.data() + start, end - start}, start - from + at, to[i]);
    start = end;
  }
  return ok_status();
}

size_t PackedColumn::bytes() const {
  const auto of = [](const ByteArray& bytes) { return bytes.each.capacity(); };
  return (given_ ? given_->bytes() : 0) + of(valid_) + of(tags_) + of(scales_) + plain_.capacity() +
         lanes_[0].distances.capacity() + lanes_[1].distances.capacity() + codes_.capacity() +
         ends_.capacity() * sizeof(uint32_t) + texts_.size();
}

}  // namespace zerodb::exec
