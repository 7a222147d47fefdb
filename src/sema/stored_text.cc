#include "sema/stored_text.h"

#include <algorithm>

#include "base/ascii.h"
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

namespace {

// The text that stands between `prefix` and `suffix` in a statement, with names replaced at the
// places that `find` gives.
template <typename Find>
std::string replaced(const std::string& prefix, const std::string& text, const std::string& suffix,
                     const std::string& to, Find find) {
  const zeroql::Tree tree = zeroql::parse(prefix + text + suffix).tree;
  std::vector<Span> places;
  for (uint32_t i = 0; i < tree.node_count(); ++i) find(tree, zeroql::NodeId(i), places);
  std::sort(places.begin(), places.end(),
            [](const Span& a, const Span& b) { return a.begin < b.begin; });
  std::string out;
  uint32_t copied = static_cast<uint32_t>(prefix.size());
  for (const Span& place : places) {
    out += tree.source().slice({copied, place.begin});
    out += zeroql::quote_name(to);
    copied = place.end;
  }
  out += tree.source().slice({copied, static_cast<uint32_t>(tree.source().size() - suffix.size())});
  return out;
}

bool is_record(const std::string& name) {
  return lower_ascii(name) == "record";
}

bool is_name(ast::Expr expr, const std::string& name) {
  return expr.expr_kind() == ast::ExprKind::NameRef && expr.as<ast::NameRef>().name() == name;
}

// The places of a table among those of record<a | b>.
void add_tables(ast::Type type, const std::string& table, std::vector<Span>& places) {
  if (type.type_kind() == ast::TypeKind::UnionType) {
    for (const ast::Type member : type.as<ast::UnionType>().members())
      add_tables(member, table, places);
  } else if (type.type_kind() == ast::TypeKind::NamedType) {
    const ast::Name name = type.as<ast::NamedType>().name();
    if (name.name() == table) places.push_back(name.span());
  }
}

}  // namespace

std::string rename_field(const std::string& text, const std::string& table, const std::string& from,
                         const std::string& to) {
  return replaced("SELECT (", text, ")", to,
                  [&](const zeroql::Tree& tree, zeroql::NodeId id, std::vector<Span>& places) {
                    if (tree.kind(id) == zeroql::NodeKind::NameRef) {
                      const ast::NameRef name{{&tree, id}};
                      if (name.name() == from) places.push_back(name.span());
                    } else if (tree.kind(id) == zeroql::NodeKind::FieldAccess) {
                      const ast::FieldAccess access{{&tree, id}};
                      if (access.field().name() == from && is_name(access.base(), table))
                        places.push_back(access.field().span());
                    }
                  });
}

std::string rename_record_type(const std::string& text, const std::string& from,
                               const std::string& to) {
  return replaced("SELECT CAST(none AS ", text, ")", to,
                  [&](const zeroql::Tree& tree, zeroql::NodeId id, std::vector<Span>& places) {
                    if (tree.kind(id) != zeroql::NodeKind::NamedType) return;
                    const ast::NamedType type{{&tree, id}};
                    if (!is_record(type.name().name())) return;
                    for (const ast::Type argument : type.arguments())
                      add_tables(argument, from, places);
                  });
}

ast::Type parse_stored_type(Checking& c, const std::string& text) {
  return parse_stored_expression(c, "CAST(none AS " + text + ")").as<ast::Cast>().type();
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
