#include "value/utf8.h"

#include <simdjson.h>

namespace zerodb::utf8 {

bool is_valid(std::string_view text) {
  return text.empty() || simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace zerodb::utf8
