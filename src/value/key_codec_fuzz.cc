// Any bytes as a key: an error, or a value whose key decodes to the same value again.
#include "value/key_codec.h"

#include "base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zerodb;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const KeyOrder order : {KeyOrder::Ascending, KeyOrder::Descending}) {
    std::string_view rest = bytes;
    const Result<Value> value = decode_key(rest, order);
    if (!value) continue;
    ASSERT(rest.size() < size);
    std::string key;
    if (!append_key(key, *value, order)) continue;
    std::string_view key_rest = key;
    const Result<Value> again = decode_key(key_rest, order);
    ASSERT(again.has_value());
    ASSERT(key_rest.empty());
    std::string key_again;
    ASSERT(append_key(key_again, *again, order).has_value());
    ASSERT(key_again == key);
  }
  return 0;
}
