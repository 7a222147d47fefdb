// encoding:: functions: bytes as text and back.
#include <algorithm>

#include "function/base64.h"
#include "function/domains.h"
#include "function/kernel.h"
#include "value/utf8.h"

namespace zerodb::function {
namespace {

constexpr char kHex[] = "0123456789abcdef";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<Value> hex(Args args, CallContext&) {
  std::string out;
  for (const char c : args[0].as_bytes()) {
    out += kHex[static_cast<unsigned char>(c) >> 4];
    out += kHex[static_cast<unsigned char>(c) & 15];
  }
  return text_result(out);
}

Result<Value> from_hex(Args args, CallContext&) {
  const std::string_view text = args[0].as_string();
  if (text.size() % 2 != 0) return unreadable("hexadecimal text has an even number of digits");
  std::string out;
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return unreadable("not hexadecimal");
    out += static_cast<char>(high << 4 | low);
  }
  return Value::bytes(out);
}

constexpr std::string_view kPlain =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// The URL form has no padding.
Result<Value> base64(Args args, CallContext&) {
  const std::string_view in = args[0].as_bytes();
  const bool url = args[1].as_bool();
  const std::string_view alphabet = url ? kUrl : kPlain;
  std::string out;
  for (size_t i = 0; i < in.size(); i += 3) {
    uint32_t group = 0;
    const size_t count = std::min<size_t>(3, in.size() - i);
    for (size_t j = 0; j < 3; ++j)
      group = group << 8 | (j < count ? static_cast<unsigned char>(in[i + j]) : 0u);
    for (size_t j = 0; j < 4; ++j) {
      if (j <= count) {
        out += alphabet[group >> (18 - 6 * j) & 63];
      } else if (!url) {
        out += '=';
      }
    }
  }
  return text_result(out);
}

Result<Value> from_base64(Args args, CallContext&) {
  const auto bytes = decode_base64(args[0].as_string());
  if (!bytes) return unreadable("not base64, or cut off");
  return Value::bytes(*bytes);
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

Result<Value> url(Args args, CallContext&) {
  constexpr char kUpperHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : args[0].as_bytes()) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    out += '%';
    out += kUpperHex[static_cast<unsigned char>(c) >> 4];
    out += kUpperHex[static_cast<unsigned char>(c) & 15];
  }
  return text_result(out);
}

Result<Value> from_url(Args args, CallContext&) {
  const std::string_view text = args[0].as_string();
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return unreadable("`%` must be followed by two hexadecimal digits");
    const int first = hex_digit(text[i + 1]);
    const int second = hex_digit(text[i + 2]);
    if (first < 0 || second < 0)
      return unreadable("`%` must be followed by two hexadecimal digits");
    out += static_cast<char>(first << 4 | second);
    i += 2;
  }
  if (!utf8::is_valid(out)) return unreadable("the bytes are not UTF-8");
  return Value::string(out);
}

Result<Value> lossy_text(Args args, CallContext&) {
  return text_result(utf8::lossy(args[0].as_bytes()));
}

constexpr Declaration kEncodingFunctions[] = {
    {"encoding::hex(x: string | bytes) -> string", kExact, kNone, 10,
     "The bytes as hexadecimal digits.", "encoding::hex(b'\\x0f') = '0f'", hex},
    {"encoding::from_hex(text: string) -> bytes", kExact, kNone, 10,
     "The bytes of hexadecimal digits.", "encoding::from_hex('0f') = b'\\x0f'", from_hex},
    {"encoding::base64(x: string | bytes, url: bool = false) -> string", kExact, kNone, 12,
     "The bytes in base64.",
     "encoding::base64('hi', url => false) = 'aGk='\nencoding::base64(b'\\xff\\xfe', true) = '__4'",
     base64},
    {"encoding::from_base64(text: string) -> bytes", kExact, kNone, 12,
     "The bytes of a base64 text of either alphabet.", "encoding::from_base64('aGk=') = b'hi'",
     from_base64},
    {"encoding::url(x: string | bytes) -> string", kExact, kNone, 12,
     "The text with all but letters, digits and `-._~` as %HH.", "encoding::url('a b') = 'a%20b'",
     url},
    {"encoding::from_url(text: string) -> string", kExact, kNone, 12, "The text with %HH decoded.",
     "encoding::from_url('a%20b') = 'a b'", from_url},
    {"encoding::lossy_text(x: bytes) -> string", kExact, kNone, 15,
     "The bytes as text; what is no UTF-8 becomes U+FFFD.",
     "encoding::lossy_text(b'\\xff') = '\\u{FFFD}'", lossy_text},
};

}  // namespace

std::span<const Declaration> encoding_functions() {
  return kEncodingFunctions;
}

}  // namespace zerodb::function
