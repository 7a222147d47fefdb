// Views of DEFINE.
#pragma once

#include "zeroql/ast_write.h"

namespace zerodb::zeroql::ast {

// COMMENT 'text'
struct Comment : ViewOf<NodeKind::Comment> {
  Literal literal() const { return get<Literal>(); }
};

// What all DEFINE statements have.
template <NodeKind Kind>
struct DefineView : ViewOf<Kind> {
  static constexpr uint8_t kOrReplace = 1, kIfNotExists = 2;
  bool or_replace() const { return this->flag(kOrReplace); }
  bool if_not_exists() const { return this->flag(kIfNotExists); }
  // WITH ( .. )
  std::optional<Options> options() const { return this->template find<Options>(); }
  std::optional<Comment> comment() const { return this->template find<Comment>(); }
};

// The name of the object where it may be dotted (`db.table`).
template <NodeKind Kind>
struct DefineNamed : DefineView<Kind> {
  Name name() const { return this->template get<Name>(); }
};

// The name of the object where it is one word.
template <NodeKind Kind>
struct DefineWord : DefineView<Kind> {
  Ident ident() const { return this->template get<Ident>(); }
};

struct DefineNamespace : DefineNamed<NodeKind::DefineNamespace> {};
struct DefineDatabase : DefineNamed<NodeKind::DefineDatabase> {};
struct DefineSequence : DefineNamed<NodeKind::DefineSequence> {};
struct DefineAnalyzer : DefineWord<NodeKind::DefineAnalyzer> {};
struct DefinePlacement : DefineWord<NodeKind::DefinePlacement> {};
struct DefineRole : DefineWord<NodeKind::DefineRole> {};
struct DefineUser : DefineWord<NodeKind::DefineUser> {};

struct FieldDefault : ViewOf<NodeKind::FieldDefault> {
  Expr value() const { return get<Expr>(); }
};
struct FieldComputed : ViewOf<NodeKind::FieldComputed> {
  Expr value() const { return get<Expr>(); }
};
struct FieldAssert : ViewOf<NodeKind::FieldAssert> {
  Expr condition() const { return get<Expr>(); }
};

enum class OnDelete : uint8_t { Restrict, Cascade, Unset };

struct FieldReference : ViewOf<NodeKind::FieldReference> {
  OnDelete on_delete() const { return static_cast<OnDelete>(detail()); }
};

// A modifier of a field, in the order written; kind() tells which.
struct FieldModifier : View {
  static constexpr bool accepts(NodeKind kind) {
    return (kind >= NodeKind::FieldDefault && kind <= NodeKind::FieldReference) ||
           kind == NodeKind::Comment;
  }
  template <typename V>
  V as() const {
    ASSERT(V::accepts(kind()));
    return V{{tree, id}};
  }
};

// The modifiers that Field and DefineField share.
template <NodeKind Kind>
struct FieldView : DefineView<Kind> {
  Type type() const { return this->template get<Type>(); }
  Children<FieldModifier> modifiers() const { return Children<FieldModifier>(*this); }
  std::optional<FieldDefault> default_value() const { return this->template find<FieldDefault>(); }
  std::optional<FieldComputed> computed() const { return this->template find<FieldComputed>(); }
  Children<FieldAssert> asserts() const { return Children<FieldAssert>(*this); }
  bool is_unique() const { return this->has(NodeKind::FieldUnique); }
  bool is_readonly() const { return this->has(NodeKind::FieldReadonly); }
  std::optional<FieldReference> reference() const { return this->template find<FieldReference>(); }
};

// A field in the list of a table or edge. The flags and options of DefineView are never set.
struct Field : FieldView<NodeKind::Field> {
  Ident ident() const { return get<Ident>(); }
};

// [name] ASSERT (condition)
struct TableAssert : ViewOf<NodeKind::TableAssert> {
  std::optional<Ident> ident() const { return find<Ident>(); }
  Expr condition() const { return get<Expr>(); }
};

// [name] UNIQUE (paths)
struct TableUnique : ViewOf<NodeKind::TableUnique> {
  std::optional<Ident> ident() const { return find<Ident>(); }
  Children<FieldPath> paths() const { return Children<FieldPath>(*this); }
};

// ( fields and rules )
struct TableItems : ViewOf<NodeKind::TableItems> {
  Children<Field> fields() const { return Children<Field>(*this); }
  Children<TableAssert> asserts() const { return Children<TableAssert>(*this); }
  Children<TableUnique> uniques() const { return Children<TableUnique>(*this); }
};

struct KeyColumn : ViewOf<NodeKind::KeyColumn> {
  Ident ident() const { return get<Ident>(); }
  Type type() const { return get<Type>(); }
};

// KEY (a T, b U)
struct TableKey : ViewOf<NodeKind::TableKey> {
  Children<KeyColumn> columns() const { return Children<KeyColumn>(*this); }
};

enum class PartitionBoundKind : uint8_t { None, Below, In, Default };

struct PartitionBounds : ViewOf<NodeKind::PartitionBounds> {
  Children<Expr> values() const { return Children<Expr>(*this); }
};

// name [VALUES BELOW (..) | VALUES IN (..) | DEFAULT] [WITH (..)]
struct PartitionDefinition : ViewOf<NodeKind::PartitionDefinition> {
  PartitionBoundKind bound_kind() const { return static_cast<PartitionBoundKind>(detail()); }
  Ident ident() const { return get<Ident>(); }
  std::optional<PartitionBounds> bounds() const { return find<PartitionBounds>(); }
  std::optional<Options> options() const { return find<Options>(); }
};

struct PartitionCount : ViewOf<NodeKind::PartitionCount> {
  Literal literal() const { return get<Literal>(); }
};

// hash(e) PARTITIONS n, range(e) (..), list(e) (..), time(e, interval)
struct PartitionLevel : ViewOf<NodeKind::PartitionLevel> {
  Ident method() const { return get<Ident>(); }
  Arguments arguments() const { return get<Arguments>(); }
  std::optional<PartitionCount> count() const { return find<PartitionCount>(); }
  Children<PartitionDefinition> definitions() const { return Children<PartitionDefinition>(*this); }
};

// PARTITION BY level [THEN BY level]
struct PartitionBy : ViewOf<NodeKind::PartitionBy> {
  Children<PartitionLevel> levels() const { return Children<PartitionLevel>(*this); }
};

struct DefineTable : DefineNamed<NodeKind::DefineTable> {
  static constexpr uint8_t kSchemafull = 4, kSchemaless = 8;
  // Neither, when the statement does not say.
  bool is_schemafull() const { return flag(kSchemafull); }
  bool is_schemaless() const { return flag(kSchemaless); }
  std::optional<TableItems> items() const { return find<TableItems>(); }
  std::optional<TableKey> key() const { return find<TableKey>(); }
  std::optional<PartitionBy> partition_by() const { return find<PartitionBy>(); }
};

// a | b
struct EndpointTables : ViewOf<NodeKind::EndpointTables> {
  Children<Ident> tables() const { return Children<Ident>(*this); }
};

struct DefineEdge : DefineNamed<NodeKind::DefineEdge> {
  EndpointTables from() const { return get<EndpointTables>(0); }
  EndpointTables to() const { return get<EndpointTables>(1); }
  std::optional<TableItems> items() const { return find<TableItems>(); }
};

struct DefineViewStatement : DefineNamed<NodeKind::DefineView> {
  std::optional<IdentList> columns() const { return find<IdentList>(); }
  Query query() const { return get<Query>(); }
};

struct DefineField : FieldView<NodeKind::DefineField> {
  FieldPath path() const { return get<FieldPath>(); }
  Name table() const { return get<Name>(); }
};

// path or (expression), [ASC | DESC]
struct IndexPart : ViewOf<NodeKind::IndexPart> {
  std::optional<FieldPath> path() const { return find<FieldPath>(); }
  std::optional<Expr> expr() const { return find<Expr>(); }
  bool is_descending() const { return detail() != 0; }
};

// USING method [(options)]
struct IndexMethod : ViewOf<NodeKind::IndexMethod> {
  Ident ident() const { return get<Ident>(); }
  std::optional<Options> options() const { return find<Options>(); }
};

struct DefineIndex : DefineWord<NodeKind::DefineIndex> {
  static constexpr uint8_t kUnique = 4;
  Name table() const { return get<Name>(); }
  Children<IndexPart> parts() const { return Children<IndexPart>(*this); }
  bool is_unique() const { return flag(kUnique); }
  std::optional<IndexMethod> method() const { return find<IndexMethod>(); }
  std::optional<Where> where() const { return find<Where>(); }
};

struct DefineType : DefineNamed<NodeKind::DefineType> {
  Type type() const { return get<Type>(); }
  Children<FieldAssert> asserts() const { return Children<FieldAssert>(*this); }
};

struct DefineEnum : DefineNamed<NodeKind::DefineEnum> {
  IdentList variants() const { return get<IdentList>(); }
};

struct DefineModule : DefineWord<NodeKind::DefineModule> {
  Expr source() const { return get<Expr>(); }
};

struct FunctionParameter : ViewOf<NodeKind::FunctionParameter> {
  Ident ident() const { return get<Ident>(); }
  Type type() const { return get<Type>(); }
  std::optional<Expr> default_value() const { return find<Expr>(); }
};

// AS expression
struct FunctionBody : ViewOf<NodeKind::FunctionBody> {
  Expr expr() const { return get<Expr>(); }
};

// FROM MODULE name EXPORT 'export'
struct FunctionExport : ViewOf<NodeKind::FunctionExport> {
  Ident module() const { return get<Ident>(); }
  Literal name() const { return get<Literal>(); }
};

enum class Volatility : uint8_t { Unwritten, Immutable, Stable, Volatile };

// Named by an ident or a path; has a body or an export.
struct DefineFunction : DefineView<NodeKind::DefineFunction> {
  std::optional<Ident> ident() const { return find<Ident>(); }
  std::optional<Path> path() const { return find<Path>(); }
  std::string name() const;
  Children<FunctionParameter> parameters() const { return Children<FunctionParameter>(*this); }
  Type returns() const { return get<Type>(); }
  std::optional<FunctionBody> body() const { return find<FunctionBody>(); }
  std::optional<FunctionExport> export_of() const { return find<FunctionExport>(); }
  Volatility volatility() const { return static_cast<Volatility>(detail() >> 2); }
};

struct DefineParam : DefineView<NodeKind::DefineParam> {
  Parameter parameter() const { return get<Parameter>(); }
  std::optional<Type> type() const { return find<Type>(); }
  // The expression after VALUE.
  Expr value() const { return get<Expr>(1); }  // the parameter is expression 0
};

}  // namespace zerodb::zeroql::ast
