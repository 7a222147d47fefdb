// How mistakes are reported, and where the parser goes on behind them.
#include <algorithm>

#include <fmt/format.h>

#include "zeroql/grammar.h"
#include "zeroql/keyword_guess.h"

namespace zerodb::zeroql {

namespace {

// More mistakes than these in one statement are most likely echoes of the first.
constexpr size_t kReportsPerStatement = 3;

bool is_close(TokenKind kind) {
  return kind == TokenKind::RightParen || kind == TokenKind::RightBracket ||
         kind == TokenKind::RightBrace;
}
bool is_open(TokenKind kind) {
  return kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket ||
         kind == TokenKind::LeftBrace;
}

}  // namespace

void Grammar::report(Diagnostic diagnostic) {
  if (cursor_.is_panicking() || is_abandoned_) return;
  ++sink_.mistakes;
  if (!backtrack_.is_trying() && ++statement_reports_ > kReportsPerStatement) {
    is_abandoned_ = true;
    cursor_.panic();
    return;
  }
  sink_.list.push_back(std::move(diagnostic));
}

void Grammar::fail(Diagnostic diagnostic) {
  // A malformed token has its own diagnostic from the lexer.
  const Token& token = cursor_.actual();
  const auto lexical =
      std::lower_bound(lexical_places_.begin(), lexical_places_.end(), token.begin);
  const bool is_malformed =
      token.kind == TokenKind::Error || (lexical != lexical_places_.end() && *lexical < token.end);
  const bool is_known = is_malformed && !cursor_.is_panicking();
  if (!is_known) report(std::move(diagnostic));
  ++sink_.mistakes;
  cursor_.panic();
}

void Grammar::expected(std::string_view what) {
  if (cursor_.is_panicking()) return;
  if (foreign_operator()) return;
  const Token& verb = builder_.tokens()[statement_begin_];
  if ((verb.is(Keyword::Define) || verb.is(Keyword::Remove)) && foreign_exists()) return;
  const Token& token = current();
  const std::string found =
      token.kind == TokenKind::EndOfInput ? "the end" : fmt::format("`{}`", text_of(token));
  const Span span = token.kind == TokenKind::EndOfInput
                        ? Span{cursor_.before().end, cursor_.before().end}
                        : token.span();
  fail({ErrorCode::E0101, fmt::format("expected {}, found {}", what, found), span});
}

void Grammar::guess_keyword_at(size_t report) {
  if (guessing_ == Guessing::Off) return;
  Diagnostic& mistake = sink_.list[report];
  const std::span all(builder_.tokens());
  const auto statement = all.subspan(statement_begin_, cursor_.at() - statement_begin_);
  if (statement.empty()) return;
  // A malformed token is the first mistake.
  const auto lexical = std::ranges::lower_bound(lexical_places_, statement.front().begin);
  if (lexical != lexical_places_.end() && *lexical <= mistake.span.begin) return;
  guess_keyword(mistake, builder_.source(), statement);
}

bool Grammar::begins_line(uint32_t token) const {
  if (token == 0) return true;
  const auto& tokens = builder_.tokens();
  const std::string_view gap =
      builder_.source().slice({tokens[token - 1].end, tokens[token].begin});
  return gap.find('\n') != std::string_view::npos;
}

void Grammar::fail_depth() {
  fail({.code = ErrorCode::E1102,
        .message = fmt::format("expression is nested deeper than {}", limits::kExpressionDepthMax),
        .span = cursor_.actual().span(),
        .help = "bind a part of it with LET, or use a list with IN"});
  is_abandoned_ = true;
}

bool Grammar::starts_statement(const Token& token) const {
  switch (token.keyword) {
    case Keyword::Create:
    case Keyword::Insert:
    case Keyword::Upsert:
    case Keyword::Update:
    case Keyword::Delete:
    case Keyword::Relate:
    case Keyword::Select:
    case Keyword::Define:
    case Keyword::Let:
    case Keyword::Remove:
    case Keyword::Alter:
    case Keyword::Describe:
    case Keyword::Begin:
    case Keyword::Commit:
    case Keyword::Rollback:
    case Keyword::Grant:
    case Keyword::Revoke:
    case Keyword::Explain:
    case Keyword::Use:
      return true;
    default:
      return false;
  }
}

void Grammar::recover_in_list(TokenKind close) {
  if (!cursor_.is_panicking() || is_abandoned_) return;
  size_t depth = 0;
  while (!cursor_.is_at_end()) {
    const TokenKind kind = cursor_.actual().kind;
    if (kind == TokenKind::Semicolon) return;
    if (depth == 0 && (kind == TokenKind::Comma || kind == close)) return cursor_.calm();
    if (is_open(kind)) ++depth;
    if (is_close(kind)) {
      if (depth == 0) return;
      --depth;
    }
    cursor_.skip();
  }
}

void Grammar::recover_at_clause() {
  if (!cursor_.is_panicking() || is_abandoned_ || backtrack_.is_trying()) return;
  size_t depth = 0;
  while (!cursor_.is_at_end()) {
    const Token& token = cursor_.actual();
    if (token.is(TokenKind::Semicolon)) return;
    if (is_open(token.kind)) ++depth;
    if (is_close(token.kind)) {
      if (depth == 0) return;
      --depth;
    }
    const bool is_clause = token.is(Keyword::From) || token.is(Keyword::Where) ||
                           token.is(Keyword::Having) || token.is(Keyword::Qualify) ||
                           token.is(Keyword::Limit) ||
                           ((token.is(Keyword::Group) || token.is(Keyword::Order)) &&
                            builder_.tokens()[cursor_.at() + 1].is(Keyword::By));
    if (depth == 0 && is_clause) return cursor_.calm();
    cursor_.skip();
  }
}

void Grammar::recover_statement() {
  if (!cursor_.is_panicking() && (at(TokenKind::Semicolon) || at(TokenKind::EndOfInput))) return;
  const Start s = start();
  const uint32_t first = cursor_.at();
  size_t depth = 0;
  while (!cursor_.is_at_end() && !cursor_.actual().is(TokenKind::Semicolon)) {
    const Token& token = cursor_.actual();
    if (is_open(token.kind)) ++depth;
    if (is_close(token.kind) && depth > 0) --depth;
    const bool is_new = cursor_.at() > statement_begin_ && depth == 0 &&
                        begins_line(cursor_.at()) && starts_statement(token) &&
                        !token.is(Keyword::Select);
    if (is_new) break;
    cursor_.skip();
  }
  cursor_.calm();
  if (cursor_.at() > first) finish(NodeKind::Skipped, s);
}

void Grammar::list(Rule element, TokenKind closer, uint32_t open) {
  while (!at(closer) && !cursor_.is_panicking()) {
    const uint32_t before = cursor_.at();
    (this->*element)();
    recover_in_list(closer);
    if (!accept(TokenKind::Comma)) break;
    if (cursor_.at() == before) break;
  }
  close(closer, open);
}

void Grammar::comma_list(Rule element) {
  do {
    (this->*element)();
  } while (accept(TokenKind::Comma));
}

void Grammar::close(TokenKind closer, uint32_t open) {
  const Token& opener = builder_.tokens()[open];
  if (cursor_.is_panicking()) {
    if (is_open(opener.kind) && open < cursor_.at()) skip_to_close(closer);
    return;
  }
  if (accept(closer)) return;
  const Token& token = current();
  if (token.is(TokenKind::EndOfInput) || token.is(TokenKind::Semicolon) || is_close(token.kind)) {
    const Span at_end = {cursor_.before().end, cursor_.before().end};
    const bool is_other = is_close(token.kind);
    fail({.code = ErrorCode::E0117,
          .message = is_other ? fmt::format("expected {}, but {} closes another bracket",
                                            spelling(closer), spelling(token.kind))
                              : fmt::format("{} is not closed", spelling(opener.kind)),
          .span = is_other ? token.span() : at_end,
          .labels = {{opener.span(), "opened here"}}});
    return;
  }
  if (!misplaced_clause()) expected(fmt::format("`,` or {}", spelling(closer)));
  skip_to_close(closer);
}

// In panic within brackets: goes on behind the closing one, if it is there.
void Grammar::skip_to_close(TokenKind closer) {
  recover_in_list(closer);
  while (at(TokenKind::Comma)) {
    cursor_.panic();
    cursor_.skip();
    recover_in_list(closer);
  }
  accept(closer);
}

void Grammar::bracketed(Rule element) {
  const uint32_t open = cursor_.at();
  if (!expect(TokenKind::LeftParen)) return;
  (this->*element)();
  recover_in_list(TokenKind::RightParen);
  while (accept(TokenKind::Comma) && !at(TokenKind::RightParen)) {
    (this->*element)();
    recover_in_list(TokenKind::RightParen);
  }
  close(TokenKind::RightParen, open);
}

bool Grammar::is_reserved_as_name() const {
  if (!at(TokenKind::Word) || !is_reserved(current().keyword)) return false;
  const Token& next = peek();
  const bool is_operand = next.is(TokenKind::Word)
                              ? !is_reserved(next.keyword)
                              : next.kind >= TokenKind::QuotedName && next.kind <= TokenKind::Regex;
  switch (current().keyword) {
    case Keyword::True:
    case Keyword::False:
    case Keyword::None:
    case Keyword::Null:
      return false;
    case Keyword::Group:
    case Keyword::Order:
      return !next.is(Keyword::By);
    case Keyword::Union:
    case Keyword::Except:
    case Keyword::Intersect:
      return !next.is(Keyword::All) && !next.is(Keyword::By) && !next.is(Keyword::Select) &&
             !next.is(Keyword::Values) && !next.is(TokenKind::LeftParen);
    case Keyword::From:
    case Keyword::Where:
    case Keyword::Having:
    case Keyword::Limit:
    case Keyword::Offset:
    case Keyword::On:
    case Keyword::Using:
    case Keyword::Values:
    case Keyword::As:
    case Keyword::Returning:
    case Keyword::And:
    case Keyword::Or:
    case Keyword::Then:
    case Keyword::With:
    case Keyword::Set:
    case Keyword::Is:
    case Keyword::In:
    case Keyword::Like:
    case Keyword::Qualify:
    case Keyword::Join:
      return !is_operand && !next.is(TokenKind::LeftParen) && !next.is(TokenKind::Star) &&
             !next.is(TokenKind::Semicolon) && !next.is(TokenKind::EndOfInput) &&
             !next.is(TokenKind::RightParen);
    default:
      return true;
  }
}

// Goes on as if the name were quoted, unless what follows cannot follow a name.
void Grammar::reserved_name() {
  const Token& token = current();
  const std::string word(text_of(token));
  const bool is_followed =
      is_ident(peek()) || (peek().kind >= TokenKind::Parameter && peek().kind <= TokenKind::Regex);
  report({.code = ErrorCode::E0102,
          .message = fmt::format("`{}` is a reserved word", word),
          .span = token.span(),
          .help = fmt::format("as a name it is quoted: `{}`", word),
          .fixes = {{token.span(), "`" + word + "`", "quote the name"}}});
  cursor_.advance();
  if (is_followed) cursor_.panic();
}

}  // namespace zerodb::zeroql
