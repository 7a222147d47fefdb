#include "zeroql/grammar.h"

namespace zerodb::zeroql {

void Grammar::window_clause() {
  const Start s = start();
  cursor_.advance();
  comma_list(&Grammar::named_window);
  finish(NodeKind::WindowClause, s);
}

void Grammar::named_window() {
  const Start s = start();
  ident();
  expect(Keyword::As);
  const uint32_t open = cursor_.at();
  expect(TokenKind::LeftParen);
  window_spec();
  close(TokenKind::RightParen, open);
  finish(NodeKind::NamedWindow, s);
}

void Grammar::window_spec() {
  const Start s = start();
  if (at(Keyword::Partition)) {
    const Start keys = start();
    cursor_.advance();
    expect(Keyword::By);
    comma_list(&Grammar::expr);
    finish(NodeKind::PartitionKeys, keys);
  }
  if (at(Keyword::Order)) order_by();
  if (at(Keyword::Rows) || at(Keyword::Range) || at(Keyword::Groups)) frame();
  finish(NodeKind::WindowSpec, s);
}

void Grammar::frame() {
  const Start s = start();
  const auto unit = at(Keyword::Rows)    ? ast::FrameUnit::Rows
                    : at(Keyword::Range) ? ast::FrameUnit::Range
                                         : ast::FrameUnit::Groups;
  cursor_.advance();
  if (accept(Keyword::Between)) {
    frame_bound(true);
    expect(Keyword::And);
    frame_bound(true);
  } else {
    frame_bound(false);
  }
  finish(NodeKind::Frame, s, static_cast<uint8_t>(unit));
}

void Grammar::frame_bound(bool may_follow) {
  const Start s = start();
  auto kind = ast::FrameBoundKind::CurrentRow;
  bool is_unbounded = false;
  if (accept(Keyword::Current)) {
    expect(Keyword::Row);
    finish(NodeKind::FrameBound, s, static_cast<uint8_t>(kind));
    return;
  }
  if (accept(Keyword::Unbounded)) {
    is_unbounded = true;
  } else if (at(TokenKind::Integer)) {
    literal(ast::LiteralKind::Integer);
  } else if (at(TokenKind::Duration)) {
    literal(ast::LiteralKind::Duration);
  } else if (at(TokenKind::Parameter)) {
    parameter();
  } else {
    expected("UNBOUNDED, CURRENT ROW or a number of rows");
  }
  if (may_follow && accept(Keyword::Following)) {
    kind = is_unbounded ? ast::FrameBoundKind::UnboundedFollowing : ast::FrameBoundKind::Following;
  } else {
    expect(Keyword::Preceding);
    kind = is_unbounded ? ast::FrameBoundKind::UnboundedPreceding : ast::FrameBoundKind::Preceding;
  }
  finish(NodeKind::FrameBound, s, static_cast<uint8_t>(kind));
}

}  // namespace zerodb::zeroql
