#include <fmt/format.h>

#include "zeroql/grammar.h"

namespace zerodb::zeroql {

namespace {

// The levels of binding, loosest first, below comparison.
constexpr int kCoalesceLevel = 1;
constexpr int kRangeLevel = 2;
constexpr int kBitOrLevel = 3;
constexpr int kBitXorLevel = 4;
constexpr int kBitAndLevel = 5;
constexpr int kShiftLevel = 6;
constexpr int kAddLevel = 7;
constexpr int kMultiplyLevel = 8;

struct Operator {
  int level = 0;
  ast::BinaryOp op = ast::BinaryOp::Or;
  bool is_double = false;  // of two tokens
};

Operator operator_at(const Token& token, const Token& next) {
  switch (token.kind) {
    case TokenKind::QuestionQuestion:
      return {kCoalesceLevel, ast::BinaryOp::Coalesce};
    case TokenKind::DotDot:
    case TokenKind::DotDotEqual:
      return {kRangeLevel, ast::BinaryOp::Or};
    case TokenKind::Bar:
      return {kBitOrLevel, ast::BinaryOp::BitOr};
    case TokenKind::Caret:
      return {kBitXorLevel, ast::BinaryOp::BitXor};
    case TokenKind::Ampersand:
      return {kBitAndLevel, ast::BinaryOp::BitAnd};
    case TokenKind::Less:
      if (next.is(TokenKind::Less) && next.glued)
        return {kShiftLevel, ast::BinaryOp::ShiftLeft, true};
      return {};
    case TokenKind::Greater:
      if (next.is(TokenKind::Greater) && next.glued)
        return {kShiftLevel, ast::BinaryOp::ShiftRight, true};
      return {};
    case TokenKind::Plus:
      return {kAddLevel, ast::BinaryOp::Add};
    case TokenKind::Minus:
      // An arrow is no minus.
      if (next.is(TokenKind::Greater) && next.glued) return {};
      return {kAddLevel, ast::BinaryOp::Subtract};
    case TokenKind::BarBar:
      return {kAddLevel, ast::BinaryOp::Concat};
    case TokenKind::Star:
      return {kMultiplyLevel, ast::BinaryOp::Multiply};
    case TokenKind::Slash:
      return {kMultiplyLevel, ast::BinaryOp::Divide};
    case TokenKind::Percent:
      return {kMultiplyLevel, ast::BinaryOp::Modulo};
    case TokenKind::Word:
      if (token.is(Keyword::Div)) return {kMultiplyLevel, ast::BinaryOp::IntegerDivide};
      return {};
    default:
      return {};
  }
}

std::optional<ast::BinaryOp> comparison_op(TokenKind kind) {
  switch (kind) {
    case TokenKind::Equal:
      return ast::BinaryOp::Equal;
    case TokenKind::NotEqual:
      return ast::BinaryOp::NotEqual;
    case TokenKind::Less:
      return ast::BinaryOp::Less;
    case TokenKind::LessEqual:
      return ast::BinaryOp::LessEqual;
    case TokenKind::Greater:
      return ast::BinaryOp::Greater;
    case TokenKind::GreaterEqual:
      return ast::BinaryOp::GreaterEqual;
    case TokenKind::Tilde:
      return ast::BinaryOp::RegexMatch;
    case TokenKind::NotTilde:
      return ast::BinaryOp::NotRegexMatch;
    default:
      return std::nullopt;
  }
}

uint8_t detail_of(ast::BinaryOp op) {
  return static_cast<uint8_t>(op);
}

// Whether the expression may be an end of a range without parentheses: it binds more tightly.
bool is_range_end(const Node& node) {
  switch (node.kind) {
    case NodeKind::Range:
    case NodeKind::In:
    case NodeKind::Like:
    case NodeKind::Matches:
    case NodeKind::Contains:
    case NodeKind::Between:
    case NodeKind::IsTest:
    case NodeKind::IsType:
      return false;
    case NodeKind::Unary:
      return static_cast<ast::UnaryOp>(node.detail) != ast::UnaryOp::Not;
    case NodeKind::Binary:
      return static_cast<ast::BinaryOp>(node.detail) >= ast::BinaryOp::BitOr;
    default:
      return true;
  }
}

}  // namespace

void Grammar::expr() {
  remember(MemoRule::Expression, &Grammar::expr_unmemoized);
}

void Grammar::expr_unmemoized() {
  const DepthGuard guard(*this);
  if (guard.is_too_deep()) {
    fail_depth();
    missing(NodeKind::ErrorExpression);
    return;
  }
  or_chain();
  check_height();
}

// Chains of operators are as deep as they are long, although no rule nests.
void Grammar::check_height() {
  const bool is_too_high = builder_.node(builder_.last()).height > limits::kExpressionDepthMax;
  if (is_too_high && !cursor_.is_panicking()) fail_depth();
}

void Grammar::or_chain() {
  const Start s = start();
  and_chain();
  if (!at(Keyword::Or)) return;
  while (accept(Keyword::Or)) and_chain();
  builder_.fold(s, detail_of(ast::BinaryOp::Or));
}

void Grammar::and_chain() {
  const Start s = start();
  negation();
  if (!at(Keyword::And) && !at(TokenKind::AmpersandAmpersand)) return;
  while (accept(Keyword::And) ||
         (at(TokenKind::AmpersandAmpersand) && report_operator("AND", "both conditions: `AND`"))) {
    negation();
  }
  builder_.fold(s, detail_of(ast::BinaryOp::And));
}

void Grammar::negation() {
  if (!at(Keyword::Not) && !at(TokenKind::Bang)) return comparison();
  const DepthGuard guard(*this);
  const Start s = start();
  if (guard.is_too_deep()) {
    fail_depth();
    missing(NodeKind::ErrorExpression);
    return;
  }
  if (!accept(Keyword::Not)) report_operator("NOT ", "a condition is turned round by `NOT`");
  negation();
  finish(NodeKind::Unary, s, static_cast<uint8_t>(ast::UnaryOp::Not));
}

void Grammar::comparison() {
  const Start s = start();
  operators(kCoalesceLevel);
  // `a <- b` compares with what is negated, unless another arrow or a `>` follows.
  const bool may_be_path = at(TokenKind::Less) && arrow_length() > 0;
  if (may_be_path && arrow_length() == 3) return expected("an expression");
  const bool is_negated = at(Keyword::Not);
  const NodeId left = builder_.last();
  if (is_negated) cursor_.advance();
  comparison_tail(s, is_negated);
  if (builder_.last() == left) {
    if (is_negated) expected("IN, LIKE, ILIKE, MATCHES, CONTAINS or BETWEEN");
    return;
  }
  const bool chains = comparison_op(current().kind) || at(Keyword::In) || at(Keyword::Like) ||
                      at(Keyword::Between) || at(Keyword::Is) || at(Keyword::Matches) ||
                      at(Keyword::Contains) || at(Keyword::Ilike);
  if (chains) {
    if (may_be_path && foreign_arrow()) return;
    fail({.code = ErrorCode::E0105,
          .message = "comparisons do not chain",
          .span = current().span(),
          .labels = {{{builder_.tokens()[s.token].begin, cursor_.before().end},
                      "this is a comparison already"}},
          .help = "join two comparisons with AND, or put one in parentheses"});
  }
}

void Grammar::comparison_tail(Start s, bool is_negated) {
  const uint8_t negated = is_negated ? 1 : 0;
  if (!is_negated) {
    if (const auto op = comparison_op(current().kind)) {
      cursor_.advance();
      if ((at(Keyword::Any) || at(Keyword::All)) && peek().is(TokenKind::LeftParen)) {
        report_operator("", "write `x IN (..)`, or EXISTS with a subquery");
      }
      operators(kCoalesceLevel);
      finish(NodeKind::Binary, s, detail_of(*op));
      return;
    }
    if (at(Keyword::Is)) return is_tail(s);
    if (at(TokenKind::EqualEqual) && report_operator("=", "equality is written `=`")) {
      operators(kCoalesceLevel);
      finish(NodeKind::Binary, s, detail_of(ast::BinaryOp::Equal));
      return;
    }
  }
  switch (current().keyword) {
    case Keyword::In:
      cursor_.advance();
      in_right();
      finish(NodeKind::In, s, negated);
      return;
    case Keyword::Like:
    case Keyword::Ilike: {
      uint8_t detail = is_negated ? ast::Like::kNot : 0;
      if (at(Keyword::Ilike)) detail |= ast::Like::kIgnoreCase;
      cursor_.advance();
      operators(kCoalesceLevel);
      if (at(Keyword::Escape)) {
        cursor_.advance();
        string_literal();
        detail |= ast::Like::kEscape;
      }
      finish(NodeKind::Like, s, detail);
      return;
    }
    case Keyword::Matches:
      cursor_.advance();
      operators(kCoalesceLevel);
      finish(NodeKind::Matches, s, negated);
      return;
    case Keyword::Contains: {
      uint8_t detail = is_negated ? ast::Contains::kNot : 0;
      cursor_.advance();
      if (accept(Keyword::Any)) {
        detail |= ast::Contains::kAny;
      } else if (accept(Keyword::All)) {
        detail |= ast::Contains::kAll;
      }
      operators(kCoalesceLevel);
      finish(NodeKind::Contains, s, detail);
      return;
    }
    case Keyword::Between:
      cursor_.advance();
      operators(kCoalesceLevel);
      expect(Keyword::And);
      operators(kCoalesceLevel);
      finish(NodeKind::Between, s, negated);
      return;
    default:
      return;
  }
}

void Grammar::is_tail(Start s) {
  cursor_.advance();
  const bool is_negated = accept(Keyword::Not);
  auto test = ast::IsTestKind::None;
  switch (current().keyword) {
    case Keyword::None:
    case Keyword::Null:
      break;
    case Keyword::True:
      test = ast::IsTestKind::True;
      break;
    case Keyword::False:
      test = ast::IsTestKind::False;
      break;
    default:
      type();
      finish(NodeKind::IsType, s, is_negated ? 1 : 0);
      return;
  }
  cursor_.advance();
  const uint8_t negated = is_negated ? ast::IsTest::kNot : 0;
  finish(NodeKind::IsTest, s, static_cast<uint8_t>(test) | negated);
}

// After IN a parenthesis is always a list or a subquery.
void Grammar::in_right() {
  const Start s = start();
  if (at(TokenKind::LeftParen)) {
    const uint32_t open = cursor_.at();
    if (paren_holds_query()) {
      remember(MemoRule::ParenQuery, &Grammar::paren_query);
      finish(NodeKind::Subquery, s);
      return;
    }
    cursor_.advance();
    expr();
    recover_in_list(TokenKind::RightParen);
    while (accept(TokenKind::Comma) && !at(TokenKind::RightParen)) {
      expr();
      recover_in_list(TokenKind::RightParen);
    }
    close(TokenKind::RightParen, open);
    finish(NodeKind::InList, s);
    return;
  }
  postfix();
  if (at(TokenKind::DotDot) || at(TokenKind::DotDotEqual)) {
    const bool is_inclusive = at(TokenKind::DotDotEqual);
    cursor_.advance();
    operators(kBitOrLevel);
    finish(NodeKind::Range, s, is_inclusive ? 1 : 0);
  }
}

// Binary operators that bind at least as tightly as `minimum`.
void Grammar::operators(int minimum) {
  const Start s = start();
  unary();
  while (true) {
    const Operator found = operator_at(current(), peek());
    if (found.level == 0 || found.level < minimum) return;
    if (found.level == kRangeLevel) {
      // `[a..]` is a slice with an open end.
      if (at(TokenKind::DotDot) && peek().is(TokenKind::RightBracket)) return;
      const bool is_inclusive = at(TokenKind::DotDotEqual);
      cursor_.advance();
      operators(kRangeLevel + 1);
      finish(NodeKind::Range, s, is_inclusive ? 1 : 0);
      if (at(TokenKind::DotDot) || at(TokenKind::DotDotEqual)) return;
      continue;
    }
    cursor_.advance();
    if (found.is_double) cursor_.advance();
    operators(found.level + 1);
    finish(NodeKind::Binary, s, detail_of(found.op));
    check_height();
  }
}

void Grammar::unary() {
  const Start s = start();
  const bool is_sign = at(TokenKind::Minus) && arrow_length() == 0;
  if (is_sign || at(TokenKind::Plus)) {
    const DepthGuard guard(*this);
    if (guard.is_too_deep()) {
      fail_depth();
      missing(NodeKind::ErrorExpression);
      return;
    }
    const auto op = is_sign ? ast::UnaryOp::Negate : ast::UnaryOp::Plus;
    cursor_.advance();
    unary();
    finish(NodeKind::Unary, s, static_cast<uint8_t>(op));
    return;
  }
  postfix();
  if (!at(TokenKind::StarStar)) return;
  const DepthGuard guard(*this);
  if (guard.is_too_deep()) return fail_depth();
  cursor_.advance();
  unary();
  finish(NodeKind::Binary, s, detail_of(ast::BinaryOp::Power));
}

void Grammar::postfix() {
  const Start s = start();
  primary();
  postfix_tail(s);
}

void Grammar::postfix_tail(Start s) {
  while (true) {
    switch (current().kind) {
      case TokenKind::Dot:
      case TokenKind::QuestionDot: {
        if (peek().is(TokenKind::LeftBrace)) {
          shape_access(s);
          break;
        }
        const bool is_optional = at(TokenKind::QuestionDot);
        cursor_.advance();
        word();
        if (!is_optional && at(TokenKind::LeftParen)) {
          arguments();
          finish(NodeKind::MethodCall, s);
        } else {
          finish(NodeKind::FieldAccess, s, is_optional ? 1 : 0);
        }
        break;
      }
      case TokenKind::LeftBracket:
        bracket_access(s);
        break;
      case TokenKind::DoubleColon:
        foreign_cast(s);
        break;
      case TokenKind::Colon:
      case TokenKind::RecordColon:
        return bad_record_key();
      default:
        return;
    }
    if (builder_.node(builder_.last()).height > limits::kExpressionDepthMax) return check_height();
  }
}

void Grammar::bracket_access(Start s) {
  const uint32_t open = cursor_.at();
  cursor_.advance();
  if (at(TokenKind::Star) && peek().is(TokenKind::RightBracket)) {
    cursor_.advance();
    cursor_.advance();
    finish(NodeKind::AllElements, s);
    return;
  }
  NodeKind kind = NodeKind::IndexAccess;
  uint8_t detail = 0;
  if (accept(TokenKind::DotDot)) {
    operators(kBitOrLevel);
    kind = NodeKind::Slice;
    detail = ast::Slice::kHasTo;
  } else {
    expr();
    const NodeId index = builder_.last();
    if (at(TokenKind::DotDot) && is_range_end(builder_.node(index))) {
      cursor_.advance();
      kind = NodeKind::Slice;
      detail = ast::Slice::kHasFrom;
    } else if (builder_.node(index).kind == NodeKind::Range) {
      // The ends of the range become the ends of the slice.
      kind = NodeKind::Slice;
      const uint8_t inclusive = builder_.node(index).detail != 0 ? ast::Slice::kInclusive : 0;
      detail = static_cast<uint8_t>(ast::Slice::kHasFrom | ast::Slice::kHasTo | inclusive);
      builder_.replace_last_by_children();
    }
  }
  recover_in_list(TokenKind::RightBracket);
  close(TokenKind::RightBracket, open);
  finish(kind, s, detail);
}

void Grammar::shape_access(Start s) {
  const bool is_optional = at(TokenKind::QuestionDot);
  cursor_.advance();
  const uint32_t open = cursor_.at();
  cursor_.advance();
  shape_entry();
  recover_in_list(TokenKind::RightBrace);
  if (accept(TokenKind::Comma)) {
    list(&Grammar::shape_entry, TokenKind::RightBrace, open);
  } else {
    close(TokenKind::RightBrace, open);
  }
  finish(NodeKind::Shape, s, is_optional ? 1 : 0);
}

void Grammar::shape_entry() {
  const Start s = start();
  auto kind = ast::ShapeEntryKind::Copied;
  if (accept(TokenKind::Star)) {
    kind = ast::ShapeEntryKind::All;
  } else if (is_word(current()) &&
             (peek().is(TokenKind::Colon) || peek().is(TokenKind::RecordColon))) {
    word();
    cursor_.advance();
    expr();
    kind = ast::ShapeEntryKind::Computed;
  } else {
    ident();
    while (accept(TokenKind::Dot)) word();
  }
  finish(NodeKind::ShapeEntry, s, static_cast<uint8_t>(kind));
}

}  // namespace zerodb::zeroql
