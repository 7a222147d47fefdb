#include "zeroql/grammar.h"

namespace zerodb::zeroql {

void Grammar::from() {
  const Start s = start();
  cursor_.advance();
  source();
  joins();
  finish(NodeKind::From, s);
}

void Grammar::joins() {
  while (at_join()) join();
  if (at(TokenKind::Comma)) comma_between_sources();
}

bool Grammar::at_join() const {
  switch (current().keyword) {
    case Keyword::Join:
    case Keyword::Inner:
    case Keyword::Left:
    case Keyword::Right:
    case Keyword::Full:
    case Keyword::Cross:
      return true;
    default:
      return false;
  }
}

void Grammar::join() {
  const Start s = start();
  auto kind = ast::JoinKind::Inner;
  switch (current().keyword) {
    case Keyword::Left:
      kind = ast::JoinKind::Left;
      break;
    case Keyword::Right:
      kind = ast::JoinKind::Right;
      break;
    case Keyword::Full:
      kind = ast::JoinKind::Full;
      break;
    case Keyword::Cross:
      kind = ast::JoinKind::Cross;
      break;
    default:
      break;
  }
  if (!at(Keyword::Join)) {
    cursor_.advance();
    const bool is_outer = kind != ast::JoinKind::Inner && kind != ast::JoinKind::Cross;
    if (is_outer) accept(Keyword::Outer);
  }
  expect(Keyword::Join);
  source();
  if (kind != ast::JoinKind::Cross) {
    const Start condition = start();
    if (accept(Keyword::Using)) {
      ident_list();
      finish(NodeKind::JoinUsing, condition);
    } else {
      expect(Keyword::On);
      expr();
      finish(NodeKind::JoinOn, condition);
    }
  }
  finish(NodeKind::Join, s, static_cast<uint8_t>(kind));
}

bool Grammar::at_function_source() const {
  if (!at_ident()) return false;
  uint32_t i = 1;
  while (peek(i).is(TokenKind::DoubleColon) && is_word(peek(i + 1))) i += 2;
  return peek(i).is(TokenKind::LeftParen);
}

void Grammar::source_columns() {
  if (at(Keyword::As)) {
    alias();
  } else if (!missing_alias()) {
    expected("AS and a name for this source");
  }
  if (at(TokenKind::LeftParen)) ident_list();
}

void Grammar::source() {
  const Start s = start();
  if (accept(Keyword::Match)) {
    match();
    finish(NodeKind::MatchSource, s);
  } else if (at(TokenKind::LeftParen) || at(Keyword::Lateral)) {
    const bool is_lateral = accept(Keyword::Lateral);
    paren_query();
    source_columns();
    finish(NodeKind::QuerySource, s, is_lateral ? 1 : 0);
  } else if (at(TokenKind::Parameter)) {
    parameter();
    source_columns();
    finish(NodeKind::ParameterSource, s);
  } else if (at_function_source()) {
    call(start());
    source_columns();
    if (at(Keyword::At)) {
      const Start position = start();
      cursor_.advance();
      ident();
      finish(NodeKind::Position, position);
    }
    finish(NodeKind::FunctionSource, s);
  } else {
    table_source();
  }
}

void Grammar::table_source() {
  const Start s = start();
  if (at_record_id()) {
    record_id(true);
  } else if (at_ident() && peek().is(TokenKind::DoubleColon)) {
    path();
  } else {
    name();
    if (at(TokenKind::Colon) || at(TokenKind::RecordColon)) bad_record_key();
  }
  if (at(Keyword::As)) {
    alias();
  } else {
    missing_alias();
  }
  if (at(Keyword::With) && (peek().is(Keyword::No) || peek().is(Keyword::Index))) {
    const Start hint = start();
    cursor_.advance();
    const bool is_no_index = accept(Keyword::No);
    expect(Keyword::Index);
    if (!is_no_index) ident_list();
    finish(NodeKind::IndexHint, hint, is_no_index ? 1 : 0);
  }
  finish(NodeKind::TableSource, s);
}

}  // namespace zerodb::zeroql
