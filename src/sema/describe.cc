// DESCRIBE: rows made from the catalog.

#include <algorithm>

#include "sema/access.h"
#include "sema/availability.h"
#include "sema/definition_check.h"
#include "sema/definition_facility.h"
#include "sema/definition_text.h"
#include "sema/expression.h"

namespace zerodb::sema {
namespace {

using catalog::Facility;
using catalog::Grant;
using catalog::Table;

Value text_value(const std::string& text) {
  return text.empty() ? Value::none() : Value::string(text);
}

class Describer {
 public:
  Describer(Checking& c, ast::Describe node) : c_(c), node_(node) {}

  DescribeStatement describe() {
    if (node_.is_list()) {
      list();
    } else {
      single();
    }
    for (const std::string& column : result_.columns)
      c_.statement.columns.push_back({column, kNoExpr, Type::any()});
    return std::move(result_);
  }

 private:
  void columns(std::vector<std::string> names) { result_.columns = std::move(names); }
  void row(std::vector<Value> values) { result_.rows.push_back(std::move(values)); }

  // The table that ON names, if the user may see it.
  const Table* on_table() {
    const Table* table = node_.on() ? find_table(c_, node_.on()->name()) : nullptr;
    return table != nullptr && is_seen(*table, node_.on()->span()) ? table : nullptr;
  }

  bool may_see(const Table& table) const {
    return sema::may_see(c_, Grant::Target::Table, table.id.value());
  }
  bool is_seen(const Table& table, Span span) {
    return require_sight(c_, Grant::Target::Table, table.id.value(), table.name, span);
  }

  template <typename EachTable>
  void for_tables(EachTable each) {
    if (node_.on()) {
      const Table* table = on_table();
      if (table != nullptr) each(*table);
      return;
    }
    for (const Table& table : c_.schema().tables()) {
      if (may_see(table)) each(table);
    }
  }

  void list() {
    switch (node_.object_kind()) {
      case ast::ObjectKind::Namespace:
        list_namespaces();
        return;
      case ast::ObjectKind::Database:
        list_databases();
        return;
      case ast::ObjectKind::Table:
        list_tables(false);
        return;
      case ast::ObjectKind::Edge:
        list_tables(true);
        return;
      case ast::ObjectKind::View:
        list_views();
        return;
      case ast::ObjectKind::Field:
        list_fields();
        return;
      case ast::ObjectKind::Index:
        list_indexes();
        return;
      case ast::ObjectKind::Enum:
        list_enums();
        return;
      case ast::ObjectKind::Type:
        list_types();
        return;
      case ast::ObjectKind::Param:
        list_params();
        return;
      case ast::ObjectKind::Sequence:
      case ast::ObjectKind::Analyzer:
      case ast::ObjectKind::Placement:
      case ast::ObjectKind::Role:
      case ast::ObjectKind::User:
      case ast::ObjectKind::Module:
        list_facilities(*facility_kind(node_.object_kind()));
        return;
      case ast::ObjectKind::Function:
        list_functions();
        return;
      case ast::ObjectKind::Keyspace:
        UNREACHABLE();
    }
  }

  void list_namespaces() {
    columns({"name", "consistency", "comment"});
    for (const catalog::Namespace& each : c_.schema().namespaces()) {
      const bool strong = each.consistency == catalog::Consistency::Strong;
      row({Value::string(each.name), Value::string(strong ? "strong" : "eventual"),
           text_value(each.comment)});
    }
  }

  void list_databases() {
    columns({"namespace", "name", "comment"});
    for (const catalog::Database& each : c_.schema().databases()) {
      std::string space;
      for (const catalog::Namespace& other : c_.schema().namespaces()) {
        if (other.id == each.namespace_id) space = other.name;
      }
      row({Value::string(space), Value::string(each.name), text_value(each.comment)});
    }
  }

  void list_tables(bool edges_only) {
    columns({"database", "name", "kind", "schemafull", "comment"});
    for (const Table& table : c_.schema().tables()) {
      if ((edges_only && !table.is_edge()) || table.kind == Table::Kind::View || !may_see(table))
        continue;
      row({Value::string(c_.schema().database().name), Value::string(table.name),
           Value::string(table.is_edge() ? "edge" : "table"), Value::boolean(table.schemafull),
           text_value(table.comment)});
    }
  }

  void list_views() {
    columns({"name", "definition"});
    for (const Table& table : c_.schema().tables()) {
      if (table.kind == Table::Kind::View && may_see(table))
        row({Value::string(table.name), Value::string(definition_text(c_.schema(), table))});
    }
  }

  void list_fields() {
    columns({"table", "name", "type", "default", "computed", "assert", "readonly", "comment"});
    for_tables([this](const Table& table) {
      const Value name = Value::string(table.name);
      for (const catalog::KeyColumn& column : table.key) {
        row({name,
             Value::string(column.name),
             Value::string(column.type_text),
             {},
             {},
             {},
             Value::boolean(true),
             {}});
      }
      const auto add = [&](const catalog::Field& field) {
        std::string rules;
        for (const std::string& rule : field.assert_texts)
          rules += (rules.empty() ? "" : " AND ") + rule;
        row({name, Value::string(field.name), Value::string(field.type_text),
             text_value(field.default_text), text_value(field.computed_text), text_value(rules),
             Value::boolean(field.read_only || !field.computed_text.empty()),
             text_value(field.comment)});
      };
      for (const catalog::Field& field : table.fields) add(field);
      for (const catalog::NestedField& each : table.nested) add(each.rule);
    });
  }

  void list_indexes() {
    columns({"table", "name", "fields", "kind", "unique", "condition", "state", "comment"});
    for_tables([this](const Table& table) {
      for (const catalog::Index& index : table.indexes) {
        std::string fields;
        for (const catalog::IndexColumn& column : index.columns) {
          fields += (fields.empty() ? "" : ", ") + column.text + (column.descending ? " DESC" : "");
        }
        row({Value::string(table.name), Value::string(index.name), Value::string(fields),
             Value::string(index.method.empty() ? "btree" : index.method),
             Value::boolean(index.unique), text_value(index.condition_text),
             Value::string(index.state == catalog::Index::State::Ready ? "ready" : "building"),
             text_value(index.comment)});
      }
    });
  }

  void list_enums() {
    columns({"name", "definition"});
    for (const catalog::Enum& each : c_.schema().enums())
      row({Value::string(each.type->name), Value::string(definition_text(each))});
  }

  void list_types() {
    columns({"name", "definition"});
    for (const catalog::NamedType& each : c_.schema().types())
      row({Value::string(each.name), Value::string(definition_text(each))});
  }

  void list_params() {
    columns({"name", "definition"});
    for (const catalog::Param& each : c_.schema().params())
      row({Value::string(each.name), Value::string(definition_text(each))});
  }

  void list_facilities(catalog::Facility::Kind kind) {
    columns({"name", "definition"});
    for (const Facility& each : c_.schema().facilities()) {
      if (each.kind == kind && may_see_facility(each))
        row({Value::string(each.name), Value::string(definition_text(c_.schema(), each))});
    }
  }

  // Users see themselves and their own roles; what else needs no privilege is seen by all.
  bool may_see_facility(const Facility& facility) const {
    const Access* access = c_.access();
    if (access == nullptr || access->may_define()) return true;
    switch (facility.kind) {
      case Facility::Kind::User:
        return facility.name == access->user;
      case Facility::Kind::Role:
        return std::ranges::find(access->roles, facility.name) != access->roles.end();
      case Facility::Kind::Sequence:
        return sema::may_see(c_, Grant::Target::Facility, facility.id);
      default:
        return true;
    }
  }

  void list_functions() {
    columns({"name", "definition"});
    for (const catalog::Function& each : c_.schema().functions()) {
      if (sema::may_see(c_, Grant::Target::Function, each.id))
        row({Value::string(each.name), Value::string(definition_text(each))});
    }
  }

  void single() {
    columns({"definition"});
    const auto text = single_text();
    if (text) row({Value::string(*text)});
  }

  void unknown(ErrorCode code, std::string_view kind) {
    c_.report(code, "unknown " + std::string(kind) + " `" + node_.object()->to_string() + "`",
              node_.object()->span());
  }

  std::optional<std::string> single_text() {
    std::string name = node_.object()->to_string();
    const catalog::Schema& schema = c_.schema();
    switch (node_.object_kind()) {
      case ast::ObjectKind::Table:
      case ast::ObjectKind::Edge:
        return table_text();
      case ast::ObjectKind::View: {
        const Table* view = schema.find_table(name);
        if (view != nullptr && view->kind == Table::Kind::View) {
          if (!is_seen(*view, node_.object()->span())) return std::nullopt;
          return definition_text(schema, *view);
        }
        unknown(ErrorCode::E0201, "view");
        return std::nullopt;
      }
      case ast::ObjectKind::Index:
        return index_text(name);
      case ast::ObjectKind::Field:
        return described_field(name);
      case ast::ObjectKind::Namespace:
        if (const auto* found = schema.find_namespace(name)) return definition_text(*found);
        unknown(ErrorCode::E0206, "namespace");
        return std::nullopt;
      case ast::ObjectKind::Database:
        return database_text(name);
      case ast::ObjectKind::Enum:
        if (const auto* found = schema.find_enum(name)) return definition_text(*found);
        unknown(ErrorCode::E0205, "enum");
        return std::nullopt;
      case ast::ObjectKind::Type:
        if (const auto* found = schema.find_type(name)) return definition_text(*found);
        unknown(ErrorCode::E0205, "type");
        return std::nullopt;
      case ast::ObjectKind::Param:
        if (name.starts_with('$')) name.erase(0, 1);
        if (const auto* found = schema.find_param(name)) return definition_text(*found);
        unknown(ErrorCode::E0204, "parameter");
        return std::nullopt;
      case ast::ObjectKind::Sequence:
      case ast::ObjectKind::Analyzer:
      case ast::ObjectKind::Placement:
      case ast::ObjectKind::Role:
      case ast::ObjectKind::User:
      case ast::ObjectKind::Module: {
        const auto kind = *facility_kind(node_.object_kind());
        if (const auto* found = schema.find_facility(kind, name)) {
          if (may_see_facility(*found)) return definition_text(schema, *found);
          c_.report(ErrorCode::E0701, "`" + c_.access()->user + "` may not see `" + name + "`",
                    node_.object()->span());
          return std::nullopt;
        }
        unknown(ErrorCode::E0207, facility_text(kind));
        return std::nullopt;
      }
      case ast::ObjectKind::Function:
        if (const auto* found = schema.find_function(name)) {
          if (!require_sight(c_, Grant::Target::Function, found->id, name, node_.object()->span()))
            return std::nullopt;
          return definition_text(*found);
        }
        unknown(ErrorCode::E0601, "function");
        return std::nullopt;
      case ast::ObjectKind::Keyspace:
        describe_keyspace();
        return std::nullopt;
    }
    UNREACHABLE();
  }

  // A row a partition, in order; a table that is not split is one.
  void describe_keyspace() {
    const Table* table =
        node_.object()->name() ? find_stored_table(c_, *node_.object()->name()) : nullptr;
    if (table == nullptr) {
      if (!c_.failed()) unknown(ErrorCode::E0201, "table");
      return;
    }
    if (!is_seen(*table, node_.object()->span())) return;
    columns({"level", "name", "bounds", "placement"});
    if (table->partitions.empty())
      row({Value::int64(1), Value::string(table->name), Value::none(), Value::none()});
    int64_t number = 1;
    for (const catalog::PartitionLevel& level : table->partitions) {
      for (const catalog::Partition& part : level.parts) {
        std::string bounds;
        for (const std::string& text : part.texts) bounds += (bounds.empty() ? "" : ", ") + text;
        row({Value::int64(number), Value::string(part.name), text_value(bounds),
             text_value(part.placement)});
      }
      ++number;
    }
  }

  std::optional<std::string> table_text() {
    const Table* table = node_.object()->name() ? find_table(c_, *node_.object()->name()) : nullptr;
    if (table == nullptr) {
      if (!c_.failed()) unknown(ErrorCode::E0201, "table");
      return std::nullopt;
    }
    if (!is_seen(*table, node_.object()->span())) return std::nullopt;
    return definition_text(c_.schema(), *table);
  }

  std::optional<std::string> database_text(const std::string& name) {
    const size_t dot = name.find('.');
    const std::string space_name =
        dot == std::string::npos ? c_.schema().current_namespace().name : name.substr(0, dot);
    const catalog::Namespace* space = c_.schema().find_namespace(space_name);
    const catalog::Database* database =
        space == nullptr ? nullptr
                         : c_.schema().find_database(
                               space->id, dot == std::string::npos ? name : name.substr(dot + 1));
    if (database != nullptr) return definition_text(c_.schema(), *database);
    unknown(ErrorCode::E0206, "database");
    return std::nullopt;
  }

  std::optional<std::string> index_text(const std::string& name) {
    const Table* table = on_table();
    if (table == nullptr) {
      if (!node_.on())
        c_.report(ErrorCode::E0101, "write DESCRIBE INDEX .. ON the table", node_.span());
      return std::nullopt;
    }
    if (const catalog::Index* index = table->index(name))
      return definition_text(c_.schema(), *index);
    unknown(ErrorCode::E0207, "index");
    return std::nullopt;
  }

  std::optional<std::string> described_field(const std::string& name) {
    const Table* table = on_table();
    if (table == nullptr) {
      if (!node_.on())
        c_.report(ErrorCode::E0101, "write DESCRIBE FIELD .. ON the table", node_.span());
      return std::nullopt;
    }
    if (const auto position = table->field_position(name))
      return field_text(*table, table->fields[*position]);
    for (const catalog::NestedField& each : table->nested) {
      if (each.rule.name == name) return field_text(*table, each);
    }
    unknown(ErrorCode::E0202, "field");
    return std::nullopt;
  }

  Checking& c_;
  ast::Describe node_;
  DescribeStatement result_;
};

}  // namespace

DescribeStatement check_describe(Checking& c, ast::Describe node) {
  return Describer(c, node).describe();
}

}  // namespace zerodb::sema
