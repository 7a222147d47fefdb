// In simulations a failed assertion of the code under test is a violation like any other, so that
// it comes with its seed and can be minimised. Linked instead of the one of base.
#include "base/assert.h"

#include <string>

#include "violation.h"

namespace zerodb {

void assertion_failed(const char* condition, const char* file, int line) {
  throw sim::Violation("assertion",
                       std::string(condition) + " (" + file + ":" + std::to_string(line) + ")");
}

}  // namespace zerodb
