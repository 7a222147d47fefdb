#include "zeroql/statement_printer.h"

#include "base/assert.h"

namespace zerodb::zeroql {

// The children of no tokens, which a sound statement has only where a part is left out, are no
// pieces.
StatementPrinter::Pieces StatementPrinter::pieces_of(NodeId id) const {
  const Node& node = tree_.node(id);
  Pieces out;
  uint32_t at = node.first_token;
  const auto own_tokens_to = [&](uint32_t end) {
    for (; at < end; ++at) out.push_back({false, at, kNothing});
  };
  for (const NodeId child : tree_.children(id)) {
    const Node& inner = tree_.node(child);
    if (inner.first_token == inner.token_end) continue;
    own_tokens_to(inner.first_token);
    out.push_back({true, inner.first_token, child});
    at = inner.token_end;
  }
  own_tokens_to(node.token_end);
  return out;
}

void StatementPrinter::statement(NodeId id) {
  // What stands before the statement belongs to the script.
  gap_ = Gap{};
  node(id);
}

void StatementPrinter::tail(uint32_t end) {
  while (next_ < end) {
    out_.begin_group();
    if (next_ > 0 && !gap().comments.empty()) first_line(Flat::Nothing);
    token(NodeKind::Script);
    out_.end_group();
  }
}

void StatementPrinter::piece(const Piece& piece, NodeKind owner) {
  DEBUG_ASSERT(piece.token == next_);
  if (piece.is_node) return node(piece.node);
  token(owner);
}

// Pieces with what belongs between them; brackets of their own are lists.
void StatementPrinter::pieces(std::span<const Piece> all, NodeKind owner) {
  for (size_t i = 0; i < all.size(); ++i) {
    if (i > 0) between(all[i - 1], all[i], owner) == Between::Space ? space() : nothing();
    const bool is_list = is_own(all[i], TokenKind::LeftParen) ||
                         is_own(all[i], TokenKind::LeftBrace) ||
                         is_own(all[i], TokenKind::LeftBracket);
    if (!is_list) {
      piece(all[i], owner);
      continue;
    }
    const size_t end = closing(all, i);
    bracketed(all.subspan(i, end + 1 - i), owner, style_of(owner));
    i = end;
  }
}

void StatementPrinter::words(NodeId id) {
  pieces(pieces_of(id), tree_.kind(id));
}

void StatementPrinter::tight(NodeId id) {
  const Pieces all = pieces_of(id);
  for (size_t i = 0; i < all.size(); ++i) {
    if (i > 0) nothing();
    piece(all[i], tree_.kind(id));
  }
}

// ROLLUP (..) and CUBE (..) look like clauses, not like calls.
bool StatementPrinter::is_grouping(const Piece& function) const {
  std::string name(function.is_node ? tree_.text(function.node) : "");
  for (char& c : name) c = static_cast<char>(c | 0x20);
  return name == "rollup" || name == "cube";
}

StatementPrinter::Between StatementPrinter::between(const Piece& before, const Piece& piece,
                                                    NodeKind owner) const {
  if (is_child(piece, NodeKind::Quantifier)) return Between::Nothing;
  if (is_child(piece, NodeKind::Arguments))
    return is_grouping(before) ? Between::Space : Between::Nothing;
  if (piece.is_node) return Between::Space;
  const Token& token = tree_.token(TokenId(piece.token));
  switch (token.kind) {
    case TokenKind::Comma:
    case TokenKind::Colon:
    case TokenKind::RecordColon:
      return Between::Nothing;
    case TokenKind::Question:
      return owner == NodeKind::TypeField ? Between::Nothing : Between::Space;
    case TokenKind::LeftParen:
      switch (owner) {
        case NodeKind::Cast:
        case NodeKind::Exists:
        case NodeKind::ArraySubquery:
        case NodeKind::DefineFunction:
          return Between::Nothing;
        default:
          return Between::Space;
      }
    case TokenKind::LeftBrace:
      return Between::Nothing;
    case TokenKind::Less:
    case TokenKind::Minus:
    case TokenKind::Greater: {
      // The second half of an arrow or a shift.
      const bool is_half =
          token.glued && (is_own(before, TokenKind::Less) || is_own(before, TokenKind::Minus) ||
                          is_own(before, TokenKind::Greater));
      return is_half ? Between::Nothing : Between::Space;
    }
    default:
      return Between::Space;
  }
}

// `array<decimal<10, 2>>`
void StatementPrinter::named_type(NodeId id) {
  const Pieces all = pieces_of(id);
  for (size_t i = 0; i < all.size(); ++i) {
    const bool is_behind_comma = i > 0 && is_own(all[i - 1], TokenKind::Comma);
    if (is_behind_comma) {
      space();
    } else if (i > 0) {
      nothing();
    }
    piece(all[i], NodeKind::NamedType);
  }
}

// `p.* OMIT (a)`, `a.b`, `a: b`
void StatementPrinter::dotted(NodeId id) {
  const Pieces all = pieces_of(id);
  for (size_t i = 0; i < all.size(); ++i) {
    const bool touches = is_own(all[i], TokenKind::Dot) || is_own(all[i], TokenKind::Colon) ||
                         is_own(all[i], TokenKind::RecordColon) ||
                         (i > 0 && is_own(all[i - 1], TokenKind::Dot));
    if (i > 0) touches ? nothing() : space();
    piece(all[i], tree_.kind(id));
  }
}

// `p.{ a, b }`
void StatementPrinter::shape(NodeId id) {
  const Pieces all = pieces_of(id);
  piece(all[0], NodeKind::Shape);
  nothing();
  token(NodeKind::Shape);
  nothing();
  bracketed(std::span(all).subspan(2), NodeKind::Shape, style_of(NodeKind::Shape));
}

void StatementPrinter::node(NodeId id) {
  switch (tree_.kind(id)) {
    case NodeKind::Name:
    case NodeKind::Path:
    case NodeKind::RecordKey:
    case NodeKind::RecordId:
    case NodeKind::RecordRange:
    case NodeKind::FieldPath:
    case NodeKind::PathField:
    case NodeKind::PathIndex:
    case NodeKind::PathAll:
    case NodeKind::FieldAccess:
    case NodeKind::MethodCall:
    case NodeKind::IndexAccess:
    case NodeKind::AllElements:
    case NodeKind::Slice:
    case NodeKind::Range:
    case NodeKind::OptionalType:
    case NodeKind::Quantifier:
      return tight(id);
    case NodeKind::NamedType:
      return named_type(id);
    case NodeKind::StarItem:
    case NodeKind::ShapeEntry:
      return dotted(id);
    case NodeKind::Shape:
      return shape(id);
    case NodeKind::Query:
      return query(id);
    case NodeKind::Select:
      return select(id);
    case NodeKind::SetOperation:
      return set_operation(id);
    case NodeKind::Values:
      return list_clause(id, true);
    case NodeKind::With:
    case NodeKind::GroupBy:
    case NodeKind::OrderBy:
    case NodeKind::WindowClause:
    case NodeKind::SetClause:
    case NodeKind::Unset:
    case NodeKind::SelectItems:
    case NodeKind::Match:
      return list_clause(id);
    case NodeKind::From:
    case NodeKind::Using:
      return joined(id);
    case NodeKind::MatchPath:
      return match_path(id);
    case NodeKind::WindowSpec:
      return window_spec(id);
    case NodeKind::Create:
    case NodeKind::Insert:
    case NodeKind::Upsert:
    case NodeKind::Update:
    case NodeKind::Delete:
    case NodeKind::Relate:
      return write(id);
    case NodeKind::DefineView:
      return view(id);
    case NodeKind::Alter:
      return alter(id);
    case NodeKind::Grant:
      return grant(id);
    case NodeKind::Field:
    case NodeKind::DefineField:
      return field(id);
    case NodeKind::Binary:
      return binary(id);
    case NodeKind::Unary:
      return unary(id);
    case NodeKind::Case:
      return case_(id);
    default:
      if (tree_.kind(id) >= NodeKind::DefineNamespace && tree_.kind(id) <= NodeKind::DefineUser)
        return definition(id);
      return words(id);
  }
}

}  // namespace zerodb::zeroql
