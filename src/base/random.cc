#include "base/random.h"

#include <sys/random.h>

#include "base/assert.h"
#include "base/int128.h"

namespace zerodb {

uint64_t Random::below(uint64_t bound) {
  ASSERT(bound > 0);
  // Lemire's multiplication; the bias is below 2^-64 * bound and irrelevant to every use here.
  return static_cast<uint64_t>((static_cast<u128>(next()) * bound) >> 64);
}

uint64_t SystemRandom::next() {
  uint64_t value = 0;
  const ssize_t got = getrandom(&value, sizeof(value), 0);
  ASSERT(got == static_cast<ssize_t>(sizeof(value)));
  return value;
}

uint64_t SeededRandom::next() {
  state_ += 0x9e3779b97f4a7c15;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace zerodb
