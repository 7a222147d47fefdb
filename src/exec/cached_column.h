// CachedColumn: one column of many records outside any arena, in the form in which batches have it.
//
// Far texts lie in one run of bytes in the order of the rows, so that the texts of neighbouring
// rows are copied in one piece. Threading: immutable once built; shared by threads through
// shared_ptr.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "value/batch.h"

namespace zerodb::exec {

class CachedColumn {
 public:
  explicit CachedColumn(Physical physical) : physical_(physical) {}

  // Adds the first rows of a column of a batch.
  void append(const Arena& arena, const ColumnSlot& slot, uint32_t rows);
  // Fills the first rows of a column of the same form with those from `begin` on. E1108 where the
  // arena is full.
  Status copy(uint32_t begin, uint32_t rows, Arena& arena, const ColumnSlot& slot) const;

  Physical physical() const { return physical_; }
  uint32_t rows() const { return static_cast<uint32_t>(valid_.size()); }
  // As in a batch, but far texts lie elsewhere.
  const std::vector<char>& values() const { return values_; }
  const std::vector<uint8_t>& valid() const { return valid_; }
  const std::vector<uint8_t>& tags() const { return tags_; }      // none: the form has no tags
  const std::vector<uint8_t>& scales() const { return scales_; }  // likewise
  // Whether the row has a value that lies as a text: texts, and encoded bodies.
  bool is_text(uint32_t row) const;
  // Of such a row.
  std::string_view text(uint32_t row) const;
  size_t bytes() const {
    return values_.capacity() + valid_.capacity() + tags_.capacity() + scales_.capacity() +
           texts_.capacity();
  }

 private:
  Physical physical_;
  std::vector<char> values_;  // far texts: offsets into texts_
  std::vector<uint8_t> valid_;
  std::vector<uint8_t> tags_;
  std::vector<uint8_t> scales_;
  std::string texts_;
};

}  // namespace zerodb::exec
