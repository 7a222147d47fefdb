// Queries written another way. What is offered gives the same columns and rows: both are checked.
#include <algorithm>

#include "lsp/rewriting.h"
#include "zeroql/literal.h"

namespace zerodb::lsp {
namespace {

namespace ast = zeroql::ast;

constexpr const char* kRewrite = "refactor.rewrite";

// Whether the name is that of a source: as a column it would mean the whole record, which is what
// `*` gives of a table without a schema.
bool is_source(const Rewriting& query, const ast::Select& select, const std::string& name) {
  const auto sources = query.all_in<ast::TableSource>(select.from()->span());
  return std::ranges::any_of(sources, [&](const ast::TableSource& each) {
    if (each.alias()) return each.alias()->name() == name;
    if (each.record_id()) return each.record_id()->table().name() == name;
    if (each.record_range()) return each.record_range()->table().name() == name;
    return each.name() && each.name()->last().name() == name;
  });
}

// The only `*` of the list, as the columns that it stands for.
void expand_star(Rewriting& query, const ast::Select& select) {
  std::optional<ast::StarItem> star;
  size_t before = 0;
  size_t behind = 0;
  for (const ast::AnyItem item : select.items()->list()) {
    if (item.star() && star) return;
    if (item.star()) {
      star = item.star();
    } else {
      ++(star ? behind : before);
    }
  }
  if (!star || star->replace() || !query.touches(star->span())) return;
  const auto& shape = query.shape();
  if (!shape || shape->columns.size() <= before + behind) return;
  std::string prefix;
  if (star->qualifier()) prefix = std::string(star->qualifier()->text()) + ".";
  std::string list;
  for (size_t i = before; i + behind < shape->columns.size(); ++i) {
    if (is_source(query, select, shape->columns[i].name)) return;
    if (!list.empty()) list += ", ";
    list += prefix + zeroql::quote_name(shape->columns[i].name);
  }
  query.offer({"Write the columns that * stands for", kRewrite}, {{star->span(), list}});
}

// SELECT .. FROM .. to FROM .. SELECT .. and back. Comments between them would be lost.
void swap_from(Rewriting& query, const ast::Select& select) {
  const Span from = select.from()->span();
  const Span items = select.items()->span();
  const uint32_t begin = select.span().begin;
  const bool is_from_first = from.begin < items.begin;
  const uint32_t middle = is_from_first ? from.end : items.end;
  uint32_t second = middle;
  const std::string_view all = query.tree().source().text();
  while (second < all.size() &&
         (all[second] == ' ' || all[second] == '\n' || all[second] == '\r' || all[second] == '\t'))
    ++second;
  const Span replaced{begin, is_from_first ? items.end : from.end};
  if (!query.touches(replaced) || (!is_from_first && second != from.begin) || all[second] == '-' ||
      all[second] == '/')
    return;
  const std::string swapped = std::string(query.text({second, replaced.end})) +
                              std::string(query.text({middle, second})) +
                              std::string(query.text({begin, middle}));
  query.offer({is_from_first ? "Write SELECT first" : "Write FROM first", kRewrite},
              {{replaced, swapped}});
}

}  // namespace

void add_refactorings(const Analysis& analysis, const std::string& uri, Span span, Json& actions) {
  Rewriting query(analysis, uri, span, actions);
  for (const zeroql::ParsedStatement& each : analysis.statements()) {
    if (each.extent.begin > span.end) return;
    if (each.extent.end < span.begin || !query.look_at(each)) continue;
    extract_common_table(query);
    inline_common_table(query);
    add_table_alias(query);
    name_column(query);
    join_to_link(query);
    const auto select = query.query().body().select();
    if (!select || !select->items() || !select->from()) continue;
    expand_star(query, *select);
    swap_from(query, *select);
  }
}

}  // namespace zerodb::lsp
