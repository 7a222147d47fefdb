// ColumnRows: rows kept outside the arena, column by column, in the physical form of batches.
//
// Threading: belongs to one statement.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "exec/operator.h"

namespace zerodb::exec {

class ColumnRows {
 public:
  // Stands for a row of none.
  static constexpr uint32_t kNoRow = UINT32_MAX;

  explicit ColumnRows(const std::vector<plan::OutputColumn>& columns);
  explicit ColumnRows(std::span<const Physical> columns);

  uint32_t width() const { return static_cast<uint32_t>(lanes_.size()); }
  uint32_t rows() const { return rows_; }
  std::vector<Physical> physicals() const;
  void clear();
  // What the rows take, with what is reserved for more.
  uint64_t bytes() const;
  // What encode() makes of them, about.
  uint64_t used_bytes() const;
  // Copies the first rows of a batch.
  void append(const Arena& arena, const OwnColumns& columns, uint32_t rows);
  // Copies the given rows of a batch.
  void append(const Arena& arena, const OwnColumns& columns, std::span<const uint32_t> rows);
  // Forgets the first rows; those that follow move to their places.
  void drop_front(uint32_t rows);
  // Writes the cells of a column in the given rows to a column of the same physical form, from its
  // row `at` on. E1108 when the arena is full.
  Status gather(Arena& arena, uint32_t column, std::span<const uint32_t> from, const Column& target,
                uint32_t at) const;
  // Appends all rows as bytes, for this process alone.
  void encode(std::string& out) const;
  // Takes the rows that encode() wrote, of the same columns, instead of those that are there.
  void decode(std::string_view bytes);

 private:
  struct Lane {
    Physical physical = Physical::Any;
    bool has_tags() const { return physical == Physical::Any; }
    bool has_scales() const { return physical == Physical::Any || physical == Physical::Decimal; }
    std::vector<char> values;
    std::vector<uint8_t> valid;
    std::vector<uint8_t> tags;
    std::vector<uint8_t> scales;
  };

  // Whether a cell is a view of text that lies elsewhere.
  static bool is_far(Physical physical, uint8_t tag, const TextView& view);
  void keep_texts(const Arena& arena, Lane& lane, uint32_t first);
  Status restore_texts(Arena& arena, const Lane& lane, std::span<const uint32_t> from,
                       const Column& target, uint32_t at) const;

  std::vector<Lane> lanes_;
  uint32_t rows_ = 0;
  std::string texts_;  // what does not fit into a view, which then holds its place here
};

}  // namespace zerodb::exec
