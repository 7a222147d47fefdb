#include "function/base64.h"

#include <cstdint>

namespace zerodb::function {
namespace {

int digit_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  // Nothing may stand for the `=` that fill the last group, but only all of them do.
  const size_t whole = text.size();
  while (text.ends_with('=')) text.remove_suffix(1);
  const size_t filling = whole - text.size();
  if (filling > 0 && (filling > 2 || whole % 4 != 0)) return std::nullopt;
  std::string out;
  uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    const int digit = digit_of(c);
    if (digit < 0) return std::nullopt;
    group = group << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(group >> bits & 0xff);
  }
  // What is left over are the zeros that fill the last digit.
  if (bits == 6 || (group & ((1u << bits) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace zerodb::function
