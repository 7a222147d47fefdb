// Random: where randomness comes from, so that tests and the simulator replay from a seed.
//
// Threading: SystemRandom may be shared; SeededRandom belongs to one thread.
#pragma once

#include <cstdint>

namespace zerodb {

class Random {
 public:
  virtual ~Random() = default;
  virtual uint64_t next() = 0;
  // Uniform in [0, bound), bound > 0.
  uint64_t below(uint64_t bound);
};

// The operating system's cryptographic source.
class SystemRandom final : public Random {
 public:
  uint64_t next() override;
};

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). Not for
// secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  uint64_t next() override;

 private:
  uint64_t state_;
};

}  // namespace zerodb
