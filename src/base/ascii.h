// Letters of ASCII, as keywords and names of built-in things are compared by. Threading: pure
// functions.
#pragma once

#include <string>

namespace zerodb {

inline std::string lower_ascii(std::string text) {
  for (char& ch : text) ch = static_cast<char>(ch >= 'A' && ch <= 'Z' ? ch - 'A' + 'a' : ch);
  return text;
}

}  // namespace zerodb
