// Statements that write, and definitions.
#include <algorithm>

#include "zeroql/statement_printer.h"

namespace zerodb::zeroql {

// The head with its SET or CONTENT on the first line; FROM, WHERE and the like are clauses.
void StatementPrinter::write(NodeId id) {
  const NodeKind owner = tree_.kind(id);
  const Pieces all = pieces_of(id);
  const auto begins_line = [&](size_t i) {
    if (!all[i].is_node) return false;
    switch (tree_.kind(all[i].node)) {
      case NodeKind::From:
      case NodeKind::Using:
      case NodeKind::Where:
      case NodeKind::OnConflict:
      case NodeKind::Returning:
        return true;
      case NodeKind::Unset:
        return is_child(all[i - 1], NodeKind::SetClause);
      case NodeKind::Query:
        return !tree_.token(TokenId(all[i].token)).is(Keyword::Values);
      default:
        return false;
    }
  };
  out_.begin_group();
  for (size_t i = 0; i < all.size(); ++i) {
    if (i > 0 && begins_line(i)) {
      line();
    } else if (i > 0) {
      between(all[i - 1], all[i], owner) == Between::Space ? space() : nothing();
    }
    piece(all[i], owner);
  }
  out_.end_group();
}

// What follows the head of a definition, each on a line of its own if they do not fit behind it.
bool StatementPrinter::begins_suffix(const Piece& piece) const {
  if (!piece.is_node) {
    switch (tree_.token(TokenId(piece.token)).keyword) {
      case Keyword::With:
      case Keyword::Unique:
      case Keyword::Immutable:
      case Keyword::Stable:
      case Keyword::Volatile:
        return true;
      default:
        return false;
    }
  }
  switch (tree_.kind(piece.node)) {
    case NodeKind::TableKey:
    case NodeKind::PartitionBy:
    case NodeKind::IndexMethod:
    case NodeKind::Where:
    case NodeKind::FunctionBody:
    case NodeKind::FunctionExport:
    case NodeKind::FieldAssert:
    case NodeKind::Comment:
      return true;
    default:
      return false;
  }
}

size_t StatementPrinter::suffix_begin(std::span<const Piece> pieces) const {
  const auto found = std::ranges::find_if(pieces, [&](const Piece& p) { return begins_suffix(p); });
  return static_cast<size_t>(found - pieces.begin());
}

void StatementPrinter::suffixes(std::span<const Piece> all, NodeKind owner) {
  while (!all.empty()) {
    line();
    const size_t end = 1 + suffix_begin(all.subspan(1));
    pieces(all.first(end), owner);
    all = all.subspan(end);
  }
}

void StatementPrinter::definition(NodeId id) {
  const NodeKind owner = tree_.kind(id);
  const Pieces all = pieces_of(id);
  const auto head = std::span(all).first(suffix_begin(all));
  pieces(head, owner);
  out_.begin_group();
  out_.indent();
  suffixes(std::span(all).subspan(head.size()), owner);
  out_.dedent();
  out_.end_group();
}

void StatementPrinter::view(NodeId id) {
  const Pieces all = pieces_of(id);
  const auto query = std::ranges::find_if(
      all, [&](const Piece& piece) { return is_child(piece, NodeKind::Query); });
  out_.begin_group();
  pieces({all.begin(), query}, NodeKind::DefineView);
  out_.indent();
  first_line();
  piece(*query, NodeKind::DefineView);
  suffixes({query + 1, all.end()}, NodeKind::DefineView);
  out_.dedent();
  out_.end_group();
}

void StatementPrinter::alter(NodeId id) {
  const Pieces all = pieces_of(id);
  const auto first = std::ranges::find_if(
      all, [&](const Piece& piece) { return is_child(piece, NodeKind::AlterAction); });
  pieces({all.begin(), first}, NodeKind::Alter);
  word_list({first, all.end()}, NodeKind::Alter);
}

void StatementPrinter::grant(NodeId id) {
  const Pieces all = pieces_of(id);
  const bool has_where = is_child(all.back(), NodeKind::Where);
  const auto head = std::span(all).first(all.size() - (has_where ? 1 : 0));
  out_.begin_group();
  pieces(head, NodeKind::Grant);
  if (has_where) {
    out_.indent();
    line();
    piece(all.back(), NodeKind::Grant);
    out_.dedent();
  }
  out_.end_group();
}

// A field and its rules, which fill lines.
void StatementPrinter::field(NodeId id) {
  const NodeKind owner = tree_.kind(id);
  const Pieces all = pieces_of(id);
  const auto type = std::ranges::find_if(
      all, [&](const Piece& piece) { return piece.is_node && is_type(tree_.kind(piece.node)); });
  out_.begin_group();
  pieces({all.begin(), type + 1}, owner);
  out_.indent();
  for (auto rule = type + 1; rule != all.end(); ++rule) {
    fill();
    piece(*rule, owner);
  }
  out_.dedent();
  out_.end_group();
}

}  // namespace zerodb::zeroql
