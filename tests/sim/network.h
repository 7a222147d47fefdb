// Network: decides for each message whether, when and how often it arrives.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "plan.h"

namespace zerodb::sim {

// How often each of it happened.
struct NetworkCounts {
  uint64_t lost = 0;
  uint64_t blocked = 0;
  uint64_t one_way = 0;  // of the blocked ones: the other direction was open
  uint64_t duplicated = 0;
  uint64_t overtaken = 0;  // arrived before one that was sent earlier on the same way
  uint64_t clogged = 0;

  void add(const NetworkCounts& other);
};

class Network {
 public:
  Network(uint32_t nodes, uint64_t seed)
      : nodes_(nodes),
        random_(seed),
        blocked_(nodes * nodes),
        last_arrival_(nodes * nodes),
        late_(nodes) {}

  // Delays of the copies that arrive: none, one or two.
  struct Fate {
    uint32_t copies = 0;
    Time delay[2] = {};
  };
  Fate fate(uint32_t from, uint32_t to, Time now);

  // Blocks one direction of a link; blocks add up until as many are taken away.
  void block(uint32_t from, uint32_t to, int change) { blocked_[way(from, to)] += change; }
  void clog(uint32_t from, int change) { late_[from] += change; }
  void set_loss(uint32_t permille) { loss_ = permille; }
  void set_duplication(uint32_t permille) { duplication_ = permille; }
  void heal();
  const NetworkCounts& counts() const { return counts_; }

 private:
  size_t way(uint32_t from, uint32_t to) const { return size_t{from} * nodes_ + to; }
  bool is_cut(uint32_t from, uint32_t to);
  Time delay(uint32_t from, uint32_t to, Time now);

  uint32_t nodes_;
  SeededRandom random_;
  std::vector<int> blocked_;
  std::vector<Time> last_arrival_;
  std::vector<int> late_;
  uint64_t loss_ = 0;
  uint64_t duplication_ = 0;
  NetworkCounts counts_;
};

}  // namespace zerodb::sim
