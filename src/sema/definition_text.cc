#include "sema/definition_text.h"

#include "sema/access.h"
#include "sema/definition.h"
#include "zeroql/literal.h"

namespace zerodb::sema {
namespace {

using catalog::Index;
using catalog::Table;
using zeroql::quote_name;
using zeroql::quote_string;

std::string comment(const std::string& text) {
  return text.empty() ? std::string() : " COMMENT " + quote_string(text);
}

// a::b, each part quoted where it must be.
std::string function_name(const std::string& name) {
  const size_t colons = name.find("::");
  if (colons == std::string::npos) return quote_name(name);
  return quote_name(name.substr(0, colons)) + "::" + function_name(name.substr(colons + 2));
}

// As catalog::to_string(), but the first word may not be a reserved one.
std::string path_text(const catalog::Path& path) {
  const std::string below = catalog::to_string(catalog::Path(path.begin() + 1, path.end()));
  const bool is_member = path.size() > 1 && path[1].kind == catalog::PathStep::Kind::Member;
  return quote_name(path.front().name) + (is_member ? "." : "") + below;
}

std::string column_list(const Index& index) {
  std::string text;
  for (const catalog::IndexColumn& column : index.columns) {
    text += (text.empty() ? "" : ", ") +
            (column.is_expression ? "(" + column.text + ")" : path_text(column.path));
    if (column.descending) text += " DESC";
  }
  return text;
}

std::string table_list(const catalog::Schema& schema, const std::vector<TableId>& tables) {
  std::string text;
  for (const TableId id : tables)
    text += (text.empty() ? "" : " | ") + quote_name(schema.table(id).name);
  return text;
}

bool is_field_rule(const Index& index) {
  return index.columns.size() == 1 && index.columns[0].path.size() == 1 && has_implied_name(index);
}

std::string items(const Table& table) {
  std::string text;
  const auto add = [&text](const std::string& item) {
    text += (text.empty() ? " (\n  " : ",\n  ") + item;
  };
  for (const catalog::Field& field : table.fields) {
    const bool is_end = table.is_edge() && (field.name == catalog::kSourceField ||
                                            field.name == catalog::kTargetField);
    if (!is_end) add(field_text(table, field));
  }
  for (const catalog::Rule& rule : table.rules)
    add(quote_name(rule.name) + " ASSERT (" + rule.condition_text + ")");
  for (const Index& index : table.indexes) {
    if (index.origin != Index::Origin::Unique || is_field_rule(index) ||
        (table.unique_edges && is_of_unique_option(index)))
      continue;
    add((has_implied_name(index) ? "" : quote_name(index.name) + " ") + "UNIQUE (" +
        column_list(index) + ")");
  }
  return text.empty() ? text : text + "\n)";
}

std::string key(const Table& table) {
  if (table.key.empty()) return {};
  std::string text;
  for (const catalog::KeyColumn& column : table.key) {
    text += (text.empty() ? "" : ", ") + quote_name(column.name) + " " + column.type_text;
  }
  return " KEY (" + text + ")";
}

std::string options_text(const Table& table) {
  std::string text = table.unique_edges ? "unique = true" : "";
  for (const auto& [name, value] : table.options)
    text += (text.empty() ? "" : ", ") + name + " = " + value;
  return text.empty() ? text : " WITH (" + text + ")";
}

}  // namespace

namespace {

// In a list of fields these words begin rules where a bracket follows.
std::string field_name(const catalog::Field& field) {
  const zeroql::Keyword word = zeroql::keyword_of(field.name);
  const bool is_like_rule = word == zeroql::Keyword::Assert || word == zeroql::Keyword::Unique;
  return is_like_rule ? "`" + field.name + "`" : quote_name(field.name);
}

std::string rules_text(const catalog::Field& field) {
  std::string text;
  if (!field.default_text.empty()) text += " DEFAULT " + field.default_text;
  if (!field.computed_text.empty()) text += " COMPUTED " + field.computed_text;
  for (const std::string& rule : field.assert_texts) text += " ASSERT " + rule;
  if (field.read_only) text += " READONLY";
  return text;
}

}  // namespace

std::string field_text(const Table& table, const catalog::NestedField& field) {
  return "DEFINE FIELD " + path_text(field.path) + " ON " + quote_name(table.name) + " TYPE " +
         field.rule.type_text + rules_text(field.rule) + comment(field.rule.comment);
}

namespace {

// The rules of places inside fields, a statement each.
std::string nested_text(const Table& table) {
  std::string text;
  for (const catalog::NestedField& each : table.nested) text += ";\n" + field_text(table, each);
  return text;
}

}  // namespace

std::string field_text(const Table& table, const catalog::Field& field) {
  std::string text = field_name(field) + " " + field.type_text;
  for (const Index& index : table.indexes) {
    if (index.origin == Index::Origin::Unique && is_field_rule(index) &&
        index.columns[0].field == table.field_position(field.name)) {
      text += " UNIQUE";
    }
  }
  text += rules_text(field);
  if (field.reference) {
    text += " REFERENCE";
    if (*field.reference == catalog::OnDelete::Cascade) text += " ON DELETE CASCADE";
    if (*field.reference == catalog::OnDelete::Unset) text += " ON DELETE UNSET";
  }
  return text + comment(field.comment);
}

std::string definition_text(const catalog::Schema& schema, const Table& table) {
  if (table.kind == Table::Kind::View) {
    std::string columns;
    for (const std::string& column : table.view_columns)
      columns += (columns.empty() ? " (" : ", ") + quote_name(column);
    return "DEFINE VIEW " + quote_name(table.name) + (columns.empty() ? "" : columns + ")") +
           " AS " + table.view_text + comment(table.comment);
  }
  if (table.is_edge()) {
    return "DEFINE EDGE " + quote_name(table.name) + " FROM " +
           table_list(schema, table.ends.from) + " TO " + table_list(schema, table.ends.to) +
           items(table) + options_text(table) + comment(table.comment) + nested_text(table);
  }
  return "DEFINE TABLE " + quote_name(table.name) +
         (table.schemafull ? " SCHEMAFULL" : " SCHEMALESS") + items(table) + key(table) +
         options_text(table) + comment(table.comment) + nested_text(table);
}

std::string definition_text(const catalog::Schema& schema, const Index& index) {
  return "DEFINE INDEX " + quote_name(index.name) + " ON " +
         quote_name(schema.table(index.table).name) + " (" + column_list(index) + ")" +
         (index.unique ? " UNIQUE" : "") +
         (index.condition_text.empty() ? "" : " WHERE " + index.condition_text) +
         comment(index.comment);
}

std::string definition_text(const catalog::Namespace& object) {
  const bool eventual = object.consistency == catalog::Consistency::Eventual;
  return "DEFINE NAMESPACE " + quote_name(object.name) +
         (eventual ? " WITH (consistency = 'eventual')" : "") + comment(object.comment);
}

std::string definition_text(const catalog::Schema& schema, const catalog::Database& object) {
  std::string space;
  for (const catalog::Namespace& each : schema.namespaces()) {
    if (each.id == object.namespace_id) space = quote_name(each.name) + ".";
  }
  return "DEFINE DATABASE " + space + quote_name(object.name) + comment(object.comment);
}

std::string definition_text(const catalog::Enum& object) {
  std::string variants;
  for (const EnumType::Variant& variant : object.type->variants)
    variants += (variants.empty() ? "" : ", ") + quote_name(variant.name);
  return "DEFINE ENUM " + quote_name(object.type->name) + " AS (" + variants + ")" +
         comment(object.comment);
}

std::string definition_text(const catalog::NamedType& object) {
  std::string text = "DEFINE TYPE " + quote_name(object.name) + " AS " + object.type_text;
  for (const std::string& rule : object.assert_texts) text += " ASSERT " + rule;
  return text + comment(object.comment);
}

std::string definition_text(const catalog::Param& object) {
  return "DEFINE PARAM $" + object.name +
         (object.type_text.empty() ? "" : " TYPE " + object.type_text) + " VALUE " +
         object.value_text + comment(object.comment);
}

std::string definition_text(const catalog::Schema& schema, const catalog::Facility& object) {
  static constexpr std::string_view kKinds[] = {"SEQUENCE", "ANALYZER", "PLACEMENT",
                                                "ROLE",     "USER",     "MODULE"};
  std::string options;
  for (const auto& [name, value] : object.options)
    options += (options.empty() ? " WITH (" : ", ") + quote_name(name) + " = " + value;
  std::string roles;
  for (uint32_t id : object.roles) {
    if (const catalog::Facility* role = schema.find_facility(id))
      roles += (roles.empty() ? "" : ", ") + quote_string(role->name);
  }
  if (!roles.empty()) options += " WITH (roles = [" + roles + "]";
  std::string grants;
  for (const catalog::Grant& grant : schema.grants()) {
    if (object.kind == catalog::Facility::Kind::Role && grant.role == object.id)
      grants += ";\n" + definition_text(schema, grant);
  }
  return "DEFINE " + std::string(kKinds[static_cast<size_t>(object.kind)]) + " " +
         quote_name(object.name) + options + (options.empty() ? "" : ")") +
         comment(object.comment) + grants;
}

std::string granted_object_text(const catalog::Schema& schema, const catalog::Grant& grant) {
  using Target = catalog::Grant::Target;
  switch (grant.target) {
    case Target::Namespace:
      for (const catalog::Namespace& each : schema.namespaces()) {
        if (each.id.value() == grant.object) return "NAMESPACE " + quote_name(each.name);
      }
      return {};
    case Target::Database:
      for (const catalog::Database& each : schema.databases()) {
        if (each.id.value() != grant.object) continue;
        for (const catalog::Namespace& space : schema.namespaces()) {
          if (space.id == each.namespace_id)
            return "DATABASE " + quote_name(space.name) + "." + quote_name(each.name);
        }
      }
      return {};
    case Target::Table: {
      const Table* table = schema.find_table(TableId(grant.object));
      if (table == nullptr) return {};
      const bool is_view = table->kind == Table::Kind::View;
      return (is_view ? "VIEW " : table->is_edge() ? "EDGE " : "TABLE ") + quote_name(table->name);
    }
    case Target::Function:
      for (const catalog::Function& each : schema.functions()) {
        if (each.id == grant.object) return "FUNCTION " + function_name(each.name);
      }
      return {};
    case Target::Facility: {
      const auto* found = schema.find_facility(static_cast<uint32_t>(grant.object));
      return found == nullptr ? std::string() : "SEQUENCE " + quote_name(found->name);
    }
  }
  UNREACHABLE();
}

std::string definition_text(const catalog::Schema& schema, const catalog::Grant& object) {
  std::string fields;
  for (const std::string& field : object.fields)
    fields += (fields.empty() ? " (" : ", ") + quote_name(field);
  const catalog::Facility* role = schema.find_facility(object.role);
  return "GRANT " + privileges_text(object.target, object.privileges) + " ON " +
         granted_object_text(schema, object) + fields + (fields.empty() ? "" : ")") + " TO " +
         quote_name(role == nullptr ? std::string() : role->name) +
         (object.condition_text.empty() ? "" : " WHERE " + object.condition_text);
}

namespace {

// "name(x: int, y: int = 1)"
std::string call_text(const catalog::Function& object) {
  std::string parameters;
  for (const catalog::FunctionParameter& parameter : object.parameters) {
    parameters +=
        (parameters.empty() ? "" : ", ") + quote_name(parameter.name) + ": " + parameter.type_text;
    if (!parameter.default_text.empty()) parameters += " = " + parameter.default_text;
  }
  return function_name(object.name) + "(" + parameters + ")";
}

}  // namespace

std::string signature_text(const catalog::Function& object) {
  return call_text(object) + " -> " + object.returns_text;
}

std::string definition_text(const catalog::Function& object) {
  static constexpr std::string_view kVolatilities[] = {" IMMUTABLE", " STABLE", " VOLATILE"};
  return "DEFINE FUNCTION " + call_text(object) + " RETURNS " + object.returns_text + " AS " +
         object.body_text + std::string(kVolatilities[static_cast<size_t>(object.volatility)]) +
         comment(object.comment);
}

}  // namespace zerodb::sema
