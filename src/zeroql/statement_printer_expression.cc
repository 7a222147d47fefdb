// Expressions whose places to break are not those of brackets.
#include "zeroql/ast_operator.h"
#include "zeroql/statement_printer.h"

namespace zerodb::zeroql {

namespace {

constexpr int kNoChain = 0;
constexpr int kConditionLevel = 2;  // OR and AND

// Operators of one level make one chain, which breaks before each of them. Comparisons do not
// break: their operands do.
int chain_level(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::Or:
      return 1;
    case ast::BinaryOp::And:
      return kConditionLevel;
    case ast::BinaryOp::Coalesce:
      return 3;
    case ast::BinaryOp::BitOr:
      return 4;
    case ast::BinaryOp::BitXor:
      return 5;
    case ast::BinaryOp::BitAnd:
      return 6;
    case ast::BinaryOp::ShiftLeft:
    case ast::BinaryOp::ShiftRight:
      return 7;
    case ast::BinaryOp::Add:
    case ast::BinaryOp::Subtract:
    case ast::BinaryOp::Concat:
      return 8;
    case ast::BinaryOp::Multiply:
    case ast::BinaryOp::Divide:
    case ast::BinaryOp::IntegerDivide:
    case ast::BinaryOp::Modulo:
      return 9;
    default:
      return kNoChain;
  }
}

int chain_level(const Node& node) {
  return node.kind == NodeKind::Binary ? chain_level(static_cast<ast::BinaryOp>(node.detail))
                                       : kNoChain;
}

}  // namespace

void StatementPrinter::flatten(NodeId id, int level, std::vector<NodeId>& operands) const {
  if (chain_level(tree_.node(id)) != level) {
    operands.push_back(id);
    return;
  }
  for (const NodeId child : tree_.children(id)) flatten(child, level, operands);
}

void StatementPrinter::binary(NodeId id, size_t inner) {
  const int level = chain_level(tree_.node(id));
  if (level == kNoChain) return words(id);
  std::vector<NodeId> operands;
  flatten(id, level, operands);
  out_.begin_group();
  chain_operand(operands.front(), inner + 1);
  for (size_t i = 0; i <= inner; ++i) out_.indent();
  for (const NodeId operand : std::span(operands).subspan(1)) {
    chain_operator(tree_.node(operand).first_token, level);
    chain_operand(operand, 0);
  }
  for (size_t i = 0; i <= inner; ++i) out_.dedent();
  out_.end_group();
}

void StatementPrinter::chain_operand(NodeId id, size_t inner) {
  if (tree_.kind(id) == NodeKind::Binary) return binary(id, inner);
  node(id);
}

// Each condition has a line of its own; the operands of other operators fill lines.
void StatementPrinter::chain_operator(uint32_t token_end, int level) {
  level <= kConditionLevel ? line() : fill();
  token(NodeKind::Binary);
  // The second half of a shift.
  while (next_ < token_end) {
    nothing();
    token(NodeKind::Binary);
  }
  space();
}

void StatementPrinter::unary(NodeId id) {
  const bool is_not = tree_.token(TokenId(next_)).is(Keyword::Not);
  token(NodeKind::Unary);
  is_not ? space() : nothing();
  node(tree_.children(id).front());
}

void StatementPrinter::case_(NodeId id) {
  const Pieces all = pieces_of(id);
  out_.begin_group();
  token(NodeKind::Case);
  out_.indent();
  for (const Piece& part : std::span(all).subspan(1, all.size() - 2)) {
    const bool is_arm = is_child(part, NodeKind::WhenArm) || is_child(part, NodeKind::ElseArm);
    is_arm ? line() : space();
    piece(part, NodeKind::Case);
  }
  close_indent();
  first_line();
  token(NodeKind::Case);
  out_.end_group();
}

}  // namespace zerodb::zeroql
