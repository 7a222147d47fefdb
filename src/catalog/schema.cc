#include "catalog/schema.h"

#include <algorithm>

#include "base/assert.h"
#include "catalog/place.h"

namespace zerodb::catalog {
namespace {

template <typename T>
const T* find_by_name(const std::vector<T>& objects, std::string_view name) {
  for (const T& object : objects) {
    if (object.name == name) return &object;
  }
  return nullptr;
}

template <typename T>
std::optional<uint32_t> position_by_name(const std::vector<T>& objects, std::string_view name) {
  for (uint32_t i = 0; i < objects.size(); ++i) {
    if (objects[i].name == name) return i;
  }
  return std::nullopt;
}

void add_once(std::vector<TableId>& tables, TableId table) {
  if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
}

// What one step of a path leads to, any where it cannot be told.
Type type_after(const Type& base, const PathStep& step) {
  if (step.kind != PathStep::Kind::Member) {
    const bool has_element = base.is_sequence() || base.kind() == TypeKind::HashSet;
    if (!has_element) return Type::any();
    // An array may be too short for a position; [*] leads only to what is there.
    return step.kind == PathStep::Kind::Element ? base.element().optional() : Type(base.element());
  }
  if (base.kind() != TypeKind::Shape) return Type::any();
  const auto& fields = base.fields();
  const auto field =
      std::ranges::find_if(fields, [&](const auto& each) { return each.name == step.name; });
  return field == fields.end() ? Type::any() : Type(field->type);
}

// The type at the end of a path. What lies within something that may be none may be none.
Type type_at(Type type, const Path& path, size_t first_step) {
  for (size_t i = first_step; i < path.size(); ++i) {
    const bool may_be_none = type.admits_none() && path[i].kind != PathStep::Kind::AllElements;
    type = type_after(type.required(), path[i]);
    if (may_be_none) type = type.optional();
  }
  return type;
}

void resolve_column(const Table& table, IndexColumn& column) {
  column.type = Type::any();
  if (column.is_expression || column.path.empty()) return;
  const std::string& name = column.path.front().name;
  const bool whole = column.path.size() == 1;
  if (const auto field = table.field_position(name)) {
    if (whole) column.field = field;
    column.type = type_at(table.fields[*field].type, column.path, 1);
  } else if (const auto key = table.key_position(name)) {
    if (whole) column.key = key;
    column.type = table.key[*key].type;
  } else if (name == "id" && whole) {
    column.is_id = true;
    column.type = Type::record({table.id});
  }
}

}  // namespace

std::string to_string(const Path& path) {
  return to_string(place_of(path));
}

const RecordLayout* Table::layout(uint32_t version) const {
  for (const RecordLayout& candidate : layouts) {
    if (candidate.version == version) return &candidate;
  }
  return nullptr;
}

std::optional<uint32_t> Table::field_position(std::string_view field_name) const {
  return position_by_name(fields, field_name);
}

std::optional<uint32_t> Table::key_position(std::string_view key_name) const {
  return position_by_name(key, key_name);
}

size_t PartitionLevel::position(std::string_view name) const {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [&](const Partition& each) { return each.name == name; });
  return static_cast<size_t>(found - parts.begin());
}

const Partition* PartitionLevel::find(std::string_view name) const {
  const size_t at = position(name);
  return at == parts.size() ? nullptr : &parts[at];
}

const Partition* PartitionLevel::default_part() const {
  const auto found = std::find_if(parts.begin(), parts.end(), [](const Partition& each) {
    return each.bound == Partition::Bound::Default;
  });
  return found == parts.end() ? nullptr : &*found;
}

bool Grant::covers_field(const std::string& name) const {
  return fields.empty() || std::ranges::find(fields, name) != fields.end();
}

const Index* Table::index(std::string_view index_name) const {
  return find_by_name(indexes, index_name);
}

const Index* Table::index(IndexId index_id) const {
  for (const Index& candidate : indexes) {
    if (candidate.id == index_id) return &candidate;
  }
  return nullptr;
}

const Index& Table::index_on_src() const {
  ASSERT(is_edge());
  return *index(kSourceField);
}

const Index& Table::index_on_dst() const {
  ASSERT(is_edge());
  return *index(kTargetField);
}

Schema::Schema(SchemaParts parts) : parts_(std::move(parts)) {
  for (const Database& candidate : parts_.databases) {
    if (candidate.id == parts_.database) database_ = &candidate;
  }
  ASSERT(database_ != nullptr);
  for (const Namespace& candidate : parts_.namespaces) {
    if (candidate.id == database_->namespace_id) namespace_ = &candidate;
  }
  ASSERT(namespace_ != nullptr);
  for (uint32_t i = 0; i < parts_.tables.size(); ++i) {
    Table& table = parts_.tables[i];
    tables_by_name_[table.name] = i;
    tables_by_id_[table.id] = i;
    if (table.space == SpaceId()) table.space = SpaceId(table.id.value());
    tables_by_space_[table.space] = i;
    for (Index& index : table.indexes) {
      for (IndexColumn& column : index.columns) resolve_column(table, column);
    }
    for (const TableId end : table.ends.from) add_once(edges_at_[end], table.id);
    for (const TableId end : table.ends.to) add_once(edges_at_[end], table.id);
    for (uint32_t field = 0; field < table.fields.size(); ++field) {
      if (!table.fields[field].reference) continue;
      for (const TableId target : table.fields[field].type.tables())
        references_[target].push_back({table.id, field});
    }
  }
}

const Namespace* Schema::find_namespace(std::string_view name) const {
  return find_by_name(parts_.namespaces, name);
}

const Database* Schema::find_database(NamespaceId namespace_id, std::string_view name) const {
  for (const Database& candidate : parts_.databases) {
    if (candidate.namespace_id == namespace_id && candidate.name == name) return &candidate;
  }
  return nullptr;
}

const Table* Schema::find_table(std::string_view name) const {
  const auto found = tables_by_name_.find(name);
  return found == tables_by_name_.end() ? nullptr : &parts_.tables[found->second];
}

const Table* Schema::find_table(TableId id) const {
  const auto found = tables_by_id_.find(id);
  return found == tables_by_id_.end() ? nullptr : &parts_.tables[found->second];
}

const Table* Schema::find_table(SpaceId space) const {
  const auto found = tables_by_space_.find(space);
  return found == tables_by_space_.end() ? nullptr : &parts_.tables[found->second];
}

const Table& Schema::table(TableId id) const {
  const Table* found = find_table(id);
  ASSERT(found != nullptr);
  return *found;
}

const Enum* Schema::find_enum(std::string_view name) const {
  for (const Enum& candidate : parts_.enums) {
    if (candidate.type->name == name) return &candidate;
  }
  return nullptr;
}

const Enum* Schema::find_enum(EnumId id) const {
  for (const Enum& candidate : parts_.enums) {
    if (candidate.type->id == id) return &candidate;
  }
  return nullptr;
}

const NamedType* Schema::find_type(std::string_view name) const {
  return find_by_name(parts_.types, name);
}

const Param* Schema::find_param(std::string_view name) const {
  return find_by_name(parts_.params, name);
}

const Facility* Schema::find_facility(Facility::Kind kind, std::string_view name) const {
  for (const Facility& candidate : parts_.facilities) {
    if (candidate.kind == kind && candidate.name == name) return &candidate;
  }
  return nullptr;
}

const Facility* Schema::find_facility(uint32_t id) const {
  for (const Facility& candidate : parts_.facilities) {
    if (candidate.id == id) return &candidate;
  }
  return nullptr;
}

const Function* Schema::find_function(std::string_view name) const {
  return find_by_name(parts_.functions, name);
}

const std::vector<TableId>& Schema::edges_at(TableId vertex) const {
  static const std::vector<TableId> kNoTables;
  const auto found = edges_at_.find(vertex);
  return found == edges_at_.end() ? kNoTables : found->second;
}

const std::vector<ReferenceUse>& Schema::references_to(TableId table) const {
  static const std::vector<ReferenceUse> kNoUses;
  const auto found = references_.find(table);
  return found == references_.end() ? kNoUses : found->second;
}

std::optional<std::string_view> Schema::table_name(TableId id) const {
  const Table* found = find_table(id);
  if (found == nullptr) return std::nullopt;
  return found->name;
}

std::optional<std::string_view> Schema::enum_name(EnumId id) const {
  const Enum* found = find_enum(id);
  if (found == nullptr) return std::nullopt;
  return found->type->name;
}

std::optional<std::string_view> Schema::variant_name(EnumValue value) const {
  const Enum* found = find_enum(value.type);
  if (found == nullptr) return std::nullopt;
  for (const EnumType::Variant& variant : found->type->variants) {
    if (variant.id == value.variant) return variant.name;
  }
  return std::nullopt;
}

}  // namespace zerodb::catalog
