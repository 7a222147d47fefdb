// StatementCounts: how often a planned statement ran, how long it took and what came of it.
//
// Durations are counted in classes that grow by a fifth, so a quantile is off by at most that.
// Threading: may be shared by all threads; counts are not taken at one moment.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace zerodb::database {

class StatementCounts {
 public:
  void add(int64_t elapsed_ns, uint64_t rows) {
    calls_.fetch_add(1, std::memory_order_relaxed);
    rows_.fetch_add(rows, std::memory_order_relaxed);
    const auto ns = static_cast<uint64_t>(std::max<int64_t>(elapsed_ns, 1));
    total_ns_.fetch_add(ns, std::memory_order_relaxed);
    classes_[class_of(ns)].fetch_add(1, std::memory_order_relaxed);
  }
  void add_error() { errors_.fetch_add(1, std::memory_order_relaxed); }

  uint64_t calls() const { return calls_.load(std::memory_order_relaxed); }
  uint64_t rows() const { return rows_.load(std::memory_order_relaxed); }
  uint64_t errors() const { return errors_.load(std::memory_order_relaxed); }
  uint64_t total_ns() const { return total_ns_.load(std::memory_order_relaxed); }

  // The upper end of the class that this share of the calls does not exceed; 0 without calls.
  uint64_t quantile_ns(double share) const {
    uint64_t all = 0;
    for (const auto& each : classes_) all += each.load(std::memory_order_relaxed);
    uint64_t seen = 0;
    for (uint32_t i = 0; i < kClasses && all != 0; ++i) {
      seen += classes_[i].load(std::memory_order_relaxed);
      if (static_cast<double>(seen) >= share * static_cast<double>(all)) return end_of(i);
    }
    return 0;
  }

 private:
  // Four classes for each power of two.
  static constexpr uint32_t kClasses = 4 * 48;

  static uint32_t class_of(uint64_t ns) {
    const auto power = static_cast<uint32_t>(std::bit_width(ns)) - 1;
    const uint32_t quarter = power < 2 ? 0 : static_cast<uint32_t>(ns >> (power - 2)) & 3;
    return std::min(4 * power + quarter, kClasses - 1);
  }
  static uint64_t end_of(uint32_t index) {
    const uint32_t power = index / 4;
    return power < 2 ? uint64_t{2} << power : (uint64_t{5} + index % 4) << (power - 2);
  }

  std::atomic<uint64_t> calls_ = 0;
  std::atomic<uint64_t> rows_ = 0;
  std::atomic<uint64_t> errors_ = 0;
  std::atomic<uint64_t> total_ns_ = 0;
  std::array<std::atomic<uint32_t>, kClasses> classes_{};
};

}  // namespace zerodb::database
