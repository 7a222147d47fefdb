// Letters of ASCII, as keywords and names of built-in things are compared by. Threading: pure
// functions.
#pragma once

#include <string>
#include <string_view>

namespace zerodb {

inline std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& ch : lower) ch = static_cast<char>(ch >= 'A' && ch <= 'Z' ? ch - 'A' + 'a' : ch);
  return lower;
}

}  // namespace zerodb
