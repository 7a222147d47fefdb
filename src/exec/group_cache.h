// GroupCache: the groups of the keys that rows had lately, by the keys' cells, so that most rows
// of a batch find their group before their key is written out in bytes.
//
// It may forget at any time and knows keys of a few short columns only: rows that it does not know
// are left to the table. Equal keys may have several cells (1.0 and 1.00); each is learned of its
// own. It gives up when it knows too few of the rows. Threading: belongs to one GroupTable.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "exec/column.h"

namespace zerodb::exec {

class GroupCache {
 public:
  // Writes the groups of the rows under the mask (null: of all) that it knows to `out`, and lists
  // the other ones.
  void find(std::span<const Column> keys, const uint8_t* mask, uint32_t rows, int64_t* out,
            std::vector<uint32_t>& unknown);
  // The group of a row of the batch of the last find().
  void learn(uint32_t row, uint32_t group);
  // From now on it knows nothing and learns nothing.
  void give_up();
  // What it has learned takes.
  uint64_t bytes() const { return entries_.capacity() * sizeof(Entry); }

 private:
  static constexpr uint32_t kNoGroup = UINT32_MAX;
  static constexpr size_t kColumnsMax = 2;

  struct Entry {
    std::array<uint64_t, kColumnsMax> words{};
    uint32_t absent = 0;  // a bit for each column
    uint32_t group = kNoGroup;
  };

  void read(const Column& key, size_t column, uint32_t rows);
  size_t place_of(uint32_t row) const;
  bool is_of(const Entry& entry, uint32_t row) const {
    return entry.words[0] == words_[0][row] && entry.words[1] == words_[1][row] &&
           entry.absent == absent_[row];
  }
  void make_room();

  std::vector<Entry> entries_;  // in pairs; their number is a power of two
  size_t learned_ = 0;          // since there is room for so many
  bool is_useful_ = true;
  uint64_t asked_rows_ = 0;
  uint64_t found_rows_ = 0;
  // Of a batch: each key's cells as words, and which are absent.
  std::array<std::vector<uint64_t>, kColumnsMax> words_;
  std::vector<uint8_t> absent_;
};

}  // namespace zerodb::exec
