// The decoding half of the general form of keys.
#include "base/limits.h"
#include "value/key_parts.h"
#include "value/number.h"
#include "value/zval_builder.h"

namespace zerodb {

namespace key {
namespace {

Result<Value> take_digits(std::string_view& in, bool is_negative) {
  const uint8_t mask = is_negative ? 0xFF : 0;
  const uint8_t exponent_byte = TRY(take_byte(in));
  const int exponent = static_cast<uint8_t>(exponent_byte ^ mask) - kExponentBias;
  u128 magnitude = 0;
  int count = 0;
  while (true) {
    const uint8_t coded = TRY(take_byte(in));
    const uint8_t byte = coded ^ mask;
    if (byte >= 200 || count >= 40) return malformed();
    const bool is_last = (byte & 1) == 0;
    const auto pair = static_cast<uint32_t>(byte / 2);
    // The last pair may carry a padding zero, which must not be allowed to overflow.
    const uint32_t digits = is_last && pair % 10 == 0 ? 1 : 2;
    const u128 unit = digits == 1 ? 10 : 100;
    if (magnitude > ~u128{0} / unit) return malformed();
    const u128 scaled = magnitude * unit;
    const u128 added = digits == 1 ? pair / 10 : pair;
    if (scaled > ~u128{0} - added) return malformed();
    magnitude = scaled + added;
    count += static_cast<int>(digits);
    if (is_last) break;
  }
  int scale = count - exponent;
  for (; scale < 0; ++scale) {
    if (magnitude > ~u128{0} / 10) return malformed();
    magnitude *= 10;
  }
  if (scale == 0) {
    if (is_negative && magnitude > (u128{1} << 127)) return malformed();
    return narrowest_integer(is_negative, magnitude);
  }
  if (scale > 38 || magnitude >= power_of_ten(38)) return malformed();
  const auto coefficient = static_cast<i128>(magnitude);
  return Value::decimal({is_negative ? -coefficient : coefficient, static_cast<uint8_t>(scale)});
}

Result<Value> take_number(std::string_view& in) {
  const uint64_t bits = TRY(take_be<uint64_t>(in));
  const double value = from_ordered_bits(bits);
  const bool is_negative = value < 0;
  const uint8_t coded = TRY(take_byte(in));
  const uint8_t mark = is_negative ? static_cast<uint8_t>(~coded) : coded;
  if (mark == kMoreDigits) {
    Value number = TRY(take_digits(in, is_negative));
    const FloatPart part = float_part(number);
    if (part.is_exact || ordered_bits(part.value) != bits) return malformed();
    return number;
  }
  if (mark != kExactFloat || ordered_bits(Value::float64(value).as_float64()) != bits)
    return malformed();
  if (const auto integer = as_integer_value(value)) return *integer;
  return Value::float64(value);
}

Result<Value> take_general(std::string_view& in, size_t room);

bool take_end(std::string_view& in) {
  if (in.empty() || static_cast<uint8_t>(in[0]) != kEnd) return false;
  in.remove_prefix(1);
  return true;
}

template <typename Builder>
Result<Value> take_elements(std::string_view& in, size_t room) {
  Builder builder;
  while (!take_end(in)) {
    const Value element = TRY(take_general(in, room));
    builder.add(element);
  }
  return builder.build();
}

Result<Value> take_map(std::string_view& in, size_t room) {
  HashMapBuilder builder;
  while (!take_end(in)) {
    const Value key = TRY(take_general(in, room));
    const Value value = TRY(take_general(in, room));
    builder.set(key, value);
  }
  return builder.build();
}

Result<Value> take_object(std::string_view& in, size_t room) {
  ObjectBuilder builder;
  while (!take_end(in)) {
    const uint8_t tag = TRY(take_byte(in));
    if (tag != kString) return malformed();
    const std::string key = TRY(take_utf8(in));
    Value value = TRY(take_general(in, room));
    builder.set(key, std::move(value));
  }
  return builder.build();
}

Result<Value> take_composite(uint8_t tag, std::string_view& in, size_t room) {
  switch (tag) {
    case kRecordId: {
      const uint64_t table = TRY(take_be<uint64_t>(in));
      const Value key = TRY(take_general(in, room));
      return Value::record_id(TableId(table), key);
    }
    case kRange: {
      const Value low = TRY(take_general(in, room));
      const Value high = TRY(take_general(in, room));
      const uint8_t inclusive = TRY(take_byte(in));
      if (inclusive > 1) return malformed();
      return make_range(low, high, inclusive == 1);
    }
    case kResult: {
      const uint8_t is_error = TRY(take_byte(in));
      const Value value = TRY(take_general(in, room));
      if (is_error > 1) return malformed();
      return is_error == 0 ? make_ok(value) : make_err(value);
    }
    case kTuple:
      return take_elements<TupleBuilder>(in, room);
    case kArray:
      return take_elements<ArrayBuilder>(in, room);
    case kHashSet:
      return take_elements<HashSetBuilder>(in, room);
    case kHashMap:
      return take_map(in, room);
    case kObject:
      return take_object(in, room);
    default:
      return malformed();
  }
}

Result<Value> take_general(std::string_view& in, size_t room) {
  if (room == 0) return Error(ErrorCode::E1103, "a value may not be nested deeper than 128 levels");
  const uint8_t tag = TRY(take_byte(in));
  switch (tag) {
    case kNone:
      return Value::none();
    case kBool: {
      const uint8_t byte = TRY(take_byte(in));
      if (byte > 1) return malformed();
      return Value::boolean(byte == 1);
    }
    case kNumber:
      return take_number(in);
    case kString:
      return Value::string(TRY(take_utf8(in)));
    case kBytes:
      return Value::bytes(TRY(take_text(in)));
    case kRegex:
      return Value::regex(TRY(take_utf8(in)));
    case kDatetime: {
      const Time time = TRY(take_time(in));
      return Value::datetime({time.seconds, time.nanos});
    }
    case kDuration: {
      const Time time = TRY(take_time(in));
      return Value::duration({time.seconds, time.nanos});
    }
    case kUuid:
      return take_uuid(in);
    case kEnum: {
      const uint32_t type = TRY(take_be<uint32_t>(in));
      const uint32_t variant = TRY(take_be<uint32_t>(in));
      return Value::enumeration({EnumId(type), variant});
    }
    default:
      return take_composite(tag, in, room - 1);
  }
}

}  // namespace
}  // namespace key

Result<Value> decode_key(std::string_view& in, KeyOrder order) {
  const auto take_one = [](std::string_view& bytes) {
    return key::take_general(bytes, limits::kValueDepthMax);
  };
  return order == KeyOrder::Ascending ? take_one(in) : key::take_descending(in, take_one);
}

Result<Value> decode_key_component(std::string_view key, uint32_t index) {
  const auto damaged = [] { return Error(ErrorCode::E1205, "malformed key"); };
  if (key.empty() || static_cast<uint8_t>(key[0]) != key::kArray) return damaged();
  key.remove_prefix(1);
  for (uint32_t i = 0; i < index && !key.empty(); ++i) TRY(decode_key(key));
  if (key.empty() || static_cast<uint8_t>(key[0]) == key::kEnd) return damaged();
  return decode_key(key);
}

}  // namespace zerodb
