#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace zerodb {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "zerodb: assertion failed: %s (%s:%d)\n", condition, file, line);
  std::fflush(stderr);
  std::abort();
}

}  // namespace zerodb
