// What a byte may be in the text of a script, looked up in one table.
//
// Threading: constants.
#pragma once

#include <array>
#include <cstdint>

namespace zerodb::zeroql {

inline constexpr uint8_t kBlank = 1;
inline constexpr uint8_t kWordStart = 2;
inline constexpr uint8_t kDigit = 4;
inline constexpr uint8_t kHexDigit = 8;
inline constexpr uint8_t kNotAscii = 16;

inline constexpr std::array<uint8_t, 256> kCharClass = [] {
  std::array<uint8_t, 256> t{};
  for (const char c : {' ', '\t', '\n', '\r', '\f', '\v'})
    t[static_cast<unsigned char>(c)] = kBlank;
  for (unsigned c = 'a'; c <= 'z'; ++c) t[c] = t[c - 32] = kWordStart;
  t['_'] = kWordStart;
  for (unsigned c = '0'; c <= '9'; ++c) t[c] = kDigit | kHexDigit;
  for (unsigned c = 'a'; c <= 'f'; ++c) t[c] = t[c - 32] = kWordStart | kHexDigit;
  for (unsigned c = 0x80; c < 256; ++c) t[c] = kNotAscii;
  return t;
}();

constexpr bool has_class(char c, uint8_t classes) {
  return (kCharClass[static_cast<unsigned char>(c)] & classes) != 0;
}

}  // namespace zerodb::zeroql
