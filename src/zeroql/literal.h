// Decodes the content of literal tokens: text without quotes and escapes, bytes, digits without
// separators.
//
// The lexer has checked the form, so these functions only fail on tokens that carry a diagnostic.
// Threading: free functions.
#pragma once

#include <string>
#include <string_view>

#include "base/int128.h"
#include "base/result.h"
#include "zeroql/token.h"

namespace zerodb::zeroql {

struct IntegerLiteral {
  u128 value = 0;
  // "u8", or empty.
  std::string_view suffix;
};

// E0316 if the digits do not fit 128 bits.
Result<IntegerLiteral> decode_integer(std::string_view token);

struct FloatLiteral {
  // Digits, point and exponent without `_` and suffix; std::from_chars reads it.
  std::string text;
  bool is_f32 = false;
};
FloatLiteral decode_float(std::string_view token);

// Digits and point, without `_` and `dec`.
std::string decode_decimal(std::string_view token);

// '..' and "..": UTF-8.
Result<std::string> decode_string(std::string_view token);
// b'..'
Result<std::string> decode_bytes(std::string_view token);
// d'..', u'..', re'..': what stands between the quotes; in re'..' a doubled quote is one, and
// backslashes are kept.
std::string decode_quoted(std::string_view token);

// 1h30m: the sum of its parts in nanoseconds; E0901 beyond 64 bits.
Result<int64_t> decode_duration(std::string_view token);

// `name` without its backticks; a bare word as it is.
std::string decode_name(std::string_view token);

// Writes a name so that it parses as one: bare where it can be, else in backticks.
std::string quote_name(std::string_view name);
// Writes a string literal in single quotes.
std::string quote_string(std::string_view text);

}  // namespace zerodb::zeroql
