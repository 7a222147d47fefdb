// Conversion of composite values. A value that already is of the type is given back as it stands,
// without being rebuilt.
#include <algorithm>

#include "value/cast.h"
#include "value/conversion.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb {
namespace {

std::string at_index(uint32_t index) {
  return "[" + std::to_string(index) + "]";
}

}  // namespace

Result<Value> Converter::to_range(const Value& value, const Type& to) {
  if (value.tag() != Tag::Range) return wrong(value, to);
  if (is_of_type(value, to)) return value;
  const RangeView view(value);
  const Type end = to.element().optional();
  const Value low = TRY(part(view.low(), end, ".low"));
  const Value high = TRY(part(view.high(), end, ".high"));
  return make_range(low, high, view.is_inclusive());
}

Result<Value> Converter::to_tuple(const Value& value, const Type& to) {
  if (value.tag() != Tag::Tuple && value.tag() != Tag::Array) return wrong(value, to);
  if (is_of_type(value, to)) return value;
  const SequenceView view(value);
  if (view.size() != to.parts().size()) return wrong(value, to);
  TupleBuilder tuple;
  for (uint32_t i = 0; i < view.size(); ++i)
    tuple.add(TRY(part(view.at(i), to.parts()[i], at_index(i))));
  return tuple.build();
}

Result<Value> Converter::to_list(const Value& value, const Type& to) {
  const bool is_list = value.tag() == Tag::Array || value.tag() == Tag::Vector;
  if (!is_list && !(casts() && is_sequence(value.tag()))) return wrong(value, to);
  if (is_of_type(value, to)) return value;
  const SequenceView view(value);
  if (to.length() && view.size() != *to.length()) {
    return error(casts() ? ErrorCode::E0903 : ErrorCode::E0306,
                 std::to_string(view.size()) + " elements where " +
                     zerodb::to_string(to, names_.tables) + " has " + std::to_string(*to.length()));
  }
  if (to.kind() == TypeKind::Vector) {
    const auto tag = tag_of(to.element().kind());
    if (!tag || !is_number(*tag)) return wrong(value, to);
    VectorBuilder vector(*tag);
    for (uint32_t i = 0; i < view.size(); ++i)
      vector.add(TRY(part(view.at(i), to.element(), at_index(i))));
    return vector.build();
  }
  ArrayBuilder array;
  for (uint32_t i = 0; i < view.size(); ++i)
    array.add(TRY(part(view.at(i), to.element(), at_index(i))));
  return array.build();
}

Result<Value> Converter::to_hash_set(const Value& value, const Type& to) {
  if (!is_sequence(value.tag())) return wrong(value, to);
  if (is_of_type(value, to)) return value;
  const SequenceView view(value);
  HashSetBuilder set;
  for (uint32_t i = 0; i < view.size(); ++i)
    set.add(TRY(part(view.at(i), to.element(), at_index(i))));
  return set.build();
}

Result<Value> Converter::to_hash_map(const Value& value, const Type& to) {
  if (value.tag() != Tag::HashMap && value.tag() != Tag::Object) return wrong(value, to);
  if (is_of_type(value, to)) return value;
  HashMapBuilder map;
  if (value.tag() == Tag::Object) {
    const ObjectView view(value);
    for (uint32_t i = 0; i < view.size(); ++i) {
      const std::string step = "." + std::string(view.key(i));
      const Value key = TRY(part(Value::string(view.key(i)), to.parts()[0], step));
      map.set(key, TRY(part(view.value(i), to.parts()[1], step)));
    }
    return map.build();
  }
  const HashMapView view(value);
  for (uint32_t i = 0; i < view.size(); ++i) {
    const Value key = TRY(part(view.key(i), to.parts()[0], at_index(i)));
    map.set(key, TRY(part(view.value(i), to.parts()[1], at_index(i))));
  }
  return map.build();
}

Result<Value> Converter::to_result(const Value& value, const Type& to) {
  if (value.tag() != Tag::Result) return wrong(value, to);
  if (is_of_type(value, to)) return value;
  const ResultView view(value);
  const Value inner =
      TRY(part(view.value(), to.parts()[view.is_ok() ? 0 : 1], view.is_ok() ? ".ok" : ".err"));
  return view.is_ok() ? make_ok(inner) : make_err(inner);
}

namespace {

// A hashmap whose keys are strings, as an object.
std::optional<Value> object_from_map(const Value& value) {
  const HashMapView view(value);
  ObjectBuilder object;
  for (uint32_t i = 0; i < view.size(); ++i) {
    const Value key = view.key(i);
    if (key.tag() != Tag::String) return std::nullopt;
    object.set(key.as_string(), view.value(i));
  }
  auto built = object.build();
  if (!built) return std::nullopt;
  return std::move(*built);
}

}  // namespace

Result<Value> Converter::to_object(const Value& value, const Type& to) {
  if (casts() && value.tag() == Tag::HashMap) {
    const auto object = object_from_map(value);
    return object ? to_object(*object, to) : Result<Value>(wrong(value, to));
  }
  if (value.tag() != Tag::Object) return wrong(value, to);
  if (to.kind() == TypeKind::Object || is_of_type(value, to)) return value;
  const ObjectView view(value);
  for (uint32_t i = 0; i < view.size(); ++i) {
    const auto is_this = [&](const Type::Field& field) { return field.name == view.key(i); };
    if (std::find_if(to.fields().begin(), to.fields().end(), is_this) == to.fields().end()) {
      return error(casts() ? ErrorCode::E0903 : ErrorCode::E0306,
                   "`" + std::string(view.key(i)) + "` is not a field of " +
                       zerodb::to_string(to, names_.tables));
    }
  }
  ObjectBuilder object(value);
  for (const Type::Field& field : to.fields()) {
    const auto present = view.find(field.name);
    if (present) {
      object.set(field.name, TRY(part(*present, field.type, "." + field.name)));
    } else if (!field.may_be_absent && !field.type.admits_none()) {
      return error(casts() ? ErrorCode::E0903 : ErrorCode::E0306,
                   "field `" + field.name + "` is missing");
    }
  }
  return object.build();
}

}  // namespace zerodb
