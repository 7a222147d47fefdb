// Any bytes as an element of a stored value: refused, or fit for everything that walks a value.
// Bytes that are refused may be read all the same, as those of a damaged record are; the reading
// stays within them.
#include "value/zval.h"

#include "base/assert.h"
#include "value/json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zerodb;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Value value = zval::read_element(bytes);
  ASSERT(zval::depth(value) <= 256);
  if (!zval::validate_element(bytes)) return 0;
  ASSERT(!to_json(value).empty());
  std::string element;
  zval::append_element(element, value);
  ASSERT(element == bytes);
  return 0;
}
