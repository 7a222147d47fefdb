// The typed form of keys, for indexes over fields of one type.
#include <optional>

#include "value/key_parts.h"
#include "value/number.h"

namespace zerodb {

using namespace key;  // NOLINT(google-build-using-namespace): the pieces of this codec

namespace {

struct IntegerForm {
  Tag tag;
  uint32_t width;
  bool is_signed;
};

std::optional<IntegerForm> integer_form(TypeKind kind) {
  switch (kind) {
    case TypeKind::I8:
      return IntegerForm{Tag::I8, 1, true};
    case TypeKind::I16:
      return IntegerForm{Tag::I16, 2, true};
    case TypeKind::I32:
      return IntegerForm{Tag::I32, 4, true};
    case TypeKind::I64:
      return IntegerForm{Tag::I64, 8, true};
    case TypeKind::I128:
      return IntegerForm{Tag::I128, 16, true};
    case TypeKind::U8:
      return IntegerForm{Tag::U8, 1, false};
    case TypeKind::U16:
      return IntegerForm{Tag::U16, 2, false};
    case TypeKind::U32:
      return IntegerForm{Tag::U32, 4, false};
    case TypeKind::U64:
      return IntegerForm{Tag::U64, 8, false};
    case TypeKind::U128:
      return IntegerForm{Tag::U128, 16, false};
    default:
      return std::nullopt;
  }
}

void append_integer(std::string& out, u128 bits, uint32_t width, bool is_signed) {
  if (is_signed) bits ^= u128{1} << (8 * width - 1);
  for (uint32_t i = width; i-- > 0;) put_byte(out, static_cast<uint8_t>(bits >> (8 * i)));
}

Result<u128> take_integer(std::string_view& in, uint32_t width, bool is_signed) {
  const std::string_view bytes = TRY(take(in, width));
  u128 bits = 0;
  for (const char c : bytes) bits = (bits << 8) | static_cast<uint8_t>(c);
  if (!is_signed) return bits;
  bits ^= u128{1} << (8 * width - 1);
  const uint32_t spare = 128 - 8 * width;
  return static_cast<u128>(static_cast<i128>(bits << spare) >> spare);
}

std::optional<Tag> text_tag(TypeKind kind) {
  switch (kind) {
    case TypeKind::String:
    case TypeKind::Literal:
      return Tag::String;
    case TypeKind::Bytes:
      return Tag::Bytes;
    case TypeKind::Regex:
      return Tag::Regex;
    default:
      return std::nullopt;
  }
}

Error wrong_type(const Type& type) {
  return Error(ErrorCode::E0306, "value of another type than the indexed " + to_string(type));
}

// The coefficient of a decimal at the scale of its type, if it has no more places.
std::optional<i128> coefficient_at(Decimal value, const Type& type) {
  for (; value.scale > type.scale(); --value.scale) {
    if (value.coefficient % 10 != 0) return std::nullopt;
    value.coefficient /= 10;
  }
  const auto factor = static_cast<i128>(power_of_ten(type.scale() - value.scale));
  i128 result = 0;
  if (__builtin_mul_overflow(value.coefficient, factor, &result)) return std::nullopt;
  return result;
}

Status append_typed(std::string& out, const Value& value, const Type& type) {
  if (const auto form = integer_form(type.kind())) {
    if (value.tag() != form->tag) return wrong_type(type);
    append_integer(out, value.as_uint128(), form->width, form->is_signed);
    return ok_status();
  }
  if (const auto tag = text_tag(type.kind())) {
    if (value.tag() != *tag) return wrong_type(type);
    append_text(out, value.as_bytes());
    return ok_status();
  }
  switch (type.kind()) {
    case TypeKind::Bool:
      if (value.tag() != Tag::Bool) return wrong_type(type);
      put_byte(out, value.as_bool() ? 1 : 0);
      return ok_status();
    case TypeKind::F32:
      if (value.tag() != Tag::F32) return wrong_type(type);
      put_be(out, ordered_bits(value.as_float64()));
      return ok_status();
    case TypeKind::F64:
      if (value.tag() != Tag::F64) return wrong_type(type);
      put_be(out, ordered_bits(value.as_float64()));
      return ok_status();
    case TypeKind::Decimal: {
      const auto coefficient =
          value.tag() == Tag::Decimal ? coefficient_at(value.as_decimal(), type) : std::nullopt;
      if (!coefficient) return wrong_type(type);
      append_integer(out, static_cast<u128>(*coefficient), 16, true);
      return ok_status();
    }
    case TypeKind::Datetime:
      if (value.tag() != Tag::Datetime) return wrong_type(type);
      append_time(out, value.as_datetime().seconds, value.as_datetime().nanos);
      return ok_status();
    case TypeKind::Duration:
      if (value.tag() != Tag::Duration) return wrong_type(type);
      append_time(out, value.as_duration().seconds, value.as_duration().nanos);
      return ok_status();
    default:
      if (value.tag() != Tag::Uuid) return wrong_type(type);
      out.append(reinterpret_cast<const char*>(value.as_uuid().bytes), 16);
      return ok_status();
  }
}

Result<Value> take_typed_text(std::string_view& in, Tag tag) {
  const std::string text = tag == Tag::Bytes ? TRY(take_text(in)) : TRY(take_utf8(in));
  return Value::encoded(tag, text);
}

Result<Value> take_typed(std::string_view& in, const Type& type) {
  if (type.is_optional()) {
    const uint8_t presence = TRY(take_byte(in));
    if (presence == kNone) return Value::none();
    if (presence != kPresent) return malformed();
  }
  if (const auto form = integer_form(type.kind())) {
    const u128 bits = TRY(take_integer(in, form->width, form->is_signed));
    return form->tag == Tag::U128 ? Value::uint128(bits)
                                  : Value::integer(form->tag, static_cast<i128>(bits));
  }
  if (const auto tag = text_tag(type.kind())) return take_typed_text(in, *tag);
  switch (type.kind()) {
    case TypeKind::Bool: {
      const uint8_t byte = TRY(take_byte(in));
      if (byte > 1) return malformed();
      return Value::boolean(byte == 1);
    }
    case TypeKind::F32: {
      const uint64_t bits = TRY(take_be<uint64_t>(in));
      return Value::float32(static_cast<float>(from_ordered_bits(bits)));
    }
    case TypeKind::F64: {
      const uint64_t bits = TRY(take_be<uint64_t>(in));
      return Value::float64(from_ordered_bits(bits));
    }
    case TypeKind::Decimal: {
      const u128 bits = TRY(take_integer(in, 16, true));
      return Value::decimal({static_cast<i128>(bits), type.scale()});
    }
    case TypeKind::Datetime: {
      const Time time = TRY(take_time(in));
      return Value::datetime({time.seconds, time.nanos});
    }
    case TypeKind::Duration: {
      const Time time = TRY(take_time(in));
      return Value::duration({time.seconds, time.nanos});
    }
    default:
      return take_uuid(in);
  }
}

}  // namespace

bool has_typed_key(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Decimal:
      return type.has_digits();
    case TypeKind::Bool:
    case TypeKind::F32:
    case TypeKind::F64:
    case TypeKind::Datetime:
    case TypeKind::Duration:
    case TypeKind::Uuid:
      return true;
    default:
      return integer_form(type.kind()).has_value() || text_tag(type.kind()).has_value();
  }
}

Status append_typed_key(std::string& out, const Value& value, const Type& type, KeyOrder order) {
  if (!has_typed_key(type)) return append_key(out, value, order);
  const size_t begin = out.size();
  if (value.is_none()) {
    if (!type.is_optional()) return wrong_type(type);
    put_byte(out, kNone);
    return ok_status();
  }
  if (type.is_optional()) put_byte(out, kPresent);
  if (Status appended = append_typed(out, value, type); !appended) {
    out.resize(begin);
    return appended;
  }
  return finish_key(out, begin, order, false);
}

Result<Value> decode_typed_key(std::string_view& in, const Type& type, KeyOrder order) {
  if (!has_typed_key(type)) return decode_key(in, order);
  const auto take_one = [&type](std::string_view& bytes) { return take_typed(bytes, type); };
  if (order == KeyOrder::Ascending) return take_one(in);
  return type.is_optional() ? take_descending(in, take_one) : take_complement(in, take_one);
}

}  // namespace zerodb
