#include "zeroql/grammar.h"

namespace zerodb::zeroql {

void Grammar::query() {
  ++statistics_.rule_calls;
  const Start s = start();
  if (at(Keyword::With)) with_clause();
  set_operation();
  if (at(Keyword::Order)) order_by();
  if (at(Keyword::Limit) || at(Keyword::Offset)) limit();
  finish(NodeKind::Query, s);
}

// '(' query ')': the parentheses belong to the parent, the query is the node.
void Grammar::paren_query() {
  const DepthGuard guard(*this);
  const uint32_t open = cursor_.at();
  expect(TokenKind::LeftParen);
  if (guard.is_too_deep()) {
    fail_depth();
    missing(NodeKind::Query);
    return;
  }
  query();
  close(TokenKind::RightParen, open);
}

void Grammar::live_query() {
  const Start s = start();
  if (at(Keyword::With)) with_clause();
  if (at(Keyword::Select) || at(Keyword::From)) {
    select();
  } else {
    expected("SELECT");
    missing(NodeKind::Nothing);
  }
  if (at(Keyword::Order)) order_by();
  if (at(Keyword::Limit) || at(Keyword::Offset)) limit();
  finish(NodeKind::Query, s);
}

void Grammar::with_clause() {
  const Start s = start();
  cursor_.advance();
  // A table may be called `recursive`: the keyword is one that a name follows.
  const bool is_recursive = at(Keyword::Recursive) && is_ident(peek());
  if (is_recursive) cursor_.advance();
  comma_list(&Grammar::common_table);
  finish(NodeKind::With, s, is_recursive ? 1 : 0);
}

void Grammar::common_table() {
  const Start s = start();
  ident();
  if (at(TokenKind::LeftParen)) ident_list();
  expect(Keyword::As);
  paren_query();
  finish(NodeKind::CommonTable, s);
}

void Grammar::set_operation() {
  const Start s = start();
  intersection();
  while (at(Keyword::Union) || at(Keyword::Except)) {
    const auto op = at(Keyword::Union) ? ast::SetOp::Union : ast::SetOp::Except;
    uint8_t detail = static_cast<uint8_t>(op);
    cursor_.advance();
    if (accept(Keyword::All)) detail |= ast::SetOperation::kAll;
    if (at(Keyword::By)) {
      cursor_.advance();
      expect(Keyword::Name);
      detail |= ast::SetOperation::kByName;
    }
    intersection();
    finish(NodeKind::SetOperation, s, detail);
    check_height();
  }
}

void Grammar::intersection() {
  const Start s = start();
  query_primary();
  while (accept(Keyword::Intersect)) {
    uint8_t detail = static_cast<uint8_t>(ast::SetOp::Intersect);
    if (accept(Keyword::All)) detail |= ast::SetOperation::kAll;
    query_primary();
    finish(NodeKind::SetOperation, s, detail);
    check_height();
  }
}

void Grammar::query_primary() {
  if (at(Keyword::Select) || at(Keyword::From)) return select();
  if (at(Keyword::Values)) return values();
  if (at(TokenKind::LeftParen)) return remember(MemoRule::ParenQuery, &Grammar::paren_query);
  expected("SELECT, FROM or VALUES");
  missing(NodeKind::Nothing);
}

void Grammar::select() {
  const Start s = start();
  uint8_t detail = 0;
  const bool is_from_first = at(Keyword::From);
  if (is_from_first) from();
  if (accept(Keyword::Select)) {
    if (accept(Keyword::Distinct)) detail |= ast::Select::kDistinct;
    foreign_limit();
    if (at(Keyword::As)) {
      cursor_.advance();
      expect(Keyword::Value);
      const Start items = start();
      expr();
      finish(NodeKind::SelectItem, items);
      finish(NodeKind::SelectItems, items);
      detail |= ast::Select::kAsValue;
    } else {
      select_items();
    }
    recover_at_clause();
    if (!is_from_first && at(Keyword::From)) from();
  }
  select_body();
  finish(NodeKind::Select, s, detail);
}

void Grammar::select_body() {
  recover_at_clause();
  optional_where();
  recover_at_clause();
  if (at(Keyword::Group)) group_by();
  recover_at_clause();
  if (at(Keyword::Having)) {
    const Start s = start();
    cursor_.advance();
    expr();
    finish(NodeKind::Having, s);
  }
  if (at(Keyword::Window)) window_clause();
  if (at(Keyword::Qualify)) {
    const Start s = start();
    cursor_.advance();
    expr();
    finish(NodeKind::Qualify, s);
  }
}

void Grammar::values() {
  const Start s = start();
  cursor_.advance();
  comma_list(&Grammar::values_row);
  finish(NodeKind::Values, s);
}

void Grammar::values_row() {
  const Start s = start();
  bracketed(&Grammar::expr);
  finish(NodeKind::ValuesRow, s);
}

// Whether an item can begin here; else the comma before was the last of the list.
bool Grammar::begins_expression(const Token& token) {
  switch (token.kind) {
    case TokenKind::Word:
      break;
    case TokenKind::LeftParen:
    case TokenKind::LeftBracket:
    case TokenKind::LeftBrace:
    case TokenKind::Plus:
    case TokenKind::Minus:
      return true;
    default:
      return token.kind >= TokenKind::QuotedName && token.kind <= TokenKind::Regex;
  }
  switch (token.keyword) {
    case Keyword::True:
    case Keyword::False:
    case Keyword::None:
    case Keyword::Null:
    case Keyword::Case:
    case Keyword::Cast:
    case Keyword::TryCast:
    case Keyword::Exists:
    case Keyword::Not:
      return true;
    default:
      return !is_reserved(token.keyword);
  }
}

// A clause of a query or of the statement around it, as far as two tokens tell.
bool Grammar::at_clause() const {
  const Token& next = peek();
  switch (current().keyword) {
    case Keyword::From:
      return is_ident(next) || next.is(TokenKind::Parameter) || next.is(TokenKind::LeftParen) ||
             next.is(Keyword::Match) || next.is(Keyword::Lateral);
    case Keyword::Where:
    case Keyword::Having:
    case Keyword::Qualify:
    case Keyword::Limit:
    case Keyword::Offset:
      return begins_expression(next);
    case Keyword::Returning:
      return begins_expression(next) || next.is(TokenKind::Star);
    case Keyword::Group:
    case Keyword::Order:
      return next.is(Keyword::By);
    case Keyword::Window:
      return is_ident(next) && peek(2).is(Keyword::As);
    case Keyword::Union:
    case Keyword::Except:
    case Keyword::Intersect:
      return next.is(Keyword::All) || next.is(Keyword::By) || next.is(Keyword::Select) ||
             next.is(Keyword::From) || next.is(Keyword::Values) || next.is(TokenKind::LeftParen);
    case Keyword::On:
      return next.is(Keyword::Conflict);
    default:
      return false;
  }
}

bool Grammar::starts_item() const {
  const Token& token = current();
  switch (token.kind) {
    case TokenKind::EndOfInput:
    case TokenKind::Semicolon:
    case TokenKind::RightParen:
      return false;
    case TokenKind::Word:
      break;
    default:
      return true;
  }
  // The comment of a view whose query ends with a comma.
  const bool is_comment =
      at(Keyword::Comment) && (peek().is(TokenKind::String) || peek().is(TokenKind::DoubleString));
  if (!is_reserved(token.keyword)) return !is_comment;
  switch (token.keyword) {
    case Keyword::True:
    case Keyword::False:
    case Keyword::None:
    case Keyword::Null:
    case Keyword::Case:
    case Keyword::Cast:
    case Keyword::TryCast:
    case Keyword::Exists:
    case Keyword::Not:
      return true;
    default:
      // After a comma that ends the list comes a clause.
      return !at_clause() && is_reserved_as_name();
  }
}

void Grammar::select_items() {
  const Start s = start();
  do {
    select_item();
  } while (accept(TokenKind::Comma) && starts_item());
  finish(NodeKind::SelectItems, s);
}

bool Grammar::at_star_item() const {
  if (at(TokenKind::Star)) return true;
  uint32_t i = 0;
  while (is_ident(peek(i)) && peek(i + 1).is(TokenKind::Dot)) {
    i += 2;
    if (peek(i).is(TokenKind::Star)) return true;
  }
  return false;
}

void Grammar::select_item() {
  if (at_star_item()) return star_item();
  const Start s = start();
  expr();
  if (at(Keyword::As)) {
    alias();
  } else {
    missing_alias();
  }
  finish(NodeKind::SelectItem, s);
}

void Grammar::star_item() {
  const Start s = start();
  if (!at(TokenKind::Star)) {
    const Start name = start();
    ident();
    while (accept(TokenKind::Dot) && !at(TokenKind::Star)) ident();
    // The last point belongs to the star; the name ends before it.
    builder_.finish(NodeKind::Name, name, cursor_.at() - 1, 0);
  }
  expect(TokenKind::Star);
  if (at(Keyword::Omit)) {
    const Start omit = start();
    cursor_.advance();
    bracketed(&Grammar::ident);
    finish(NodeKind::Omit, omit);
  }
  if (at(Keyword::Replace)) {
    const Start replace = start();
    const uint32_t open = cursor_.at() + 1;
    cursor_.advance();
    if (expect(TokenKind::LeftParen)) {
      comma_list(&Grammar::replacement);
      close(TokenKind::RightParen, open);
    }
    finish(NodeKind::Replace, replace);
  }
  finish(NodeKind::StarItem, s);
}

void Grammar::replacement() {
  const Start s = start();
  expr();
  expect(Keyword::As);
  ident();
  finish(NodeKind::Replacement, s);
}

void Grammar::order_by() {
  const Start s = start();
  cursor_.advance();
  expect(Keyword::By);
  comma_list(&Grammar::order_key);
  finish(NodeKind::OrderBy, s);
}

void Grammar::order_key() {
  const Start s = start();
  uint8_t detail = 0;
  expr();
  if (accept(Keyword::Desc)) {
    detail |= ast::OrderKey::kDescending;
  } else {
    accept(Keyword::Asc);
  }
  if (accept(Keyword::Nulls)) {
    if (accept(Keyword::First)) {
      detail |= ast::OrderKey::kNullsFirst;
    } else {
      expect(Keyword::Last);
      detail |= ast::OrderKey::kNullsLast;
    }
  }
  finish(NodeKind::OrderKey, s, detail);
}

void Grammar::limit() {
  const Start s = start();
  if (at(Keyword::Limit)) {
    const Start count = start();
    cursor_.advance();
    expr();
    finish(NodeKind::LimitCount, count);
    foreign_limit();
    if (at(Keyword::Approx)) {
      const Start approx = start();
      cursor_.advance();
      if (at(TokenKind::LeftParen)) options();
      finish(NodeKind::Approx, approx);
    }
  }
  if (at(Keyword::Offset)) {
    const Start offset = start();
    cursor_.advance();
    expr();
    finish(NodeKind::OffsetCount, offset);
  }
  finish(NodeKind::Limit, s);
}

void Grammar::where() {
  const Start s = start();
  cursor_.advance();
  expr();
  finish(NodeKind::Where, s);
}

void Grammar::optional_where() {
  if (at(Keyword::Where)) where();
}

void Grammar::group_by() {
  const Start s = start();
  cursor_.advance();
  expect(Keyword::By);
  const bool is_all = accept(Keyword::All);
  if (!is_all) {
    do {
      group_item();
    } while (accept(TokenKind::Comma) && starts_item());
  }
  finish(NodeKind::GroupBy, s, is_all ? 1 : 0);
}

void Grammar::group_item() {
  if (!at(Keyword::Grouping) || !peek().is(Keyword::Sets)) return expr();
  const Start s = start();
  cursor_.advance();
  cursor_.advance();
  bracketed(&Grammar::expr);
  finish(NodeKind::GroupingSets, s);
}

}  // namespace zerodb::zeroql
