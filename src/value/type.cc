#include "value/type.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/assert.h"
#include "value/reserved_word.h"
#include "value/text.h"

namespace zerodb {

// The parts of a type; which members are in use depends on the kind.
struct TypeNode {
  std::vector<Type> parts;
  std::optional<uint32_t> length;
  std::vector<Type::Field> fields;
  std::vector<TableId> tables;
  std::shared_ptr<const EnumType> enumeration;
  std::string literal;
};

namespace {

const TypeNode& empty_node() {
  static const TypeNode kEmpty;
  return kEmpty;
}

const TypeNode& node_of(const std::shared_ptr<const TypeNode>& node) {
  return node ? *node : empty_node();
}

}  // namespace

Type Type::decimal(uint8_t precision, uint8_t scale) {
  Type type(TypeKind::Decimal);
  type.precision_ = precision;
  type.scale_ = scale;
  return type;
}

Type Type::record(std::vector<TableId> tables) {
  Type type(TypeKind::RecordId);
  if (tables.empty()) return type;
  std::sort(tables.begin(), tables.end());
  tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
  TypeNode node;
  node.tables = std::move(tables);
  type.node_ = std::make_shared<const TypeNode>(std::move(node));
  return type;
}

Type Type::enumeration(std::shared_ptr<const EnumType> definition) {
  Type type(TypeKind::Enum);
  TypeNode node;
  node.enumeration = std::move(definition);
  type.node_ = std::make_shared<const TypeNode>(std::move(node));
  return type;
}

namespace {

std::shared_ptr<const TypeNode> parts_node(std::vector<Type> parts,
                                           std::optional<uint32_t> length = std::nullopt) {
  TypeNode node;
  node.parts = std::move(parts);
  node.length = length;
  return std::make_shared<const TypeNode>(std::move(node));
}

}  // namespace

Type Type::array(Type element, std::optional<uint32_t> length) {
  Type type(TypeKind::Array);
  type.node_ = parts_node({std::move(element)}, length);
  return type;
}

Type Type::vector(Type element, std::optional<uint32_t> length) {
  Type type(TypeKind::Vector);
  type.node_ = parts_node({std::move(element)}, length);
  return type;
}

Type Type::hash_set(Type element) {
  Type type(TypeKind::HashSet);
  type.node_ = parts_node({std::move(element)});
  return type;
}

Type Type::hash_map(Type key, Type value) {
  Type type(TypeKind::HashMap);
  type.node_ = parts_node({std::move(key), std::move(value)});
  return type;
}

Type Type::range(Type element) {
  Type type(TypeKind::Range);
  type.node_ = parts_node({std::move(element)});
  return type;
}

Type Type::stream(Type element) {
  Type type(TypeKind::Stream);
  type.node_ = parts_node({std::move(element)});
  return type;
}

Type Type::result(Type value, Type error) {
  Type type(TypeKind::Result);
  type.node_ = parts_node({std::move(value), std::move(error)});
  return type;
}

Type Type::tuple(std::vector<Type> parts) {
  Type type(TypeKind::Tuple);
  type.node_ = parts_node(std::move(parts));
  return type;
}

Type Type::shape(std::vector<Field> fields) {
  Type type(TypeKind::Shape);
  TypeNode node;
  node.fields = std::move(fields);
  type.node_ = std::make_shared<const TypeNode>(std::move(node));
  return type;
}

Type Type::literal(std::string text) {
  Type type(TypeKind::Literal);
  TypeNode node;
  node.literal = std::move(text);
  type.node_ = std::make_shared<const TypeNode>(std::move(node));
  return type;
}

Type Type::union_of(const std::vector<Type>& members) {
  std::vector<Type> distinct;
  bool with_none = false;
  const auto add = [&](const Type& member) {
    const Type plain = member.required();
    if (std::find(distinct.begin(), distinct.end(), plain) == distinct.end())
      distinct.push_back(plain);
  };
  for (const Type& member : members) {
    if (member.is_any()) return any();
    with_none = with_none || member.admits_none();
    if (member.kind() == TypeKind::None) continue;
    if (member.kind() == TypeKind::Union) {
      for (const Type& part : member.parts()) add(part);
    } else {
      add(member);
    }
  }
  // `string` admits all its literals.
  if (std::find(distinct.begin(), distinct.end(), string()) != distinct.end()) {
    std::erase_if(distinct, [](const Type& type) { return type.kind() == TypeKind::Literal; });
  }
  if (distinct.empty()) return none();
  Type result = distinct.front();
  if (distinct.size() > 1) {
    result = Type(TypeKind::Union);
    result.node_ = parts_node(std::move(distinct));
  }
  return with_none ? result.optional() : result;
}

Type Type::optional() const {
  Type type = *this;
  if (kind_ != TypeKind::Any && kind_ != TypeKind::None) type.optional_ = true;
  return type;
}

Type Type::required() const {
  Type type = *this;
  type.optional_ = false;
  return type;
}

const Type& Type::element() const {
  ASSERT(!node_of(node_).parts.empty());
  return node_->parts.front();
}

std::vector<Type> Type::members() const {
  return kind() == TypeKind::Union ? required().parts() : std::vector<Type>{required()};
}

const std::vector<Type>& Type::parts() const {
  return node_of(node_).parts;
}
std::optional<uint32_t> Type::length() const {
  return node_of(node_).length;
}
const std::vector<Type::Field>& Type::fields() const {
  return node_of(node_).fields;
}
const std::vector<TableId>& Type::tables() const {
  return node_of(node_).tables;
}
const std::string& Type::literal_text() const {
  return node_of(node_).literal;
}
std::shared_ptr<const EnumType> Type::enum_ptr() const {
  return node_of(node_).enumeration;
}

const EnumType& Type::enum_type() const {
  ASSERT(node_ != nullptr && node_->enumeration != nullptr);
  return *node_->enumeration;
}

bool Type::operator==(const Type& other) const {
  if (kind_ != other.kind_ || optional_ != other.optional_ || precision_ != other.precision_ ||
      scale_ != other.scale_)
    return false;
  if (node_ == other.node_) return true;
  const TypeNode& a = node_of(node_);
  const TypeNode& b = node_of(other.node_);
  if (kind_ == TypeKind::Enum) return enum_type().id == other.enum_type().id;
  if (kind_ == TypeKind::Union)
    return a.parts.size() == b.parts.size() &&
           std::is_permutation(a.parts.begin(), a.parts.end(), b.parts.begin());
  return a.parts == b.parts && a.length == b.length && a.fields == b.fields &&
         a.tables == b.tables && a.literal == b.literal;
}

namespace {

std::string_view plain_name(TypeKind kind) {
  switch (kind) {
    case TypeKind::None:
      return "none";
    case TypeKind::Any:
      return "any";
    case TypeKind::Bool:
      return "bool";
    case TypeKind::I8:
      return "i8";
    case TypeKind::I16:
      return "i16";
    case TypeKind::I32:
      return "i32";
    case TypeKind::I64:
      return "int";
    case TypeKind::I128:
      return "i128";
    case TypeKind::U8:
      return "u8";
    case TypeKind::U16:
      return "u16";
    case TypeKind::U32:
      return "u32";
    case TypeKind::U64:
      return "u64";
    case TypeKind::U128:
      return "u128";
    case TypeKind::F32:
      return "f32";
    case TypeKind::F64:
      return "float";
    case TypeKind::Decimal:
      return "decimal";
    case TypeKind::String:
      return "string";
    case TypeKind::Bytes:
      return "bytes";
    case TypeKind::Datetime:
      return "datetime";
    case TypeKind::Duration:
      return "duration";
    case TypeKind::Uuid:
      return "uuid";
    case TypeKind::Regex:
      return "regex";
    case TypeKind::RecordId:
      return "record";
    case TypeKind::Enum:
      return "enum";
    case TypeKind::Range:
      return "range";
    case TypeKind::Tuple:
      return "tuple";
    case TypeKind::Array:
      return "array";
    case TypeKind::Vector:
      return "vector";
    case TypeKind::HashSet:
      return "hashset";
    case TypeKind::HashMap:
      return "hashmap";
    case TypeKind::Result:
      return "result";
    case TypeKind::Stream:
      return "stream";
    case TypeKind::Object:
      return "object";
    case TypeKind::Shape:
      return "object";
    case TypeKind::Literal:
      return "string";
    case TypeKind::Union:
      return "union";
  }
  return "any";
}

std::string joined(const std::vector<Type>& parts, std::string_view separator,
                   const TableNames* names) {
  std::string out;
  for (const Type& part : parts) {
    if (!out.empty()) out += separator;
    out += to_string(part, names);
  }
  return out;
}

std::string table_list(const std::vector<TableId>& tables, const TableNames* names) {
  std::string out;
  for (const TableId table : tables) {
    if (!out.empty()) out += " | ";
    const auto name = names != nullptr ? names->table_name(table) : std::nullopt;
    out += name ? quoted_name(*name) : fmt::format("#{}", table.value());
  }
  return out;
}

std::string shape_text(const std::vector<Type::Field>& fields, const TableNames* names) {
  std::string out = "{";
  for (const Type::Field& field : fields) {
    if (out.size() > 1) out += ", ";
    out +=
        name_text(field.name) + (field.may_be_absent ? "?: " : ": ") + to_string(field.type, names);
  }
  return out + "}";
}

std::string generic_text(const Type& type, const TableNames* names) {
  std::string out =
      fmt::format("{}<{}", plain_name(type.kind()), joined(type.parts(), ", ", names));
  if (type.length()) out += fmt::format(", {}", *type.length());
  return out + ">";
}

std::string required_text(const Type& type, const TableNames* names) {
  switch (type.kind()) {
    case TypeKind::Decimal:
      return type.has_digits() ? fmt::format("decimal<{}, {}>", type.precision(), type.scale())
                               : "decimal";
    case TypeKind::RecordId:
      return type.tables().empty() ? "record"
                                   : fmt::format("record<{}>", table_list(type.tables(), names));
    case TypeKind::Enum:
      return type.enum_ptr() ? quoted_name(type.enum_type().name) : "enum";
    case TypeKind::Tuple: {
      const std::string inner = joined(type.parts(), ", ", names);
      return "(" + inner + (type.parts().size() == 1 ? ",)" : ")");
    }
    case TypeKind::Shape:
      return shape_text(type.fields(), names);
    case TypeKind::Literal:
      return quoted_text(type.literal_text());
    case TypeKind::Union:
      return joined(type.parts(), " | ", names);
    default:
      return type.parts().empty() ? std::string(plain_name(type.kind()))
                                  : generic_text(type, names);
  }
}

}  // namespace

std::string to_string(const Type& type, const TableNames* names) {
  std::string text = required_text(type, names);
  if (!type.is_optional()) return text;
  if (type.kind() == TypeKind::Union) text = "(" + text + ")";
  return text + "?";
}

}  // namespace zerodb
