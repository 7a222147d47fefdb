// ValueList: the answers of a multi-get, one for each key asked, kept in one buffer.
//
// Threading: belongs to one thread. Views are valid until the list is changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zerodb::storage {

class ValueList {
 public:
  void clear() {
    bytes_.clear();
    slots_.clear();
  }
  void add(std::string_view value) {
    slots_.push_back({bytes_.size(), value.size()});
    bytes_.append(value);
  }
  void add_missing() { slots_.push_back({kMissing, 0}); }
  void set_missing(size_t i) { slots_[i] = {kMissing, 0}; }
  void replace(size_t i, std::string_view value) {
    slots_[i] = {bytes_.size(), value.size()};
    bytes_.append(value);
  }
  // Drops the first `count` bytes of a value that is there and at least as long.
  void trim_front(size_t i, size_t count) {
    slots_[i].offset += count;
    slots_[i].size -= count;
  }

  size_t size() const { return slots_.size(); }
  bool has(size_t i) const { return slots_[i].offset != kMissing; }
  // Empty for a missing one; `has` tells it from an empty value.
  std::string_view operator[](size_t i) const {
    return has(i) ? std::string_view(bytes_).substr(slots_[i].offset, slots_[i].size)
                  : std::string_view();
  }

 private:
  static constexpr size_t kMissing = SIZE_MAX;
  struct Slot {
    size_t offset;
    size_t size;
  };
  std::string bytes_;
  std::vector<Slot> slots_;
};

}  // namespace zerodb::storage
