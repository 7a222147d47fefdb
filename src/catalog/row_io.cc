#include "catalog/row_io.h"

namespace zerodb::catalog {

RowWriter& RowWriter::number(uint64_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<char>(0x80 | (value & 0x7f)));
    value >>= 7;
  }
  bytes_.push_back(static_cast<char>(value));
  return *this;
}

RowWriter& RowWriter::signed_number(int64_t value) {
  // Zigzag keeps small negative numbers short.
  return number((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
}

RowWriter& RowWriter::text(std::string_view value) {
  number(value.size());
  bytes_.append(value);
  return *this;
}

uint64_t RowReader::number() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) break;
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  broken_ = true;
  return 0;
}

uint64_t RowReader::number_up_to(uint64_t max) {
  const uint64_t value = number();
  if (value <= max) return value;
  broken_ = true;
  return 0;
}

int64_t RowReader::signed_number() {
  const uint64_t value = number();
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

std::string RowReader::text() {
  const uint64_t size = number();
  if (size > rest_.size()) {
    broken_ = true;
    return {};
  }
  std::string value(rest_.substr(0, size));
  rest_.remove_prefix(size);
  return value;
}

}  // namespace zerodb::catalog
