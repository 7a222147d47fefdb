#include "network.h"

#include <algorithm>

namespace zerodb::sim {

void NetworkCounts::add(const NetworkCounts& other) {
  lost += other.lost;
  blocked += other.blocked;
  one_way += other.one_way;
  duplicated += other.duplicated;
  overtaken += other.overtaken;
  clogged += other.clogged;
}

bool Network::is_cut(uint32_t from, uint32_t to) {
  if (blocked_[way(from, to)] == 0) return false;
  ++counts_.blocked;
  if (blocked_[way(to, from)] == 0) ++counts_.one_way;
  return true;
}

Network::Fate Network::fate(uint32_t from, uint32_t to, Time now) {
  Fate fate;
  if (is_cut(from, to)) return fate;
  if (random_.below(1000) < loss_) {
    ++counts_.lost;
    return fate;
  }
  fate.delay[fate.copies++] = delay(from, to, now);
  if (random_.below(1000) < duplication_) {
    ++counts_.duplicated;
    fate.delay[fate.copies++] = delay(from, to, now);
  }
  return fate;
}

Time Network::delay(uint32_t from, uint32_t to, Time now) {
  Time delay = kMillisecond + random_.below(20 * kMillisecond);
  // Now and then a message is overtaken by many others.
  if (random_.below(64) == 0) delay += random_.below(2 * kSecond);
  if (late_[from] > 0) {
    ++counts_.clogged;
    delay += random_.below(3 * kSecond);
  }
  Time& last = last_arrival_[way(from, to)];
  if (now + delay < last) ++counts_.overtaken;
  last = std::max(last, now + delay);
  return delay;
}

void Network::heal() {
  std::fill(blocked_.begin(), blocked_.end(), 0);
  std::fill(late_.begin(), late_.end(), 0);
  loss_ = duplication_ = 0;
}

}  // namespace zerodb::sim
