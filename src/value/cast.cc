#include "value/cast.h"

#include <algorithm>

#include "value/conversion.h"
#include "value/decimal.h"
#include "value/operator_types.h"
#include "value/zval.h"

namespace zerodb {
namespace {

bool holds_list(const Value& value, const Type& type) {
  const SequenceView view(value);
  if (type.length() && view.size() != *type.length()) return false;
  if (type.element().is_any()) return true;
  // Numbers of one fixed-width type: the first answers for all.
  if (const auto packed = view.packed_tag(); packed && *packed != Tag::Decimal && view.size() > 0) {
    return is_of_type(view.at(0), type.element());
  }
  for (uint32_t i = 0; i < view.size(); ++i) {
    if (!is_of_type(view.at(i), type.element())) return false;
  }
  return true;
}

bool holds_shape(const Value& value, const Type& type) {
  const ObjectView view(value);
  size_t found = 0;
  for (const Type::Field& field : type.fields()) {
    const auto part = view.find(field.name);
    if (!part) {
      if (!field.may_be_absent && !field.type.admits_none()) return false;
      continue;
    }
    ++found;
    if (!is_of_type(*part, field.type)) return false;
  }
  return found == view.size();
}

bool holds_map(const Value& value, const Type& type) {
  const HashMapView view(value);
  for (uint32_t i = 0; i < view.size(); ++i) {
    if (!is_of_type(view.key(i), type.parts()[0]) || !is_of_type(view.value(i), type.parts()[1]))
      return false;
  }
  return true;
}

bool holds_tuple(const Value& value, const Type& type) {
  const SequenceView view(value);
  if (view.size() != type.parts().size()) return false;
  for (uint32_t i = 0; i < view.size(); ++i) {
    if (!is_of_type(view.at(i), type.parts()[i])) return false;
  }
  return true;
}

bool holds_record(const Value& value, const Type& type) {
  const auto& tables = type.tables();
  return tables.empty() ||
         std::find(tables.begin(), tables.end(), RecordIdView(value).table()) != tables.end();
}

bool holds_decimal(const Value& value, const Type& type) {
  if (!type.has_digits()) return true;
  const Decimal decimal = value.as_decimal();
  return decimal.scale == type.scale() && decimal::digits(decimal) <= type.precision();
}

bool holds_range(const Value& value, const Type& type) {
  const RangeView view(value);
  const Type end = type.element().optional();
  return is_of_type(view.low(), end) && is_of_type(view.high(), end);
}

}  // namespace

Result<Value> cast(const Value& value, const Type& to, const Names& names) {
  return Converter(ConversionMode::Cast, names).convert(value, to);
}

Result<Value> coerce(const Value& value, const Type& to, const Names& names) {
  return Converter(ConversionMode::Store, names).convert(value, to);
}

bool is_of_type(const Value& value, const Type& type) {
  if (value.is_none()) return type.admits_none();
  switch (type.kind()) {
    case TypeKind::Any:
      return true;
    case TypeKind::None:
    case TypeKind::Stream:
      return false;
    case TypeKind::Union:
      return std::any_of(type.parts().begin(), type.parts().end(),
                         [&](const Type& part) { return is_of_type(value, part); });
    case TypeKind::Literal:
      return value.tag() == Tag::String && value.as_string() == type.literal_text();
    case TypeKind::Shape:
      return value.tag() == Tag::Object && holds_shape(value, type);
    default:
      break;
  }
  if (kind_of(value.tag()) != type.kind()) return false;
  switch (type.kind()) {
    case TypeKind::Decimal:
      return holds_decimal(value, type);
    case TypeKind::RecordId:
      return holds_record(value, type);
    case TypeKind::Enum:
      return value.as_enum().type == type.enum_type().id;
    case TypeKind::Range:
      return holds_range(value, type);
    case TypeKind::Tuple:
      return holds_tuple(value, type);
    case TypeKind::Array:
    case TypeKind::Vector:
    case TypeKind::HashSet:
      return holds_list(value, type);
    case TypeKind::HashMap:
      return holds_map(value, type);
    case TypeKind::Result: {
      const ResultView view(value);
      return is_of_type(view.value(), type.parts()[view.is_ok() ? 0 : 1]);
    }
    default:
      return true;
  }
}

Type type_of(const Value& value) {
  // Elements beyond this are not looked at: the type is then that of an open container.
  constexpr uint32_t kLookedAtMax = 1024;
  const auto element_of = [](const SequenceView& view, uint32_t from, uint32_t step) {
    if (view.size() == 0 || view.size() > kLookedAtMax) return Type::any();
    std::vector<Type> types;
    for (uint32_t i = from; i < view.size(); i += step) {
      Type type = type_of(view.at(i));
      if (std::find(types.begin(), types.end(), type) == types.end())
        types.push_back(std::move(type));
    }
    return Type::union_of(types);
  };
  switch (value.tag()) {
    case Tag::Array:
      return Type::array(element_of(SequenceView(value), 0, 1));
    case Tag::Vector: {
      const SequenceView view(value);
      return Type::vector(Type(kind_of(view.packed_tag().value_or(Tag::F64))), view.size());
    }
    case Tag::HashSet:
      return Type::hash_set(element_of(SequenceView(value), 0, 1));
    case Tag::HashMap: {
      const SequenceView view(value);
      return Type::hash_map(element_of(view, 0, 2), element_of(view, 1, 2));
    }
    case Tag::Tuple: {
      const SequenceView view(value);
      std::vector<Type> parts;
      for (uint32_t i = 0; i < view.size(); ++i) parts.push_back(type_of(view.at(i)));
      return Type::tuple(std::move(parts));
    }
    case Tag::Range: {
      const RangeView view(value);
      const Type low = type_of(view.low());
      const Type high = type_of(view.high());
      return Type::range(low.kind() == TypeKind::None ? high : low);
    }
    case Tag::Result: {
      const ResultView view(value);
      const Type inner = type_of(view.value());
      return view.is_ok() ? Type::result(inner, Type::any()) : Type::result(Type::any(), inner);
    }
    case Tag::RecordId:
      return Type::record({RecordIdView(value).table()});
    case Tag::Enum: {
      EnumType definition;
      definition.id = value.as_enum().type;
      return Type::enumeration(std::make_shared<const EnumType>(std::move(definition)));
    }
    default:
      return Type(kind_of(value.tag()));
  }
}

}  // namespace zerodb
