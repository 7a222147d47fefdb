// KeySet: byte strings that were seen, numbered in the order in which they came.
//
// Keys lie in blocks, so that growing moves only what finds them, and all is given back to the
// system at once. Threading: belongs to one statement.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zerodb::exec {

class KeySet {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  struct Place {
    uint32_t number;
    bool is_new;
  };
  Place insert(std::string_view key);
  // The number of a key; kNone if it was not seen.
  uint32_t find(std::string_view key) const;
  uint32_t size() const { return static_cast<uint32_t>(entries_.size()); }
  std::string_view key(uint32_t number) const {
    return {entries_[number].data, entries_[number].size};
  }
  // What the set takes.
  uint64_t bytes() const;
  // Forgets all keys and frees what they took.
  void clear();

 private:
  struct Entry {
    uint64_t hash;
    const char* data;
    uint32_t size;
  };
  size_t bucket_of(std::string_view key, uint64_t hash) const;
  const char* store(std::string_view key);
  void rehash();

  std::vector<Entry> entries_;
  std::vector<uint32_t> buckets_;  // number + 1, 0 empty; size a power of two
  std::vector<std::string> blocks_;
  uint64_t block_bytes_ = 0;
};

}  // namespace zerodb::exec
