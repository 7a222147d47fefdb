// StatementPrinter: the document of one statement: each of its tokens once, in order, with the
// places to break that its node has. Internal to the formatter (format.h is what others use).
//
// The printer walks the tokens, not only the nodes, so none can be lost. A node kind chooses the
// layout of its pieces, which are its own tokens and its children; a kind without a choice of its
// own is words with spaces between. Comments belong to the gap before a token and come out with it:
// those that follow a token on its line at once, the others on lines of their own. Statements that
// have mistakes are not for this class. Threading: one object, one statement.
#pragma once

#include <optional>

#include "zeroql/document.h"
#include "zeroql/trivia.h"

namespace zerodb::zeroql {

class StatementPrinter {
 public:
  StatementPrinter(const Tree& tree, uint32_t first_token) : tree_(tree), next_(first_token) {}

  void statement(NodeId node);
  // The tokens from the last one printed up to `end`, such as semicolons.
  void tail(uint32_t end);
  const Document& document() const { return out_; }

 private:
  using Flat = Document::Flat;

  // An own token of a node or a child.
  struct Piece {
    bool is_node = false;
    uint32_t token = 0;  // the first of it
    NodeId node = kNothing;
  };
  using Pieces = std::vector<Piece>;
  // What stands between two pieces.
  enum class Between : uint8_t { Nothing, Space };

  // How a list in brackets is laid out.
  struct ListStyle {
    bool is_padded = false;          // `{ a }`, not `[a]`
    bool may_end_in_comma = true;    // a comma ends each line; on one line it is left out
    bool keeps_broken = false;       // if the first element stands on a line of its own
    size_t elements_max = SIZE_MAX;  // on one line
  };

  // ---- pieces (statement_printer.cc)
  Pieces pieces_of(NodeId node) const;
  void node(NodeId node);
  void piece(const Piece& piece, NodeKind owner);
  void pieces(std::span<const Piece> pieces, NodeKind owner);
  void words(NodeId node);
  void tight(NodeId node);
  void named_type(NodeId node);
  void dotted(NodeId node);
  void shape(NodeId node);
  Between between(const Piece& before, const Piece& piece, NodeKind owner) const;
  bool is_grouping(const Piece& function) const;
  bool is_own(const Piece& piece, TokenKind kind) const {
    return !piece.is_node && tree_.token(TokenId(piece.token)).is(kind);
  }
  bool is_own(const Piece& piece, Keyword keyword) const {
    return !piece.is_node && tree_.token(TokenId(piece.token)).is(keyword);
  }
  bool is_child(const Piece& piece, NodeKind kind) const {
    return piece.is_node && tree_.kind(piece.node) == kind;
  }

  // ---- tokens, comments and what stands between (statement_printer_token.cc)
  void token(NodeKind owner);
  std::string_view spelling_of(const Token& token, NodeKind owner) const;
  const Gap& gap();
  void trailing_comments();
  void leading_comments();
  Document::Blank blank_here();
  void nothing();
  void space();
  void line(Flat flat = Flat::Space);
  void fill();
  // The first place of a list: no blank line stands there.
  void first_line(Flat flat = Flat::Space);
  // Before a closing bracket or word, which stands one indent to the left.
  void close_indent();
  // Leaves out a comma that may be left out; its comments go to the gap behind it.
  void skip_comma();
  bool may_touch(const Token& left, const Token& right) const;

  // ---- lists (statement_printer_list.cc)
  // From an own opening bracket; gives the place of its closing one.
  size_t closing(std::span<const Piece> pieces, size_t open) const;
  void bracketed(std::span<const Piece> pieces, NodeKind owner, ListStyle style);
  void empty_brackets(NodeKind owner);
  void bracketed_query(std::span<const Piece> pieces, NodeKind owner);
  void elements(std::span<const Piece> pieces, NodeKind owner, ListStyle style);
  std::vector<std::span<const Piece>> split_at_commas(std::span<const Piece> pieces) const;
  bool is_short(std::span<const Piece> element) const;
  bool is_hugged(std::span<const Piece> all, std::span<const Piece> element) const;
  bool has_comments(uint32_t token) const {
    return !gap_before(tree_, TokenId(token)).comments.empty();
  }
  // Elements behind a word, `SELECT a, b`: one a line, indented, unless they fit on its line.
  void word_list(std::span<const Piece> pieces, NodeKind owner, bool keeps_broken = false);
  ListStyle style_of(NodeKind owner) const;

  // ---- queries (statement_printer_query.cc)
  void query(NodeId node);
  void query_body(std::span<const Piece> body);
  void operand(std::span<const Piece> operand, bool is_same_chain);
  void set_operation(NodeId node);
  void select(NodeId node);
  void joined(NodeId node);
  void list_clause(NodeId node, bool keeps_broken = false);
  void match_path(NodeId node);
  void window_spec(NodeId node);

  // ---- statements (statement_printer_statement.cc)
  void write(NodeId node);
  void definition(NodeId node);
  void view(NodeId node);
  bool begins_suffix(const Piece& piece) const;
  size_t suffix_begin(std::span<const Piece> pieces) const;
  void suffixes(std::span<const Piece> pieces, NodeKind owner);
  void alter(NodeId node);
  void grant(NodeId node);
  void field(NodeId node);

  // ---- expressions (statement_printer_expression.cc)
  // `inner` chains begin an operand of a chain: what they break goes deeper than its operators.
  void binary(NodeId node, size_t inner = 0);
  void chain_operand(NodeId node, size_t inner);
  void chain_operator(uint32_t token_end, int level);
  void flatten(NodeId node, int level, std::vector<NodeId>& operands) const;
  void unary(NodeId node);
  void case_(NodeId node);

  const Tree& tree_;
  Document out_;
  uint32_t next_;  // the token to print
  // The gap before `next_`, once it is read, and how much of it is printed.
  std::optional<Gap> gap_;
  size_t comments_printed_ = 0;
};

}  // namespace zerodb::zeroql
