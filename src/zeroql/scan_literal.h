// LiteralScanner: finds where a number or quoted literal ends, and reports what is malformed in it.
// A part of the lexer.
//
// Threading: one scanner belongs to one lexer.
#pragma once

#include <string_view>

#include "zeroql/diagnostic.h"
#include "zeroql/token.h"

namespace zerodb::zeroql {

struct ScannedLiteral {
  TokenKind kind;
  size_t end;
};

class LiteralScanner {
 public:
  // Both are borrowed.
  LiteralScanner(std::string_view text, Diagnostics& diagnostics)
      : text_(text), diagnostics_(diagnostics) {}

  // A number or duration that begins at `begin` with a digit, or with a point and a digit (which is
  // refused).
  ScannedLiteral number(size_t begin);
  // A literal of this kind; the quote stands `prefix` bytes after `begin`.
  ScannedLiteral quoted(size_t begin, size_t prefix, TokenKind kind);

 private:
  char at(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  size_t skip_digits(size_t i) const;
  ScannedLiteral radix_number(size_t begin);
  ScannedLiteral suffix(size_t begin, size_t digits_end, TokenKind kind);
  // The end of the units and digits after the first digits; 0 if they make no duration.
  size_t duration_end(size_t digits_end) const;
  // The offset past the escape whose backslash stands at `i`.
  size_t escape(size_t i, TokenKind kind);
  void check_content(size_t begin, size_t end, size_t prefix, TokenKind kind);
  ScannedLiteral unclosed(size_t begin, size_t prefix, TokenKind kind);
  void report(ErrorCode code, std::string message, size_t begin, size_t end, std::string help = {});

  std::string_view text_;
  Diagnostics& diagnostics_;
};

}  // namespace zerodb::zeroql
