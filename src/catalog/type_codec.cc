#include "catalog/type_codec.h"

#include "base/limits.h"

namespace zerodb::catalog {
namespace {

// The numbers of kinds in rows never change, so they are not those of the enumeration in memory.
constexpr std::pair<TypeKind, uint8_t> kKindNumbers[] = {
    {TypeKind::None, 0},      {TypeKind::Any, 1},       {TypeKind::Bool, 2},
    {TypeKind::I8, 3},        {TypeKind::I16, 4},       {TypeKind::I32, 5},
    {TypeKind::I64, 6},       {TypeKind::I128, 7},      {TypeKind::U8, 8},
    {TypeKind::U16, 9},       {TypeKind::U32, 10},      {TypeKind::U64, 11},
    {TypeKind::U128, 12},     {TypeKind::F32, 13},      {TypeKind::F64, 14},
    {TypeKind::Decimal, 15},  {TypeKind::String, 16},   {TypeKind::Bytes, 17},
    {TypeKind::Datetime, 18}, {TypeKind::Duration, 19}, {TypeKind::Uuid, 20},
    {TypeKind::Regex, 21},    {TypeKind::RecordId, 22}, {TypeKind::Enum, 23},
    {TypeKind::Range, 24},    {TypeKind::Tuple, 25},    {TypeKind::Array, 26},
    {TypeKind::Vector, 27},   {TypeKind::HashSet, 28},  {TypeKind::HashMap, 29},
    {TypeKind::Result, 30},   {TypeKind::Stream, 31},   {TypeKind::Object, 32},
    {TypeKind::Shape, 33},    {TypeKind::Literal, 34},  {TypeKind::Union, 35},
};

uint8_t number_of(TypeKind kind) {
  for (const auto& [known, number] : kKindNumbers) {
    if (known == kind) return number;
  }
  return 1;
}

void write_length(RowWriter& out, std::optional<uint32_t> length) {
  out.number(length ? uint64_t{*length} + 1 : 0);
}

std::optional<uint32_t> read_length(RowReader& in) {
  const uint64_t length = in.number_up_to(uint64_t{UINT32_MAX} + 1);
  if (length == 0) return std::nullopt;
  return static_cast<uint32_t>(length - 1);
}

class TypeReader {
 public:
  TypeReader(RowReader& in, const FindEnum& find_enum) : in_(in), find_enum_(find_enum) {}

  Type read(size_t depth) {
    if (depth > limits::kValueDepthMax) in_.fail();
    const uint64_t number = in_.number();
    const bool optional = in_.flag();
    for (const auto& [kind, known] : kKindNumbers) {
      if (known != number || in_.broken()) continue;
      const Type type = read_kind(kind, depth);
      return optional && !in_.broken() ? type.optional() : type;
    }
    in_.fail();
    return Type::any();
  }

 private:
  std::vector<Type> read_parts(size_t depth) {
    std::vector<Type> parts;
    for (uint32_t left = in_.count(); left > 0 && !in_.broken(); --left)
      parts.push_back(read(depth + 1));
    return parts;
  }

  Type read_enum() {
    const auto definition = find_enum_(EnumId(in_.number32()));
    if (definition) return Type::enumeration(definition);
    in_.fail();
    return Type::any();
  }

  Type read_decimal() {
    const auto precision = static_cast<uint8_t>(in_.number_up_to(38));
    const auto scale = static_cast<uint8_t>(in_.number_up_to(38));
    return precision == 0 ? Type::decimal() : Type::decimal(precision, scale);
  }

  Type read_shape(size_t depth) {
    std::vector<Type::Field> fields;
    for (uint32_t left = in_.count(); left > 0 && !in_.broken(); --left) {
      std::string name = in_.text();
      const bool may_be_absent = in_.flag();
      fields.push_back({std::move(name), read(depth + 1), may_be_absent});
    }
    return Type::shape(std::move(fields));
  }

  Type read_record() {
    std::vector<TableId> tables;
    for (uint32_t left = in_.count(); left > 0 && !in_.broken(); --left)
      tables.emplace_back(in_.number());
    return Type::record(std::move(tables));
  }

  Type read_pair(TypeKind kind, size_t depth) {
    Type first = read(depth + 1);
    Type second = read(depth + 1);
    return kind == TypeKind::HashMap ? Type::hash_map(std::move(first), std::move(second))
                                     : Type::result(std::move(first), std::move(second));
  }

  Type read_kind(TypeKind kind, size_t depth) {
    switch (kind) {
      case TypeKind::Decimal:
        return read_decimal();
      case TypeKind::RecordId:
        return read_record();
      case TypeKind::Enum:
        return read_enum();
      case TypeKind::Range:
        return Type::range(read(depth + 1));
      case TypeKind::Stream:
        return Type::stream(read(depth + 1));
      case TypeKind::HashSet:
        return Type::hash_set(read(depth + 1));
      case TypeKind::Array: {
        const auto length = read_length(in_);
        return Type::array(read(depth + 1), length);
      }
      case TypeKind::Vector: {
        const auto length = read_length(in_);
        return Type::vector(read(depth + 1), length);
      }
      case TypeKind::HashMap:
      case TypeKind::Result:
        return read_pair(kind, depth);
      case TypeKind::Tuple:
        return Type::tuple(read_parts(depth));
      case TypeKind::Union: {
        const std::vector<Type> parts = read_parts(depth);
        if (parts.size() < 2) in_.fail();
        return in_.broken() ? Type::any() : Type::union_of(parts);
      }
      case TypeKind::Shape:
        return read_shape(depth);
      case TypeKind::Literal:
        return Type::literal(in_.text());
      default:
        return Type(kind);
    }
  }

  RowReader& in_;
  const FindEnum& find_enum_;
};

}  // namespace

void write_type(RowWriter& out, const Type& type) {
  out.number(number_of(type.kind())).flag(type.is_optional());
  switch (type.kind()) {
    case TypeKind::Decimal:
      out.number(type.precision()).number(type.scale());
      break;
    case TypeKind::RecordId:
      out.number(type.tables().size());
      for (const TableId table : type.tables()) out.number(table.value());
      break;
    case TypeKind::Enum:
      out.number(type.enum_type().id.value());
      break;
    case TypeKind::Array:
    case TypeKind::Vector:
      write_length(out, type.length());
      write_type(out, type.element());
      break;
    case TypeKind::Range:
    case TypeKind::Stream:
    case TypeKind::HashSet:
      write_type(out, type.element());
      break;
    case TypeKind::HashMap:
    case TypeKind::Result:
      for (const Type& part : type.parts()) write_type(out, part);
      break;
    case TypeKind::Tuple:
    case TypeKind::Union:
      out.number(type.parts().size());
      for (const Type& part : type.parts()) write_type(out, part);
      break;
    case TypeKind::Shape:
      out.number(type.fields().size());
      for (const Type::Field& field : type.fields()) {
        out.text(field.name).flag(field.may_be_absent);
        write_type(out, field.type);
      }
      break;
    case TypeKind::Literal:
      out.text(type.literal_text());
      break;
    default:
      break;
  }
}

Type read_type(RowReader& in, const FindEnum& find_enum) {
  return TypeReader(in, find_enum).read(0);
}

}  // namespace zerodb::catalog
