#include "value/conversion.h"

#include <cmath>
#include <cstring>

#include "value/cast.h"
#include "value/decimal.h"
#include "value/integer.h"
#include "value/number_text.h"
#include "value/operator_parts.h"
#include "value/temporal.h"
#include "value/utf8.h"
#include "value/uuid.h"
#include "value/zval.h"

namespace zerodb {
namespace {

// Values longer than this are cut in messages.
constexpr size_t kShownMax = 60;

std::string shown(const Value& value, const Names& names) {
  std::string text = literal_text(value, names);
  if (text.size() <= kShownMax) return text;
  size_t end = kShownMax;
  while (end > 0 && utf8::is_continuation(text[end])) --end;
  return text.substr(0, end) + "..";
}

// The whole part of a number as an integer of the tag, and whether there was nothing behind the
// point.
struct Whole {
  std::optional<Value> value;
  bool is_exact = false;
};

Whole whole_of(const Value& number, Tag tag) {
  if (is_integer(number.tag())) return {integer_as(tag, number), true};
  if (number.tag() == Tag::Decimal) {
    const Decimal decimal = number.as_decimal();
    const i128 whole = decimal::to_int128(decimal);
    return {integer_as(tag, Value::integer(Tag::I128, whole)),
            decimal::compare(decimal, {whole, 0}) == 0};
  }
  const double value = number.as_float64();
  const double whole = std::trunc(value);
  constexpr double kTwo127 = 0x1p127;
  if (!(std::fabs(whole) <= 2 * kTwo127)) return {};
  Whole result;
  result.is_exact = whole == value;
  if (whole >= -kTwo127 && whole < kTwo127) {
    result.value = integer_as(tag, Value::integer(Tag::I128, static_cast<i128>(whole)));
  } else if (whole >= 0 && whole < 2 * kTwo127) {
    result.value = integer_as(tag, Value::uint128(static_cast<u128>(whole)));
  }
  return result;
}

double nearest_float(const Value& number) {
  if (is_integer(number.tag())) return integer_to_float64(number);
  return number.tag() == Tag::Decimal ? decimal::to_float64(number.as_decimal())
                                      : number.as_float64();
}

std::optional<Decimal> nearest_decimal(const Value& number) {
  if (number.tag() == Tag::U128) return decimal::from_uint128(number.as_uint128());
  if (is_integer(number.tag())) return decimal::from_int128(number.as_int128());
  if (number.tag() == Tag::F32)
    return decimal::parse(print_float32(static_cast<float>(number.as_float64())));
  return number.tag() == Tag::F64 ? decimal::from_float64(number.as_float64())
                                  : number.as_decimal();
}

}  // namespace

TypeKind kind_of(Tag tag) {
  constexpr TypeKind kKinds[] = {
      TypeKind::None,     TypeKind::Bool,     TypeKind::I8,       TypeKind::I16,
      TypeKind::I32,      TypeKind::I64,      TypeKind::I128,     TypeKind::U8,
      TypeKind::U16,      TypeKind::U32,      TypeKind::U64,      TypeKind::U128,
      TypeKind::F32,      TypeKind::F64,      TypeKind::Decimal,  TypeKind::String,
      TypeKind::Bytes,    TypeKind::Datetime, TypeKind::Duration, TypeKind::Uuid,
      TypeKind::RecordId, TypeKind::Enum,     TypeKind::Regex,    TypeKind::Range,
      TypeKind::Tuple,    TypeKind::Array,    TypeKind::Vector,   TypeKind::HashSet,
      TypeKind::HashMap,  TypeKind::Result,   TypeKind::Object};
  return kKinds[static_cast<size_t>(tag)];
}

std::optional<Tag> tag_of(TypeKind kind) {
  for (int tag = 0; tag <= static_cast<int>(Tag::Object); ++tag) {
    if (kind_of(static_cast<Tag>(tag)) == kind) return static_cast<Tag>(tag);
  }
  return std::nullopt;
}

Error Converter::error(ErrorCode code, std::string text) const {
  if (!path_.empty()) text = "at `" + path_ + "`: " + text;
  return Error(code, std::move(text));
}

Error Converter::wrong(const Value& value, const Type& to) const {
  const std::string what =
      value.is_none() ? "none" : shown(value, names_) + " (" + class_name(value.tag()) + ")";
  return error(casts() ? ErrorCode::E0903 : ErrorCode::E0306,
               what + (casts() ? " cannot be cast to " : " is not of type ") +
                   zerodb::to_string(to, names_.tables));
}

Error Converter::unfit(const Value& value, const Type& to) const {
  return error(casts() ? ErrorCode::E0903 : ErrorCode::E0307,
               shown(value, names_) + " does not fit " + zerodb::to_string(to, names_.tables));
}

Result<Value> Converter::part(const Value& value, const Type& to, const std::string& step) {
  const size_t length = path_.size();
  path_ += step;
  auto result = convert(value, to);
  path_.resize(length);
  return result;
}

Result<Value> Converter::to_bool(const Value& value, const Type& to) {
  if (value.tag() == Tag::Bool) return value;
  if (casts() && is_integer(value.tag())) return Value::boolean(!equals(value, Value::int64(0)));
  if (casts() && value.tag() == Tag::String) {
    if (value.as_string() == "true") return Value::boolean(true);
    if (value.as_string() == "false") return Value::boolean(false);
  }
  return wrong(value, to);
}

Result<Value> Converter::to_integer(const Value& value, const Type& to) {
  const Tag tag = *tag_of(to.kind());
  if (value.tag() == tag) return value;
  if (is_number(value.tag())) {
    const Whole whole = whole_of(value, tag);
    if (!whole.value || (!casts() && !whole.is_exact)) return unfit(value, to);
    return *whole.value;
  }
  if (casts() && value.tag() == Tag::Bool)
    return *integer_as(tag, Value::int64(value.as_bool() ? 1 : 0));
  if (casts() && value.tag() == Tag::String) {
    std::optional<Value> number;
    if (const auto narrow = parse_int128(value.as_string())) {
      number = integer_as(tag, Value::integer(Tag::I128, *narrow));
    } else if (const auto wide = parse_uint128(value.as_string())) {
      number = integer_as(tag, Value::uint128(*wide));
    }
    if (!number) return wrong(value, to);
    return *number;
  }
  return wrong(value, to);
}

Result<Value> Converter::to_float(const Value& value, const Type& to) {
  const bool is_single = to.kind() == TypeKind::F32;
  if (is_number(value.tag())) {
    const double number = nearest_float(value);
    // Storing lets 64-bit integers lose digits as the language does, decimals and 128-bit integers
    // only if nothing is lost.
    const bool must_be_exact =
        value.tag() == Tag::Decimal || value.tag() == Tag::I128 || value.tag() == Tag::U128;
    if (!casts() && must_be_exact && !equals(Value::float64(number), value))
      return unfit(value, to);
    if (!is_single) return Value::float64(number);
    const auto single = static_cast<float>(number);
    if (std::isinf(single) && !std::isinf(number)) return unfit(value, to);
    return Value::float32(single);
  }
  if (casts() && value.tag() == Tag::String) {
    if (is_single) {
      const auto number = parse_float32(value.as_string());
      return number ? Value::float32(*number) : Result<Value>(wrong(value, to));
    }
    const auto number = parse_float64(value.as_string());
    return number ? Value::float64(*number) : Result<Value>(wrong(value, to));
  }
  return wrong(value, to);
}

Result<Value> Converter::to_decimal(const Value& value, const Type& to) {
  std::optional<Decimal> number;
  if (is_number(value.tag())) {
    number = nearest_decimal(value);
    if (!number) return unfit(value, to);
  } else if (casts() && value.tag() == Tag::String) {
    number = decimal::parse(value.as_string());
  }
  if (!number) return wrong(value, to);
  if (!to.has_digits()) return Value::decimal(*number);
  const auto rounding = casts() ? std::optional(decimal::Rounding::HalfEven) : std::nullopt;
  auto fitted = decimal::fit(*number, to.precision(), to.scale(), rounding);
  if (!fitted)
    return error(casts() ? ErrorCode::E0903 : ErrorCode::E0307,
                 std::string(fitted.error().message()));
  return Value::decimal(*fitted);
}

Result<Value> Converter::to_string(const Value& value, const Type& to) {
  if (value.tag() == Tag::String) return value;
  if (!casts()) return wrong(value, to);
  if (value.tag() != Tag::Bytes) return Value::string(display_text(value, names_));
  if (!utf8::is_valid(value.as_bytes())) return error(ErrorCode::E0903, "the bytes are not UTF-8");
  return Value::string(value.as_bytes());
}

Result<Value> Converter::to_bytes(const Value& value, const Type& to) {
  if (value.tag() == Tag::Bytes) return value;
  if (casts() && value.tag() == Tag::String) return Value::bytes(value.as_string());
  if (casts() && value.tag() == Tag::Uuid) {
    return Value::bytes({reinterpret_cast<const char*>(value.as_uuid().bytes), sizeof(Uuid)});
  }
  return wrong(value, to);
}

Result<Value> Converter::to_temporal(const Value& value, const Type& to) {
  const bool is_datetime = to.kind() == TypeKind::Datetime;
  if (value.tag() == (is_datetime ? Tag::Datetime : Tag::Duration)) return value;
  if (!casts() || value.tag() != Tag::String) return wrong(value, to);
  if (is_datetime) {
    const auto parsed = parse_datetime(value.as_string());
    return parsed ? Value::datetime(*parsed) : Result<Value>(wrong(value, to));
  }
  const auto parsed = parse_duration(value.as_string());
  return parsed ? Value::duration(*parsed) : Result<Value>(wrong(value, to));
}

Result<Value> Converter::to_uuid(const Value& value, const Type& to) {
  if (value.tag() == Tag::Uuid) return value;
  if (casts() && value.tag() == Tag::String) {
    if (const auto parsed = parse_uuid(value.as_string())) return Value::uuid(*parsed);
  }
  if (casts() && value.tag() == Tag::Bytes && value.as_bytes().size() == sizeof(Uuid)) {
    Uuid uuid;
    std::memcpy(uuid.bytes, value.as_bytes().data(), sizeof(Uuid));
    return Value::uuid(uuid);
  }
  return wrong(value, to);
}

Result<Value> Converter::to_enum(const Value& value, const Type& to) {
  const EnumType& definition = to.enum_type();
  if (value.tag() == Tag::Enum && value.as_enum().type == definition.id) return value;
  if (casts() && value.tag() == Tag::String) {
    for (const EnumType::Variant& variant : definition.variants) {
      if (variant.name == value.as_string()) return Value::enumeration({definition.id, variant.id});
    }
  }
  return wrong(value, to);
}

Result<Value> Converter::to_union(const Value& value, const Type& to) {
  for (const Type& member : to.parts()) {
    if (is_of_type(value, member)) return value;
  }
  for (const Type& member : to.parts()) {
    auto stored = Converter(ConversionMode::Store, names_).convert(value, member);
    if (stored) return stored;
  }
  if (casts()) {
    for (const Type& member : to.parts()) {
      auto result = Converter(ConversionMode::Cast, names_).convert(value, member);
      if (result) return result;
    }
  }
  return wrong(value, to);
}

Result<Value> Converter::convert(const Value& value, const Type& to) {
  if (value.is_none()) {
    if (to.admits_none() || casts()) return value;
    return wrong(value, to);
  }
  if (to.is_number()) {
    if (to.is_integer()) return to_integer(value, to);
    return to.is_float() ? to_float(value, to) : to_decimal(value, to);
  }
  switch (to.kind()) {
    case TypeKind::Any:
      return value;
    case TypeKind::Bool:
      return to_bool(value, to);
    case TypeKind::String:
      return to_string(value, to);
    case TypeKind::Bytes:
      return to_bytes(value, to);
    case TypeKind::Datetime:
    case TypeKind::Duration:
      return to_temporal(value, to);
    case TypeKind::Uuid:
      return to_uuid(value, to);
    case TypeKind::Enum:
      return to_enum(value, to);
    case TypeKind::Range:
      return to_range(value, to);
    case TypeKind::Tuple:
      return to_tuple(value, to);
    case TypeKind::Array:
    case TypeKind::Vector:
      return to_list(value, to);
    case TypeKind::HashSet:
      return to_hash_set(value, to);
    case TypeKind::HashMap:
      return to_hash_map(value, to);
    case TypeKind::Result:
      return to_result(value, to);
    case TypeKind::Object:
    case TypeKind::Shape:
      return to_object(value, to);
    case TypeKind::Union:
      return to_union(value, to);
    case TypeKind::Regex:
      if (casts() && value.tag() == Tag::String) return Value::regex(value.as_string());
      break;
    default:
      break;  // None, RecordId, Literal, Stream: only a value that is one already
  }
  if (is_of_type(value, to)) return value;
  return wrong(value, to);
}

}  // namespace zerodb
