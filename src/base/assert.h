// Assertions that stay on in every build.
//
// ASSERT states what must hold whatever a user, a peer or a disk sends; those inputs are checked
// with Result instead. A failed assertion prints its place and condition and aborts the process.
// DEBUG_ASSERT is for checks too costly for a release build. Threading: free of shared state.
#pragma once

namespace zerodb {

[[noreturn, gnu::cold]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace zerodb

#define ASSERT(condition)                                         \
  do {                                                            \
    if (!(condition)) [[unlikely]] {                              \
      ::zerodb::assertion_failed(#condition, __FILE__, __LINE__); \
    }                                                             \
  } while (false)

#ifdef NDEBUG
#define DEBUG_ASSERT(condition) static_cast<void>(0)
#else
#define DEBUG_ASSERT(condition) ASSERT(condition)
#endif

#define UNREACHABLE() ::zerodb::assertion_failed("unreachable", __FILE__, __LINE__)
