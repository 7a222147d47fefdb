// Full Unicode case mapping in the root locale, and other text work that needs ICU's tables.
//
// Threading: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace zerodb::function {

std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);
// Full case folding: equal results mean equal but for case.
std::string fold_case(std::string_view text);
// White space by the Unicode property.
bool is_white_space(uint32_t code_point);

}  // namespace zerodb::function
