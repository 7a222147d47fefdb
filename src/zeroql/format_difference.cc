#include "zeroql/format_difference.h"

#include <algorithm>
#include <vector>

#include "zeroql/trivia.h"

namespace zerodb::zeroql {

namespace {

// A token, or a comment with the number of tokens before it.
struct Unit {
  Span span;
  std::string_view text;
  Keyword keyword = Keyword::NotKeyword;
  bool is_comment = false;
};

bool is_closing(const Token& token) {
  return token.is(TokenKind::RightParen) || token.is(TokenKind::RightBracket) ||
         token.is(TokenKind::RightBrace);
}

// A comma that ends a list: the tree is the same without it. Lists without brackets end at a word.
bool may_be_left_out(const Tree& tree, uint32_t at) {
  if (!tree.token(TokenId(at)).is(TokenKind::Comma)) return false;
  const Token& next = tree.token(TokenId(at + 1));
  return is_closing(next) || next.is(TokenKind::EndOfInput) || next.is(TokenKind::Semicolon) ||
         !next.is(Keyword::NotKeyword);
}

std::vector<Unit> units_of(const Tree& tree) {
  std::vector<Unit> out;
  for (uint32_t i = 0; i < tree.token_count(); ++i) {
    for (const Comment& comment : gap_before(tree, TokenId(i)).comments)
      out.push_back({comment.span, tree.source().slice(comment.span), Keyword::NotKeyword, true});
    const Token& token = tree.token(TokenId(i));
    if (!may_be_left_out(tree, i))
      out.push_back({token.span(), tree.text(TokenId(i)), token.keyword, false});
  }
  return out;
}

bool is_same(const Unit& a, const Unit& b) {
  if (a.is_comment != b.is_comment) return false;
  if (a.text == b.text) return true;
  if (a.keyword == Keyword::NotKeyword || a.keyword != b.keyword) return false;
  return std::ranges::equal(a.text, b.text,
                            [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

std::optional<FormatDifference> different_units(const Tree& before, const Tree& after) {
  const std::vector<Unit> left = units_of(before);
  const std::vector<Unit> right = units_of(after);
  for (size_t i = 0; i < left.size(); ++i) {
    const bool is_there = i < right.size();
    if (is_there && is_same(left[i], right[i])) continue;
    const std::string found = is_there ? "`" + std::string(right[i].text) + "`" : "nothing";
    return FormatDifference{"`" + std::string(left[i].text) + "` became " + found, left[i].span};
  }
  if (left.size() == right.size()) return std::nullopt;
  return FormatDifference{"`" + std::string(right[left.size()].text) + "` was added",
                          left.back().span};
}

// Names that are keywords keep their case: a name is what is written.
std::optional<FormatDifference> different_names(const Tree& before, NodeId id, const Tree& after,
                                                NodeId other) {
  const NodeKind kind = before.kind(id);
  if (kind != NodeKind::Ident && kind != NodeKind::ObjectKey) return std::nullopt;
  if (!before.children(id).empty() || before.text(id) == after.text(other)) return std::nullopt;
  return FormatDifference{"the name `" + std::string(before.text(id)) + "` became `" +
                              std::string(after.text(other)) + "`",
                          before.span(id)};
}

std::optional<FormatDifference> different_trees(const Tree& before, const Tree& after) {
  std::vector<std::pair<NodeId, NodeId>> pairs = {{before.root(), after.root()}};
  while (!pairs.empty()) {
    const auto [left, right] = pairs.back();
    pairs.pop_back();
    const auto children = before.children(left);
    const auto others = after.children(right);
    const bool is_same_node = before.kind(left) == after.kind(right) &&
                              before.node(left).detail == after.node(right).detail &&
                              children.size() == others.size();
    if (!is_same_node)
      return FormatDifference{
          "the tree is another one at " + std::string(node_kind_name(before.kind(left))),
          before.span(left)};
    if (auto names = different_names(before, left, after, right)) return names;
    for (size_t i = children.size(); i-- > 0;) pairs.emplace_back(children[i], others[i]);
  }
  return std::nullopt;
}

}  // namespace

std::optional<FormatDifference> format_difference(const Tree& before, const Tree& after) {
  if (auto units = different_units(before, after)) return units;
  return different_trees(before, after);
}

}  // namespace zerodb::zeroql
