#include "sema/stored_text.h"

#include "zeroql/parser.h"

namespace zerodb::sema {

ast::Expr parse_stored_expression(Checking& c, const std::string& text) {
  c.trees.push_back(std::make_unique<zeroql::Tree>(zeroql::parse("SELECT (" + text + ")").tree));
  const auto statements = ast::statements(*c.trees.back());
  const auto select = statements[0].as<ast::QueryStatement>().query().body().select();
  return select->items()->list()[0].item()->expr();
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
