// Finding a text inside another in time linear in both.
//
// Threading: pure functions.
#pragma once

#include <cstring>
#include <string_view>

namespace zerodb::function {

// As text.find(part, from), which takes the product of both lengths on texts such as 'aaa..ab'.
inline size_t find_text(std::string_view text, std::string_view part, size_t from = 0) {
  if (from > text.size()) return std::string_view::npos;
  if (part.empty()) return from;
  const void* const found =
      ::memmem(text.data() + from, text.size() - from, part.data(), part.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace zerodb::function
