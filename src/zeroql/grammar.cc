#include "zeroql/grammar.h"

#include <algorithm>

#include <fmt/format.h>

#include "zeroql/lexer.h"
#include "zeroql/literal.h"

namespace zerodb::zeroql {

namespace {

// More mistakes than these in one statement are most likely echoes of the first.
constexpr size_t kReportsPerStatement = 3;

bool is_close(TokenKind kind) {
  return kind == TokenKind::RightParen || kind == TokenKind::RightBracket || kind == TokenKind::RightBrace;
}
bool is_open(TokenKind kind) {
  return kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket || kind == TokenKind::LeftBrace;
}

}  // namespace

Grammar::Grammar(SourceText source, std::vector<Token> tokens, Diagnostics lexical, Memoization memoization)
    : builder_(std::move(source), std::move(tokens)),
      cursor_(builder_.tokens()),
      sink_{std::move(lexical)},
      memoization_(memoization) {}

ParseResult Grammar::parse(ParseStatistics& statistics) && {
  script();
  statistics = statistics_;
  statistics.memo_hits = memo_.hits();
  std::stable_sort(sink_.list.begin(), sink_.list.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  return {builder_.take(), std::move(sink_.list)};
}

// ---- tokens

bool Grammar::at_query() const {
  return at(Keyword::Select) || at(Keyword::From) || at(Keyword::Values) || at(Keyword::With);
}

bool Grammar::accept(TokenKind kind) {
  if (!at(kind)) return false;
  cursor_.advance();
  return true;
}

bool Grammar::accept(Keyword keyword) {
  if (!at(keyword)) return false;
  cursor_.advance();
  return true;
}

bool Grammar::expect(TokenKind kind) {
  if (accept(kind)) return true;
  expected(spelling(kind));
  return false;
}

bool Grammar::expect(Keyword keyword) {
  if (accept(keyword)) return true;
  expected(keyword_text(keyword));
  return false;
}

NodeId Grammar::finish(NodeKind kind, Start start, uint8_t detail) {
  return builder_.finish(kind, start, std::max(start.token, cursor_.at()), detail);
}

// ---- mistakes

void Grammar::report(Diagnostic diagnostic) {
  if (cursor_.is_panicking() || is_abandoned_) return;
  if (!backtrack_.is_trying() && ++statement_reports_ > kReportsPerStatement) {
    is_abandoned_ = true;
    cursor_.panic();
    return;
  }
  sink_.list.push_back(std::move(diagnostic));
}

void Grammar::fail(Diagnostic diagnostic) {
  // A malformed token has its own diagnostic from the lexer.
  const bool is_known = cursor_.actual().kind == TokenKind::Error && !cursor_.is_panicking();
  if (!is_known) report(std::move(diagnostic));
  cursor_.panic();
}

void Grammar::expected(std::string_view what) {
  if (cursor_.is_panicking()) return;
  if (foreign_operator()) return;
  const Token& token = current();
  const std::string found = token.kind == TokenKind::EndOfInput ? "the end" : fmt::format("`{}`", text_of(token));
  const Span span = token.kind == TokenKind::EndOfInput ? Span{cursor_.before().end, cursor_.before().end} : token.span();
  fail({ErrorCode::E0101, fmt::format("expected {}, found {}", what, found), span});
}

bool Grammar::begins_line(uint32_t token) const {
  if (token == 0) return true;
  const auto& tokens = builder_.tokens();
  const std::string_view gap = builder_.source().slice({tokens[token - 1].end, tokens[token].begin});
  return gap.find('\n') != std::string_view::npos;
}

void Grammar::fail_depth() {
  fail({.code = ErrorCode::E1102,
        .message = fmt::format("expression is nested deeper than {}", limits::kExpressionDepthMax),
        .span = cursor_.actual().span(),
        .help = "bind a part of it with LET, or use a list with IN"});
  is_abandoned_ = true;
}

// ---- recovery

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
    case Keyword::Use: return true;
    default: return false;
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
    const bool is_clause = token.is(Keyword::From) || token.is(Keyword::Where) || token.is(Keyword::Having) ||
                           token.is(Keyword::Qualify) || token.is(Keyword::Limit) ||
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
    const bool is_new = cursor_.at() > statement_begin_ && depth == 0 && begins_line(cursor_.at()) &&
                        starts_statement(token) && !token.is(Keyword::Select);
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
  if (cursor_.is_panicking() || accept(closer)) return;
  const Token& token = current();
  const Token& opener = builder_.tokens()[open];
  if (token.is(TokenKind::EndOfInput) || token.is(TokenKind::Semicolon) || is_close(token.kind)) {
    const Span at_end = {cursor_.before().end, cursor_.before().end};
    const bool is_other = is_close(token.kind);
    fail({.code = ErrorCode::E0117,
          .message = is_other ? fmt::format("expected {}, but {} closes another bracket", spelling(closer), spelling(token.kind))
                              : fmt::format("{} is not closed", spelling(opener.kind)),
          .span = is_other ? token.span() : at_end,
          .labels = {{opener.span(), "opened here"}}});
    return;
  }
  if (misplaced_clause()) return;
  expected(fmt::format("`,` or {}", spelling(closer)));
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

// ---- names

bool Grammar::is_reserved_as_name() const {
  if (!at(TokenKind::Word) || !is_reserved(current().keyword)) return false;
  const Token& next = peek();
  const bool is_operand = next.is(TokenKind::Word) ? !is_reserved(next.keyword) : next.kind >= TokenKind::QuotedName && next.kind <= TokenKind::Regex;
  switch (current().keyword) {
    case Keyword::True:
    case Keyword::False:
    case Keyword::None:
    case Keyword::Null: return false;
    case Keyword::Group:
    case Keyword::Order: return !next.is(Keyword::By);
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
    case Keyword::Union:
    case Keyword::Is:
    case Keyword::In:
    case Keyword::Like:
    case Keyword::Qualify:
    case Keyword::Join: return !is_operand && !next.is(TokenKind::LeftParen) && !next.is(TokenKind::Star) &&
                               !next.is(TokenKind::Semicolon) && !next.is(TokenKind::EndOfInput) &&
                               !next.is(TokenKind::RightParen);
    default: return true;
  }
}

void Grammar::fail_reserved_name() {
  const Token& token = current();
  const std::string word(text_of(token));
  fail({.code = ErrorCode::E0102,
        .message = fmt::format("`{}` is a reserved word", word),
        .span = token.span(),
        .help = fmt::format("quote it to use it as a name: `` `{}` ``", word),
        .fixes = {{token.span(), "`" + word + "`", "quote the name"}}});
}

void Grammar::ident() {
  const Start s = start();
  if (at_ident()) {
    cursor_.advance();
  } else if (at(TokenKind::DoubleString)) {
    const Token& token = current();
    const auto decoded = decode_string(text_of(token));
    const std::string quoted = quote_name(decoded ? *decoded : std::string());
    report({.code = ErrorCode::E0106,
            .message = "a double-quoted string is no name",
            .span = token.span(),
            .help = "write " + quoted,
            .fixes = {{token.span(), quoted, "write it as a name"}}});
    cursor_.advance();
  } else if (is_reserved_as_name()) {
    fail_reserved_name();
  } else {
    expected("a name");
  }
  finish(NodeKind::Ident, s);
}

void Grammar::word() {
  const Start s = start();
  if (is_word(current())) {
    cursor_.advance();
  } else {
    expected("a name");
  }
  finish(NodeKind::Ident, s);
}

void Grammar::name() {
  const Start s = start();
  ident();
  while (at(TokenKind::Dot)) {
    cursor_.advance();
    ident();
  }
  finish(NodeKind::Name, s);
}

void Grammar::path() {
  const Start s = start();
  ident();
  while (accept(TokenKind::DoubleColon)) word();
  finish(NodeKind::Path, s);
}

void Grammar::ident_list() {
  const Start s = start();
  bracketed(&Grammar::ident);
  finish(NodeKind::IdentList, s);
}

void Grammar::alias() {
  const Start s = start();
  expect(Keyword::As);
  ident();
  finish(NodeKind::Alias, s);
}

void Grammar::optional_alias() {
  if (at(Keyword::As)) alias();
}

// ---- statements

void Grammar::script() {
  const Start s = start();
  while (true) {
    while (accept(TokenKind::Semicolon)) continue;
    if (at(TokenKind::EndOfInput)) break;
    statement_begin_ = cursor_.at();
    statement_reports_ = 0;
    is_abandoned_ = false;
    depth_ = 0;
    memo_.clear();
    statement();
    if (!cursor_.is_panicking() && !at(TokenKind::Semicolon) && !at(TokenKind::EndOfInput)) unexpected_after_statement();
    const bool lacks_semicolon = !cursor_.is_panicking() && starts_statement(current());
    if (!lacks_semicolon) recover_statement();
    const uint32_t begin = builder_.tokens()[statement_begin_].begin;
    const uint32_t end = cursor_.before().end;
    if (end - begin > limits::kStatementBytesMax) {
      sink_.list.push_back({ErrorCode::E1101, fmt::format("statement is longer than {} bytes", limits::kStatementBytesMax),
                            {begin, builder_.tokens()[statement_begin_].end}});
    }
  }
  cursor_.advance();
  builder_.finish(NodeKind::Script, s, static_cast<uint32_t>(builder_.tokens().size()), 0);
}

void Grammar::statement() {
  const Start s = start();
  if (foreign_statement()) {
    finish(NodeKind::ErrorStatement, s);
    return;
  }
  statement_by_word();
}

void Grammar::explained_statement() {
  switch (current().keyword) {
    case Keyword::Create:
    case Keyword::Insert:
    case Keyword::Upsert:
    case Keyword::Update:
    case Keyword::Delete:
    case Keyword::Relate: return statement_by_word();
    default: break;
  }
  if (at_query() || at(TokenKind::LeftParen)) return statement_by_word();
  expected("a query, CREATE, INSERT, UPSERT, UPDATE, DELETE or RELATE");
  missing(NodeKind::ErrorStatement);
}

void Grammar::statement_by_word() {
  const Start s = start();
  switch (current().keyword) {
    case Keyword::Create: return create();
    case Keyword::Insert: return insert();
    case Keyword::Upsert: return upsert();
    case Keyword::Update: return update();
    case Keyword::Delete: return delete_();
    case Keyword::Relate: return relate();
    case Keyword::Let: return let();
    case Keyword::Use: return use();
    case Keyword::Set: return set();
    case Keyword::Reset: return reset_or_show(NodeKind::Reset);
    case Keyword::Show: return reset_or_show(NodeKind::Show);
    case Keyword::Define: return define();
    case Keyword::Remove: return remove();
    case Keyword::Alter: return alter();
    case Keyword::Describe: return describe();
    case Keyword::Grant: return grant_or_revoke(NodeKind::Grant);
    case Keyword::Revoke: return grant_or_revoke(NodeKind::Revoke);
    case Keyword::Begin: return begin();
    case Keyword::Commit:
      cursor_.advance();
      finish(NodeKind::Commit, s);
      return;
    case Keyword::Rollback: return rollback_or_release(NodeKind::Rollback);
    case Keyword::Release: return rollback_or_release(NodeKind::Release);
    case Keyword::Savepoint:
      cursor_.advance();
      ident();
      finish(NodeKind::Savepoint, s);
      return;
    case Keyword::Explain: return explain();
    case Keyword::Analyze: return analyze();
    case Keyword::Copy: return copy();
    case Keyword::Live: return live();
    case Keyword::Kill:
      cursor_.advance();
      expr();
      finish(NodeKind::Kill, s);
      return;
    default: break;
  }
  if (at_query() || at(TokenKind::LeftParen)) {
    query();
    finish(NodeKind::QueryStatement, s);
    return;
  }
  expected("a statement");
  finish(NodeKind::ErrorStatement, s);
}

// ---- memory

void Grammar::remember(MemoRule rule, Rule make) {
  ++statistics_.rule_calls;
  if (memoization_ == Memoization::Off || !(backtrack_.is_trying() || !memo_.empty()) || cursor_.is_panicking()) {
    (this->*make)();
    return;
  }
  const uint32_t position = cursor_.at();
  if (const Remembered* known = memo_.find(rule, position)) {
    builder_.push(known->node);
    for (const Diagnostic& diagnostic : known->diagnostics) report(diagnostic);
    cursor_.restore(known->end);
    return;
  }
  const size_t reports = sink_.list.size();
  const Start s = start();
  (this->*make)();
  DEBUG_ASSERT(builder_.mark() == s.waiting + 1);
  if (!backtrack_.is_trying()) return;
  memo_.store(rule, position, {builder_.last(), cursor_.mark(), Diagnostics(sink_.list.begin() + static_cast<std::ptrdiff_t>(reports), sink_.list.end())});
}

}  // namespace zerodb::zeroql
