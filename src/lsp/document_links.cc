// The files that statements name: of COPY and of DEFINE MODULE.
#include <optional>

#include "lsp/features.h"
#include "lsp/tree_walk.h"
#include "lsp/uri.h"
#include "zeroql/ast_session.h"
#include "zeroql/literal.h"

namespace zerodb::lsp {
namespace {

namespace ast = zeroql::ast;

std::optional<ast::Literal> file_of(const zeroql::Tree& tree, zeroql::NodeId id) {
  if (tree.kind(id) == zeroql::NodeKind::CopyFile) return ast::CopyFile{{&tree, id}}.file();
  if (tree.kind(id) != zeroql::NodeKind::DefineModule) return std::nullopt;
  const ast::Expr source = ast::DefineModule{{&tree, id}}.source();
  if (source.expr_kind() != ast::ExprKind::Literal) return std::nullopt;
  return source.as<ast::Literal>();
}

}  // namespace

Json document_links(const Analysis& analysis, const std::string& folder_uri) {
  Json out = Json::array();
  const zeroql::Tree& tree = analysis.tree();
  walk(tree, [&](zeroql::NodeId id) {
    const auto file = file_of(tree, id);
    if (!file || file->literal_kind() != ast::LiteralKind::String) return;
    const auto path = zeroql::decode_string(file->text());
    if (!path || path->empty()) return;
    const bool is_absolute = path->starts_with('/');
    if (!is_absolute && folder_uri.empty()) return;
    const std::string separator = folder_uri.ends_with('/') ? "" : "/";
    const std::string target = (is_absolute ? "file://" : folder_uri + separator) + uri_path(*path);
    out.push(
        Json::object({{"range", analysis.document().range(file->span())}, {"target", target}}));
  });
  return out;
}

}  // namespace zerodb::lsp
