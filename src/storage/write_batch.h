// WriteBatch: puts and deletes that an engine applies as one, in the order given; the last one on a
// key wins.
//
// Keys and values are copied into one buffer, so that a batch of thousands costs a handful of
// allocations. Threading: belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/range.h"

namespace zerodb::storage {

class WriteBatch {
 public:
  enum class Kind : uint8_t { Put, Delete };
  struct Operation {
    Family family;
    Kind kind;
    std::string_view key;
    std::string_view value;
  };

  void put(Family family, std::string_view key, std::string_view value) {
    put(family, key, value, {});
  }
  // The value is `head` followed by `tail`.
  void put(Family family, std::string_view key, std::string_view head, std::string_view tail) {
    entries_.push_back({bytes_.size(), static_cast<uint32_t>(key.size()),
                        static_cast<uint32_t>(head.size() + tail.size()), family, Kind::Put});
    bytes_.append(key).append(head).append(tail);
  }
  void erase(Family family, std::string_view key) {
    entries_.push_back({bytes_.size(), static_cast<uint32_t>(key.size()), 0, family, Kind::Delete});
    bytes_.append(key);
  }

  size_t size() const { return entries_.size(); }
  bool is_empty() const { return entries_.empty(); }
  size_t byte_count() const { return bytes_.size(); }
  // Valid until the batch is changed.
  Operation operator[](size_t i) const {
    const Slot& slot = entries_[i];
    const std::string_view all(bytes_);
    return {slot.family, slot.kind, all.substr(slot.offset, slot.key_size),
            all.substr(slot.offset + slot.key_size, slot.value_size)};
  }
  void clear() {
    bytes_.clear();
    entries_.clear();
  }

 private:
  struct Slot {
    size_t offset;
    uint32_t key_size;
    uint32_t value_size;
    Family family;
    Kind kind;
  };
  std::string bytes_;
  std::vector<Slot> entries_;
};

}  // namespace zerodb::storage
