// Queries: on one line if they fit, else a clause a line.
#include <algorithm>

#include "zeroql/statement_printer.h"

namespace zerodb::zeroql {

void StatementPrinter::query(NodeId id) {
  const Pieces all = pieces_of(id);
  std::span<const Piece> body = all;
  out_.begin_group();
  const bool has_with = is_child(body.front(), NodeKind::With);
  if (has_with) {
    piece(body.front(), NodeKind::Query);
    line();
    body = body.subspan(1);
    out_.begin_group();
  }
  size_t end = body.size();
  while (is_child(body[end - 1], NodeKind::OrderBy) || is_child(body[end - 1], NodeKind::Limit))
    --end;
  query_body(body.first(end));
  for (const Piece& clause : body.subspan(end)) {
    line();
    piece(clause, NodeKind::Query);
  }
  if (has_with) out_.end_group();
  out_.end_group();
}

// A node, or a query in parentheses.
void StatementPrinter::query_body(std::span<const Piece> body) {
  if (body.size() == 1) return piece(body[0], NodeKind::Query);
  bracketed_query(body, NodeKind::Query);
}

// Each operand of a chain of set operations is laid out for itself, between the lines of the
// operators.
void StatementPrinter::set_operation(NodeId id) {
  const Pieces all = pieces_of(id);
  const auto is_operator = [&](const Piece& piece) { return is_own(piece, TokenKind::Word); };
  const auto first = std::ranges::find_if(all, is_operator);
  const auto last = std::find_if_not(first, all.end(), is_operator);
  operand({all.begin(), first}, true);
  line();
  pieces({first, last}, NodeKind::SetOperation);
  line();
  operand({last, all.end()}, false);
}

void StatementPrinter::operand(std::span<const Piece> operand, bool is_same_chain) {
  if (operand.size() > 1) return bracketed_query(operand, NodeKind::SetOperation);
  if (is_same_chain && is_child(operand[0], NodeKind::SetOperation))
    return set_operation(operand[0].node);
  out_.begin_group();
  piece(operand[0], NodeKind::SetOperation);
  out_.end_group();
}

// The clauses break with the group of the query.
void StatementPrinter::select(NodeId id) {
  const Pieces all = pieces_of(id);
  for (size_t i = 0; i < all.size(); ++i) {
    const bool is_clause = all[i].is_node || is_own(all[i], Keyword::Select);
    if (is_child(all[i], NodeKind::SelectItems)) {
      word_list(pieces_of(all[i].node), NodeKind::SelectItems);
      continue;
    }
    if (i > 0) is_clause ? line() : space();
    piece(all[i], NodeKind::Select);
  }
}

// FROM or USING, whose joins are clauses as well.
void StatementPrinter::joined(NodeId id) {
  for (const Piece& part : pieces_of(id)) {
    if (is_child(part, NodeKind::Join)) {
      line();
    } else if (part.is_node) {
      space();
    }
    piece(part, tree_.kind(id));
  }
}

// A word or two and a list: GROUP BY a, b.
void StatementPrinter::list_clause(NodeId id, bool keeps_broken) {
  const NodeKind owner = tree_.kind(id);
  const Pieces all = pieces_of(id);
  const auto is_word = [&](const Piece& piece) { return is_own(piece, TokenKind::Word); };
  const auto first = std::ranges::find_if_not(all, is_word);
  pieces({all.begin(), first}, owner);
  if (first != all.end()) word_list({first, all.end()}, owner, keeps_broken);
}

// Each hop on a line of its own if the path does not fit.
void StatementPrinter::match_path(NodeId id) {
  const Pieces all = pieces_of(id);
  out_.begin_group();
  piece(all[0], NodeKind::MatchPath);
  out_.indent();
  for (const Piece& part : std::span(all).subspan(1)) {
    is_child(part, NodeKind::MatchEdge) ? line() : space();
    piece(part, NodeKind::MatchPath);
  }
  out_.dedent();
  out_.end_group();
}

// Breaks with the parentheses around it.
void StatementPrinter::window_spec(NodeId id) {
  const Pieces all = pieces_of(id);
  for (size_t i = 0; i < all.size(); ++i) {
    if (i > 0) line();
    piece(all[i], NodeKind::WindowSpec);
  }
}

}  // namespace zerodb::zeroql
