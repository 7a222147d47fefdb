// Any bytes are formatted to the same script, and formatted again they do not change.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "zeroql/format.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zerodb::zeroql;
  if (size == 0) return 0;
  // The first byte chooses the width.
  const FormatOptions options{kFormatWidthMin + data[0] % 100};
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto once = format(text, options);
  ASSERT(once.has_value());
  ASSERT(format_script(parse(*once), options) == *once);
  return 0;
}
