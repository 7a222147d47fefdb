#include "cli/shell_copy.h"

#include <algorithm>

#include "zeroql/lexer.h"
#include "zeroql/literal.h"

namespace zerodb::cli {
namespace {

using zeroql::Keyword;
using zeroql::Token;
using zeroql::TokenKind;

// The FROM or TO that is not in parentheses: `(SELECT .. FROM ..) TO file` has another one.
const Token* direction_of(const zeroql::LexResult& lexed) {
  size_t depth = 0;
  for (const Token& each : lexed.tokens) {
    if (each.is(TokenKind::LeftParen)) ++depth;
    if (each.is(TokenKind::RightParen) && depth > 0) --depth;
    const bool is_word = each.keyword == Keyword::From || each.keyword == Keyword::To;
    if (depth == 0 && is_word) return &each;
  }
  return nullptr;
}

bool is_stream(std::string_view file) {
  std::string upper(file);
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return upper == "STDIN" || upper == "STDOUT";
}

}  // namespace

std::optional<std::string> copy_statement(std::string_view arguments,
                                          const std::filesystem::path& folder) {
  const zeroql::LexResult lexed = zeroql::lex(arguments);
  const Token* direction = direction_of(lexed);
  if (direction == nullptr) return std::nullopt;
  const size_t begin = arguments.find_first_not_of(" \t\r\n", direction->end);
  if (begin == std::string_view::npos) return std::nullopt;
  const auto is_at = [&](const Token& each) { return each.begin == begin; };
  const auto first = std::ranges::find_if(lexed.tokens, is_at);
  const bool is_quoted = first != lexed.tokens.end() && first->is(TokenKind::String);
  const size_t end = is_quoted
                         ? first->end
                         : std::min(arguments.find_first_of(" \t\r\n", begin), arguments.size());
  const std::string_view file = arguments.substr(begin, end - begin);
  std::string written(file);
  if (!file.starts_with('$') && !is_stream(file)) {
    const auto name = is_quoted ? zeroql::decode_string(file) : Result<std::string>(written);
    if (!name || name->empty()) return std::nullopt;
    written = zeroql::quote_string((folder / *name).string());
  }
  return "COPY " + std::string(arguments.substr(0, begin)) + written +
         std::string(arguments.substr(end));
}

}  // namespace zerodb::cli
