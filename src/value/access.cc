// Access to the parts of values: members, elements, slices.
#include <algorithm>

#include "value/integer.h"
#include "value/operator_parts.h"
#include "value/operators.h"
#include "value/utf8.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb {
namespace {

Error no_access(const char* what, const Value& base) {
  return Error(ErrorCode::E0904,
               std::string("a value of type ") + class_name(base.tag()) + " has no " + what);
}

// A position as an index, or nothing if it is negative or beyond any size.
Result<std::optional<uint32_t>> position_of(const Value& index) {
  if (!is_integer(index.tag())) {
    return Error(ErrorCode::E0904,
                 std::string("a position must be an int, not ") + class_name(index.tag()));
  }
  const auto number = to_int128(index);
  if (!number || *number < 0 || *number > UINT32_MAX) return std::optional<uint32_t>();
  return std::optional(static_cast<uint32_t>(*number));
}

Value code_point_at(const Value& text, uint32_t index) {
  const std::string_view bytes = text.as_string();
  const size_t from = utf8::offset_of(bytes, index);
  if (from >= bytes.size()) return Value::none();
  size_t to = from;
  utf8::next(bytes, &to);
  return Value::string(bytes.substr(from, to - from));
}

Result<Value> at_position(const Value& base, const Value& index) {
  const std::optional<uint32_t> position = TRY(position_of(index));
  if (!position) return Value::none();
  if (base.tag() == Tag::String) return code_point_at(base, *position);
  if (base.tag() == Tag::Bytes) {
    if (*position >= base.as_bytes().size()) return Value::none();
    return Value::integer(Tag::U8, static_cast<unsigned char>(base.as_bytes()[*position]));
  }
  return SequenceView(base).at(*position);
}

// Half-open bounds within a sequence of `size` parts.
struct Bounds {
  uint32_t begin;
  uint32_t end;
};
Result<Bounds> clip(const Value& from, const Value& to, bool inclusive, uint64_t size) {
  const auto bound = [size](const Value& value, i128 open, i128 shift) -> Result<i128> {
    if (value.is_none()) return open;
    if (!is_integer(value.tag())) {
      return Error(ErrorCode::E0904,
                   std::string("a position must be an int, not ") + class_name(value.tag()));
    }
    const auto number = to_int128(value);
    if (!number || *number >= static_cast<i128>(size)) return static_cast<i128>(size);
    return std::clamp<i128>(*number + shift, 0, static_cast<i128>(size));
  };
  const i128 begin = TRY(bound(from, 0, 0));
  const i128 end = TRY(bound(to, static_cast<i128>(size), inclusive ? 1 : 0));
  return Bounds{static_cast<uint32_t>(begin), static_cast<uint32_t>(std::max(begin, end))};
}

Result<Value> slice_text(const Value& base, const Value& from, const Value& to, bool inclusive) {
  const std::string_view text = base.as_string();
  const Bounds bounds = TRY(clip(from, to, inclusive, utf8::count(text)));
  const size_t begin = utf8::offset_of(text, bounds.begin);
  const size_t length = utf8::offset_of(text.substr(begin), bounds.end - bounds.begin);
  return Value::string(text.substr(begin, length));
}

Result<Value> slice_list(const Value& base, const Value& from, const Value& to, bool inclusive) {
  const SequenceView view(base);
  const Bounds bounds = TRY(clip(from, to, inclusive, view.size()));
  if (base.tag() == Tag::Vector) {
    VectorBuilder vector(view.packed_tag().value_or(Tag::F64));
    for (uint32_t i = bounds.begin; i < bounds.end; ++i) vector.add(view.at(i));
    return vector.build();
  }
  ArrayBuilder array;
  for (uint32_t i = bounds.begin; i < bounds.end; ++i) array.add(view.at(i));
  return array.build();
}

}  // namespace

Result<Value> member(const Value& base, std::string_view name) {
  if (base.is_none()) return Value::none();
  if (base.tag() == Tag::Object) return ObjectView(base).find(name).value_or(Value::none());
  return Error(ErrorCode::E0904, std::string("a value of type ") + class_name(base.tag()) +
                                     " has no member `" + std::string(name) + "`");
}

Result<Value> element(const Value& base, const Value& index) {
  if (base.is_none() || index.is_none()) return Value::none();
  switch (base.tag()) {
    case Tag::Array:
    case Tag::Vector:
    case Tag::Tuple:
    case Tag::String:
    case Tag::Bytes:
      return at_position(base, index);
    case Tag::HashMap:
      return HashMapView(base).find(index).value_or(Value::none());
    case Tag::Object:
      if (index.tag() == Tag::String)
        return ObjectView(base).find(index.as_string()).value_or(Value::none());
      return Error(ErrorCode::E0904, std::string("a key of an object must be a string, not ") +
                                         class_name(index.tag()));
    default:
      return no_access("elements", base);
  }
}

Result<Value> slice(const Value& base, const Value& from, const Value& to, bool inclusive) {
  switch (base.tag()) {
    case Tag::None:
      return Value::none();
    case Tag::String:
      return slice_text(base, from, to, inclusive);
    case Tag::Bytes: {
      const Bounds bounds = TRY(clip(from, to, inclusive, base.as_bytes().size()));
      return Value::bytes(base.as_bytes().substr(bounds.begin, bounds.end - bounds.begin));
    }
    case Tag::Array:
    case Tag::Vector:
      return slice_list(base, from, to, inclusive);
    default:
      return no_access("slices", base);
  }
}

Result<Value> members(const Value& base, std::string_view name) {
  if (base.is_none()) return Value::none();
  if (base.tag() != Tag::Array && base.tag() != Tag::Tuple && base.tag() != Tag::HashSet)
    return no_access("elements", base);
  const SequenceView view(base);
  ArrayBuilder array;
  for (uint32_t i = 0; i < view.size(); ++i) array.add(TRY(member(view.at(i), name)));
  return array.build();
}

}  // namespace zerodb
