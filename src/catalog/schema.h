// Schema: an immutable snapshot of the definitions of one database, and the list of all namespaces
// and databases.
//
// A Schema is built from catalog rows (store_codec.h) and never changes; a definition gives new
// rows and so a new Schema with the next version. Ids are never reused. Bodies (defaults, rules,
// conditions) are canonical zeroql text, bound when they are used. Invariants: (1) positions in
// vectors (`fields`, `key`, `indexes`) belong to one snapshot, ids to all of them; (2) an edge
// table has `src` and `dst` as fields 0 and 1 and an index on each; (3) layouts.back() describes
// records written under this snapshot. Threading: immutable; shared by all threads through
// shared_ptr.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "catalog/facility.h"
#include "catalog/function.h"
#include "catalog/grant.h"
#include "value/text.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb::catalog {

enum class Consistency : uint8_t { Strong, Eventual };

struct Namespace {
  NamespaceId id;
  std::string name;
  Consistency consistency = Consistency::Strong;
  std::map<std::string, std::string> limits;  // storage_max and the like: canonical text
  std::string comment;
};

struct Database {
  DatabaseId id;
  NamespaceId namespace_id;
  std::string name;
  std::map<std::string, std::string> limits;  // storage_max and the like: canonical text
  std::string comment;
};

// One step of the path of a field or of an index column.
struct PathStep {
  enum class Kind : uint8_t { Member, Element, AllElements };
  Kind kind = Kind::Member;
  std::string name;      // Member
  int64_t position = 0;  // Element
  bool operator==(const PathStep&) const = default;
};
using Path = std::vector<PathStep>;

// "address.city", "tags[*]"; names are quoted where they must be.
std::string to_string(const Path& path);

enum class OnDelete : uint8_t { Restrict, Cascade, Unset };

// A declared field of the top level of the record.
struct Field {
  FieldId id;  // never reused within its table; old records find their values by it
  std::string name;
  Type type;
  std::string type_text;     // as declared: named types by name
  std::string default_text;  // empty: none
  std::string computed_text;
  std::vector<std::string> assert_texts;
  bool read_only = false;
  std::optional<OnDelete> reference;
  std::string comment;
};

// A rule on a place inside a field of a schemaless record: DEFINE FIELD address.city, hosts[*].
struct NestedField {
  Path path;
  Field rule;  // name is the text of the path
};

struct KeyColumn {
  std::string name;
  Type type;
  std::string type_text;
};

// A named rule of the whole table.
struct Rule {
  std::string name;
  std::string condition_text;
};

struct IndexColumn {
  std::string text;  // the path, or the expression without its parentheses
  Path path;         // empty for an expression
  bool is_expression = false;
  bool descending = false;
  bool multikey = false;  // the path goes through [*]: an entry for each element
  // What a path of one step stands for. Found when the snapshot is built.
  std::optional<uint32_t> field;  // position in Table::fields
  std::optional<uint32_t> key;    // position in Table::key
  bool is_id = false;
  Type type;  // any for undeclared and nested paths

  // Whether the column is the field of that name, whole.
  bool is_field(std::string_view name) const {
    return path.size() == 1 && path.front().name == name;
  }
};

struct Index {
  enum class State : uint8_t { WriteOnly, Ready };
  // Whose index it is: DEFINE INDEX, a UNIQUE field or rule, an end of an edge, REFERENCE.
  enum class Origin : uint8_t { Definition, Unique, Edge, Reference };

  IndexId id;
  TableId table;
  std::string name;
  std::vector<IndexColumn> columns;
  bool unique = false;
  std::string condition_text;                  // empty: all records
  std::string method;                          // USING; empty: ordered by keys
  std::map<std::string, std::string> options;  // of the method: option to canonical text
  State state = State::Ready;
  Origin origin = Origin::Definition;
  std::string comment;
};

// The declared fields of records of one layout version, in the order in which they are stored.
struct RecordLayout {
  struct Slot {
    FieldId field;
    std::string name;
    Type type;
  };
  uint32_t version = 0;
  std::vector<Slot> slots;
};

struct EdgeEnds {
  std::vector<TableId> from;
  std::vector<TableId> to;
};

// A part of a table's keyspace.
struct Partition {
  enum class Bound : uint8_t { None, Below, In, Default };
  std::string name;
  Bound bound = Bound::None;
  std::vector<Value> values;       // Below: one an expression; In: those that it takes
  std::vector<std::string> texts;  // the same as canonical text
  std::string placement;           // canonical text of the option; empty: that of the table
};

// PARTITION BY, or THEN BY.
struct PartitionLevel {
  enum class Method : uint8_t { Hash, Range, List, Time };
  Method method = Method::Hash;
  std::vector<std::string> arguments;  // canonical texts
  uint32_t count = 0;                  // Hash
  std::vector<Partition> parts;        // Range, List

  size_t position(std::string_view name) const;  // parts.size() when there is no such part
  const Partition* find(std::string_view name) const;
  const Partition* default_part() const;
};

struct Table {
  enum class Kind : uint8_t { Normal, Edge, View };

  TableId id;
  SpaceId space;  // where its records lie; filled in with the id when the snapshot is built
  std::string name;
  Kind kind = Kind::Normal;
  bool schemafull = false;  // otherwise records may have undeclared keys
  std::vector<Field> fields;
  std::vector<NestedField> nested;
  std::vector<KeyColumn> key;  // KEY (..); empty: any key
  std::vector<Rule> rules;
  EdgeEnds ends;              // Edge
  bool unique_edges = false;  // Edge
  std::string view_text;      // View: the query
  std::vector<std::string> view_columns;
  std::vector<PartitionLevel> partitions;      // empty: one partition
  std::map<std::string, std::string> options;  // option to the canonical text of its value
  std::string comment;
  std::vector<RecordLayout> layouts;  // by rising version; the last one is written
  uint32_t next_field_id = 1;
  std::vector<Index> indexes;  // by rising id

  bool is_edge() const { return kind == Kind::Edge; }
  const RecordLayout& layout() const { return layouts.back(); }
  // Nothing for a version that this snapshot does not know.
  const RecordLayout* layout(uint32_t version) const;
  std::optional<uint32_t> field_position(std::string_view name) const;
  std::optional<uint32_t> key_position(std::string_view name) const;
  const Index* index(std::string_view name) const;
  const Index* index(IndexId id) const;
  // Edge tables: the adjacency indexes.
  const Index& index_on_src() const;
  const Index& index_on_dst() const;
};

// What an edge table's `src` and `dst` are called and where they stand.
inline constexpr std::string_view kSourceField = "src";
inline constexpr std::string_view kTargetField = "dst";
inline constexpr uint32_t kSourcePosition = 0;
inline constexpr uint32_t kTargetPosition = 1;

// Between the ids of two variants that were defined one after the other.
inline constexpr uint32_t kVariantStep = uint32_t{1} << 16;

struct Enum {
  std::shared_ptr<const EnumType> type;  // shared with every Type that mentions it
  uint32_t next_variant_id = kVariantStep;
  std::string comment;
};

// DEFINE TYPE.
struct NamedType {
  uint32_t id = 0;
  std::string name;
  Type type;
  std::string type_text;
  std::vector<std::string> assert_texts;
  std::string comment;
};

// DEFINE PARAM.
struct Param {
  uint32_t id = 0;
  std::string name;  // without the dollar sign
  Type type;
  std::string type_text;  // empty: not declared
  std::string value_text;
  std::string comment;
};

// A field of some table that REFERENCEs another table.
struct ReferenceUse {
  TableId table;
  uint32_t field = 0;  // position
};

// The plain parts of a snapshot, as store_codec.h fills them.
struct SchemaParts {
  std::vector<Namespace> namespaces;
  std::vector<Database> databases;
  DatabaseId database;
  SchemaVersion root_version;  // of the lists of namespaces and databases
  SchemaVersion version;       // of this database
  uint32_t next_namespace_id = 1;
  uint32_t next_database_id = 1;
  uint32_t next_object_id = 1;  // objects of this database
  std::vector<Table> tables;
  std::vector<Enum> enums;
  std::vector<NamedType> types;
  std::vector<Param> params;
  std::vector<Facility> facilities;
  std::vector<Function> functions;
  std::vector<Grant> grants;
};

class Schema : public TableNames, public EnumNames {
 public:
  explicit Schema(SchemaParts parts);

  const std::vector<Namespace>& namespaces() const { return parts_.namespaces; }
  const std::vector<Database>& databases() const { return parts_.databases; }
  const Namespace* find_namespace(std::string_view name) const;
  const Database* find_database(NamespaceId namespace_id, std::string_view name) const;
  // The database that this is the schema of, and its namespace.
  const Database& database() const { return *database_; }
  const Namespace& current_namespace() const { return *namespace_; }
  SchemaVersion version() const { return parts_.version; }
  SchemaVersion root_version() const { return parts_.root_version; }

  const std::vector<Table>& tables() const { return parts_.tables; }
  const Table* find_table(std::string_view name) const;
  const Table* find_table(TableId id) const;
  // The table must be there.
  const Table& table(TableId id) const;
  // The table whose records lie there now.
  const Table* find_table(SpaceId space) const;
  const Enum* find_enum(std::string_view name) const;
  const Enum* find_enum(EnumId id) const;
  const NamedType* find_type(std::string_view name) const;
  const Param* find_param(std::string_view name) const;
  const std::vector<Enum>& enums() const { return parts_.enums; }
  const std::vector<NamedType>& types() const { return parts_.types; }
  const std::vector<Param>& params() const { return parts_.params; }

  const Facility* find_facility(Facility::Kind kind, std::string_view name) const;
  const Facility* find_facility(uint32_t id) const;
  const std::vector<Facility>& facilities() const { return parts_.facilities; }
  const Function* find_function(std::string_view name) const;
  const std::vector<Function>& functions() const { return parts_.functions; }
  const std::vector<Grant>& grants() const { return parts_.grants; }

  // Edge tables that may start or end at the table; DELETE removes those edges.
  const std::vector<TableId>& edges_at(TableId vertex) const;
  // Fields of other records that REFERENCE the table.
  const std::vector<ReferenceUse>& references_to(TableId table) const;

  std::optional<std::string_view> table_name(TableId id) const override;
  std::optional<std::string_view> enum_name(EnumId id) const override;
  std::optional<std::string_view> variant_name(EnumValue value) const override;
  Names names() const { return {this, this}; }

  const SchemaParts& parts() const { return parts_; }

 private:
  SchemaParts parts_;
  const Database* database_ = nullptr;    // borrowed from parts_
  const Namespace* namespace_ = nullptr;  // borrowed from parts_
  std::map<std::string, uint32_t, std::less<>> tables_by_name_;
  std::map<TableId, uint32_t> tables_by_id_;
  std::map<SpaceId, uint32_t> tables_by_space_;
  std::map<TableId, std::vector<TableId>> edges_at_;
  std::map<TableId, std::vector<ReferenceUse>> references_;
};

// One catalog row to put or to erase. Definitions are lists of these, written in the transaction
// under Family::Meta.
struct Change {
  enum class Kind : uint8_t { Put, Erase };
  Kind kind = Kind::Put;
  std::string key;
  std::string row;  // Put

  static Change put(std::string key, std::string row) {
    return {Kind::Put, std::move(key), std::move(row)};
  }
  static Change erase(std::string key) { return {Kind::Erase, std::move(key), {}}; }
};

}  // namespace zerodb::catalog
