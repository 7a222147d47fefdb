// Walking over UTF-8 by code points, for text that is known to be valid; and finding out.
//
// Threading: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace zerodb::utf8 {

inline bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// The code point at *at, which is moved behind it. Requires *at < text.size(). Never reads outside
// the text.
inline uint32_t next(std::string_view text, size_t* at) {
  const auto first = static_cast<unsigned char>(text[(*at)++]);
  if (first < 0x80) return first;
  uint32_t c = first >= 0xf0 ? first & 0x07u : first >= 0xe0 ? first & 0x0fu : first & 0x1fu;
  while (*at < text.size() && is_continuation(text[*at]))
    c = c << 6 | (static_cast<unsigned char>(text[(*at)++]) & 0x3fu);
  return c;
}

inline void append(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

// Number of code points.
inline size_t count(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += is_continuation(c) ? 0 : 1;
  return count;
}

// Byte offset of the code point number `index`; text.size() when there are not so many.
inline size_t offset_of(std::string_view text, size_t index) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    if (is_continuation(text[at])) continue;
    if (index-- == 0) return at;
  }
  return at;
}

// Strict: no overlong forms, surrogates or code points beyond U+10FFFF.
bool is_valid(std::string_view text);
// The bytes as text: what is no UTF-8 becomes U+FFFD.
std::string lossy(std::string_view bytes);

}  // namespace zerodb::utf8
