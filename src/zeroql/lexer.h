// The lexer of zeroql: text to tokens. It never fails: what is no token becomes one of kind Error,
// with a diagnostic.
//
// Lossless: every byte belongs to a token or to the blanks and comments before one. A malformed
// literal keeps the kind it was meant to have, so that one mistake gives one diagnostic. Arrows are
// no tokens: `<` `-` `>` say whether they touch the token before. Threading: free functions over
// their arguments.
#pragma once

#include <string_view>
#include <vector>

#include "zeroql/diagnostic.h"
#include "zeroql/token.h"

namespace zerodb::zeroql {

struct LexResult {
  // Ends in exactly one EndOfInput.
  std::vector<Token> tokens;
  Diagnostics diagnostics;
};

// The text is shorter than 4 GiB.
LexResult lex(std::string_view text);

// Whether the bytes can be a name without backticks, apart from reserved words.
bool is_bare_word(std::string_view text);

}  // namespace zerodb::zeroql
