// The formatter: the one layout of a script. Keywords in capitals, lines of at most `width` columns
// where they can be broken, at most one blank line in a row; comments stay between the tokens where
// they stand.
//
// A statement with a mistake is left as it is, byte for byte. Formatting twice is formatting once.
// docs/reference/formatter.md describes the layout. Threading: free functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zeroql/parser.h"

namespace zerodb::zeroql {

inline constexpr size_t kFormatWidth = 100;
inline constexpr size_t kFormatWidthMin = 20;
inline constexpr size_t kFormatWidthMax = 1'000;

struct FormatOptions {
  size_t width = kFormatWidth;  // in columns of a terminal
};

// The script with its one line break at the end, or nothing for a script of blanks. E1299 if the
// result were not the same tokens, comments and tree: then the formatter has a mistake, and the
// text is better left alone.
Result<std::string> format(std::string_view text, FormatOptions options = {});

// One statement with the semicolons behind it, for editors that format a part of a text.
struct FormattedStatement {
  Span span;             // from its first token to its last
  std::string text;      // what stands there when it is formatted; its lines begin at column 1
  bool is_sound = true;  // else the text is that of the source
};
std::vector<FormattedStatement> format_statements(const ParseResult& parsed,
                                                  FormatOptions options = {});

// The whole script, without the check that `format` makes.
std::string format_script(const ParseResult& parsed, FormatOptions options = {});

}  // namespace zerodb::zeroql
