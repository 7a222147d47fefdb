#include "exec/memory_budget.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace zerodb::exec {

bool MemoryBudget::take(uint64_t bytes) {
  uint64_t used = used_.load(std::memory_order_relaxed);
  do {
    if (bytes > limit_ || used > limit_ - bytes) return false;
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  if (above_ == nullptr || above_->take(bytes)) return true;
  used_.fetch_sub(bytes, std::memory_order_relaxed);
  return false;
}

void MemoryBudget::give(uint64_t bytes) {
  const uint64_t before = used_.fetch_sub(bytes, std::memory_order_relaxed);
  ASSERT(before >= bytes);
  if (above_ != nullptr) above_->give(bytes);
}

MemoryHold::MemoryHold(MemoryHold&& other) noexcept
    : budget_(other.budget_), counted_(other.counted_), bytes_(std::exchange(other.bytes_, 0)) {}

MemoryHold::~MemoryHold() {
  if (bytes_ == 0) return;
  budget_->give(bytes_);
  count(0);
}

void MemoryHold::count(uint64_t bytes) {
  if (counted_ == nullptr) return;
  counted_->now += bytes - bytes_;
  counted_->peak = std::max(counted_->peak, counted_->now);
}

bool MemoryHold::try_set(uint64_t bytes) {
  if (bytes > bytes_ && !budget_->take(bytes - bytes_)) return false;
  if (bytes < bytes_) budget_->give(bytes_ - bytes);
  count(bytes);
  bytes_ = bytes;
  return true;
}

Status MemoryHold::set(uint64_t bytes) {
  if (try_set(bytes)) return ok_status();
  return Error(ErrorCode::E1108, "the rows that the statement has to keep take too much memory");
}

uint64_t far_bytes(std::span<const Value> values) {
  uint64_t out = 0;
  for (const Value& value : values) out += far_bytes(value);
  return out;
}

uint64_t hash_entry_bytes(const std::string& key) {
  // A node: the link, the kept hash, the string; and its bucket.
  constexpr uint64_t kNode = 2 * sizeof(void*) + sizeof(std::string) + sizeof(void*);
  constexpr size_t kInPlace = 15;
  return kNode + (key.size() > kInPlace ? key.size() + 1 : 0);
}

}  // namespace zerodb::exec
