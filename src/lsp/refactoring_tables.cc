// Queries in FROM to common tables and back.
#include <algorithm>

#include "lsp/rewriting.h"
#include "zeroql/literal.h"

namespace zerodb::lsp {
namespace {

namespace ast = zeroql::ast;

std::string columns_of(const std::optional<ast::IdentList>& columns) {
  return columns ? " " + std::string(columns->text()) : "";
}

bool holds_comment(std::string_view text) {
  return text.find("--") != std::string_view::npos || text.find("/*") != std::string_view::npos;
}

// The query whose FROM holds the source.
std::optional<ast::Query> query_around(const Rewriting& query, Span source) {
  std::optional<ast::Query> out;
  for (const zeroql::NodeId each : query.nodes_around(source.begin)) {
    const bool is_inside =
        query.tree().span(each) == source && query.tree().kind(each) != zeroql::NodeKind::Query;
    if (is_inside) break;
    if (ast::Query::accepts(query.tree().kind(each))) out = ast::Query{{&query.tree(), each}};
  }
  return out;
}

// Whether anything in the query goes by that name already.
bool is_taken(const Rewriting& query, Span span, const std::string& name) {
  if (query.analysis().schema().find_table(name) != nullptr) return true;
  for (const ast::CommonTable& each : query.all_in<ast::CommonTable>(span)) {
    if (each.ident().name() == name) return true;
  }
  return std::ranges::any_of(
      query.all_in<ast::TableSource>(span),
      [&](const ast::TableSource& each) { return each.name() && each.name()->name() == name; });
}

// What goes away when one of the common tables does.
Span removed_with(const ast::Query& owner, const ast::CommonTable& table) {
  const ast::With with = *owner.with();
  if (with.tables().size() == 1) return {with.span().begin, owner.body().span().begin};
  std::optional<ast::CommonTable> before;
  bool was_met = false;
  for (const ast::CommonTable each : with.tables()) {
    if (was_met) return {table.span().begin, each.span().begin};
    was_met = each.id == table.id;
    if (!was_met) before = each;
  }
  return {before->span().end, table.span().end};
}

}  // namespace

// FROM (SELECT ..) AS t to WITH t AS (SELECT ..) .. FROM t.
void extract_common_table(Rewriting& query) {
  const auto source = query.innermost<ast::QuerySource>(query.place().begin);
  if (!source || source->is_lateral()) return;
  const auto owner = query_around(query, source->span());
  const std::string name = source->alias().name();
  if (!owner || name.empty() || is_taken(query, owner->span(), name)) return;
  const std::string inner(source->query().text());
  // A comment up to the end of the line would take what follows it along.
  if (holds_comment(query.text({source->query().span().end, source->span().end}))) return;
  const std::string table =
      zeroql::quote_name(name) + columns_of(source->columns()) + " AS (" + inner + ")";
  Rewriting::Edit added{{owner->span().begin, owner->span().begin}, "WITH " + table + " "};
  if (const auto with = owner->with()) added = {{with->span().end, with->span().end}, ", " + table};
  query.offer({"Extract `" + name + "` as a common table", "refactor.extract"},
              {added, {source->span(), zeroql::quote_name(name)}});
}

// A common table that is read once goes where it is read. Deeper in a subquery it could be read
// for each row; there it stays.
void inline_common_table(Rewriting& query) {
  const Occurrence* name = query.name();
  if (name == nullptr || name->kind != SymbolKind::Source) return;
  std::optional<ast::CommonTable> table;
  std::optional<ast::Query> owner;
  for (const ast::Query& each : query.all_in<ast::Query>(query.query().span())) {
    if (!each.with() || each.with()->is_recursive()) continue;
    for (const ast::CommonTable found : each.with()->tables()) {
      const Span ident = found.ident().span();
      if (name->key != "local " + std::to_string(ident.begin) + " " + found.ident().name())
        continue;
      table = found;
      owner = each;
    }
  }
  if (!table) return;
  std::optional<ast::TableSource> use;
  for (const ast::TableSource& each : query.all_in<ast::TableSource>(owner->span())) {
    if (!each.name()) continue;
    const Span last = each.name()->last().span();
    const Occurrence* found = query.analysis().occurrence_at(last.begin);
    if (found == nullptr || found->key != name->key) continue;
    if (use) return;
    use = each;
  }
  if (!use || use->hint()) return;
  const auto reader = query_around(query, use->span());
  const bool is_of_with = std::ranges::any_of(
      query.all_in<ast::CommonTable>(owner->with()->span()),
      [&](const ast::CommonTable& each) { return each.query().id == reader->id; });
  if (reader->id != owner->id && !is_of_with) return;
  const Span removed = removed_with(*owner, *table);
  const Span kept = table->query().span();
  if (holds_comment(query.text({removed.begin, kept.begin})) ||
      holds_comment(query.text({kept.end, removed.end})))
    return;
  const std::string shown = use->alias() ? use->alias()->name() : table->ident().name();
  query.offer({"Write `" + table->ident().name() + "` where it is read", "refactor.inline"},
              {{removed, ""},
               {use->span(), "(" + std::string(table->query().text()) + ") AS " +
                                 zeroql::quote_name(shown) + columns_of(table->columns())}});
}

}  // namespace zerodb::lsp
