#include "zeroql/grammar.h"

namespace zerodb::zeroql {

void Grammar::type() {
  const DepthGuard guard(*this);
  ++statistics_.rule_calls;
  if (guard.is_too_deep()) {
    fail_depth();
    missing(NodeKind::ErrorType);
    return;
  }
  const Start s = start();
  type_primary();
  if (!at(TokenKind::Bar)) return;
  while (accept(TokenKind::Bar)) type_primary();
  finish(NodeKind::UnionType, s);
}

void Grammar::type_primary() {
  const Start s = start();
  type_atom();
  if (accept(TokenKind::Question)) finish(NodeKind::OptionalType, s);
}

void Grammar::type_atom() {
  const Start s = start();
  const uint32_t open = cursor_.at();
  if (accept(Keyword::Any)) {
    finish(NodeKind::AnyType, s);
  } else if (at(TokenKind::String) || at(TokenKind::DoubleString)) {
    cursor_.advance();
    finish(NodeKind::StringType, s);
  } else if (accept(TokenKind::LeftParen)) {
    type();
    recover_in_list(TokenKind::RightParen);
    const bool is_tuple = at(TokenKind::Comma);
    while (accept(TokenKind::Comma) && !at(TokenKind::RightParen)) {
      type();
      recover_in_list(TokenKind::RightParen);
    }
    close(TokenKind::RightParen, open);
    finish(is_tuple ? NodeKind::TupleType : NodeKind::ParenType, s);
  } else if (accept(TokenKind::LeftBrace)) {
    list(&Grammar::type_field, TokenKind::RightBrace, open);
    finish(NodeKind::ObjectType, s);
  } else if (at_ident()) {
    name();
    if (accept(TokenKind::Less)) {
      comma_list(&Grammar::type_argument);
      expect(TokenKind::Greater);
    }
    finish(NodeKind::NamedType, s);
  } else {
    if (is_reserved_as_name()) {
      reserved_name();
    } else {
      expected("a type");
    }
    finish(NodeKind::ErrorType, s);
  }
}

void Grammar::type_argument() {
  if (!at(TokenKind::Integer)) return type();
  const Start s = start();
  cursor_.advance();
  finish(NodeKind::IntegerArgument, s);
}

void Grammar::type_field() {
  const Start s = start();
  word();
  const bool is_optional = accept(TokenKind::Question);
  if (!accept(TokenKind::RecordColon)) expect(TokenKind::Colon);
  type();
  finish(NodeKind::TypeField, s, is_optional ? 1 : 0);
}

}  // namespace zerodb::zeroql
