#include "sema/dependents.h"

#include <algorithm>

#include "sema/definition_function.h"
#include "sema/definition_grant.h"
#include "sema/definition_view.h"
#include "sema/expression.h"
#include "sema/index_terms.h"
#include "sema/query_check.h"
#include "sema/stored_text.h"
#include "sema/write_check.h"

namespace zerodb::sema {
namespace {

using catalog::Table;

bool mentions_table(const Type& type, TableId table) {
  switch (type.kind()) {
    case TypeKind::RecordId:
      return std::find(type.tables().begin(), type.tables().end(), table) != type.tables().end();
    case TypeKind::Array:
    case TypeKind::Vector:
    case TypeKind::HashSet:
    case TypeKind::Range:
      return mentions_table(type.element(), table);
    case TypeKind::HashMap:
    case TypeKind::Result:
    case TypeKind::Tuple:
    case TypeKind::Union:
      return std::any_of(type.parts().begin(), type.parts().end(),
                         [&](const Type& part) { return mentions_table(part, table); });
    case TypeKind::Shape:
      return std::any_of(type.fields().begin(), type.fields().end(),
                         [&](const auto& field) { return mentions_table(field.type, table); });
    default:
      return false;
  }
}

bool mentions_enum(const Type& type, EnumId id) {
  switch (type.kind()) {
    case TypeKind::Enum:
      return type.enum_type().id == id;
    case TypeKind::Array:
    case TypeKind::Vector:
    case TypeKind::HashSet:
    case TypeKind::Range:
      return mentions_enum(type.element(), id);
    case TypeKind::HashMap:
    case TypeKind::Result:
    case TypeKind::Tuple:
    case TypeKind::Union:
      return std::any_of(type.parts().begin(), type.parts().end(),
                         [&](const Type& part) { return mentions_enum(part, id); });
    case TypeKind::Shape:
      return std::any_of(type.fields().begin(), type.fields().end(),
                         [&](const auto& field) { return mentions_enum(field.type, id); });
    default:
      return false;
  }
}

bool depends_on_table(const Table& other, const Table& table) {
  const auto& from = other.ends.from;
  const auto& to = other.ends.to;
  if (std::find(from.begin(), from.end(), table.id) != from.end() ||
      std::find(to.begin(), to.end(), table.id) != to.end())
    return true;
  const auto names = [&](const catalog::Field& field) {
    if (mentions_table(field.type, table.id)) return true;
    std::string text = field.default_text + " " + field.computed_text;
    for (const std::string& rule : field.assert_texts) text += " " + rule;
    return has_word(text, table.name);
  };
  return std::ranges::any_of(other.fields, names) ||
         std::ranges::any_of(other.nested, [&](const auto& each) { return names(each.rule); }) ||
         std::ranges::any_of(
             other.key, [&](const auto& each) { return mentions_table(each.type, table.id); }) ||
         std::ranges::any_of(other.rules, [&](const catalog::Rule& rule) {
           return has_word(rule.condition_text, table.name);
         });
}

// A function whose types or body have the word.
const catalog::Function* function_that_names(const catalog::Schema& schema,
                                             const std::string& name) {
  for (const catalog::Function& function : schema.functions()) {
    bool found = has_word(function.returns_text, name) || has_word(function.body_text, name);
    for (const catalog::FunctionParameter& parameter : function.parameters)
      found = found || has_word(parameter.type_text + " " + parameter.default_text, name);
    if (found) return &function;
  }
  return nullptr;
}

}  // namespace

std::optional<std::string> user_of_table(const catalog::Schema& schema, const Table& table) {
  for (const Table& other : schema.tables()) {
    if (other.id != table.id && depends_on_table(other, table)) return other.name;
  }
  for (const catalog::NamedType& type : schema.types()) {
    if (mentions_table(type.type, table.id)) return type.name;
  }
  if (const catalog::Function* function = function_that_names(schema, table.name))
    return function->name;
  return view_that_names(schema, table.name);
}

std::optional<std::string> user_of_type(const catalog::Schema& schema, const std::string& name) {
  const catalog::Enum* as_enum = schema.find_enum(name);
  for (const Table& table : schema.tables()) {
    for (const catalog::Field& field : table.fields) {
      if (has_word(field.type_text, name) ||
          (as_enum != nullptr && mentions_enum(field.type, as_enum->type->id)))
        return table.name;
    }
    for (const catalog::NestedField& nested : table.nested) {
      if (has_word(nested.rule.type_text, name)) return table.name;
    }
    for (const catalog::KeyColumn& column : table.key) {
      if (has_word(column.type_text, name)) return table.name;
    }
  }
  for (const catalog::NamedType& type : schema.types()) {
    if (type.name != name && has_word(type.type_text, name)) return type.name;
  }
  if (const catalog::Function* function = function_that_names(schema, name)) return function->name;
  return std::nullopt;
}

namespace {

// Objects are bound as their uses bind them.
void bind(Checking& c, const Table& table) {
  if (table.kind == Table::Kind::View) {
    view_query(c, table, {});
    return;
  }
  bind_rules(c, table, {});
  bind_index_terms(c, table);
}

void bind(Checking& c, const catalog::Function& function) {
  check_stored_body(c, function);
}

void bind(Checking& c, const catalog::NamedType& type) {
  for (const std::string& rule : type.assert_texts) check_type_rule(c, type.type, rule);
}

void bind(Checking& c, const catalog::Grant& grant) {
  if (grant.condition_text.empty()) return;
  const Table* table = c.schema().find_table(TableId(grant.object));
  if (grant.target != catalog::Grant::Target::Table || table == nullptr) return;
  Scope scope;
  scope.query = c.add_query(Query::Kind::Select, {});
  add_table_source(c, scope, {table}, table->name, false, {});
  check_grant_condition(c, scope, grant.condition_text, {});
}

bool reads(const Checking& c, const SchemaChange::Loss& lost) {
  return std::ranges::any_of(c.statement.queries, [&](const Query& query) {
    return std::ranges::any_of(query.sources, [&](const Source& source) {
      return std::ranges::find(source.tables, lost.table) != source.tables.end() &&
             std::ranges::any_of(source.columns, [&](const SourceColumn& column) {
               return column.kind == SourceColumn::Kind::Extra && column.name == lost.field;
             });
    });
  });
}

class BrokenUserFinder {
 public:
  BrokenUserFinder(Checking& c, const SchemaChange& change) : c_(c), change_(change) {}

  // True once something is found. `before`: the object as it is without the change.
  template <typename Object>
  bool look_at(const Object& object, const Object& before, const std::string& name) {
    Checking probe(c_.context, change_.next, c_.source());
    bind_as_foreign(probe, object);
    if (probe.failed()) {
      Checking without(c_.context, c_.statement.schema, c_.source());
      bind_as_foreign(without, before);
      if (without.failed()) return false;
      found_ = {name, probe.diagnostics.front().message};
      return true;
    }
    if (!change_.lost || !reads(probe, *change_.lost)) return false;
    found_ = {name, "unknown field `" + change_.lost->field + "`"};
    return true;
  }

  BrokenUser take() { return std::move(found_); }

 private:
  template <typename Object>
  static void bind_as_foreign(Checking& c, const Object& object) {
    const Checking::ForeignText foreign(c, {});
    bind(c, object);
  }

  Checking& c_;
  const SchemaChange& change_;
  BrokenUser found_;
};

}  // namespace

std::optional<BrokenUser> user_broken_by(Checking& c, const SchemaChange& change) {
  BrokenUserFinder finder(c, change);
  const catalog::Schema& next = *change.next;
  for (const Table& table : next.tables()) {
    const Table* before = c.schema().find_table(table.id);
    if (before == nullptr || table.id == change.except) continue;
    if (finder.look_at(table, *before, table.name)) return finder.take();
  }
  for (const catalog::Function& function : next.functions()) {
    if (finder.look_at(function, function, function.name)) return finder.take();
  }
  for (const catalog::NamedType& type : next.types()) {
    if (finder.look_at(type, type, type.name)) return finder.take();
  }
  for (const catalog::Grant& grant : next.grants()) {
    const catalog::Facility* role = next.find_facility(grant.role);
    if (role != nullptr && finder.look_at(grant, grant, role->name)) return finder.take();
  }
  return std::nullopt;
}

}  // namespace zerodb::sema
