#include <fmt/format.h>

#include "zeroql/grammar.h"

namespace zerodb::zeroql {

// After the word MATCH.
void Grammar::match() {
  const Start s = start();
  auto mode = ast::PathMode::Trail;
  // A table or path may be called like a mode: a mode is what the start of a path follows.
  const Token& next = peek();
  const bool begins_path =
      is_ident(next) || next.is(TokenKind::LeftParen) || next.is(TokenKind::Parameter);
  if (accept(Keyword::All)) {
    expect(Keyword::Shortest);
    mode = ast::PathMode::AllShortest;
  } else if (begins_path && accept(Keyword::Walk)) {
    mode = ast::PathMode::Walk;
  } else if (begins_path && accept(Keyword::Acyclic)) {
    mode = ast::PathMode::Acyclic;
  } else if (begins_path && accept(Keyword::Shortest)) {
    mode = ast::PathMode::Shortest;
  } else if (begins_path) {
    accept(Keyword::Trail);
  }
  comma_list(&Grammar::match_path);
  finish(NodeKind::Match, s, static_cast<uint8_t>(mode));
}

void Grammar::match_path() {
  const Start s = start();
  if (at_ident() && peek().is(TokenKind::Equal)) {
    const Start variable = start();
    ident();
    cursor_.advance();
    finish(NodeKind::PathVariable, variable);
  }
  match_node();
  do {
    match_edge();
    match_node();
  } while (at_hop());
  finish(NodeKind::MatchPath, s);
}

bool Grammar::at_hop() const {
  if (at(TokenKind::Minus)) return true;
  return at(TokenKind::Less) && peek().is(TokenKind::Minus) && peek().glued;
}

void Grammar::match_node() {
  const Start s = start();
  if (at(TokenKind::LeftParen)) {
    const uint32_t open = cursor_.at();
    cursor_.advance();
    if (at_ident() || at(TokenKind::Parameter)) {
      match_atom();
      while (accept(TokenKind::Bar)) match_atom();
    }
    optional_alias();
    optional_where();
    recover_in_list(TokenKind::RightParen);
    close(TokenKind::RightParen, open);
  } else {
    match_atom();
    optional_alias();
  }
  finish(NodeKind::MatchNode, s);
}

void Grammar::match_atom() {
  if (at(TokenKind::Parameter)) return parameter();
  if (at_record_id()) return record_id(true);
  name();
}

// The arrow that stands here, consumed: `->` right, `<-` left, `<->` either.
std::optional<ast::EdgeDirection> Grammar::arrow() {
  const uint32_t length = arrow_length();
  if (length == 0) return std::nullopt;
  const bool is_right = at(TokenKind::Minus);
  for (uint32_t i = 0; i < length; ++i) cursor_.advance();
  if (is_right) return ast::EdgeDirection::Right;
  return length == 3 ? ast::EdgeDirection::Either : ast::EdgeDirection::Left;
}

uint32_t Grammar::arrow_length() const {
  const auto is_glued = [&](uint32_t ahead, TokenKind kind) {
    return peek(ahead).is(kind) && peek(ahead).glued;
  };
  if (at(TokenKind::Minus)) return is_glued(1, TokenKind::Greater) ? 2 : 0;
  if (!at(TokenKind::Less) || !is_glued(1, TokenKind::Minus)) return 0;
  return is_glued(2, TokenKind::Greater) ? 3 : 2;
}

void Grammar::expect_arrow(ast::EdgeDirection direction) {
  if (cursor_.is_panicking()) return;
  const std::string_view written = direction == ast::EdgeDirection::Right  ? "->"
                                   : direction == ast::EdgeDirection::Left ? "<-"
                                                                           : "<->";
  const Token begin = current();
  const auto found = arrow();
  if (found == direction) return;
  const Span span = {begin.begin, found ? cursor_.before().end : begin.end};
  if (found || begin.is(TokenKind::Minus)) {
    const std::string arrow_text(written);
    fail({.code = ErrorCode::E0108,
          .message = fmt::format("an edge stands between two equal arrows, here `{}`", arrow_text),
          .span = span,
          .help = fmt::format("write `{0} edge {0}`", arrow_text),
          .fixes = {{span, arrow_text, "write the same arrow"}}});
    return;
  }
  expected(fmt::format("`{}`", written));
}

void Grammar::match_edge() {
  const Start s = start();
  const Token first = current();
  const auto direction = arrow();
  if (!direction) {
    if (first.is(TokenKind::Minus)) {
      fail({.code = ErrorCode::E0108,
            .message = "an edge is written between arrows",
            .span = first.span(),
            .help = "write `-> [edge AS e] ->` instead of `-[edge]->`"});
    } else {
      expected("`->`, `<-` or `<->`");
    }
  }
  if (at(TokenKind::LeftBracket)) {
    const uint32_t open = cursor_.at();
    cursor_.advance();
    ident();
    while (accept(TokenKind::Bar)) ident();
    optional_alias();
    optional_where();
    recover_in_list(TokenKind::RightBracket);
    close(TokenKind::RightBracket, open);
  } else {
    ident();
    optional_alias();
  }
  if (at(TokenKind::Star) || at(TokenKind::Plus) || at(TokenKind::Question) ||
      at(TokenKind::LeftBrace))
    quantifier();
  expect_arrow(direction.value_or(ast::EdgeDirection::Right));
  finish(NodeKind::MatchEdge, s,
         static_cast<uint8_t>(direction.value_or(ast::EdgeDirection::Right)));
}

void Grammar::quantifier() {
  const Start s = start();
  auto kind = ast::QuantifierKind::Star;
  if (accept(TokenKind::Plus)) {
    kind = ast::QuantifierKind::Plus;
  } else if (accept(TokenKind::Question)) {
    kind = ast::QuantifierKind::Optional;
  } else if (!accept(TokenKind::Star)) {
    const uint32_t open = cursor_.at();
    cursor_.advance();
    integer_literal();
    kind = ast::QuantifierKind::Exactly;
    if (accept(TokenKind::Comma)) {
      kind = ast::QuantifierKind::AtLeast;
      if (at(TokenKind::Integer)) {
        integer_literal();
        kind = ast::QuantifierKind::Between;
      }
    }
    close(TokenKind::RightBrace, open);
  }
  finish(NodeKind::Quantifier, s, static_cast<uint8_t>(kind));
}

}  // namespace zerodb::zeroql
