// Inlay hints of queries: the types of computed columns, and how many rows there can be.
#include "lsp/features.h"
#include "lsp/query_shape.h"
#include "zeroql/ast_expr.h"
#include "zeroql/ast_query.h"

namespace zerodb::lsp {
namespace {

namespace ast = zeroql::ast;

constexpr int kType = 1;  // a kind of hint

const char* rows_text(sema::Cardinality rows) {
  switch (rows) {
    case sema::Cardinality::Empty:
      return "no row";
    case sema::Cardinality::One:
      return "one row";
    case sema::Cardinality::AtMostOne:
      return "at most one row";
    case sema::Cardinality::AtLeastOne:
    case sema::Cardinality::Many:
      return nullptr;
  }
  return nullptr;
}

Json hint(const Analysis& analysis, uint32_t place, std::string label) {
  return Json::object({{"position", analysis.document().range({place, place})["start"]},
                       {"label", std::move(label)},
                       {"kind", kType},
                       {"paddingLeft", true}});
}

// A literal shows its type itself.
bool shows_type(const ast::AnyItem& item) {
  return item.item() && item.item()->expr().expr_kind() != ast::ExprKind::Literal;
}

void add_types(const Analysis& analysis, const ast::Select& select, const QueryShape& shape,
               Json& out) {
  size_t count = 0;
  for (const ast::AnyItem item : select.items()->list()) {
    if (item.star()) return;
    ++count;
  }
  if (count != shape.columns.size() || select.is_value()) return;
  size_t column = 0;
  for (const ast::AnyItem item : select.items()->list()) {
    if (shows_type(item))
      out.push(hint(analysis, item.span().end, ": " + shape.columns[column].type));
    ++column;
  }
}

}  // namespace

void add_query_hints(const Analysis& analysis, Span span, Json& out) {
  for (const zeroql::ParsedStatement& each : analysis.statements()) {
    if (each.extent.begin > span.end) return;
    const bool is_query = each.statement.kind() == zeroql::NodeKind::QueryStatement;
    if (each.extent.end < span.begin || each.error != nullptr || !is_query) continue;
    const Span whole = each.statement.span();
    const auto shape = shape_of(analysis, analysis.tree().source().slice(whole));
    if (!shape) continue;
    const auto select = each.statement.as<ast::QueryStatement>().query().body().select();
    if (select && select->items()) add_types(analysis, *select, *shape, out);
    const char* rows = rows_text(shape->rows);
    if (rows != nullptr && select && select->from()) out.push(hint(analysis, whole.end, rows));
  }
}

}  // namespace zerodb::lsp
