// Any bytes as JSON: an error, or a value that is well-formed and whose JSON is read back as JSON
// that is written the same.
#include "value/json.h"

#include "base/assert.h"
#include "value/zval.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zerodb;
  const Result<Value> value =
      parse_json(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!value) return 0;
  std::string element;
  zval::append_element(element, *value);
  ASSERT(zval::validate_element(element).has_value());
  const std::string json = to_json(*value);
  const Result<Value> again = parse_json(json);
  ASSERT(again.has_value());
  ASSERT(to_json(*again) == json);
  return 0;
}
