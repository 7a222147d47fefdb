#include "zeroql/literal.h"

#include <array>
#include <charconv>
#include <optional>

#include "zeroql/char_class.h"
#include "zeroql/lexer.h"

namespace zerodb::zeroql {

namespace {

// What stands between the quotes.
std::string_view content_of(std::string_view token) {
  const size_t open = token.find_first_of("'\"`");
  if (open == std::string_view::npos || token.size() < open + 2) return {};
  return token.substr(open + 1, token.size() - open - 2);
}

unsigned hex_value(char c) {
  return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
}

void put_utf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

// The hexadecimal digits from `i` on, at most `most` of them; `i` goes past them.
uint32_t take_hex(std::string_view text, size_t& i, size_t most) {
  uint32_t code = 0;
  for (size_t n = 0; n < most && i < text.size() && has_class(text[i], kHexDigit); ++n) {
    code = code * 16 + hex_value(text[i++]);
  }
  return code;
}

// The code point after `\u`; `i` stands after the `u` and goes past it, also past the second half
// of a surrogate pair.
std::optional<uint32_t> take_code_point(std::string_view text, size_t& i) {
  uint32_t code = 0;
  if (i < text.size() && text[i] == '{') {
    ++i;
    code = take_hex(text, i, 6);
    if (i >= text.size() || text[i++] != '}') return std::nullopt;
  } else {
    const size_t begin = i;
    code = take_hex(text, i, 4);
    if (i != begin + 4) return std::nullopt;
    if (code >= 0xd800 && code < 0xdc00 && text.substr(i, 2) == "\\u") {
      i += 2;
      const uint32_t low = take_hex(text, i, 4);
      if (low < 0xdc00 || low > 0xdfff) return std::nullopt;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
  }
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return std::nullopt;
  return code;
}

std::optional<char> simple_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return std::nullopt;
  }
}

Result<std::string> unescape(std::string_view token, bool is_bytes) {
  const size_t open = token.find_first_of("'\"");
  if (open == std::string_view::npos || token.size() < open + 2 || token.back() != token[open]) {
    return Error(ErrorCode::E0002, "string is not closed");
  }
  const char quote = token[open];
  const std::string_view text = content_of(token);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const char c = text[i++];
    if (c == quote) {
      ++i;
      out += c;
    } else if (c != '\\' || i >= text.size()) {
      out += c;
    } else if (const auto simple = simple_escape(text[i])) {
      ++i;
      out += *simple;
    } else if (is_bytes && text[i] == 'x') {
      out += static_cast<char>(take_hex(text, ++i, 2));
    } else if (!is_bytes && text[i] == 'u') {
      const auto code = take_code_point(text, ++i);
      if (!code) return Error(ErrorCode::E0004, "unknown escape in a string");
      put_utf8(out, *code);
    } else {
      return Error(ErrorCode::E0004, "unknown escape in a string");
    }
  }
  return out;
}

std::string without_separators(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '_') out += c;
  }
  return out;
}

struct Unit {
  std::string_view name;
  int64_t nanoseconds;
};
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"h", 3'600'000'000'000},
                                         {"d", 86'400'000'000'000},
                                         {"w", 604'800'000'000'000}}};

}  // namespace

Result<IntegerLiteral> decode_integer(std::string_view token) {
  IntegerLiteral out;
  unsigned base = 10;
  std::string_view digits = token;
  if (token.size() > 2 && token[0] == '0' && has_class(token[1], kWordStart)) {
    base = token[1] == 'x' ? 16 : token[1] == 'o' ? 8 : token[1] == 'b' ? 2 : 10;
    if (base != 10) digits.remove_prefix(2);
  }
  size_t i = 0;
  for (; i < digits.size(); ++i) {
    const char c = digits[i];
    if (c == '_') continue;
    if (!has_class(c, base == 16 ? kHexDigit : kDigit)) break;
    const u128 next = out.value * base + hex_value(c);
    if (out.value > (~u128{0} - hex_value(c)) / base) {
      return Error(ErrorCode::E0316, "integer literal does not fit 128 bits");
    }
    out.value = next;
  }
  out.suffix = digits.substr(i);
  return out;
}

FloatLiteral decode_float(std::string_view token) {
  FloatLiteral out;
  if (token.ends_with("f32")) {
    out.is_f32 = true;
    token.remove_suffix(3);
  }
  out.text = without_separators(token);
  return out;
}

std::string decode_decimal(std::string_view token) {
  if (token.ends_with("dec")) token.remove_suffix(3);
  return without_separators(token);
}

Result<std::string> decode_string(std::string_view token) {
  return unescape(token, false);
}
Result<std::string> decode_bytes(std::string_view token) {
  return unescape(token, true);
}

std::string decode_quoted(std::string_view token) {
  const std::string_view text = content_of(token);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '\'') ++i;
  }
  return out;
}

Result<int64_t> decode_duration(std::string_view token) {
  int64_t total = 0;
  while (!token.empty()) {
    int64_t count = 0;
    const auto [end, problem] = std::from_chars(token.data(), token.data() + token.size(), count);
    token.remove_prefix(static_cast<size_t>(end - token.data()));
    size_t length = 0;
    while (length < token.size() && has_class(token[length], kWordStart)) ++length;
    int64_t part = 0;
    bool is_known = false;
    bool overflows = problem != std::errc();
    for (const Unit& unit : kUnits) {
      if (unit.name != token.substr(0, length)) continue;
      is_known = true;
      overflows = overflows || __builtin_mul_overflow(count, unit.nanoseconds, &part);
    }
    if (!is_known) return Error(ErrorCode::E0005, "malformed duration");
    if (overflows || __builtin_add_overflow(total, part, &total)) {
      return Error(ErrorCode::E0901, "duration does not fit 64 bits of nanoseconds");
    }
    token.remove_prefix(length);
  }
  return total;
}

std::string decode_name(std::string_view token) {
  if (token.empty() || token.front() != '`') return std::string(token);
  std::string out;
  const std::string_view text = content_of(token);
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '`') ++i;
  }
  return out;
}

std::string quote_name(std::string_view name) {
  if (is_bare_word(name) && !is_reserved(keyword_of(name))) return std::string(name);
  std::string out = "`";
  for (const char c : name) {
    if (c == '`') out += '`';
    out += c;
  }
  return out + "`";
}

std::string quote_string(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "''";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace zerodb::zeroql
