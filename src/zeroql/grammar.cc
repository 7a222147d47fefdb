#include "zeroql/grammar.h"

#include <algorithm>

#include <fmt/format.h>

#include "zeroql/lexer.h"
#include "zeroql/literal.h"

namespace zerodb::zeroql {

Grammar::Grammar(SourceText source, std::vector<Token> tokens, Diagnostics lexical,
                 Memoization memoization, Guessing guessing)
    : builder_(std::move(source), std::move(tokens)),
      cursor_(builder_.tokens()),
      sink_{.list = std::move(lexical)},
      memoization_(memoization),
      guessing_(guessing) {
  for (const Diagnostic& diagnostic : sink_.list) lexical_places_.push_back(diagnostic.span.begin);
  std::sort(lexical_places_.begin(), lexical_places_.end());
}

ParseResult Grammar::parse(ParseStatistics& statistics) && {
  script();
  statistics = statistics_;
  statistics.memo_hits = memo_.hits();
  std::stable_sort(
      sink_.list.begin(), sink_.list.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  return {builder_.take(), std::move(sink_.list), std::move(broken_)};
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

// ---- names

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
    reserved_name();
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
    const size_t first_report = sink_.list.size();
    statement();
    if (!cursor_.is_panicking() && !at(TokenKind::Semicolon) && !at(TokenKind::EndOfInput))
      unexpected_after_statement();
    const bool lacks_semicolon = !cursor_.is_panicking() && starts_statement(current());
    if (!lacks_semicolon) recover_statement();
    if (sink_.list.size() > first_report) guess_keyword_at(first_report);
    const uint32_t begin = builder_.tokens()[statement_begin_].begin;
    if (statement_reports_ > 0) broken_.push_back(begin);
    const uint32_t end = cursor_.before().end;
    if (end - begin > limits::kStatementBytesMax) {
      sink_.list.push_back(
          {ErrorCode::E1101,
           fmt::format("statement is longer than {} bytes", limits::kStatementBytesMax),
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
    case Keyword::Relate:
      return statement_by_word();
    default:
      break;
  }
  if (at_query() || at(TokenKind::LeftParen)) return statement_by_word();
  expected("a query, CREATE, INSERT, UPSERT, UPDATE, DELETE or RELATE");
  missing(NodeKind::ErrorStatement);
}

void Grammar::statement_by_word() {
  const Start s = start();
  switch (current().keyword) {
    case Keyword::Create:
      return create();
    case Keyword::Insert:
      return insert();
    case Keyword::Upsert:
      return upsert();
    case Keyword::Update:
      return update();
    case Keyword::Delete:
      return delete_();
    case Keyword::Relate:
      return relate();
    case Keyword::Let:
      return let();
    case Keyword::Use:
      return use();
    case Keyword::Set:
      return set();
    case Keyword::Reset:
      return reset_or_show(NodeKind::Reset);
    case Keyword::Show:
      return reset_or_show(NodeKind::Show);
    case Keyword::Define:
      return define();
    case Keyword::Remove:
      return remove();
    case Keyword::Alter:
      return alter();
    case Keyword::Describe:
      return describe();
    case Keyword::Grant:
      return grant_or_revoke(NodeKind::Grant);
    case Keyword::Revoke:
      return grant_or_revoke(NodeKind::Revoke);
    case Keyword::Begin:
      return begin();
    case Keyword::Commit:
      cursor_.advance();
      finish(NodeKind::Commit, s);
      return;
    case Keyword::Rollback:
      return rollback_or_release(NodeKind::Rollback);
    case Keyword::Release:
      return rollback_or_release(NodeKind::Release);
    case Keyword::Savepoint:
      cursor_.advance();
      ident();
      finish(NodeKind::Savepoint, s);
      return;
    case Keyword::Explain:
      return explain();
    case Keyword::Analyze:
      return analyze();
    case Keyword::Copy:
      return copy();
    case Keyword::Live:
      return live();
    case Keyword::Kill:
      cursor_.advance();
      expr();
      finish(NodeKind::Kill, s);
      return;
    default:
      break;
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
  if (memoization_ == Memoization::Off || !(backtrack_.is_trying() || !memo_.empty()) ||
      cursor_.is_panicking()) {
    (this->*make)();
    return;
  }
  const uint32_t position = cursor_.at();
  const Remembered* known = memo_.find(rule, position);
  // Recovery goes other ways while trying, so what has mistakes is parsed again when it counts:
  // once, for tries inside it are remembered.
  if (known != nullptr && !backtrack_.is_trying() &&
      (known->mistakes > 0 || known->end.is_panicking))
    known = nullptr;
  if (known != nullptr) {
    builder_.push(known->node);
    for (const Diagnostic& diagnostic : known->diagnostics) report(diagnostic);
    sink_.mistakes += known->mistakes;
    cursor_.restore(known->end);
    return;
  }
  const DiagnosticSink::Mark before = sink_.mark();
  [[maybe_unused]] const Start s = start();
  (this->*make)();
  DEBUG_ASSERT(builder_.mark() == s.waiting + 1);
  if (!backtrack_.is_trying()) return;
  memo_.store(rule, position,
              {builder_.last(), cursor_.mark(),
               Diagnostics(sink_.list.begin() + static_cast<std::ptrdiff_t>(before.reports),
                           sink_.list.end()),
               sink_.mistakes - before.mistakes});
}

}  // namespace zerodb::zeroql
