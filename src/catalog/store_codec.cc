#include "catalog/store_codec.h"

#include "base/bytes.h"
#include "catalog/object_codec.h"
#include "catalog/store_keys.h"

namespace zerodb::catalog {
namespace {

std::string root_key(RootRow kind) {
  return {kRootTag, static_cast<char>(kind)};
}

std::string root_key(RootRow kind, uint32_t id) {
  std::string key = root_key(kind);
  put_be(key, id);
  return key;
}

std::string database_key(DatabaseId database, DatabaseRow kind) {
  std::string key = database_prefix(database);
  key.push_back(static_cast<char>(kind));
  return key;
}

template <typename Id>
std::string database_key(DatabaseId database, DatabaseRow kind, Id id) {
  std::string key = database_key(database, kind);
  put_be(key, id);
  return key;
}

std::string number_row(uint64_t number) {
  return RowWriter().number(kRowFormat).number(number).take();
}

// Reads all rows of one snapshot. Rows come in the order of keys, so what is referred to comes
// first.
class SchemaReader {
 public:
  explicit SchemaReader(DatabaseId database) { parts_.database = database; }

  Status read(std::string_view key, std::string_view row) {
    RowReader in(row);
    const uint64_t format = in.number();
    if (!in.broken() && format > kRowFormatMax) {
      return Error(ErrorCode::E1208, "a catalog row has a format of a later release");
    }
    if (key.size() >= 2 && key[0] == kRootTag) {
      read_root(static_cast<RootRow>(key[1]), in);
    } else if (is_of_database(key)) {
      read_object(static_cast<DatabaseRow>(key[kObjectKindAt]), in);
    } else {
      return ok_status();
    }
    if (in.broken() || !in.at_end()) return Error(ErrorCode::E1205, "a catalog row is damaged");
    return ok_status();
  }

  Result<std::shared_ptr<const Schema>> finish() {
    for (Index& index : indexes_) {
      Table* table = find_table(index.table);
      if (table == nullptr)
        return Error(ErrorCode::E1205, "an index of the catalog belongs to no table");
      table->indexes.push_back(std::move(index));
    }
    for (const Table& table : parts_.tables) {
      if (!table.is_edge()) continue;
      if (table.index(kSourceField) == nullptr || table.index(kTargetField) == nullptr) {
        return Error(ErrorCode::E1205, "an edge table of the catalog lacks an index on its ends");
      }
    }
    const Database* database = find_database();
    if (database == nullptr || !has_namespace(database->namespace_id)) {
      return Error(ErrorCode::E0206, "the database is no longer there");
    }
    return std::make_shared<const Schema>(std::move(parts_));
  }

 private:
  static constexpr size_t kObjectKindAt = 1 + sizeof(uint32_t);

  bool is_of_database(std::string_view key) const {
    return key.size() > kObjectKindAt && key.starts_with(database_prefix(parts_.database));
  }

  void read_root(RootRow kind, RowReader& in) {
    switch (kind) {
      case RootRow::Version:
        parts_.root_version = SchemaVersion(in.number());
        return;
      case RootRow::Counters:
        parts_.next_namespace_id = in.number32();
        parts_.next_database_id = in.number32();
        return;
      case RootRow::Namespace:
        parts_.namespaces.push_back(read_namespace(in));
        return;
      case RootRow::Database:
        parts_.databases.push_back(read_database(in));
        return;
    }
    in.fail();
  }

  void read_object(DatabaseRow kind, RowReader& in) {
    const FindEnum find_enum = [this](EnumId id) -> std::shared_ptr<const EnumType> {
      for (const Enum& candidate : parts_.enums) {
        if (candidate.type->id == id) return candidate.type;
      }
      return nullptr;
    };
    switch (kind) {
      case DatabaseRow::Version:
        parts_.version = SchemaVersion(in.number());
        return;
      case DatabaseRow::Counter:
        parts_.next_object_id = in.number32();
        return;
      case DatabaseRow::Enum:
        parts_.enums.push_back(catalog::read_enum(in));
        return;
      case DatabaseRow::Type:
        parts_.types.push_back(read_named_type(in, find_enum));
        return;
      case DatabaseRow::Param:
        parts_.params.push_back(read_param(in, find_enum));
        return;
      case DatabaseRow::Table:
        parts_.tables.push_back(read_table(in, find_enum));
        return;
      case DatabaseRow::Index:
        indexes_.push_back(read_index(in));
        return;
      case DatabaseRow::Facility:
        parts_.facilities.push_back(read_facility(in));
        return;
      case DatabaseRow::Function:
        parts_.functions.push_back(read_function(in, find_enum));
        return;
      case DatabaseRow::Grant:
        parts_.grants.push_back(read_grant(in));
        return;
    }
    in.fail();
  }

  Table* find_table(TableId id) {
    for (Table& table : parts_.tables) {
      if (table.id == id) return &table;
    }
    return nullptr;
  }

  const Database* find_database() const {
    for (const Database& candidate : parts_.databases) {
      if (candidate.id == parts_.database) return &candidate;
    }
    return nullptr;
  }

  bool has_namespace(NamespaceId id) const {
    for (const Namespace& candidate : parts_.namespaces) {
      if (candidate.id == id) return true;
    }
    return false;
  }

  SchemaParts parts_;
  std::vector<Index> indexes_;
};

}  // namespace

std::string root_prefix() {
  return {kRootTag};
}
std::string root_version_key() {
  return root_key(RootRow::Version);
}

std::string database_prefix(DatabaseId id) {
  std::string prefix{kDatabaseTag};
  put_be(prefix, id.value());
  return prefix;
}

std::string sequences_prefix(DatabaseId database) {
  std::string key{kSequenceTag};
  put_be(key, database.value());
  return key;
}

std::string sequence_state_key(DatabaseId database, uint32_t id) {
  std::string key = sequences_prefix(database);
  put_be(key, id);
  return key;
}

std::string database_version_key(DatabaseId id) {
  return database_key(id, DatabaseRow::Version);
}

Result<SchemaVersion> decode_version(std::string_view row) {
  if (row.empty()) return SchemaVersion(0);
  RowReader in(row);
  const uint64_t format = in.number();
  if (!in.broken() && format > kRowFormatMax)
    return Error(ErrorCode::E1208, "the catalog has a format of a later release");
  const SchemaVersion version(in.number());
  if (in.broken()) return Error(ErrorCode::E1205, "the version row of the catalog is damaged");
  return version;
}

Rows bootstrap_rows() {
  Rows rows;
  const auto add = [&rows](const Change& change) { rows[change.key] = change.row; };
  constexpr NamespaceId kMainNamespace{1};
  add(put_root_version(SchemaVersion(1)));
  add(put_root_counters(kMainNamespace.value() + 1, kMainDatabase.value() + 1));
  add(put_namespace({.id = kMainNamespace,
                     .name = "main",
                     .consistency = Consistency::Strong,
                     .limits = {},
                     .comment = {}}));
  add(put_database({.id = kMainDatabase,
                    .namespace_id = kMainNamespace,
                    .name = "main",
                    .limits = {},
                    .comment = {}}));
  add(put_database_version(kMainDatabase, SchemaVersion(1)));
  add(put_database_counter(kMainDatabase, 1));
  return rows;
}

Result<std::shared_ptr<const Schema>> build(const Rows& rows, DatabaseId database) {
  SchemaReader reader(database);
  for (const auto& [key, row] : rows) TRY(reader.read(key, row));
  return reader.finish();
}

Change put_namespace(const Namespace& object) {
  return Change::put(root_key(RootRow::Namespace, object.id.value()), encode(object));
}
Change put_database(const Database& object) {
  return Change::put(root_key(RootRow::Database, object.id.value()), encode(object));
}
Change put_table(DatabaseId database, const Table& object) {
  return Change::put(database_key(database, DatabaseRow::Table, object.id.value()), encode(object));
}
Change put_index(DatabaseId database, const Index& object) {
  return Change::put(database_key(database, DatabaseRow::Index, object.id.value()), encode(object));
}
Change put_enum(DatabaseId database, const Enum& object) {
  return Change::put(database_key(database, DatabaseRow::Enum, object.type->id.value()),
                     encode(object));
}
Change put_type(DatabaseId database, const NamedType& object) {
  return Change::put(database_key(database, DatabaseRow::Type, object.id), encode(object));
}
Change put_param(DatabaseId database, const Param& object) {
  return Change::put(database_key(database, DatabaseRow::Param, object.id), encode(object));
}
Change put_facility(DatabaseId database, const Facility& object) {
  return Change::put(database_key(database, DatabaseRow::Facility, object.id), encode(object));
}
Change put_function(DatabaseId database, const Function& object) {
  return Change::put(database_key(database, DatabaseRow::Function, object.id), encode(object));
}
Change put_grant(DatabaseId database, const Grant& object) {
  return Change::put(database_key(database, DatabaseRow::Grant, object.id), encode(object));
}
Change erase_namespace(NamespaceId id) {
  return Change::erase(root_key(RootRow::Namespace, id.value()));
}
Change erase_database(DatabaseId id) {
  return Change::erase(root_key(RootRow::Database, id.value()));
}
Change erase_table(DatabaseId database, TableId id) {
  return Change::erase(database_key(database, DatabaseRow::Table, id.value()));
}
Change erase_index(DatabaseId database, IndexId id) {
  return Change::erase(database_key(database, DatabaseRow::Index, id.value()));
}
Change erase_enum(DatabaseId database, EnumId id) {
  return Change::erase(database_key(database, DatabaseRow::Enum, id.value()));
}
Change erase_type(DatabaseId database, uint32_t id) {
  return Change::erase(database_key(database, DatabaseRow::Type, id));
}
Change erase_param(DatabaseId database, uint32_t id) {
  return Change::erase(database_key(database, DatabaseRow::Param, id));
}
Change erase_facility(DatabaseId database, uint32_t id) {
  return Change::erase(database_key(database, DatabaseRow::Facility, id));
}
Change erase_function(DatabaseId database, uint32_t id) {
  return Change::erase(database_key(database, DatabaseRow::Function, id));
}
Change erase_grant(DatabaseId database, uint32_t id) {
  return Change::erase(database_key(database, DatabaseRow::Grant, id));
}

Change erase_sequence_state(DatabaseId database, uint32_t id) {
  return Change::erase(sequence_state_key(database, id));
}

Change put_root_version(SchemaVersion version) {
  return Change::put(root_version_key(), number_row(version.value()));
}

Change put_root_counters(uint32_t next_namespace_id, uint32_t next_database_id) {
  return Change::put(
      root_key(RootRow::Counters),
      RowWriter().number(kRowFormat).number(next_namespace_id).number(next_database_id).take());
}

Change put_database_version(DatabaseId database, SchemaVersion version) {
  return Change::put(database_version_key(database), number_row(version.value()));
}

Change put_database_counter(DatabaseId database, uint32_t next_object_id) {
  return Change::put(database_key(database, DatabaseRow::Counter), number_row(next_object_id));
}

}  // namespace zerodb::catalog
