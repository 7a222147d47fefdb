// Views of all other statements: session, transactions, inspection, REMOVE and ALTER, permissions.
#pragma once

#include "zeroql/ast_define.h"

namespace zerodb::zeroql::ast {

// LET $x [: type] = value
struct Let : ViewOf<NodeKind::Let> {
  Parameter parameter() const { return get<Parameter>(); }
  std::optional<Type> type() const { return find<Type>(); }
  // The expression after `=`.
  Expr value() const { return get<Expr>(1); }  // the parameter is expression 0
};

struct Use : ViewOf<NodeKind::Use> {
  Name name() const { return get<Name>(); }
};

// SET name = value
struct Set : ViewOf<NodeKind::Set> {
  Name name() const { return get<Name>(); }
  Expr value() const { return get<Expr>(); }
};

// RESET name, RESET ALL; without a name it is ALL. Likewise SHOW.
struct Reset : ViewOf<NodeKind::Reset> {
  std::optional<Name> name() const { return find<Name>(); }
};
struct Show : ViewOf<NodeKind::Show> {
  std::optional<Name> name() const { return find<Name>(); }
};

enum class ObjectKind : uint8_t {
  Namespace,
  Database,
  Table,
  Edge,
  View,
  Field,
  Index,
  Analyzer,
  Sequence,
  Placement,
  Type,
  Enum,
  Module,
  Function,
  Param,
  Role,
  User,
  Keyspace,  // only in DESCRIBE
};

// "table"
std::string_view object_kind_text(ObjectKind kind);

// A name, a::path or $parameter; exactly one is there. The detail is the ObjectKind of what is
// named.
struct ObjectName : ViewOf<NodeKind::ObjectName> {
  std::optional<Name> name() const { return find<Name>(); }
  std::optional<Path> path() const { return find<Path>(); }
  std::optional<Parameter> parameter() const { return find<Parameter>(); }
  // As written, without backticks; a parameter with its `$`.
  std::string to_string() const;
};

struct OnTable : ViewOf<NodeKind::OnTable> {
  Name name() const { return get<Name>(); }
};

struct Remove : ViewOf<NodeKind::Remove> {
  static constexpr uint8_t kIfExists = 0x80;
  ObjectKind object_kind() const { return static_cast<ObjectKind>(detail() & ~kIfExists); }
  bool if_exists() const { return flag(kIfExists); }
  ObjectName object() const { return get<ObjectName>(); }
  std::optional<OnTable> on() const { return find<OnTable>(); }
};

// DESCRIBE TABLES [ON name] lists; DESCRIBE TABLE name [ON name] shows one.
struct Describe : ViewOf<NodeKind::Describe> {
  static constexpr uint8_t kList = 0x80;
  ObjectKind object_kind() const { return static_cast<ObjectKind>(detail() & ~kList); }
  bool is_list() const { return flag(kList); }
  std::optional<ObjectName> object() const { return find<ObjectName>(); }
  std::optional<OnTable> on() const { return find<OnTable>(); }
};

enum class ActionKind : uint8_t {
  AddRule,           // rule: TableAssert or TableUnique
  AddField,          // field()
  AddVariant,        // ident(), after()
  AddPartition,      // definitions()
  DropField,         // path()
  DropConstraint,    // ident()
  DropPartition,     // name()
  RenameField,       // path(), ident()
  Rename,            // ident()
  AlterFieldType,    // path(), type()
  AlterFieldSet,     // path(), modifier()
  AlterFieldDrop,    // path(), dropped()
  MoveToPlacement,   // name(), ident()
  MoveToReplicaSet,  // name(), number()
  SplitPartition,    // name(), definitions()
  MergePartitions,   // names(), ident()
  SetOptions,        // options()
  Schemafull,
  Schemaless,
  Rebuild,
  SetComment,  // comment()
};

struct AlterAction : ViewOf<NodeKind::AlterAction> {
  ActionKind action_kind() const { return static_cast<ActionKind>(detail()); }
  std::optional<TableAssert> assert_rule() const { return find<TableAssert>(); }
  std::optional<TableUnique> unique_rule() const { return find<TableUnique>(); }
  std::optional<Field> field() const { return find<Field>(); }
  std::optional<FieldPath> path() const { return find<FieldPath>(); }
  std::optional<Ident> ident() const { return find<Ident>(0); }
  std::optional<Ident> after() const { return find<Ident>(1); }
  std::optional<Type> type() const { return find<Type>(); }
  std::optional<FieldModifier> modifier() const { return find<FieldModifier>(); }
  // The kind of modifier that AlterFieldDrop takes away: FieldDefault .. FieldReference, or
  // Comment.
  NodeKind dropped() const;
  std::optional<Name> name() const { return find<Name>(); }
  Children<Name> names() const { return Children<Name>(*this); }
  std::optional<Literal> number() const { return find<Literal>(); }
  Children<PartitionDefinition> definitions() const { return Children<PartitionDefinition>(*this); }
  std::optional<Options> options() const { return find<Options>(); }
  std::optional<Comment> comment() const { return find<Comment>(); }
};

struct Alter : ViewOf<NodeKind::Alter> {
  ObjectKind object_kind() const { return static_cast<ObjectKind>(detail()); }
  Name name() const { return get<Name>(); }
  std::optional<OnTable> on() const { return find<OnTable>(); }
  Children<AlterAction> actions() const { return Children<AlterAction>(*this); }
};

struct Roles : ViewOf<NodeKind::Roles> {
  Children<Ident> idents() const { return Children<Ident>(*this); }
};

struct Privileges {
  static constexpr uint8_t kSelect = 1, kCreate = 2, kUpdate = 4, kDelete = 8, kExecute = 16,
                           kAll = 31;
};

// What GRANT and REVOKE share.
template <NodeKind Kind>
struct PrivilegeView : ViewOf<Kind> {
  // Bits of Privileges.
  uint8_t privileges() const { return this->detail(); }
  ObjectKind object_kind() const { return static_cast<ObjectKind>(object().detail()); }
  ObjectName object() const { return this->template get<ObjectName>(); }
  Children<Ident> roles() const { return Children<Ident>(this->template get<Roles>()); }
};

struct Grant : PrivilegeView<NodeKind::Grant> {
  std::optional<IdentList> fields() const { return find<IdentList>(); }
  std::optional<Where> where() const { return find<Where>(); }
};
struct Revoke : PrivilegeView<NodeKind::Revoke> {};

struct Begin : ViewOf<NodeKind::Begin> {
  static constexpr uint8_t kReadOnly = 1, kReadWrite = 2, kSerializable = 4, kSnapshot = 8;
  bool is_read_only() const { return flag(kReadOnly); }
  bool is_read_write() const { return flag(kReadWrite); }
  bool is_serializable() const { return flag(kSerializable); }
  bool is_snapshot() const { return flag(kSnapshot); }
};

struct Commit : ViewOf<NodeKind::Commit> {};

struct Rollback : ViewOf<NodeKind::Rollback> {
  std::optional<Ident> savepoint() const { return find<Ident>(); }
};
struct Savepoint : ViewOf<NodeKind::Savepoint> {
  Ident ident() const { return get<Ident>(); }
};
struct Release : ViewOf<NodeKind::Release> {
  Ident ident() const { return get<Ident>(); }
};

// EXPLAIN [ANALYZE] [FORMAT name] statement
struct Explain : ViewOf<NodeKind::Explain> {
  bool is_analyze() const { return detail() != 0; }
  std::optional<Ident> format() const { return find<Ident>(); }
  Statement statement() const { return get<Statement>(); }
};

struct Analyze : ViewOf<NodeKind::Analyze> {
  std::optional<Name> name() const { return find<Name>(); }
};

enum class CopyFileKind : uint8_t { File, Parameter, Stdin, Stdout };

struct CopyFile : ViewOf<NodeKind::CopyFile> {
  CopyFileKind file_kind() const { return static_cast<CopyFileKind>(detail()); }
  std::optional<Literal> file() const { return find<Literal>(); }
  std::optional<Parameter> parameter() const { return find<Parameter>(); }
};

// COPY table [(columns)] FROM | TO file, COPY (query) TO file
struct Copy : ViewOf<NodeKind::Copy> {
  bool is_from() const { return detail() != 0; }
  std::optional<Name> table() const { return find<Name>(); }
  std::optional<IdentList> columns() const { return find<IdentList>(); }
  std::optional<Query> query() const { return find<Query>(); }
  CopyFile file() const { return get<CopyFile>(); }
  std::optional<Options> options() const { return find<Options>(); }
};

struct Live : ViewOf<NodeKind::Live> {
  bool is_diff() const { return detail() != 0; }
  Query query() const { return get<Query>(); }
};

struct Kill : ViewOf<NodeKind::Kill> {
  Expr id() const { return get<Expr>(); }
};

}  // namespace zerodb::zeroql::ast
