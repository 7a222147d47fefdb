#include "zeroql/scan_literal.h"

#include <algorithm>
#include <array>

#include "zeroql/char_class.h"

namespace zerodb::zeroql {

namespace {

constexpr std::array<std::string_view, 10> kIntegerSuffixes = {"u8", "u16", "u32", "u64", "u128",
                                                               "i8", "i16", "i32", "i64", "i128"};
constexpr std::array<std::string_view, 8> kUnitNames = {"ns", "us", "ms", "s", "m", "h", "d", "w"};

template <size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return has_class(c, kDigit); });
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < 36; ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !has_class(text[i], kHexDigit)) return false;
  }
  return true;
}

unsigned two(std::string_view text, size_t i) {
  return static_cast<unsigned>(text[i] - '0') * 10 + static_cast<unsigned>(text[i + 1] - '0');
}

unsigned days_in_month(unsigned year, unsigned month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// hh:mm[:ss[.fff]][Z|+hh:mm]
bool is_time(std::string_view t) {
  if (t.size() < 5 || !all_digits(t.substr(0, 2)) || t[2] != ':' || !all_digits(t.substr(3, 2)))
    return false;
  if (two(t, 0) > 23 || two(t, 3) > 59) return false;
  t.remove_prefix(5);
  if (t.size() >= 3 && t[0] == ':') {
    if (!all_digits(t.substr(1, 2)) || two(t, 1) > 59) return false;
    t.remove_prefix(3);
    if (!t.empty() && t[0] == '.') {
      size_t n = 1;
      while (n < t.size() && has_class(t[n], kDigit)) ++n;
      if (n == 1 || n > 10) return false;
      t.remove_prefix(n);
    }
  }
  if (t.empty() || t == "Z" || t == "z") return true;
  if (t.size() != 6 || (t[0] != '+' && t[0] != '-') || t[3] != ':') return false;
  return all_digits(t.substr(1, 2)) && all_digits(t.substr(4, 2)) && two(t, 1) < 24 &&
         two(t, 4) < 60;
}

// yyyy-mm-dd[Ttime]; a sign and more digits of the year are allowed.
bool is_datetime(std::string_view t) {
  if (!t.empty() && (t[0] == '+' || t[0] == '-')) t.remove_prefix(1);
  const size_t year_end = std::min(t.find('-'), t.size());
  if (year_end < 4 || year_end > 6 || !all_digits(t.substr(0, year_end))) return false;
  unsigned year = 0;
  for (const char c : t.substr(0, year_end)) year = year * 10 + static_cast<unsigned>(c - '0');
  t.remove_prefix(year_end);
  if (t.size() < 6 || !all_digits(t.substr(1, 2)) || t[3] != '-' || !all_digits(t.substr(4, 2)))
    return false;
  const unsigned month = two(t, 1);
  const unsigned day = two(t, 4);
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return false;
  t.remove_prefix(6);
  if (t.empty()) return true;
  return (t[0] == 'T' || t[0] == 't' || t[0] == ' ') && is_time(t.substr(1));
}

}  // namespace

void LiteralScanner::report(ErrorCode code, std::string message, size_t begin, size_t end,
                            std::string help) {
  diagnostics_.push_back({.code = code,
                          .message = std::move(message),
                          .span = {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)},
                          .help = std::move(help)});
}

size_t LiteralScanner::skip_digits(size_t i) const {
  while (has_class(at(i), kDigit) || (at(i) == '_' && has_class(at(i + 1), kDigit))) ++i;
  return i;
}

ScannedLiteral LiteralScanner::radix_number(size_t begin) {
  const char radix = at(begin + 1);
  size_t i = begin + 2;
  const auto is_digit = [&](char c) {
    if (radix == 'x') return has_class(c, kHexDigit);
    return c >= '0' && c <= (radix == 'o' ? '7' : '1');
  };
  while (is_digit(at(i)) || (at(i) == '_' && is_digit(at(i + 1)))) ++i;
  if (i > begin + 2) return suffix(begin, i, TokenKind::Integer);
  while (has_class(at(i), kWordStart | kDigit)) ++i;
  report(ErrorCode::E0005, "`" + std::string(text_.substr(begin, i - begin)) + "` has no digits",
         begin, i);
  return {TokenKind::Integer, i};
}

ScannedLiteral LiteralScanner::number(size_t begin) {
  if (at(begin) == '.') {
    size_t end = skip_digits(begin + 1);
    while (has_class(at(end), kWordStart | kDigit)) ++end;
    const std::string written(text_.substr(begin, end - begin));
    report(ErrorCode::E0005, "`" + written + "` needs a digit before the point", begin, end,
           "write `0" + written + "`");
    diagnostics_.back().fixes.push_back(
        {{static_cast<uint32_t>(begin), static_cast<uint32_t>(begin)}, "0", "add the digit"});
    return {TokenKind::Float, end};
  }
  if (at(begin) == '0' && (at(begin + 1) == 'x' || at(begin + 1) == 'b' || at(begin + 1) == 'o')) {
    return radix_number(begin);
  }
  size_t i = skip_digits(begin);
  TokenKind kind = TokenKind::Integer;
  if (at(i) == '.' && has_class(at(i + 1), kDigit)) {
    i = skip_digits(i + 1);
    kind = TokenKind::Float;
  } else if (at(i) == '.' && at(i + 1) != '.' && !has_class(at(i + 1), kWordStart | kNotAscii) &&
             at(i + 1) != '{' && at(i + 1) != '`') {
    const std::string written(text_.substr(begin, i - begin));
    report(ErrorCode::E0005, "`" + written + ".` needs a digit after the point", begin, i + 1,
           "write `" + written + ".0`");
    diagnostics_.back().fixes.push_back(
        {{static_cast<uint32_t>(i + 1), static_cast<uint32_t>(i + 1)}, "0", "add the digit"});
    return {TokenKind::Float, i + 1};
  }
  if (at(i) == 'e' || at(i) == 'E') {
    const size_t sign = at(i + 1) == '+' || at(i + 1) == '-' ? 1 : 0;
    if (has_class(at(i + 1 + sign), kDigit)) {
      return suffix(begin, skip_digits(i + 1 + sign), TokenKind::Float);
    }
  }
  return suffix(begin, i, kind);
}

size_t LiteralScanner::duration_end(size_t digits_end) const {
  size_t i = digits_end;
  while (true) {
    size_t unit_end = i;
    while (has_class(at(unit_end), kWordStart) && at(unit_end) != '_') ++unit_end;
    if (!contains(kUnitNames, text_.substr(i, unit_end - i))) return 0;
    i = unit_end;
    if (!has_class(at(i), kDigit)) return at(i) == '_' ? 0 : i;
    while (has_class(at(i), kDigit)) ++i;
  }
}

ScannedLiteral LiteralScanner::suffix(size_t begin, size_t digits_end, TokenKind kind) {
  size_t end = digits_end;
  while (has_class(at(end), kWordStart | kDigit)) ++end;
  if (end == digits_end) return {kind, end};
  const std::string_view letters = text_.substr(digits_end, end - digits_end);
  const std::string_view digits = text_.substr(begin, digits_end - begin);
  const bool has_radix = digits.size() > 1 && digits[0] == '0' && has_class(digits[1], kWordStart);
  const bool has_exponent = !has_radix && digits.find_first_of("eE") != std::string_view::npos;
  if (kind == TokenKind::Integer && contains(kIntegerSuffixes, letters)) return {kind, end};
  if (letters == "f32" && !has_radix) return {TokenKind::Float, end};
  if (letters == "dec" && !has_radix && !has_exponent) return {TokenKind::Decimal, end};
  if (kind == TokenKind::Integer && !has_radix) {
    const size_t unit_end = duration_end(digits_end);
    if (unit_end != 0) return {TokenKind::Duration, unit_end};
  }
  std::string help =
      "a number may end in u8 to u128, i8 to i128, f32 or dec, a duration in ns us ms s m h d w";
  if (kind == TokenKind::Float && contains(kUnitNames, letters))
    help = "durations take whole numbers, such as `1h30m`";
  report(ErrorCode::E0005, "`" + std::string(letters) + "` is no suffix of a number", digits_end,
         end, std::move(help));
  return {kind, end};
}

ScannedLiteral LiteralScanner::unclosed(size_t begin, size_t prefix, TokenKind kind) {
  const size_t line_end = std::min(text_.find('\n', begin), text_.size());
  const std::string_view what = kind == TokenKind::QuotedName ? "quoted name"
                                : kind == TokenKind::String || kind == TokenKind::DoubleString
                                    ? "string"
                                    : "literal";
  report(ErrorCode::E0002, std::string(what) + " is not closed", begin, begin + prefix + 1);
  return {kind, line_end};
}

ScannedLiteral LiteralScanner::quoted(size_t begin, size_t prefix, TokenKind kind) {
  const char quote = text_[begin + prefix];
  const bool has_escapes =
      kind == TokenKind::String || kind == TokenKind::DoubleString || kind == TokenKind::Bytes;
  const size_t reports_before = diagnostics_.size();
  size_t i = begin + prefix + 1;
  while (i < text_.size()) {
    const char c = text_[i];
    if (c == quote) {
      if (at(i + 1) != quote ||
          (kind == TokenKind::QuotedName && i == begin + 1 && at(i + 2) != quote)) {
        check_content(begin, i, prefix, kind);
        return {kind, i + 1};
      }
      i += 2;
    } else if (c == '\\' && has_escapes) {
      i = escape(i, kind);
    } else {
      ++i;
    }
  }
  // What looked wrong beyond the line where the quote is missing is no mistake of its own.
  diagnostics_.resize(reports_before);
  return unclosed(begin, prefix, kind);
}

size_t LiteralScanner::escape(size_t i, TokenKind kind) {
  const char c = at(i + 1);
  const bool is_bytes = kind == TokenKind::Bytes;
  switch (c) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return i + 2;
    case 'x':
      if (is_bytes && has_class(at(i + 2), kHexDigit) && has_class(at(i + 3), kHexDigit))
        return i + 4;
      break;
    case 'u': {
      if (is_bytes) break;
      const bool braced = at(i + 2) == '{';
      size_t end = i + (braced ? 3 : 2);
      unsigned code = 0;
      size_t digits = 0;
      while (digits < (braced ? 6u : 4u) && has_class(at(end), kHexDigit)) {
        const char h = at(end++);
        code = code * 16 + static_cast<unsigned>(h <= '9' ? h - '0' : (h | 32) - 'a' + 10);
        ++digits;
      }
      if (braced ? (digits > 0 && at(end) == '}') : digits == 4) {
        end += braced ? 1 : 0;
        const bool is_low = code >= 0xdc00 && code < 0xe000;
        if (code >= 0xd800 && code < 0xdc00 && !braced && at(end) == '\\' && at(end + 1) == 'u' &&
            (at(end + 2) | 32) == 'd' && (at(end + 3) | 32) >= 'c' && (at(end + 3) | 32) <= 'f' &&
            has_class(at(end + 4), kHexDigit) && has_class(at(end + 5), kHexDigit)) {
          return end + 6;
        }
        if (code <= 0x10ffff && !is_low && !(code >= 0xd800 && code < 0xdc00)) return end;
      }
      report(ErrorCode::E0004, "`\\u` needs four hexadecimal digits or `{..}` of a code point", i,
             std::min(end, text_.size()));
      return end;
    }
    default:
      break;
  }
  size_t end = std::min(i + 2, text_.size());
  while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xc0) == 0x80) ++end;
  const bool is_quote = c == '\'';
  report(ErrorCode::E0004, "unknown escape `" + std::string(text_.substr(i, end - i)) + "`", i, end,
         is_quote ? "double the quote: `''`" : "a backslash itself is written `\\\\`");
  if (is_quote) {
    diagnostics_.back().fixes.push_back(
        {{static_cast<uint32_t>(i), static_cast<uint32_t>(end)}, "''", "double the quote"});
  }
  return end;
}

void LiteralScanner::check_content(size_t begin, size_t end, size_t prefix, TokenKind kind) {
  const std::string_view content = text_.substr(begin + prefix + 1, end - begin - prefix - 1);
  if (kind == TokenKind::QuotedName && content.empty()) {
    report(ErrorCode::E0002, "a quoted name cannot be empty", begin, end + 1);
  } else if (kind == TokenKind::Uuid && !is_uuid(content)) {
    report(ErrorCode::E0006, "malformed uuid", begin, end + 1,
           "a uuid has 8-4-4-4-12 hexadecimal digits");
  } else if (kind == TokenKind::DateTime && !is_datetime(content)) {
    report(ErrorCode::E0006, "malformed datetime", begin, end + 1,
           "write `d'2026-01-31'` or `d'2026-01-31T12:00:00Z'`");
  }
}

}  // namespace zerodb::zeroql
