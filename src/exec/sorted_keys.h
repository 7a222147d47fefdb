// SortedKeys: the keys of rows of one side of a merge, which come in order, in a form that compares
// with that of the other side.
//
// Equal values are equal whatever their types are, none equals none. One integer key that is never
// none is kept as a number, all else as bytes whose order is that of the merge: of each column a
// byte for whether it is none, then the value in a form that needs no end. Threading: belongs to
// one statement.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "exec/column.h"
#include "plan/plan.h"

namespace zerodb::exec {

class SortedKeys {
 public:
  // The types of the key columns of both sides, and in which order the columns are compared.
  SortedKeys(std::span<const Type> mine, std::span<const Type> theirs,
             std::span<const plan::MergeKey> order);

  // Adds the first rows of a batch; their keys are not before those that are there. E1104 for a
  // value of type any that is longer than a key may be.
  Status append(const Arena& arena, std::span<const Column> keys, uint32_t rows);
  uint32_t size() const {
    return static_cast<uint32_t>(is_integer_ ? integers_.size() : ends_.size());
  }
  // Below 0: the key of the row comes before that of the other.
  int compare(uint32_t row, const SortedKeys& other, uint32_t other_row) const;
  // Forgets the first rows.
  void drop_front(uint32_t rows);
  void clear();
  uint64_t bytes() const;

 private:
  std::string_view key(uint32_t row) const {
    const size_t begin = row == 0 ? 0 : ends_[row - 1];
    return std::string_view(bytes_).substr(begin, ends_[row] - begin);
  }
  Status append_key_of(const Arena& arena, std::span<const Column> keys, uint32_t row);

  std::span<const plan::MergeKey> order_;
  std::vector<bool> is_alike_;  // by key: whether both sides have one physical form
  bool is_integer_ = false;
  std::vector<int64_t> integers_;  // complements where the order is descending
  std::string bytes_;
  std::vector<size_t> ends_;
};

}  // namespace zerodb::exec
