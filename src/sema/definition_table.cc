// DEFINE TABLE, EDGE and FIELD.

#include <algorithm>

#include "sema/availability.h"
#include "sema/conversion.h"
#include "sema/definition.h"
#include "sema/definition_facility.h"
#include "sema/dependents.h"
#include "sema/expression.h"
#include "sema/index_terms.h"
#include "sema/options.h"
#include "sema/partition.h"
#include "sema/query_visit.h"
#include "sema/stored_text.h"
#include "sema/type_names.h"
#include "sema/type_places.h"
#include "sema/write_check.h"

namespace zerodb::sema {
namespace {

using catalog::Field;
using catalog::Table;

bool has_stream(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Stream:
      return true;
    case TypeKind::Array:
    case TypeKind::Vector:
    case TypeKind::HashSet:
    case TypeKind::Range:
      return has_stream(type.element());
    case TypeKind::HashMap:
    case TypeKind::Result:
    case TypeKind::Tuple:
    case TypeKind::Union:
      return std::ranges::any_of(type.parts(), has_stream);
    case TypeKind::Shape:
      return std::ranges::any_of(type.fields(),
                                 [](const Type::Field& field) { return has_stream(field.type); });
    default:
      return false;
  }
}

bool is_key_type(const Type& type) {
  if (type.is_optional()) return false;
  return type.is_integer() || type.kind() == TypeKind::String || type.kind() == TypeKind::Uuid ||
         type.kind() == TypeKind::Datetime || type.kind() == TypeKind::Bool ||
         type.kind() == TypeKind::Bytes || type.kind() == TypeKind::Enum ||
         type.kind() == TypeKind::RecordId || type.kind() == TypeKind::Decimal ||
         type.kind() == TypeKind::Duration;
}

bool is_name_taken(const Table& table, const std::string& name) {
  return name == "id" || table.field_position(name) || table.key_position(name);
}

void refuse_name(Checking& c, const std::string& name, Span span) {
  c.report(ErrorCode::E0412, "a field is called `" + name + "` already", span);
}

void add_field(Definition& d, Table& table, Field field, Span span) {
  if (is_name_taken(table, field.name)) {
    refuse_name(d.checking(), field.name, span);
    return;
  }
  field.id = FieldId(table.next_field_id++);
  table.fields.push_back(std::move(field));
}

void add_index_for_reference(Definition& d, Table& table, const Field& field) {
  table.indexes.push_back(make_index(d, table, "ref_" + field.name, {field_column(field.name)},
                                     catalog::Index::Origin::Reference));
}

void add_unique(Definition& d, Table& table, std::string name,
                std::vector<catalog::IndexColumn> columns) {
  if (name.empty()) {
    name = "unique";
    for (const catalog::IndexColumn& column : columns) name += "_" + column.text;
  }
  catalog::Index index =
      make_index(d, table, std::move(name), std::move(columns), catalog::Index::Origin::Unique);
  index.unique = true;
  table.indexes.push_back(std::move(index));
}

void read_fields(Definition& d, Table& table, const ast::TableItems& items) {
  for (const ast::Field node : items.fields()) {
    Field field = make_field(d.checking(), node.ident().name(), node.type(), node.modifiers());
    add_field(d, table, std::move(field), node.ident().span());
  }
}

void read_rules(Definition& d, Table& table, const ast::TableItems& items) {
  Checking& c = d.checking();
  const auto name_of = [&](const std::optional<ast::Ident>& ident) {
    if (!ident) return std::string();
    const std::string name = ident->name();
    if (free_rule_name(table, name) != name)
      c.report(ErrorCode::E0209, "a rule is called `" + name + "` already", ident->span());
    return name;
  };
  for (const ast::TableAssert node : items.asserts())
    table.rules.push_back({name_of(node.ident()), stored_text(node.condition())});
  for (const ast::Field node : items.fields()) {
    if (node.is_unique()) {
      const catalog::IndexColumn column = field_column(node.ident().name());
      check_indexable(c, table, column, node.ident().span());
      add_unique(d, table, {}, {column});
    }
    if (node.reference() && !c.failed())
      add_index_for_reference(d, table, table.fields[*table.field_position(node.ident().name())]);
  }
  for (const ast::TableUnique node : items.uniques()) {
    std::vector<catalog::IndexColumn> columns;
    for (const ast::FieldPath path : node.paths()) {
      if (auto column = path_column(c, table, path)) columns.push_back(std::move(*column));
    }
    add_unique(d, table, name_of(node.ident()), std::move(columns));
  }
}

void read_key(Checking& c, Table& table, std::optional<ast::TableKey> key) {
  if (!key) return;
  for (const ast::KeyColumn node : key->columns()) {
    catalog::KeyColumn column{node.ident().name(), check_type(c, node.type()),
                              stored_text(node.type())};
    if (is_name_taken(table, column.name)) refuse_name(c, column.name, node.ident().span());
    if (!is_key_type(column.type) && !c.failed()) {
      c.report(ErrorCode::E0314, "`" + c.text(column.type) + "` cannot be part of a key",
               node.type().span());
    }
    table.key.push_back(std::move(column));
  }
}

// Puts the finished table into the draft, checks its rules, and writes its rows.
void store_table(Definition& d, Table table, Span span) {
  const TableId id = table.id;
  add_layout(table);
  d.parts().tables.push_back(std::move(table));
  if (d.checking().failed()) return;
  check_table_rules(d, id, span);
  const Table& made = *d.draft_table(id);
  d.add(catalog::put_table(d.database(), made));
  for (const catalog::Index& index : made.indexes) d.add(catalog::put_index(d.database(), index));
}

// OR REPLACE: the table that was there goes, with what it holds. False if that cannot be.
bool take_away(Definition& d, const std::string& name, Span span) {
  Checking& c = d.checking();
  const Table* found = c.schema().find_table(name);
  if (found->kind == Table::Kind::View) {
    c.report(ErrorCode::E0208, "`" + name + "` is a view", span);
    return false;
  }
  if (const auto user = user_of_table(c.schema(), *found)) {
    c.report(ErrorCode::E0211, "`" + name + "` is used by `" + *user + "`", span).help =
        "remove that first";
    return false;
  }
  const TableId id = found->id;
  d.add(catalog::erase_table(d.database(), id));
  d.statement().drop.push_back(id);
  for (const catalog::Index& index : found->indexes) {
    d.add(catalog::erase_index(d.database(), index.id));
    d.statement().drop_indexes.push_back(index.id);
  }
  std::erase_if(d.parts().tables, [&](const Table& each) { return each.id == id; });
  return true;
}

template <typename Node>
bool begin_table(Definition& d, const Node& node, Table& table) {
  Checking& c = d.checking();
  table.name = node.name().name();
  if (node.name().parts().size() > 1) {
    c.report(ErrorCode::E0201, "a table is defined in the database in use", node.name().span())
        .help = "USE that database first";
    return false;
  }
  const bool exists = c.schema().find_table(table.name) != nullptr;
  const Existing existing = d.existing(node, exists, "table", table.name, node.name().span());
  if (existing == Existing::Nothing) return false;
  if (existing == Existing::Replace && !take_away(d, table.name, node.name().span())) return false;
  table.id = catalog::make_table_id(d.database(), d.new_id());
  table.comment = comment_text(node.comment());
  return true;
}

std::vector<TableId> edge_ends(Checking& c, ast::EndpointTables node) {
  std::vector<TableId> tables;
  for (const ast::Ident ident : node.tables()) {
    const std::string name = ident.name();
    const Table* table = c.schema().find_table(name);
    if (table == nullptr) {
      auto& diagnostic = c.report(ErrorCode::E0201, "unknown table `" + name + "`", ident.span());
      std::vector<std::string> candidates;
      for (const Table& each : c.schema().tables()) candidates.push_back(each.name);
      c.suggest(diagnostic, name, candidates);
      continue;
    }
    if (table->kind == Table::Kind::View) {
      c.report(ErrorCode::E0201, "`" + name + "` is a view: it holds no records", ident.span());
      continue;
    }
    if (std::find(tables.begin(), tables.end(), table->id) == tables.end())
      tables.push_back(table->id);
  }
  return tables;
}

void add_end(Definition& d, Table& table, std::string_view name,
             const std::vector<TableId>& tables) {
  Field field;
  field.name = std::string(name);
  field.type = Type::record(tables);
  field.type_text = d.checking().text(field.type);
  field.read_only = true;
  add_field(d, table, std::move(field), {});
  table.indexes.push_back(make_index(d, table, std::string(name), {field_column(std::string(name))},
                                     catalog::Index::Origin::Edge));
}

// A rule without a name is called after the fields that it mentions.
std::string implied_rule_name(Checking& c, const TableRules& rules, ExprId condition) {
  std::string name = "assert";
  std::vector<std::string> seen;
  visit_expression(c, condition, 0, [&](ExprId id, uint32_t level) {
    const Expr& expr = c.expr(id);
    if (expr.kind != ExprKind::Column || expr.depth != level) return;
    const std::string& field = c.query(rules.query).sources[0].columns[expr.index].name;
    if (std::find(seen.begin(), seen.end(), field) != seen.end()) return;
    seen.push_back(field);
    name += "_" + field;
  });
  return name;
}

}  // namespace

void read_table_options(Checking& c, std::optional<ast::Options> options, Table& table) {
  static const std::vector<OptionRule> kTable = {
      {.name = "ttl", .tag = Tag::Duration, .is_positive = true}, {"placement", Tag::String}};
  static const std::vector<OptionRule> kEdge = {{"unique", Tag::Bool}, {"placement", Tag::String}};
  read_options(c, table.is_edge() ? "an edge" : "a table", table.is_edge() ? kEdge : kTable,
               options, table.options);
  require_placement(c, options);
  if (find_option(options, "placement"))
    require_feature(c, Feature::TableLifetimes, options->span());
  // It lives in the schema itself.
  const auto unique = table.options.extract("unique");
  if (!unique.empty())
    table.unique_edges = zeroql::keyword_of(unique.mapped()) == zeroql::Keyword::True;
}

function::Volatility volatility_of_call(const Checking& c, const Expr& call) {
  const function::Function& called = c.library().functions()[call.function];
  const auto& parameters = called.signature.parameters;
  for (size_t i = 0; i < parameters.size() && i < call.args.size(); ++i) {
    if (parameters[i].name != "zone" || called.volatility != function::Volatility::Immutable)
      continue;
    const Value zone = c.is_literal(call.args[i]) ? c.expr(call.args[i]).literal : Value::none();
    const bool is_fixed =
        zone.tag() == Tag::String && (zone.as_string() == "UTC" || zone.as_string() == "Z" ||
                                      zone.as_string().find_first_of("+-") == 0);
    if (!is_fixed) return function::Volatility::Stable;
  }
  return called.volatility;
}

void check_volatility(Checking& c, ExprId root, function::Volatility allowed,
                      std::string_view place) {
  visit_expression(c, root, 0, [&](ExprId id, uint32_t) {
    const Expr& expr = c.expr(id);
    if (expr.kind != ExprKind::Call || expr.function == Expr::kDynamicFunction || c.failed())
      return;
    const function::Volatility volatility = volatility_of_call(c, expr);
    if (volatility <= allowed) return;
    const bool is_stable = volatility == function::Volatility::Stable;
    c.report(ErrorCode::E0609,
             "`" + c.library().functions()[expr.function].signature.name + "` is " +
                 (is_stable ? "only stable" : "volatile") + ", which " + std::string(place) +
                 " may not be",
             expr.span);
  });
}

std::string free_rule_name(const Table& table, const std::string& wanted) {
  const auto taken = [&](const std::string& name) {
    return table.index(name) != nullptr ||
           std::any_of(table.rules.begin(), table.rules.end(),
                       [&](const catalog::Rule& rule) { return rule.name == name; });
  };
  std::string name = wanted;
  for (int i = 2; taken(name); ++i) name = wanted + "_" + std::to_string(i);
  return name;
}

void add_layout(Table& table) {
  catalog::RecordLayout layout;
  layout.version = table.layouts.empty() ? 1 : table.layouts.back().version + 1;
  for (const Field& field : table.fields)
    layout.slots.push_back({field.id, field.name, field.type});
  table.layouts.push_back(std::move(layout));
}

void put_table(Definition& d, Table table) {
  d.add(catalog::put_table(d.database(), table));
  Table* draft = d.draft_table(table.id);
  if (draft != nullptr) *draft = std::move(table);
}

void check_reference(Checking& c, const Field& field, Span span) {
  if (field.type.kind() != TypeKind::RecordId || field.type.tables().empty()) {
    c.report(ErrorCode::E0314, "REFERENCE needs a field of type record<..>", span);
  } else if (field.reference == catalog::OnDelete::Unset && !field.type.admits_none()) {
    c.report(ErrorCode::E1004, "ON DELETE UNSET needs a type that admits none", span);
  }
}

void apply_modifier(Checking& c, Field& field, ast::FieldModifier modifier) {
  switch (modifier.kind()) {
    case zeroql::NodeKind::FieldDefault:
      field.default_text = stored_text(modifier.as<ast::FieldDefault>().value());
      return;
    case zeroql::NodeKind::FieldComputed:
      field.computed_text = stored_text(modifier.as<ast::FieldComputed>().value());
      return;
    case zeroql::NodeKind::FieldAssert:
      field.assert_texts.push_back(stored_text(modifier.as<ast::FieldAssert>().condition()));
      return;
    case zeroql::NodeKind::FieldReadonly:
      field.read_only = true;
      return;
    case zeroql::NodeKind::Comment:
      field.comment = comment_text(modifier.as<ast::Comment>());
      return;
    case zeroql::NodeKind::FieldReference: {
      const auto reference = modifier.as<ast::FieldReference>();
      switch (reference.on_delete()) {
        case ast::OnDelete::Restrict:
          field.reference = catalog::OnDelete::Restrict;
          break;
        case ast::OnDelete::Cascade:
          field.reference = catalog::OnDelete::Cascade;
          break;
        case ast::OnDelete::Unset:
          field.reference = catalog::OnDelete::Unset;
          break;
      }
      check_reference(c, field, modifier.span());
      return;
    }
    default:
      return;
  }
}

void give_type(Checking& c, Field& field, ast::Type type) {
  field.type = check_type(c, type);
  field.type_text = stored_text(type);
  if (field.type.kind() == TypeKind::None || has_stream(field.type))
    c.report(ErrorCode::E0314, "`" + c.text(field.type) + "` cannot be stored", type.span());
  if (type_places(c, type, {}, false).is_ambiguous)
    require_feature(c, Feature::AmbiguousAsserts, type.span());
}

Field make_field(Checking& c, const std::string& name, ast::Type type,
                 const ast::Children<ast::FieldModifier>& modifiers) {
  Field field;
  field.name = name;
  give_type(c, field, type);
  std::vector<zeroql::NodeKind> seen;
  for (const ast::FieldModifier modifier : modifiers) {
    const bool repeats = modifier.kind() != zeroql::NodeKind::FieldAssert &&
                         std::find(seen.begin(), seen.end(), modifier.kind()) != seen.end();
    if (repeats) c.report(ErrorCode::E0412, "this stands twice", modifier.span());
    seen.push_back(modifier.kind());
    apply_modifier(c, field, modifier);
  }
  if (!field.default_text.empty() && !field.computed_text.empty()) {
    c.report(ErrorCode::E0412, "`" + name + "` has DEFAULT and COMPUTED", type.span()).help =
        "a computed field needs no default";
  }
  return field;
}

void check_table_rules(Definition& d, TableId id, Span span) {
  Checking& c = d.checking();
  Checking draft(c.context, d.draft(), c.source());
  const TableRules rules = bind_rules(draft, draft.schema().table(id), span);
  bind_index_terms(draft, draft.schema().table(id));
  if (!draft.failed()) {
    for (const TableRules::Computation& computed : rules.computed) {
      check_volatility(draft, computed.value, function::Volatility::Stable, "COMPUTED");
    }
    for (const TableRules::Rule& rule : rules.rules) {
      check_volatility(draft, rule.condition, function::Volatility::Stable, "ASSERT");
    }
    for (const TableRules::Nested& nested : rules.nested) {
      for (const ExprId rule : nested.asserts)
        check_volatility(draft, rule, function::Volatility::Stable, "ASSERT");
    }
    Table& table = *d.draft_table(id);
    size_t next = rules.rules.size() - table.rules.size();
    for (catalog::Rule& rule : table.rules) {
      if (rule.name.empty())
        rule.name =
            free_rule_name(table, implied_rule_name(draft, rules, rules.rules[next].condition));
      ++next;
    }
  }
  c.diagnostics.insert(c.diagnostics.end(), draft.diagnostics.begin(), draft.diagnostics.end());
}

void define_table(Definition& d, ast::DefineTable node) {
  Checking& c = d.checking();
  Table table;
  if (!begin_table(d, node, table)) return;
  table.schemafull = node.is_schemafull() || (node.items() && !node.is_schemaless());
  read_table_options(c, node.options(), table);
  // A field may link to the table that it belongs to.
  Definition self(c);
  self.parts().tables.push_back(table);
  self.parts().tables.back().layouts.push_back({});
  const auto outer = c.statement.schema;
  c.statement.schema = self.draft();
  if (node.items()) read_fields(d, table, *node.items());
  read_key(c, table, node.key());
  if (node.items() && !c.failed()) read_rules(d, table, *node.items());
  if (node.partition_by() && !c.failed()) {
    table.partitions = check_partition_by(c, table, *node.partition_by());
    require_feature(c, Feature::Partitions, node.partition_by()->span());
  }
  c.statement.schema = outer;
  store_table(d, std::move(table), node.name().span());
}

void define_edge(Definition& d, ast::DefineEdge node) {
  Checking& c = d.checking();
  Table table;
  if (!begin_table(d, node, table)) return;
  table.kind = Table::Kind::Edge;
  table.schemafull = true;
  table.ends = {edge_ends(c, node.from()), edge_ends(c, node.to())};
  read_table_options(c, node.options(), table);
  if (c.failed()) return;
  add_end(d, table, catalog::kSourceField, table.ends.from);
  add_end(d, table, catalog::kTargetField, table.ends.to);
  if (table.unique_edges) {
    add_unique(d, table, {}, columns_of_ends());
  }
  if (node.items()) {
    read_fields(d, table, *node.items());
    if (!c.failed()) read_rules(d, table, *node.items());
  }
  store_table(d, std::move(table), node.name().span());
}

namespace {

// A rule on a place inside a record: `address.city`, `hosts[*]`.
void define_nested_field(Definition& d, ast::DefineField node, const Table& found) {
  Checking& c = d.checking();
  const auto column = path_column(c, found, node.path(), PathUse::Field);
  if (!column) return;
  const auto known =
      std::find_if(found.nested.begin(), found.nested.end(),
                   [&](const catalog::NestedField& each) { return each.path == column->path; });
  const Existing existing =
      d.existing(node, known != found.nested.end(), "field", column->text, node.path().span());
  if (existing == Existing::Nothing) return;
  if (node.is_unique() || node.reference() || node.computed())
    c.report(ErrorCode::E0101, "a field inside another takes DEFAULT, ASSERT, READONLY and COMMENT",
             node.span());
  catalog::NestedField made;
  made.path = column->path;
  made.rule = make_field(c, column->text, node.type(), node.modifiers());
  if (c.failed()) return;
  if (!made.rule.default_text.empty() && made.path.back().kind != catalog::PathStep::Kind::Member) {
    c.report(ErrorCode::E0101, "an element is there or not, so it has no DEFAULT", node.span());
    return;
  }
  const bool refills = !made.rule.default_text.empty();
  Table table = found;
  std::erase_if(table.nested,
                [&](const catalog::NestedField& each) { return each.path == made.path; });
  table.nested.push_back(std::move(made));
  const TableId id = table.id;
  *d.draft_table(id) = std::move(table);
  check_table_rules(d, id, node.path().span());
  if (c.failed()) return;
  put_table(d, *d.draft_table(id));
  (refills ? d.statement().refill : d.statement().verify).push_back(id);
}

}  // namespace

void define_field(Definition& d, ast::DefineField node) {
  Checking& c = d.checking();
  const Table* found = find_stored_table(c, node.table());
  if (found == nullptr) return;
  if (!node.path().steps().empty()) {
    define_nested_field(d, node, *found);
    return;
  }
  const std::string name = node.path().first().name();
  const Existing existing =
      d.existing(node, is_name_taken(*found, name), "field", name, node.path().span());
  if (existing == Existing::Nothing) return;
  Field field = make_field(c, name, node.type(), node.modifiers());
  if (c.failed()) return;
  if (existing == Existing::Replace) {
    replace_field(d, node, *found, std::move(field));
    return;
  }
  add_new_field(d, node, *found, std::move(field));
}

}  // namespace zerodb::sema
