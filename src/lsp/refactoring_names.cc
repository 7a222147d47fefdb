// Names for tables and columns that have none, and joins that only follow a link.
#include <algorithm>
#include <set>

#include "lsp/rewriting.h"
#include "zeroql/ast_operator.h"
#include "zeroql/lexer.h"
#include "zeroql/literal.h"

namespace zerodb::lsp {
namespace {

namespace ast = zeroql::ast;

// The first letters of the table that nothing else goes by: p, pe, .., person1.
std::string new_alias(const Rewriting& query, const std::string& table) {
  std::set<std::string> taken = {table};
  for (const Occurrence* each : query.names_in(query.query().span())) taken.insert(each->name);
  std::string lower;
  for (const char c : table) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (!is_upper && (c < 'a' || c > 'z')) break;
    lower += static_cast<char>(is_upper ? c + 32 : c);
    if (!taken.contains(lower) && !zeroql::is_reserved(zeroql::keyword_of(lower))) return lower;
  }
  for (size_t i = 1;; ++i) {
    std::string numbered = "t" + std::to_string(i);
    if (!taken.contains(numbered)) return numbered;
  }
}

// f(..) is called f, a path its last step.
std::string name_for(const ast::Expr& expr) {
  std::string name = "value";
  if (expr.expr_kind() == ast::ExprKind::Call) {
    const std::string path = expr.as<ast::Call>().name();
    name = path.substr(path.rfind(':') == std::string::npos ? 0 : path.rfind(':') + 1);
  }
  return name;
}

bool is_name_of(const ast::Expr& expr, const std::string& source) {
  return expr.expr_kind() == ast::ExprKind::NameRef && expr.as<ast::NameRef>().name() == source;
}

// The link in `c.id = p.link` or the other way round; nothing for anything else.
std::optional<ast::FieldAccess> link_of(const ast::Expr& condition, const std::string& joined) {
  if (condition.expr_kind() != ast::ExprKind::Binary) return std::nullopt;
  const auto equal = condition.as<ast::Binary>();
  if (equal.op() != ast::BinaryOp::Equal) return std::nullopt;
  const auto is_id = [&](const ast::Expr& side) {
    if (side.expr_kind() != ast::ExprKind::FieldAccess) return false;
    const auto access = side.as<ast::FieldAccess>();
    return access.field().name() == "id" && is_name_of(access.base(), joined);
  };
  const bool is_left = is_id(equal.left());
  if (is_left == is_id(equal.right())) return std::nullopt;
  const ast::Expr link = is_left ? equal.right() : equal.left();
  if (link.expr_kind() != ast::ExprKind::FieldAccess) return std::nullopt;
  return link.as<ast::FieldAccess>();
}

// A link to other tables as well would find more than the join.
bool leads_to(const Rewriting& query, const ast::FieldAccess& link, const catalog::Table& table) {
  const Occurrence* field = query.analysis().occurrence_at(link.field().span().begin);
  if (field == nullptr || field->kind != SymbolKind::Field) return false;
  const catalog::Table* owner = query.analysis().schema().find_table(field->table);
  const auto position = owner == nullptr ? std::nullopt : owner->field_position(field->name);
  if (!position) return false;
  const Type& type = owner->fields[*position].type;
  return type.kind() == TypeKind::RecordId && type.tables().size() == 1 &&
         type.tables().front() == table.id;
}

std::string shown_name(const ast::TableSource& source) {
  if (source.alias()) return source.alias()->name();
  return source.name() ? source.name()->last().name() : "";
}

}  // namespace

// FROM person to FROM person AS p, and person.name to p.name.
void add_table_alias(Rewriting& query) {
  const auto source = query.innermost<ast::TableSource>(query.place().begin);
  if (!source || !source->name() || source->alias()) return;
  const auto owner = query.innermost<ast::Query>(source->span().begin);
  const Occurrence* table = query.analysis().occurrence_at(source->name()->last().span().begin);
  if (!owner || table == nullptr) return;
  const auto reads_it = [&](const ast::TableSource& each) {
    return each.name() && each.name()->last().name() == table->name;
  };
  const auto sources = query.all_in<ast::TableSource>(owner->span());
  if (std::ranges::count_if(sources, reads_it) != 1) return;
  const std::string alias = new_alias(query, table->name);
  const uint32_t end = source->name()->span().end;
  std::vector<Rewriting::Edit> edits = {{{end, end}, " AS " + alias}};
  for (const Occurrence* each : query.names_in(owner->span())) {
    const bool is_qualifier = each->kind == SymbolKind::Source && each->key == table->key &&
                              !each->is_definition && each->span != table->span;
    if (is_qualifier) edits.push_back({each->span, alias});
  }
  query.offer({"Call `" + table->name + "` " + alias, "refactor.rewrite"}, std::move(edits));
}

// Columns that are computed are called by their text; this gives one a name to be changed.
void name_column(Rewriting& query) {
  const auto item = query.innermost<ast::SelectItem>(query.place().begin);
  if (!item || item->alias() ||
      query.innermost<ast::Query>(query.place().begin)->id != query.query().id)
    return;
  const ast::Expr expr = item->expr();
  const bool has_name =
      expr.expr_kind() == ast::ExprKind::NameRef || expr.expr_kind() == ast::ExprKind::FieldAccess;
  const auto select = query.query().body().select();
  if (has_name || !select || select->is_value()) return;
  const auto& shape = query.shape();
  if (!shape) return;
  std::set<std::string> taken;
  size_t column = 0;
  for (const ast::AnyItem each : select->items()->list()) {
    // What a star stands for moves the columns behind it.
    if (each.star() || column == shape->columns.size()) return;
    if (each.id != item->id) taken.insert(shape->columns[column].name);
    ++column;
  }
  const std::string stem = name_for(expr);
  std::string name = stem;
  for (size_t i = 2; taken.contains(name); ++i) name = stem + std::to_string(i);
  const uint32_t end = item->span().end;
  query.offer({"Name the column `" + name + "`", "refactor.rewrite"},
              {{{end, end}, " AS " + zeroql::quote_name(name)}}, Rewriting::Names::May);
}

// FROM person AS p LEFT JOIN company AS c ON c.id = p.employer .. c.name: p.employer?.name is the
// same, none where there is no company. An inner join would leave such rows out.
void join_to_link(Rewriting& query) {
  const auto join = query.innermost<ast::Join>(query.place().begin);
  if (!join || join->join_kind() != ast::JoinKind::Left || !join->on()) return;
  const auto owner = query.innermost<ast::Query>(join->span().begin);
  if (join->source().source_kind() != ast::SourceKind::Table) return;
  const auto source = join->source().as<ast::TableSource>();
  if (!source.name() || source.hint()) return;
  const std::string joined = shown_name(source);
  const auto found = link_of(join->on()->condition(), joined);
  const catalog::Table* table = query.analysis().schema().find_table(source.name()->last().name());
  if (!found || table == nullptr || !owner || !leads_to(query, *found, *table)) return;
  const auto sources = query.all_in<ast::TableSource>(owner->span());
  if (std::ranges::count(sources, joined, shown_name) != 1) return;
  const std::string link(found->text());
  std::vector<Rewriting::Edit> edits;
  uint32_t begin = join->span().begin;
  const std::string_view text = query.tree().source().text();
  while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\n')) --begin;
  edits.push_back({{begin, join->span().end}, ""});
  for (const ast::NameRef& each : query.all_in<ast::NameRef>(owner->span())) {
    const Span span = each.span();
    const bool is_in_join = join->span().begin <= span.begin && span.end <= join->span().end;
    if (each.name() != joined || is_in_join) continue;
    const auto access = query.innermost<ast::FieldAccess>(span.begin);
    // The record itself and its id are there also for a link that leads nowhere.
    if (!access || access->base().span() != span || access->field().name() == "id") return;
    edits.push_back({{span.begin, access->field().span().begin}, link + "?."});
  }
  // `c.*` names the source without a reference.
  for (const ast::StarItem& each : query.all_in<ast::StarItem>(owner->span())) {
    if (!each.qualifier() || each.qualifier()->name() == joined) return;
  }
  query.offer({"Follow `" + link + "` instead of joining", "refactor.rewrite"}, std::move(edits));
}

}  // namespace zerodb::lsp
