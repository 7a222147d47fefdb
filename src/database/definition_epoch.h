// DefinitionEpoch: lets a prepared point read see in two loads whether a definition may have
// changed since it was planned.
//
// This process is the store's only writer, so definitions of all its sessions pass here. A change
// is bracketed; while one is under way or after it, an epoch that was read before is stale.
// Threading: may be shared by all threads.
#pragma once

#include <atomic>
#include <cstdint>

namespace zerodb::database {

class DefinitionEpoch {
 public:
  static constexpr uint64_t kNever = 0;

  // The epoch, or kNever while a definition commits.
  uint64_t current() const {
    const uint64_t epoch = epoch_.load(std::memory_order_acquire);
    return changes_.load(std::memory_order_acquire) == 0 ? epoch : kNever;
  }
  void begin_change() {
    changes_.fetch_add(1, std::memory_order_acq_rel);
    epoch_.fetch_add(1, std::memory_order_acq_rel);
  }
  void end_change() {
    epoch_.fetch_add(1, std::memory_order_acq_rel);
    changes_.fetch_sub(1, std::memory_order_acq_rel);
  }

 private:
  std::atomic<uint64_t> epoch_ = 1;
  std::atomic<uint32_t> changes_ = 0;
};

}  // namespace zerodb::database
