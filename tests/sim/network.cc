#include "network.h"

#include <algorithm>

namespace zerodb::sim {

Network::Fate Network::fate(uint32_t from, uint32_t to) {
  Fate fate;
  if (blocked_[from * nodes_ + to] > 0 || random_.below(1000) < loss_) return fate;
  fate.delay[fate.copies++] = delay(from);
  if (random_.below(1000) < duplication_) fate.delay[fate.copies++] = delay(from);
  return fate;
}

Time Network::delay(uint32_t from) {
  Time delay = kMillisecond + random_.below(20 * kMillisecond);
  // Now and then a message is overtaken by many others.
  if (random_.below(64) == 0) delay += random_.below(2 * kSecond);
  if (late_[from] > 0) delay += random_.below(3 * kSecond);
  return delay;
}

void Network::heal() {
  std::fill(blocked_.begin(), blocked_.end(), 0);
  std::fill(late_.begin(), late_.end(), 0);
  loss_ = duplication_ = 0;
}

}  // namespace zerodb::sim
