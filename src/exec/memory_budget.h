// MemoryBudget: how many bytes the rows that operators keep may take, of a database and, within it,
// of one statement; and MemoryHold: the share of one operator.
//
// Operators that keep rows say after each batch what they hold now, so a statement exceeds its
// budget by no more than a batch and the growth of a vector. Bytes are those of the containers and
// of the values' buffers, without the allocator's own. Threading: a budget may be shared by all
// threads, a hold belongs to one statement. A budget outlives its holds and the budgets within it.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "value/value.h"

namespace zerodb::exec {

class MemoryBudget {
 public:
  // `above` is borrowed and may be null: what is taken here is taken there as well.
  explicit MemoryBudget(uint64_t limit, MemoryBudget* above = nullptr)
      : limit_(limit), above_(above) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  // All or nothing.
  bool take(uint64_t bytes);
  void give(uint64_t bytes);
  uint64_t limit() const { return limit_; }
  uint64_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const uint64_t limit_;
  MemoryBudget* const above_;
  std::atomic<uint64_t> used_ = 0;
};

// What the holds of one operator come to.
struct HeldBytes {
  uint64_t now = 0;
  uint64_t peak = 0;
};

// Gives back what it holds when it ends.
class MemoryHold {
 public:
  // Borrowed; `counted` may be null.
  explicit MemoryHold(MemoryBudget& budget, HeldBytes* counted = nullptr)
      : budget_(&budget), counted_(counted) {}
  MemoryHold(MemoryHold&& other) noexcept;
  MemoryHold& operator=(MemoryHold&&) = delete;
  ~MemoryHold();

  // Holds this many bytes from now on. E1108, and what was held stays, if the budget has no more.
  Status set(uint64_t bytes);
  // As set(); false instead of an error, for those that can do with less.
  bool try_set(uint64_t bytes);
  uint64_t bytes() const { return bytes_; }

 private:
  void count(uint64_t bytes);

  MemoryBudget* budget_;
  HeldBytes* counted_;
  uint64_t bytes_ = 0;
};

// Bytes of a value beyond its cell. A buffer that several values share counts for each.
inline uint64_t far_bytes(const Value& value) {
  if (!is_bytes_like(value.tag())) return 0;
  const size_t size = value.as_bytes().size();
  return size <= kInlineBytesMax ? 0 : sizeof(Buffer) + size;
}
uint64_t far_bytes(std::span<const Value> values);
// Bytes that a string takes as an entry of a hash set or as a key of a hash map.
uint64_t hash_entry_bytes(const std::string& key);

}  // namespace zerodb::exec
