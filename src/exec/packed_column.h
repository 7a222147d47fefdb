// PackedColumn: one column of many records as small as plain arrays make it, for columns that are
// kept in memory.
//
// Numbers lie as their distance to the least one, in as few bytes as the farthest needs (frame of
// reference); few distinct texts as numbers into a list of them; other texts back to back. What is
// the same in every row takes no place. Each is read again without branches on the rows' values.
// Integers and the coefficients of decimals are one lane; a temporal value is two, its seconds and
// nanoseconds. Threading: immutable; shared by threads through shared_ptr.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/cached_column.h"

namespace zerodb::exec {

class PackedColumn {
 public:
  explicit PackedColumn(CachedColumn column);

  // Fills the first rows of a column of the same form with those from `begin` on. E1108 where the
  // arena is full.
  Status copy(uint32_t begin, uint32_t rows, Arena& arena, const ColumnSlot& slot) const;
  size_t bytes() const;

 private:
  // One byte a row; none are kept if they are all the same.
  struct ByteArray {
    uint8_t same = 0;
    std::vector<uint8_t> each;

    static ByteArray pack(const std::vector<uint8_t>& bytes);
    void copy(uint32_t begin, uint32_t rows, uint8_t* to) const;
  };
  // Whole numbers, each `base` and a distance of `width` bytes: 0, 1, 2, 4 or 8.
  struct Lane {
    i128 base = 0;
    uint8_t width = 0;
    std::vector<char> distances;

    template <typename T>
    void copy(uint32_t begin, uint32_t rows, T* to, size_t stride) const;
  };
  enum class Form : uint8_t {
    Given,       // given_: a column of texts and other values
    Plain,       // plain_: the values as batches have them; none of them is a text
    Lanes,       // lanes_[0], and [1] for a temporal column
    Dictionary,  // plain_: the distinct texts as TextViews, far ones in texts_; codes_
    Texts,       // texts_ back to back; the one of a row ends at ends_[row]
  };

  void pack_numbers(const CachedColumn& column);
  void pack_texts(const CachedColumn& column);
  bool pack_dictionary(const CachedColumn& column);
  static std::string_view text_of(const CachedColumn& column, uint32_t row);
  template <typename T>
  bool pack_lane(const CachedColumn& column, size_t offset, Lane& lane) const;
  void copy_numbers(uint32_t begin, uint32_t rows, char* to) const;
  Status copy_dictionary(uint32_t begin, uint32_t rows, Arena& arena, TextView* to) const;
  Status copy_texts(uint32_t begin, uint32_t rows, Arena& arena, TextView* to) const;

  Physical physical_;
  Form form_ = Form::Plain;
  ByteArray valid_;
  ByteArray tags_;
  ByteArray scales_;
  std::optional<CachedColumn> given_;
  std::vector<char> plain_;
  std::array<Lane, 2> lanes_;
  std::vector<uint8_t> codes_;
  std::vector<uint32_t> ends_;
  std::string texts_;
};

}  // namespace zerodb::exec
