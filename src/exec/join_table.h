// JoinTable: the rows of one side of a join, found by the values of their key columns.
//
// Equal values match whatever their types are, none matches none. One integer key is compared as a
// number, all else as bytes: those of the physical form where both sides have the same one, else
// those of the order-preserving key. Threading: belongs to one statement, whose threads may all
// read it once it is finished.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "exec/operator.h"

namespace zerodb::exec {

class JoinTable {
 public:
  static constexpr uint32_t kNoRow = UINT32_MAX;

  // The types of the key columns of both sides.
  JoinTable(std::span<const Type> inner, std::span<const Type> outer);

  // Adds the first rows of a batch, behind those that are there.
  Status add(const Arena& arena, std::span<const Column> keys, uint32_t rows);
  // What the table takes, with what finish() will make.
  uint64_t bytes() const;
  // Appends the hashes of the keys of the first rows of a batch, of either side.
  Status append_hashes(const Arena& arena, std::span<const Column> keys, uint32_t rows,
                       std::vector<uint64_t>& out);
  // No rows come any more.
  void finish();
  // Forgets all rows and frees what they took.
  void clear();
  // The first row with the key of a row of the other side. `scratch` is the caller's.
  Result<uint32_t> find(const Arena& arena, std::span<const Column> keys, uint32_t row,
                        std::string& scratch) const;
  // The next row with the same key, in the order in which they were added.
  uint32_t next(uint32_t row) const { return next_[row]; }

 private:
  struct Head {
    uint32_t row;
    uint32_t other;  // of the same bucket
  };

  Status append_bytes(const Arena& arena, std::span<const Column> keys, uint32_t row,
                      std::string& out) const;
  std::string_view bytes(uint32_t row) const {
    const size_t begin = row == 0 ? 0 : ends_[row - 1];
    return std::string_view(bytes_).substr(begin, ends_[row] - begin);
  }
  bool is_equal(uint32_t left, uint32_t right) const;
  uint32_t& bucket(uint64_t hash) { return buckets_[hash & (buckets_.size() - 1)]; }
  uint32_t bucket(uint64_t hash) const { return buckets_[hash & (buckets_.size() - 1)]; }

  bool is_integer_ = false;     // one key, an I64 on both sides
  std::vector<bool> is_alike_;  // by key: whether both sides have one physical form
  std::vector<int64_t> integers_;
  std::vector<uint8_t> valid_;
  std::string bytes_;
  std::vector<size_t> ends_;
  std::vector<uint64_t> hashes_;
  std::vector<uint32_t> next_;
  std::vector<uint32_t> buckets_;  // positions in heads_
  std::vector<Head> heads_;        // the first row of each key
  std::string probe_;
};

}  // namespace zerodb::exec
