// Network: decides for each message whether, when and how often it arrives.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "plan.h"

namespace zerodb::sim {

class Network {
 public:
  Network(uint32_t nodes, uint64_t seed)
      : nodes_(nodes), random_(seed), blocked_(nodes * nodes), late_(nodes) {}

  // Delays of the copies that arrive: none, one or two.
  struct Fate {
    uint32_t copies = 0;
    Time delay[2] = {};
  };
  Fate fate(uint32_t from, uint32_t to);

  // Blocks one direction of a link; blocks add up until as many are taken away.
  void block(uint32_t from, uint32_t to, int change) { blocked_[from * nodes_ + to] += change; }
  void clog(uint32_t from, int change) { late_[from] += change; }
  void set_loss(uint32_t permille) { loss_ = permille; }
  void set_duplication(uint32_t permille) { duplication_ = permille; }
  void heal();

 private:
  Time delay(uint32_t from);

  uint32_t nodes_;
  SeededRandom random_;
  std::vector<int> blocked_;
  std::vector<int> late_;
  uint64_t loss_ = 0;
  uint64_t duplication_ = 0;
};

}  // namespace zerodb::sim
