#include "value/utf8.h"

#include <simdjson.h>

namespace zerodb::utf8 {
namespace {

// The length of the valid code point at `at`, or 0.
size_t valid_length(std::string_view bytes, size_t at) {
  for (size_t length = 1; length <= 4 && at + length <= bytes.size(); ++length) {
    if (is_valid(bytes.substr(at, length))) return length;
  }
  return 0;
}

// Bytes that begin a character and break off, or one byte that begins none: what becomes one
// U+FFFD, as the Unicode standard recommends.
size_t broken_length(std::string_view bytes, size_t at) {
  const auto byte = [&](size_t ahead) {
    return at + ahead < bytes.size() ? static_cast<unsigned char>(bytes[at + ahead]) : 0u;
  };
  const unsigned lead = byte(0);
  const size_t whole = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return 1;
  const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < low || byte(1) > high) return 1;
  size_t length = 2;
  while (length < whole && byte(length) >= 0x80 && byte(length) <= 0xbf) ++length;
  return length;
}

}  // namespace

bool is_valid(std::string_view text) {
  return text.empty() || simdjson::validate_utf8(text.data(), text.size());
}

std::string lossy(std::string_view bytes) {
  std::string out;
  for (size_t at = 0; at < bytes.size();) {
    const size_t length = valid_length(bytes, at);
    if (length == 0) {
      append(out, 0xfffd);
      at += broken_length(bytes, at);
      continue;
    }
    out += bytes.substr(at, length);
    at += length;
  }
  return out;
}

}  // namespace zerodb::utf8
