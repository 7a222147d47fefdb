#include "cli/line_reader.h"

#include <cctype>
#include <string_view>

#include "zeroql/lexer.h"

namespace zerodb::cli {

bool is_complete(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || text[start] == '\\') return true;
  const zeroql::LexResult lexed = zeroql::lex(text);
  // The last token is the end of the input.
  const size_t count = lexed.tokens.size();
  return count < 2 || lexed.tokens[count - 2].is(zeroql::TokenKind::Semicolon);
}

bool is_for_history(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower.find("password") == std::string::npos;
}

}  // namespace zerodb::cli
