// Lists: in brackets, and behind a word.
#include "base/assert.h"
#include "zeroql/statement_printer.h"

namespace zerodb::zeroql {

namespace {

TokenKind closing_of(TokenKind open) {
  switch (open) {
    case TokenKind::LeftParen:
      return TokenKind::RightParen;
    case TokenKind::LeftBracket:
      return TokenKind::RightBracket;
    case TokenKind::LeftBrace:
      return TokenKind::RightBrace;
    default:
      UNREACHABLE();
  }
}

}  // namespace

// Own brackets do not nest: those inside belong to children.
size_t StatementPrinter::closing(std::span<const Piece> pieces, size_t open) const {
  const TokenKind close = closing_of(tree_.token(TokenId(pieces[open].token)).kind);
  size_t at = open + 1;
  while (!is_own(pieces[at], close)) ++at;
  return at;
}

StatementPrinter::ListStyle StatementPrinter::style_of(NodeKind owner) const {
  switch (owner) {
    case NodeKind::TableItems:
      return {.is_padded = true, .keeps_broken = true, .elements_max = 3};
    case NodeKind::Object:
    case NodeKind::ObjectType:
    case NodeKind::Shape:
      return {.is_padded = true, .keeps_broken = true};
    case NodeKind::Array:
    case NodeKind::Options:
    case NodeKind::PartitionLevel:
    case NodeKind::AlterAction:
      return {.keeps_broken = true};
    case NodeKind::Hashset:
    case NodeKind::Hashmap:
    case NodeKind::Tuple:
    case NodeKind::TupleType:
    case NodeKind::InList:
    case NodeKind::ValuesRow:
    case NodeKind::IdentList:
    case NodeKind::TableUnique:
    case NodeKind::DefineFunction:
      return {};
    default:
      return {.may_end_in_comma = false};
  }
}

std::vector<std::span<const StatementPrinter::Piece>> StatementPrinter::split_at_commas(
    std::span<const Piece> pieces) const {
  std::vector<std::span<const Piece>> out;
  size_t begin = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (!is_own(pieces[i], TokenKind::Comma)) continue;
    out.push_back(pieces.subspan(begin, i - begin));
    begin = i + 1;
  }
  if (begin < pieces.size()) out.push_back(pieces.subspan(begin));
  return out;
}

// A name, number or the like: such elements fill lines.
bool StatementPrinter::is_short(std::span<const Piece> element) const {
  if (element.size() != 1 || !element[0].is_node) return false;
  NodeId id = element[0].node;
  if (tree_.kind(id) == NodeKind::Unary && tree_.children(id).size() == 1)
    id = tree_.children(id)[0];
  switch (tree_.kind(id)) {
    case NodeKind::Ident:
    case NodeKind::NameRef:
    case NodeKind::PathRef:
    case NodeKind::Literal:
    case NodeKind::Parameter:
    case NodeKind::RecordId:
      return true;
    default:
      return false;
  }
}

// A sole element in brackets of its own shares the brackets' lines: `f([`.
bool StatementPrinter::is_hugged(std::span<const Piece> all, std::span<const Piece> element) const {
  if (element.size() != 1 || !element[0].is_node) return false;
  for (const Piece& piece : all.subspan(1)) {
    if (has_comments(piece.token)) return false;
  }
  NodeId id = element[0].node;
  if (tree_.kind(id) == NodeKind::Argument && tree_.children(id).size() == 1)
    id = tree_.children(id)[0];
  switch (tree_.kind(id)) {
    case NodeKind::Array:
    case NodeKind::Object:
    case NodeKind::Hashset:
    case NodeKind::Hashmap:
    case NodeKind::ArraySubquery:
    case NodeKind::Subquery:
      return true;
    default:
      return false;
  }
}

// From an opening bracket to the closing one.
void StatementPrinter::bracketed(std::span<const Piece> all, NodeKind owner, ListStyle style) {
  const auto inner = all.subspan(1, all.size() - 2);
  if (inner.size() == 1 && is_child(inner[0], NodeKind::Query)) return bracketed_query(all, owner);
  if (inner.empty()) return empty_brackets(owner);
  const auto parts = split_at_commas(inner);
  const bool is_tuple = owner == NodeKind::Tuple || owner == NodeKind::TupleType;
  if (parts.size() == 1 && !is_tuple && is_hugged(all, parts[0])) {
    token(owner);
    nothing();
    piece(inner[0], owner);
    if (inner.size() > 1) skip_comma();
    nothing();
    token(owner);
    return;
  }
  const Flat edge = style.is_padded ? Flat::Space : Flat::Nothing;
  const bool was_broken =
      style.keeps_broken && gap_before(tree_, TokenId(inner[0].token)).has_newline();
  out_.begin_group();
  if (was_broken || parts.size() > style.elements_max) out_.force_break();
  token(owner);
  out_.indent();
  first_line(edge);
  elements(inner, owner, style);
  close_indent();
  first_line(edge);
  token(owner);
  out_.end_group();
}

void StatementPrinter::empty_brackets(NodeKind owner) {
  out_.begin_group();
  token(owner);
  out_.indent();
  close_indent();
  if (!gap().comments.empty()) first_line(Flat::Nothing);
  nothing();
  token(owner);
  out_.end_group();
}

void StatementPrinter::bracketed_query(std::span<const Piece> all, NodeKind owner) {
  out_.begin_group();
  token(owner);
  out_.indent();
  first_line(Flat::Nothing);
  piece(all[1], owner);
  close_indent();
  first_line(Flat::Nothing);
  token(owner);
  out_.end_group();
}

void StatementPrinter::elements(std::span<const Piece> inner, NodeKind owner, ListStyle style) {
  const auto parts = split_at_commas(inner);
  const bool is_tuple = owner == NodeKind::Tuple || owner == NodeKind::TupleType;
  bool fills = parts.size() > 1 && !style.is_padded;
  for (const auto& part : parts) fills &= is_short(part);
  for (size_t i = 0; i < parts.size(); ++i) {
    pieces(parts[i], owner);
    const bool is_last = i + 1 == parts.size();
    const bool has_comma = tree_.token(TokenId(next_)).is(TokenKind::Comma);
    if (!is_last || (is_tuple && parts.size() == 1)) {
      nothing();
      token(owner);
      if (!is_last) fills ? fill() : line();
      continue;
    }
    const bool wants_comma = style.may_end_in_comma && !fills;
    if (wants_comma) out_.if_broken(",");
    if (has_comma) skip_comma();
  }
}

// `WORD a, b`: from the word or words to the end of the node.
void StatementPrinter::word_list(std::span<const Piece> inner, NodeKind owner, bool keeps_broken) {
  const auto parts = split_at_commas(inner);
  if (parts.size() == 1) {
    space();
    pieces(parts[0], owner);
    if (tree_.token(TokenId(next_)).is(TokenKind::Comma) && is_own(inner.back(), TokenKind::Comma))
      skip_comma();
    return;
  }
  const bool was_broken = keeps_broken && gap_before(tree_, TokenId(inner[0].token)).has_newline();
  out_.begin_group();
  if (was_broken) out_.force_break();
  out_.indent();
  first_line();
  for (size_t i = 0; i < parts.size(); ++i) {
    pieces(parts[i], owner);
    if (i + 1 == parts.size()) break;
    nothing();
    token(owner);
    line();
  }
  if (is_own(inner.back(), TokenKind::Comma)) skip_comma();
  out_.dedent();
  out_.end_group();
}

}  // namespace zerodb::zeroql
