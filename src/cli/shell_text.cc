#include "cli/shell_text.h"

#include <algorithm>

#include "zeroql/lexer.h"

namespace zerodb::cli {
namespace {

using zeroql::Token;
using zeroql::TokenKind;

// Where the first command begins; the end of the text for none.
size_t find_command(std::string_view text) {
  // Most texts have none, and need not be read twice.
  if (text.find('\\') == std::string_view::npos) return text.size();
  const zeroql::LexResult lexed = zeroql::lex(text);
  for (const Token& token : lexed.tokens) {
    if (token.is(TokenKind::Error) && text[token.begin] == '\\') return token.begin;
  }
  return text.size();
}

bool has_tokens(std::string_view text) {
  const zeroql::LexResult lexed = zeroql::lex(text);
  return lexed.tokens.size() > 1 || !lexed.diagnostics.empty();
}

}  // namespace

std::vector<ShellPiece> cut(std::string_view text) {
  std::vector<ShellPiece> pieces;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t command = begin + find_command(text.substr(begin));
    const std::string_view statements = text.substr(begin, command - begin);
    if (has_tokens(statements)) pieces.push_back({ShellPiece::Kind::Statements, statements, begin});
    if (command == text.size()) break;
    const size_t line_end = std::min(text.find_first_of("\r\n", command), text.size());
    pieces.push_back(
        {ShellPiece::Kind::Command, text.substr(command, line_end - command), command});
    begin = line_end;
  }
  return pieces;
}

bool is_complete(std::string_view text) {
  const std::vector<ShellPiece> pieces = cut(text);
  if (pieces.empty()) {
    // A comment that is open goes on.
    return zeroql::lex(text).diagnostics.empty();
  }
  const ShellPiece& last = pieces.back();
  if (last.kind == ShellPiece::Kind::Command) return true;
  const zeroql::LexResult lexed = zeroql::lex(last.text);
  // The last token is the end of the input.
  const size_t count = lexed.tokens.size();
  return count >= 2 && lexed.tokens[count - 2].is(TokenKind::Semicolon);
}

std::string_view unfinished_statement(std::string_view statements) {
  const zeroql::LexResult lexed = zeroql::lex(statements);
  size_t begin = 0;
  for (const Token& token : lexed.tokens) {
    if (token.is(TokenKind::Semicolon)) begin = token.end;
  }
  const std::string_view rest = statements.substr(begin);
  return has_tokens(rest) ? rest : std::string_view();
}

}  // namespace zerodb::cli
