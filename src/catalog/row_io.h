// RowWriter and RowReader: the bytes of a catalog row, field by field.
//
// Integers are variable-length little-endian groups of seven bits, strings are length and bytes. A
// reader never reads past the end: a short row makes it `broken` and every later read gives zero or
// an empty string. Threading: one thread at a time; a reader borrows the bytes it reads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace zerodb::catalog {

class RowWriter {
 public:
  RowWriter& number(uint64_t value);
  RowWriter& signed_number(int64_t value);
  RowWriter& flag(bool value) { return number(value ? 1 : 0); }
  RowWriter& text(std::string_view value);
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : rest_(bytes) {}
  uint64_t number();
  // A number that must be at most `max`, else the row is broken.
  uint64_t number_up_to(uint64_t max);
  uint32_t number32() { return static_cast<uint32_t>(number_up_to(UINT32_MAX)); }
  // A count of items that take at least one byte each.
  uint32_t count() { return static_cast<uint32_t>(number_up_to(rest_.size())); }
  int64_t signed_number();
  bool flag() { return number_up_to(1) == 1; }
  std::string text();
  void fail() { broken_ = true; }
  bool broken() const { return broken_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool broken_ = false;
};

}  // namespace zerodb::catalog
