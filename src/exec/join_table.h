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

// Whether values of both types are equal exactly where their cells are.
bool have_one_form(const Type& left, const Type& right);

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
  // What find() needs besides, reused from batch to batch.
  struct Probe {
    std::string bytes;         // keys, one behind the other
    std::vector<size_t> ends;  // of each
    std::vector<uint64_t> hashes;
    std::vector<uint32_t> heads;
  };
  // For the first rows of a batch of the other side, the first row here with the same key, or
  // kNoRow. The probe is the caller's.
  Status find(const Arena& arena, std::span<const Column> keys, uint32_t rows, Probe& probe,
              std::vector<uint32_t>& out) const;
  // The next row with the same key, in the order in which they were added.
  uint32_t next(uint32_t row) const { return next_[row]; }

 private:
  struct Head {
    uint32_t row;
    uint32_t other;  // of the same bucket
    uint64_t mark;   // the integer, or the hash of the bytes
  };

  Status append_bytes(const Arena& arena, std::span<const Column> keys, uint32_t row,
                      std::string& out) const;
  std::string_view bytes(uint32_t row) const {
    const size_t begin = row == 0 ? 0 : ends_[row - 1];
    return std::string_view(bytes_).substr(begin, ends_[row] - begin);
  }
  bool is_equal(const Head& head, uint32_t row) const;
  uint32_t find_integer(bool has_value, int64_t value, uint32_t head) const;
  uint32_t find_bytes(std::string_view key, uint64_t hash, uint32_t head) const;
  uint32_t& bucket(uint64_t hash) { return buckets_[hash & (buckets_.size() - 1)]; }
  uint32_t bucket(uint64_t hash) const { return buckets_[hash & (buckets_.size() - 1)]; }

  bool is_integer_ = false;     // one key, an I64 on both sides
  bool has_none_ = false;       // some integer is none
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
