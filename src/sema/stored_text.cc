#include "sema/stored_text.h"

#include <algorithm>

#include "zeroql/literal.h"
#include "zeroql/parser.h"

namespace zerodb::sema {

ast::Expr parse_stored_expression(Checking& c, const std::string& text) {
  c.trees.push_back(std::make_unique<zeroql::Tree>(zeroql::parse("SELECT (" + text + ")").tree));
  const auto statements = ast::statements(*c.trees.back());
  const auto select = statements[0].as<ast::QueryStatement>().query().body().select();
  return select->items()->list()[0].item()->expr();
}

ast::Query parse_stored_query(Checking& c, const std::string& text) {
  c.trees.push_back(std::make_unique<zeroql::Tree>(zeroql::parse(text).tree));
  return ast::statements(*c.trees.back())[0].as<ast::QueryStatement>().query();
}

std::string rename_field(const std::string& text, const std::string& from, const std::string& to) {
  const std::string prefix = "SELECT (";
  const zeroql::Tree tree = zeroql::parse(prefix + text + ")").tree;
  std::string renamed;
  uint32_t copied = static_cast<uint32_t>(prefix.size());
  std::vector<Span> places;
  for (uint32_t i = 0; i < tree.node_count(); ++i) {
    const zeroql::NodeId id(i);
    if (tree.kind(id) != zeroql::NodeKind::NameRef) continue;
    const ast::NameRef name{{&tree, id}};
    if (name.name() == from) places.push_back(name.span());
  }
  std::sort(places.begin(), places.end(),
            [](const Span& a, const Span& b) { return a.begin < b.begin; });
  for (const Span& place : places) {
    renamed += tree.source().slice({copied, place.begin});
    renamed += zeroql::quote_name(to);
    copied = place.end;
  }
  renamed += tree.source().slice({copied, tree.source().size() - 1});
  return renamed;
}

bool has_word(const std::string& text, const std::string& word) {
  const auto is_word = [](char ch) {
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
           ch == '_' || static_cast<unsigned char>(ch) >= 0x80;
  };
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end])))
      return true;
  }
  return false;
}

std::string stored_text(const ast::View& node) {
  std::string text;
  const zeroql::Node& of = node.tree->node(node.id);
  for (uint32_t i = of.first_token; i < of.token_end; ++i) {
    const zeroql::TokenId token(i);
    if (i > of.first_token && !node.tree->trivia(token).empty()) text += ' ';
    text += node.tree->text(token);
  }
  return text;
}

}  // namespace zerodb::sema
