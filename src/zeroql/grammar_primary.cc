#include "zeroql/grammar.h"

namespace zerodb::zeroql {

void Grammar::literal(ast::LiteralKind kind) {
  const Start s = start();
  cursor_.advance();
  finish(NodeKind::Literal, s, static_cast<uint8_t>(kind));
}

void Grammar::parameter() {
  const Start s = start();
  if (!accept(TokenKind::Parameter)) expected("a parameter such as `$name`");
  finish(NodeKind::Parameter, s);
}

void Grammar::primary() {
  switch (current().kind) {
    case TokenKind::Integer:
      return literal(ast::LiteralKind::Integer);
    case TokenKind::Float:
      return literal(ast::LiteralKind::Float);
    case TokenKind::Decimal:
      return literal(ast::LiteralKind::Decimal);
    case TokenKind::Duration:
      return literal(ast::LiteralKind::Duration);
    case TokenKind::String:
    case TokenKind::DoubleString:
      return literal(ast::LiteralKind::String);
    case TokenKind::Bytes:
      return literal(ast::LiteralKind::Bytes);
    case TokenKind::DateTime:
      return literal(ast::LiteralKind::DateTime);
    case TokenKind::Uuid:
      return literal(ast::LiteralKind::Uuid);
    case TokenKind::Regex:
      return literal(ast::LiteralKind::Regex);
    case TokenKind::Parameter:
      return parameter();
    case TokenKind::LeftParen:
      return paren();
    case TokenKind::LeftBracket:
      return array();
    case TokenKind::LeftBrace:
      return object();
    case TokenKind::QuotedName:
      return name_primary();
    case TokenKind::Word:
      return word_primary();
    default:
      break;
  }
  expected("an expression");
  missing(NodeKind::ErrorExpression);
}

void Grammar::word_primary() {
  switch (current().keyword) {
    case Keyword::True:
      return literal(ast::LiteralKind::True);
    case Keyword::False:
      return literal(ast::LiteralKind::False);
    case Keyword::None:
    case Keyword::Null:
      return literal(ast::LiteralKind::None);
    case Keyword::Case:
      return case_();
    case Keyword::Cast:
    case Keyword::TryCast:
      return cast();
    case Keyword::Exists:
      return exists();
    case Keyword::Array:
      if (peek().is(TokenKind::LeftParen)) {
        uint32_t i = 2;
        while (peek(i).is(TokenKind::LeftParen)) ++i;
        const Keyword first = peek(i).keyword;
        if (first == Keyword::Select || first == Keyword::From || first == Keyword::Values ||
            first == Keyword::With) {
          const Start s = start();
          cursor_.advance();
          paren_query();
          finish(NodeKind::ArraySubquery, s);
          return;
        }
      }
      break;
    case Keyword::Hashset:
    case Keyword::Hashmap:
      if (peek().is(TokenKind::LeftBrace)) {
        const Start s = start();
        const bool is_map = at(Keyword::Hashmap);
        cursor_.advance();
        const uint32_t open = cursor_.at();
        cursor_.advance();
        list(is_map ? &Grammar::hashmap_entry : &Grammar::expr, TokenKind::RightBrace, open);
        finish(is_map ? NodeKind::Hashmap : NodeKind::Hashset, s);
        return;
      }
      break;
    default:
      break;
  }
  if (!is_reserved(current().keyword)) return name_primary();
  if (bare_query()) return;
  if (!is_reserved_as_name()) {
    expected("an expression");
    missing(NodeKind::ErrorExpression);
    return;
  }
  const Start s = start();
  reserved_name();
  finish(NodeKind::ErrorExpression, s);
}

// A query where a value is expected. It is read all the same, for the mistakes in it.
bool Grammar::bare_query() {
  const Token& next = peek();
  const bool is_all =
      next.is(TokenKind::Star) && (!begins_expression(peek(2)) || is_ident(peek(3)));
  const bool is_value = next.is(Keyword::As) && peek(2).is(Keyword::Value);
  const bool is_operand = next.kind >= TokenKind::Word && next.kind <= TokenKind::Regex;
  const bool begins_query =
      is_all || is_value || next.is(Keyword::Distinct) || (is_operand && begins_expression(next));
  if (!at(Keyword::Select) || !begins_query) return false;
  report({.code = ErrorCode::E0101,
          .message = "a query that is a value stands in parentheses",
          .span = current().span(),
          .help = "write `(SELECT ..)` for one value, `ARRAY(SELECT ..)` for those of all rows"});
  const Start s = start();
  query();
  finish(NodeKind::Subquery, s);
  return true;
}

void Grammar::name_primary() {
  const Start s = start();
  const TokenKind next = peek().kind;
  if (next == TokenKind::LeftParen) return call(s);
  if (next == TokenKind::DoubleColon && is_word(peek(2))) {
    uint32_t i = 3;
    while (peek(i).is(TokenKind::DoubleColon) && is_word(peek(i + 1))) i += 2;
    if (peek(i).is(TokenKind::LeftParen)) return call(s);
    path();
    finish(NodeKind::PathRef, s);
    return;
  }
  if ((next == TokenKind::RecordColon || next == TokenKind::Dot) && at_record_id())
    return record_id(false);
  ident();
  finish(NodeKind::NameRef, s);
}

// ( query ) or ( expression ): only what follows the inner parenthesis of `((SELECT ..) ..` tells.
// So the expression is tried; where a clause of a query comes after it, it was a query.
bool Grammar::paren_holds_query() {
  const auto begins_query = [](const Token& token) {
    return token.is(Keyword::Select) || token.is(Keyword::From) || token.is(Keyword::Values) ||
           token.is(Keyword::With);
  };
  if (begins_query(peek())) return true;
  if (!peek().is(TokenKind::LeftParen)) return false;
  uint32_t i = 2;
  while (peek(i).is(TokenKind::LeftParen)) ++i;
  if (!begins_query(peek(i))) return false;
  bool holds_query = false;
  const bool was_abandoned = is_abandoned_;
  backtrack_.looks_like([&] {
    cursor_.advance();
    expr();
    switch (current().keyword) {
      case Keyword::Union:
      case Keyword::Except:
      case Keyword::Intersect:
      case Keyword::Order:
      case Keyword::Limit:
      case Keyword::Offset:
        holds_query = true;
        break;
      default:
        break;
    }
    return true;
  });
  is_abandoned_ = was_abandoned;
  return holds_query;
}

void Grammar::paren() {
  const Start s = start();
  const uint32_t open = cursor_.at();
  if (paren_holds_query()) {
    remember(MemoRule::ParenQuery, &Grammar::paren_query);
    finish(NodeKind::Subquery, s);
    return;
  }
  cursor_.advance();
  if (accept(TokenKind::RightParen)) {
    finish(NodeKind::Tuple, s);
    return;
  }
  expr();
  recover_in_list(TokenKind::RightParen);
  if (!at(TokenKind::Comma)) {
    close(TokenKind::RightParen, open);
    finish(NodeKind::Paren, s);
    return;
  }
  cursor_.advance();
  list(&Grammar::expr, TokenKind::RightParen, open);
  finish(NodeKind::Tuple, s);
}

void Grammar::array() {
  const Start s = start();
  const uint32_t open = cursor_.at();
  cursor_.advance();
  list(&Grammar::expr, TokenKind::RightBracket, open);
  finish(NodeKind::Array, s);
}

void Grammar::object() {
  const Start s = start();
  const uint32_t open = cursor_.at();
  cursor_.advance();
  const bool is_object = at(TokenKind::RightBrace) || is_word(current()) || at(TokenKind::String) ||
                         at(TokenKind::DoubleString);
  if (is_object) {
    list(&Grammar::object_entry, TokenKind::RightBrace, open);
  } else {
    // Braces around anything else are one mistake, not one for each element.
    expected("a key");
    close(TokenKind::RightBrace, open);
  }
  finish(NodeKind::Object, s);
}

void Grammar::object_entry() {
  const Start s = start();
  const bool is_string = at(TokenKind::String) || at(TokenKind::DoubleString);
  const bool has_value = peek().is(TokenKind::Colon) || peek().is(TokenKind::RecordColon);
  if (!is_string && !has_value) {
    const Start key = start();
    ident();
    finish(NodeKind::ObjectKey, key);
    finish(NodeKind::ObjectEntry, s);
    return;
  }
  object_key();
  if (!accept(TokenKind::RecordColon)) expect(TokenKind::Colon);
  expr();
  finish(NodeKind::ObjectEntry, s);
}

void Grammar::object_key() {
  const Start s = start();
  if (is_word(current()) || at(TokenKind::String) || at(TokenKind::DoubleString)) {
    cursor_.advance();
  } else {
    expected("a key");
  }
  finish(NodeKind::ObjectKey, s);
}

void Grammar::hashmap_entry() {
  const Start s = start();
  expr();
  expect(TokenKind::FatArrow);
  expr();
  finish(NodeKind::MapEntry, s);
}

void Grammar::case_() {
  const Start s = start();
  cursor_.advance();
  if (!at(Keyword::When) && !at(Keyword::End)) expr();
  if (!at(Keyword::When)) expected("WHEN");
  while (at(Keyword::When)) {
    const Start arm = start();
    cursor_.advance();
    expr();
    expect(Keyword::Then);
    expr();
    finish(NodeKind::WhenArm, arm);
  }
  if (at(Keyword::Else)) {
    const Start otherwise = start();
    cursor_.advance();
    expr();
    finish(NodeKind::ElseArm, otherwise);
  }
  expect(Keyword::End);
  finish(NodeKind::Case, s);
}

void Grammar::cast() {
  const Start s = start();
  const bool is_try = at(Keyword::TryCast);
  cursor_.advance();
  const uint32_t open = cursor_.at();
  if (expect(TokenKind::LeftParen)) {
    expr();
    expect(Keyword::As);
    type();
    close(TokenKind::RightParen, open);
  }
  finish(NodeKind::Cast, s, is_try ? 1 : 0);
}

void Grammar::exists() {
  const Start s = start();
  cursor_.advance();
  const uint32_t open = cursor_.at();
  if (at(TokenKind::LeftParen) && peek().is(Keyword::Match)) {
    cursor_.advance();
    cursor_.advance();
    match();
    optional_where();
    recover_in_list(TokenKind::RightParen);
    close(TokenKind::RightParen, open);
  } else {
    paren_query();
  }
  finish(NodeKind::Exists, s);
}

// name ':' key without blanks, where the name may have several parts.
bool Grammar::at_record_id() const {
  if (!at_ident()) return false;
  uint32_t i = 0;
  while (peek(i + 1).is(TokenKind::Dot) && is_ident(peek(i + 2))) i += 2;
  if (!peek(i + 1).is(TokenKind::RecordColon)) return false;
  const Token& key = peek(i + 2);
  switch (key.kind) {
    case TokenKind::Word:
      return !is_reserved(key.keyword);
    case TokenKind::QuotedName:
    case TokenKind::Integer:
    case TokenKind::Minus:
    case TokenKind::String:
    case TokenKind::DoubleString:
    case TokenKind::Uuid:
    case TokenKind::DateTime:
    case TokenKind::Parameter:
    case TokenKind::LeftBracket:
    case TokenKind::DotDot:
    case TokenKind::DotDotEqual:
      return true;
    default:
      return false;
  }
}

bool Grammar::starts_record_key() const {
  switch (current().kind) {
    case TokenKind::Word:
      return !is_reserved(current().keyword);
    case TokenKind::QuotedName:
    case TokenKind::Integer:
    case TokenKind::String:
    case TokenKind::DoubleString:
    case TokenKind::Uuid:
    case TokenKind::DateTime:
    case TokenKind::Parameter:
    case TokenKind::LeftBracket:
      return true;
    case TokenKind::Minus:
      return peek().is(TokenKind::Integer) && peek().glued;
    default:
      return false;
  }
}

// CONTENT and MERGE after an open range, `UPDATE t:a.. MERGE { .. }`, where a key could stand as
// well.
bool Grammar::at_data_word() const {
  if (!at(Keyword::Content) && !at(Keyword::Merge)) return false;
  const Token& next = peek();
  const bool is_key =
      (next.is(Keyword::Content) || next.is(Keyword::Merge)) && begins_expression(peek(2));
  return !is_key && begins_expression(next);
}

void Grammar::record_id(bool allows_range) {
  const Start s = start();
  name();
  expect(TokenKind::RecordColon);
  uint8_t detail = 0;
  const auto at_range = [&] { return at(TokenKind::DotDot) || at(TokenKind::DotDotEqual); };
  if (!(allows_range && at_range())) {
    record_key();
    detail |= ast::RecordRange::kHasFrom;
  }
  if (!allows_range || !at_range()) {
    finish(NodeKind::RecordId, s);
    return;
  }
  const bool is_inclusive = at(TokenKind::DotDotEqual);
  cursor_.advance();
  if (is_inclusive) detail |= ast::RecordRange::kInclusive;
  const bool needs_end = is_inclusive || (detail & ast::RecordRange::kHasFrom) == 0;
  if (needs_end || (starts_record_key() && !at_data_word())) {
    record_key();
    detail |= ast::RecordRange::kHasTo;
  }
  finish(NodeKind::RecordRange, s, detail);
}

void Grammar::record_key() {
  const Start s = start();
  auto kind = ast::KeyKind::Word;
  switch (current().kind) {
    case TokenKind::Integer:
      literal(ast::LiteralKind::Integer);
      kind = ast::KeyKind::Integer;
      break;
    case TokenKind::Minus:
      cursor_.advance();
      integer_literal();
      kind = ast::KeyKind::NegativeInteger;
      break;
    case TokenKind::String:
    case TokenKind::DoubleString:
      literal(ast::LiteralKind::String);
      kind = ast::KeyKind::String;
      break;
    case TokenKind::Uuid:
      literal(ast::LiteralKind::Uuid);
      kind = ast::KeyKind::Uuid;
      break;
    case TokenKind::DateTime:
      literal(ast::LiteralKind::DateTime);
      kind = ast::KeyKind::DateTime;
      break;
    case TokenKind::Parameter:
      parameter();
      kind = ast::KeyKind::Parameter;
      break;
    case TokenKind::LeftBracket:
      array();
      kind = ast::KeyKind::Array;
      break;
    default:
      if (at_ident()) {
        ident();
      } else {
        expected("the key of a record id");
      }
  }
  finish(NodeKind::RecordKey, s, static_cast<uint8_t>(kind));
}

// f(..) or a::f(..), with FILTER and OVER.
void Grammar::call(Start s) {
  if (peek().is(TokenKind::DoubleColon)) {
    path();
  } else {
    ident();
  }
  arguments();
  if (at(Keyword::Filter) && peek().is(TokenKind::LeftParen)) {
    const Start filter = start();
    cursor_.advance();
    const uint32_t open = cursor_.at();
    cursor_.advance();
    if (at(Keyword::Where)) {
      where();
    } else {
      expected("WHERE");
    }
    close(TokenKind::RightParen, open);
    finish(NodeKind::Filter, filter);
  }
  if (at(Keyword::Over) && (is_ident(peek()) || peek().is(TokenKind::LeftParen))) {
    const Start over = start();
    cursor_.advance();
    const uint32_t open = cursor_.at();
    if (accept(TokenKind::LeftParen)) {
      window_spec();
      close(TokenKind::RightParen, open);
    } else {
      ident();
    }
    finish(NodeKind::Over, over);
  }
  finish(NodeKind::Call, s);
}

void Grammar::arguments() {
  const Start s = start();
  const uint32_t open = cursor_.at();
  uint8_t detail = 0;
  if (expect(TokenKind::LeftParen)) {
    if (accept(Keyword::Distinct)) detail |= ast::Arguments::kDistinct;
    if (accept(TokenKind::Star)) {
      detail |= ast::Arguments::kStar;
    } else {
      while (!at(TokenKind::RightParen) && !at(Keyword::Order) && !cursor_.is_panicking()) {
        argument();
        recover_in_list(TokenKind::RightParen);
        if (!accept(TokenKind::Comma)) break;
      }
    }
    if (at(Keyword::Order)) order_by();
    close(TokenKind::RightParen, open);
  }
  finish(NodeKind::Arguments, s, detail);
}

void Grammar::argument() {
  const Start s = start();
  if (at_ident() && peek().is(TokenKind::FatArrow)) {
    ident();
    cursor_.advance();
  }
  expr();
  finish(NodeKind::Argument, s);
}

}  // namespace zerodb::zeroql
