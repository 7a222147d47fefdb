// How many cases a property test tries: all of them in an optimised build, a part under sanitizers,
// which are ten to twenty times slower.
//
// ZERODB_CASES multiplies, for a night: ZERODB_CASES=100 makes 10^7 of 10^5. Case i always has seed
// i, so a failure that names its seed is found again by any run that is long enough. Threading:
// pure functions.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace zerodb {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kIsSanitized = true;
#else
inline constexpr bool kIsSanitized = false;
#endif

inline uint64_t property_cases(uint64_t full) {
  const char* const text = std::getenv("ZERODB_CASES");
  const uint64_t factor = text == nullptr ? 1 : std::strtoull(text, nullptr, 10);
  const uint64_t cases = full * factor;
  return kIsSanitized ? (cases + 19) / 20 : cases;
}

}  // namespace zerodb
