#include "sema/definition_view.h"

#include <algorithm>

#include "sema/dependents.h"
#include "sema/query_select.h"
#include "sema/stored_text.h"

namespace zerodb::sema {
namespace {

using catalog::Table;

// Whether the text reads the view of this name, itself or through other views.
bool reads_view(const catalog::Schema& schema, const std::string& text, const std::string& name,
                std::vector<std::string>& seen) {
  if (has_word(text, name)) return true;
  for (const Table& other : schema.tables()) {
    if (other.kind != Table::Kind::View || !has_word(text, other.name) ||
        std::find(seen.begin(), seen.end(), other.name) != seen.end())
      continue;
    seen.push_back(other.name);
    if (reads_view(schema, other.view_text, name, seen)) return true;
  }
  return false;
}

// The columns must have names of their own, for they are what users of the view see.
void check_columns(Checking& c, const std::vector<Output>& columns, Span span) {
  for (size_t i = 0; i < columns.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (columns[i].name != columns[j].name) continue;
      c.report(ErrorCode::E0411, "the view has two columns `" + columns[i].name + "`", span).help =
          "name its columns: DEFINE VIEW v (a, b) AS ..";
      return;
    }
  }
}

// What the view replaces, if it may: nothing after E0208.
std::optional<const Table*> replaced_view(Definition& d, ast::DefineViewStatement node) {
  const std::string name = node.name().name();
  const Table* found = d.checking().schema().find_table(name);
  if (found != nullptr && found->kind != Table::Kind::View) {
    d.checking().report(ErrorCode::E0208, "`" + name + "` is a table", node.name().span());
    return std::nullopt;
  }
  if (d.existing(node, found != nullptr, "view", name, node.name().span()) == Existing::Nothing)
    return std::nullopt;
  return found;
}

}  // namespace

void define_view(Definition& d, ast::DefineViewStatement node) {
  Checking& c = d.checking();
  if (node.name().parts().size() > 1) {
    c.report(ErrorCode::E0201, "a view is defined in the database in use", node.name().span())
        .help = "USE that database first";
    return;
  }
  const auto replaced = replaced_view(d, node);
  if (!replaced) return;
  Table view;
  view.kind = Table::Kind::View;
  view.name = node.name().name();
  view.schemafull = true;
  view.id =
      *replaced != nullptr ? (*replaced)->id : catalog::make_table_id(d.database(), d.new_id());
  view.view_text = stored_text(node.query());
  view.comment = comment_text(node.comment());
  std::vector<std::string> seen;
  if (*replaced != nullptr && reads_view(c.schema(), view.view_text, view.name, seen)) {
    c.report(ErrorCode::E0315, "view `" + view.name + "` reads itself", node.query().span());
    return;
  }
  const QueryId query = check_query(c, nullptr, node.query());
  if (c.failed()) return;
  std::vector<Output> columns = c.query(query).outputs;
  if (!rename_columns(c, columns, node.columns())) return;
  check_columns(c, columns, node.query().span());
  if (node.columns()) {
    for (const Output& column : columns) view.view_columns.push_back(column.name);
  }
  // A definition gives no rows and takes no parameters; its query was only looked at.
  c.statement.parameters.clear();
  add_layout(view);
  d.add(catalog::put_table(d.database(), view));
  std::erase_if(d.parts().tables, [&](const Table& each) { return each.id == view.id; });
  d.parts().tables.push_back(std::move(view));
  if (*replaced == nullptr) return;
  if (const auto user = user_broken_by(c, {.next = d.draft()})) {
    c.report(ErrorCode::E0211, "`" + node.name().name() + "` is used by `" + user->name + "`",
             node.name().span())
        .help = "change that first; it would fail with: " + user->mistake;
  }
}

void alter_view(Definition& d, ast::Alter node) {
  Checking& c = d.checking();
  const std::string name = node.name().name();
  const Table* found = c.schema().find_table(name);
  if (found == nullptr || found->kind != Table::Kind::View) {
    c.report(ErrorCode::E0201, "unknown view `" + name + "`", node.name().span());
    return;
  }
  Table view = *found;
  for (const ast::AlterAction action : node.actions()) {
    if (action.action_kind() == ast::ActionKind::SetComment) {
      view.comment = comment_text(action.comment());
      continue;
    }
    if (action.action_kind() != ast::ActionKind::Rename) {
      c.report(ErrorCode::E0101, "a view can be renamed and take a comment", action.span()).help =
          "write DEFINE OR REPLACE VIEW for another query";
      return;
    }
    view.name = action.ident()->name();
    if (view.name != name && c.schema().find_table(view.name) != nullptr)
      c.report(ErrorCode::E0208, "`" + view.name + "` exists already", action.ident()->span());
    if (const auto user = view_that_names(c.schema(), name))
      c.report(ErrorCode::E0211, "`" + name + "` is used by view `" + *user + "`", action.span());
  }
  d.add(catalog::put_table(d.database(), view));
}

std::optional<std::string> view_that_names(const catalog::Schema& schema, const std::string& word,
                                           const std::string& field) {
  for (const Table& table : schema.tables()) {
    if (table.kind != Table::Kind::View || table.name == word) continue;
    if (has_word(table.view_text, word) && (field.empty() || has_word(table.view_text, field)))
      return table.name;
  }
  return std::nullopt;
}

QueryId view_query(Checking& c, const Table& view, Span span) {
  const auto known = c.views.find(view.id);
  if (known != c.views.end()) return known->second;
  const Checking::ForeignText foreign(c, span);
  // What is known at one use says nothing at another.
  std::vector<Narrowing> outside = std::move(c.narrowings);
  c.narrowings.clear();
  const QueryId query = check_query(c, nullptr, parse_stored_query(c, view.view_text));
  c.narrowings = std::move(outside);
  std::vector<Output>& columns = c.query(query).outputs;
  for (size_t i = 0; i < columns.size() && i < view.view_columns.size(); ++i)
    columns[i].name = view.view_columns[i];
  c.views.emplace(view.id, query);
  return query;
}

}  // namespace zerodb::sema
