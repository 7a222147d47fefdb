// Type: the static type of an expression, a field, a column or a parameter.
//
// A Type is a small value: a kind, the question mark, decimal digits, and for types with parts a
// shared immutable node. Nodes are shared by every type that contains them and never change. `int`
// is I64 and `float` is F64: they are spelled that way in text. Invariants: (1) Union has at least
// two members, none of them Union or optional (the question mark moves to the union itself); (2)
// Any and None are never optional (Any admits none; None is only none). Threading: immutable; may
// be shared by all threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace zerodb {

enum class TypeKind : uint8_t {
  None,
  Any,
  Bool,
  I8,
  I16,
  I32,
  I64,
  I128,
  U8,
  U16,
  U32,
  U64,
  U128,
  F32,
  F64,
  Decimal,
  String,
  Bytes,
  Datetime,
  Duration,
  Uuid,
  Regex,
  RecordId,  // tables(): empty means a record of any table
  Enum,      // enum_type()
  Range,     // element()
  Tuple,     // parts()
  Array,     // element(), length() if fixed
  Vector,    // element(), length() if fixed
  HashSet,   // element()
  HashMap,   // parts(): key, value
  Result,    // parts(): value, error
  Stream,    // element()
  Object,    // open: any keys, values of type any
  Shape,     // closed object: fields()
  Literal,   // one string: literal()
  Union,     // parts()
};

struct EnumType {
  EnumId id;
  std::string name;
  struct Variant {
    uint32_t id;  // stored, never reused
    std::string name;
  };
  std::vector<Variant> variants;  // in order of rank
};

struct TypeNode;

class Type {
 public:
  struct Field;

  Type() = default;  // Any
  explicit Type(TypeKind kind) : kind_(kind) {}
  static Type any() { return Type(TypeKind::Any); }
  static Type none() { return Type(TypeKind::None); }
  static Type boolean() { return Type(TypeKind::Bool); }
  static Type int64() { return Type(TypeKind::I64); }
  static Type float64() { return Type(TypeKind::F64); }
  static Type string() { return Type(TypeKind::String); }
  static Type object() { return Type(TypeKind::Object); }
  // Without digits: any precision up to 38 and any scale.
  static Type decimal() { return Type(TypeKind::Decimal); }
  static Type decimal(uint8_t precision, uint8_t scale);
  static Type record(std::vector<TableId> tables);
  static Type enumeration(std::shared_ptr<const EnumType> definition);
  static Type array(Type element, std::optional<uint32_t> length = std::nullopt);
  static Type vector(Type element, std::optional<uint32_t> length = std::nullopt);
  static Type hash_set(Type element);
  static Type hash_map(Type key, Type value);
  static Type range(Type element);
  static Type stream(Type element);
  static Type result(Type value, Type error);
  static Type tuple(std::vector<Type> parts);
  static Type shape(std::vector<Field> fields);
  static Type literal(std::string text);
  // The least type that admits both: widens nothing, drops duplicates, absorbs none into the
  // question mark.
  static Type union_of(const std::vector<Type>& members);

  TypeKind kind() const { return kind_; }
  bool is(TypeKind kind) const { return kind_ == kind && !optional_; }
  bool is_any() const { return kind_ == TypeKind::Any; }
  bool is_optional() const { return optional_; }
  // Whether none is a value of this type: optional, Any or None.
  bool admits_none() const {
    return optional_ || kind_ == TypeKind::Any || kind_ == TypeKind::None;
  }
  Type optional() const;
  Type required() const;

  bool has_digits() const { return precision_ != 0; }
  uint8_t precision() const { return precision_; }
  uint8_t scale() const { return scale_; }

  const Type& element() const;
  const std::vector<Type>& parts() const;
  // The parts of a union, or this alone, each without `optional`.
  std::vector<Type> members() const;
  std::optional<uint32_t> length() const;
  const std::vector<Field>& fields() const;
  const std::vector<TableId>& tables() const;
  const EnumType& enum_type() const;
  std::shared_ptr<const EnumType> enum_ptr() const;
  const std::string& literal_text() const;

  bool is_integer() const { return kind_ >= TypeKind::I8 && kind_ <= TypeKind::U128; }
  bool is_float() const { return kind_ == TypeKind::F32 || kind_ == TypeKind::F64; }
  bool is_number() const { return kind_ >= TypeKind::I8 && kind_ <= TypeKind::Decimal; }
  bool is_text() const { return kind_ == TypeKind::String || kind_ == TypeKind::Literal; }
  bool is_object() const { return kind_ == TypeKind::Object || kind_ == TypeKind::Shape; }
  bool is_sequence() const { return kind_ == TypeKind::Array || kind_ == TypeKind::Vector; }

  // Structural equality.
  bool operator==(const Type& other) const;

 private:
  TypeKind kind_ = TypeKind::Any;
  bool optional_ = false;
  uint8_t precision_ = 0;
  uint8_t scale_ = 0;
  std::shared_ptr<const TypeNode> node_;  // shared by all types that contain the same parts
};

struct Type::Field {
  std::string name;
  Type type;
  bool may_be_absent = false;  // `name?: T`
  bool operator==(const Field&) const = default;
};

// Gives names to the tables that types and record ids mention by id.
class TableNames {
 public:
  virtual ~TableNames() = default;
  // The table's name, or nothing for a table that was dropped.
  virtual std::optional<std::string_view> table_name(TableId id) const = 0;
};

// "array<int>?", "record<person>", "{a: int, b?: string}". Without names a table is `#id`.
std::string to_string(const Type& type, const TableNames* names = nullptr);

}  // namespace zerodb
