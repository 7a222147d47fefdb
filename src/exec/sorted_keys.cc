#include "exec/sorted_keys.h"

#include <bit>
#include <cmath>

#include "base/bytes.h"
#include "exec/join_table.h"
#include "value/key_codec.h"

namespace zerodb::exec {

namespace {

constexpr uint64_t kSign = uint64_t{1} << 63;

// -0 is 0, NaN is the greatest.
uint64_t ordered_bits(double value) {
  if (std::isnan(value)) return UINT64_MAX;
  const auto bits = std::bit_cast<uint64_t>(value + 0.0);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

// A text of any length: 0 is written as 0 255, the end as 0 1.
void append_text(std::string& out, std::string_view text) {
  for (size_t zero; (zero = text.find('\0')) != std::string_view::npos;) {
    out.append(text.substr(0, zero + 1));
    out.push_back('\xff');
    text.remove_prefix(zero + 1);
  }
  out.append(text);
  out.append(std::string_view("\0\1", 2));
}

Status append_value(const Arena& arena, const Column& column, uint32_t row, bool is_alike,
                    std::string& out) {
  if (is_alike) {
    switch (column.slot.physical) {
      case Physical::I64:
        put_be(out, static_cast<uint64_t>(column.as<int64_t>()[row]) ^ kSign);
        return ok_status();
      case Physical::F64:
        put_be(out, ordered_bits(column.as<double>()[row]));
        return ok_status();
      case Physical::Text:
        append_text(out, arena.text(column.view(row)));
        return ok_status();
      default:
        break;
    }
  }
  return append_key(out, read_value(arena, column.slot, row, *column.type));
}

int sign(bool is_less, bool is_greater) {
  return is_less ? -1 : is_greater ? 1 : 0;
}

}  // namespace

SortedKeys::SortedKeys(std::span<const Type> mine, std::span<const Type> theirs,
                       std::span<const plan::MergeKey> order)
    : order_(order) {
  for (size_t i = 0; i < mine.size(); ++i) is_alike_.push_back(have_one_form(mine[i], theirs[i]));
  is_integer_ = mine.size() == 1 && is_alike_[0] && physical_of(mine[0]) == Physical::I64 &&
                !mine[0].admits_none() && !theirs[0].admits_none();
}

Status SortedKeys::append_key_of(const Arena& arena, std::span<const Column> keys, uint32_t row) {
  for (const plan::MergeKey& each : order_) {
    const Column& column = keys[each.key];
    if (!column.has(row)) {
      bytes_.push_back(each.nulls_first ? '\0' : '\2');
      continue;
    }
    bytes_.push_back('\1');
    const size_t begin = bytes_.size();
    TRY(append_value(arena, column, row, is_alike_[each.key], bytes_));
    if (!each.descending) continue;
    for (size_t i = begin; i < bytes_.size(); ++i) bytes_[i] = static_cast<char>(~bytes_[i]);
  }
  ends_.push_back(bytes_.size());
  return ok_status();
}

Status SortedKeys::append(const Arena& arena, std::span<const Column> keys, uint32_t rows) {
  const uint32_t first = size();
  if (is_integer_) {
    const int64_t mask = order_[0].descending ? -1 : 0;
    const int64_t* values = keys[0].as<int64_t>();
    for (uint32_t row = 0; row < rows; ++row) integers_.push_back(values[row] ^ mask);
  } else {
    for (uint32_t row = 0; row < rows; ++row) TRY(append_key_of(arena, keys, row));
  }
  for (uint32_t row = std::max(first, 1u); row < size(); ++row)
    DEBUG_ASSERT(compare(row - 1, *this, row) <= 0);
  return ok_status();
}

int SortedKeys::compare(uint32_t row, const SortedKeys& other, uint32_t other_row) const {
  if (is_integer_) {
    const int64_t left = integers_[row];
    const int64_t right = other.integers_[other_row];
    return sign(left<right, left> right);
  }
  return key(row).compare(other.key(other_row));
}

void SortedKeys::drop_front(uint32_t rows) {
  if (rows == 0) return;
  if (is_integer_) {
    integers_.erase(integers_.begin(), integers_.begin() + rows);
    return;
  }
  const size_t dropped = ends_[rows - 1];
  bytes_.erase(0, dropped);
  ends_.erase(ends_.begin(), ends_.begin() + rows);
  for (size_t& end : ends_) end -= dropped;
}

void SortedKeys::clear() {
  integers_.clear();
  bytes_.clear();
  ends_.clear();
}

uint64_t SortedKeys::bytes() const {
  return integers_.size() * sizeof(int64_t) + bytes_.size() + ends_.size() * sizeof(size_t);
}

}  // namespace zerodb::exec
