// Column: one register's arrays as pointers, for the loops of the kernels.
//
// Threading: valid as long as the arena's block.
#pragma once

#include <cstring>
#include <optional>
#include <string>

#include "base/result.h"
#include "value/batch.h"
#include "value/zval.h"

namespace zerodb::exec {

struct Column {
  ColumnSlot slot;
  const Type* type = nullptr;
  char* values = nullptr;
  uint8_t* valid = nullptr;
  uint8_t* tags = nullptr;
  uint8_t* scales = nullptr;

  Column() = default;
  Column(const Arena& arena, const ColumnSlot& at, const Type& column_type)
      : slot(at),
        type(&column_type),
        values(arena.at<char>(at.values)),
        valid(arena.at<uint8_t>(at.valid)),
        tags(at.tags == 0 ? nullptr : arena.at<uint8_t>(at.tags)),
        scales(at.scales == 0 ? nullptr : arena.at<uint8_t>(at.scales)) {}

  template <typename T>
  T* as() const {
    return reinterpret_cast<T*>(values);
  }
  const TextView& view(uint32_t row) const { return as<TextView>()[row]; }
  Tag tag(uint32_t row) const { return static_cast<Tag>(tags[row]); }
  bool has(uint32_t row) const { return valid[row] != 0; }
};

Error arena_full();

// Copies row `from` of one column to row `to` of another of the same physical form.
void copy_cell(const Column& source, uint32_t from, const Column& target, uint32_t to);
// Writes an element in zval form: bytes that lie in the arena already are shared, not copied. E0904
// if a typed column cannot hold it.
Status write_element(Arena& arena, const Column& column, uint32_t row, std::string_view element);
// The value as one of the column's form; E0904 if its class is another.
Status store_value(Arena& arena, const Column& column, uint32_t row, const Value& value);

// Appends bytes that are equal exactly for values of the column that are equal.
Status append_group_key(const Arena& arena, const Column& column, uint32_t row, std::string& out);

}  // namespace zerodb::exec
