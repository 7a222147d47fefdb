// Reading base64 (RFC 4648).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zerodb::function {

// Both alphabets, with or without padding; nothing for any other text. A pure function.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace zerodb::function
