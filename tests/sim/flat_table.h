// FlatTable: numbers by 64-bit keys in one array, for millions of them: open addressing, linear
// steps, at most two thirds full. Keys are hashes already; zero stands for none and is never a key.
//
// Threading: belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace zerodb::sim {

class FlatTable {
 public:
  FlatTable() : slots_(1024) {}

  // The value of `key`, which is `value` if it is new; and whether it is.
  std::pair<uint32_t, bool> insert(uint64_t key, uint32_t value) {
    if ((size_ + 1) * 3 > slots_.size() * 2) grow();
    Slot& slot = slots_[place(key)];
    if (slot.key == key) return {uint32_t{slot.value}, false};
    slot = {key, value};
    ++size_;
    return {value, true};
  }
  size_t size() const { return size_; }

 private:
  struct __attribute__((packed)) Slot {
    uint64_t key = 0;
    uint32_t value = 0;
  };
  size_t place(uint64_t key) const {
    size_t at = key & (slots_.size() - 1);
    while (slots_[at].key != 0 && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.key != 0) slots_[place(slot.key)] = slot;
    }
  }

  std::vector<Slot> slots_;
  size_t size_ = 0;
};

}  // namespace zerodb::sim
