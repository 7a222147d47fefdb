#include "value/key_codec.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <simdjson.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "value/number.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb {

namespace {

// Class bytes, in the order of classes. All lie above kEnd and their complements below kNone.
enum : uint8_t {
  kEnd = 0x00,
  kPresent = 0x08,  // before a typed key whose type admits none
  kBool = 0x10,
  kNumber = 0x14,
  kString = 0x18,
  kBytes = 0x1C,
  kDatetime = 0x20,
  kDuration = 0x24,
  kUuid = 0x28,
  kRecordId = 0x2C,
  kEnum = 0x30,
  kRegex = 0x34,
  kRange = 0x38,
  kTuple = 0x3C,
  kArray = 0x40,
  kHashSet = 0x44,
  kHashMap = 0x48,
  kResult = 0x4C,
  kObject = 0x50,
  kNone = 0xFE,
};

constexpr uint8_t kExactFloat = 0x40;
constexpr uint8_t kMoreDigits = 0x80;
constexpr int kExponentBias = 64;
constexpr uint64_t kSignBit = uint64_t{1} << 63;

void put_byte(std::string& out, uint32_t byte) { out.push_back(static_cast<char>(byte)); }

void complement(std::string& out, size_t from) {
  for (size_t i = from; i < out.size(); ++i) out[i] = static_cast<char>(~out[i]);
}

// Flips the sign bit of positive floats and all bits of negative ones.
uint64_t ordered_bits(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
}

double from_ordered_bits(uint64_t bits) { return std::bit_cast<double>((bits & kSignBit) != 0 ? bits & ~kSignBit : ~bits); }

// Digits of a number that is no float: 0.d1d2d3.. * 10^exponent, in pairs, the lowest bit of each says whether more follow.
void append_digits(std::string& out, const DecimalParts& parts) {
  char digits[40];
  int count = 0;
  for (u128 rest = parts.magnitude; rest != 0; rest /= 10) digits[count++] = static_cast<char>(rest % 10);
  std::reverse(digits, digits + count);
  put_byte(out, static_cast<uint32_t>(count - parts.scale + kExponentBias));
  while (count > 1 && digits[count - 1] == 0) --count;
  for (int i = 0; i < count; i += 2) {
    const int pair = digits[i] * 10 + (i + 1 < count ? digits[i + 1] : 0);
    put_byte(out, static_cast<uint32_t>(pair * 2 + (i + 2 < count ? 1 : 0)));
  }
}

// A number that is a float: class byte, the float, the mark, in one piece.
void append_exact_number(std::string& out, double value) {
  char key[10];
  key[0] = static_cast<char>(kNumber);
  const uint64_t bits = byte_swap(ordered_bits(value));
  std::memcpy(key + 1, &bits, sizeof(bits));
  key[9] = static_cast<char>(value < 0 ? static_cast<uint8_t>(~kExactFloat) : kExactFloat);
  out.append(key, sizeof(key));
}

void append_number(std::string& out, const Value& value) {
  if (value.tag() == Tag::I64 || value.tag() == Tag::I32) {
    constexpr int64_t kExactMax = int64_t{1} << 53;
    const int64_t integer = value.as_int64();
    if (integer >= -kExactMax && integer <= kExactMax) return append_exact_number(out, static_cast<double>(integer));
  }
  if (value.tag() == Tag::F64) return append_exact_number(out, value.as_float64());
  put_byte(out, kNumber);
  const FloatPart part = float_part(value);
  put_be(out, ordered_bits(part.value));
  const size_t rest = out.size();
  if (part.is_exact) {
    put_byte(out, kExactFloat);
  } else {
    put_byte(out, kMoreDigits);
    append_digits(out, decimal_parts(value));
  }
  if (part.value < 0) complement(out, rest);
}

void append_text(std::string& out, std::string_view text) {
  size_t begin = 0;
  for (size_t zero = text.find('\0'); zero != std::string_view::npos; zero = text.find('\0', begin)) {
    out.append(text, begin, zero - begin);
    out.append("\x00\xFF", 2);
    begin = zero + 1;
  }
  out.append(text, begin, text.size() - begin);
  out.append("\x00\x01", 2);
}

void append_time(std::string& out, int64_t seconds, uint32_t nanos) {
  put_be(out, static_cast<uint64_t>(seconds) ^ kSignBit);
  put_be(out, nanos);
}

void append_general(std::string& out, const Value& value);

void append_sequence(std::string& out, uint8_t tag, const Value& value) {
  put_byte(out, tag);
  const SequenceView view(value);
  for (uint32_t i = 0; i < view.size(); ++i) {
    append_general(out, view.at(i));
    if (out.size() > 2 * limits::kKeyBytesMax + (size_t{1} << 20)) return;  // refused by the caller
  }
  put_byte(out, kEnd);
}

void append_object(std::string& out, const Value& value) {
  put_byte(out, kObject);
  const ObjectView view(value);
  for (uint32_t rank = 0; rank < view.size(); ++rank) {
    const uint32_t i = view.sorted(rank);
    put_byte(out, kString);
    append_text(out, view.key(i));
    append_general(out, view.value(i));
  }
  put_byte(out, kEnd);
}

void append_tagged_text(std::string& out, uint8_t tag, std::string_view text) {
  put_byte(out, tag);
  append_text(out, text);
}

void append_composite(std::string& out, const Value& value) {
  switch (value.tag()) {
    case Tag::RecordId: {
      const RecordIdView view(value);
      put_byte(out, kRecordId);
      put_be(out, view.table().value());
      append_general(out, view.key());
      return;
    }
    case Tag::Range: {
      const RangeView view(value);
      put_byte(out, kRange);
      append_general(out, view.low());
      append_general(out, view.high());
      put_byte(out, view.is_inclusive() ? 1 : 0);
      return;
    }
    case Tag::Result: {
      const ResultView view(value);
      put_byte(out, kResult);
      put_byte(out, view.is_ok() ? 0 : 1);
      append_general(out, view.value());
      return;
    }
    case Tag::Tuple: append_sequence(out, kTuple, value); return;
    case Tag::HashSet: append_sequence(out, kHashSet, value); return;
    case Tag::HashMap: append_sequence(out, kHashMap, value); return;
    case Tag::Object: append_object(out, value); return;
    default: append_sequence(out, kArray, value); return;
  }
}

void append_general(std::string& out, const Value& value) {
  if (is_number(value.tag())) {
    append_number(out, value);
    return;
  }
  switch (value.tag()) {
    case Tag::None: put_byte(out, kNone); return;
    case Tag::Bool:
      put_byte(out, kBool);
      put_byte(out, value.as_bool() ? 1 : 0);
      return;
    case Tag::String: append_tagged_text(out, kString, value.as_bytes()); return;
    case Tag::Bytes: append_tagged_text(out, kBytes, value.as_bytes()); return;
    case Tag::Regex: append_tagged_text(out, kRegex, value.as_bytes()); return;
    case Tag::Datetime:
      put_byte(out, kDatetime);
      append_time(out, value.as_datetime().seconds, value.as_datetime().nanos);
      return;
    case Tag::Duration:
      put_byte(out, kDuration);
      append_time(out, value.as_duration().seconds, value.as_duration().nanos);
      return;
    case Tag::Uuid:
      put_byte(out, kUuid);
      out.append(reinterpret_cast<const char*>(value.as_uuid().bytes), 16);
      return;
    case Tag::Enum:
      put_byte(out, kEnum);
      put_be(out, value.as_enum().type.value());
      put_be(out, value.as_enum().variant);
      return;
    default: append_composite(out, value); return;
  }
}

// Turns what was appended from `begin` on into a descending key, unless it is none; checks its size.
Status finish_key(std::string& out, size_t begin, KeyOrder order, bool is_none) {
  if (out.size() - begin > limits::kKeyBytesMax) {
    out.resize(begin);
    return Error(ErrorCode::E1104, "a key may not be longer than 8 KiB");
  }
  if (order == KeyOrder::Descending && !is_none) complement(out, begin);
  return ok_status();
}

Error malformed() { return Error(ErrorCode::E1205, "damaged key"); }

Result<std::string_view> take(std::string_view& in, size_t size) {
  if (in.size() < size) return malformed();
  const std::string_view taken = in.substr(0, size);
  in.remove_prefix(size);
  return taken;
}

Result<uint8_t> take_byte(std::string_view& in) {
  const std::string_view byte = TRY(take(in, 1));
  return static_cast<uint8_t>(byte[0]);
}

template <typename T>
Result<T> take_be(std::string_view& in) {
  const std::string_view bytes = TRY(take(in, sizeof(T)));
  return get_be<T>(bytes.data());
}

Result<std::string> take_text(std::string_view& in) {
  std::string text;
  while (true) {
    const size_t zero = in.find('\0');
    if (zero == std::string_view::npos || zero + 1 >= in.size()) return malformed();
    text.append(in, 0, zero);
    const auto mark = static_cast<uint8_t>(in[zero + 1]);
    in.remove_prefix(zero + 2);
    if (mark == 0x01) return text;
    if (mark != 0xFF) return malformed();
    text.push_back('\0');
  }
}

Result<std::string> take_utf8(std::string_view& in) {
  std::string text = TRY(take_text(in));
  if (!text.empty() && !simdjson::validate_utf8(text.data(), text.size())) return malformed();
  return text;
}

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
  if (mark != kExactFloat || ordered_bits(Value::float64(value).as_float64()) != bits) return malformed();
  if (const auto integer = as_integer_value(value)) return *integer;
  return Value::float64(value);
}

struct Time {
  int64_t seconds;
  uint32_t nanos;
};
Result<Time> take_time(std::string_view& in) {
  const uint64_t seconds = TRY(take_be<uint64_t>(in));
  const uint32_t nanos = TRY(take_be<uint32_t>(in));
  if (nanos > 999'999'999) return malformed();
  return Time{static_cast<int64_t>(seconds ^ kSignBit), nanos};
}

Result<Value> take_uuid(std::string_view& in) {
  const std::string_view bytes = TRY(take(in, 16));
  return Value::uuid(get_le<Uuid>(bytes.data()));
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
    case kTuple: return take_elements<TupleBuilder>(in, room);
    case kArray: return take_elements<ArrayBuilder>(in, room);
    case kHashSet: return take_elements<HashSetBuilder>(in, room);
    case kHashMap: return take_map(in, room);
    case kObject: return take_object(in, room);
    default: return malformed();
  }
}

Result<Value> take_general(std::string_view& in, size_t room) {
  if (room == 0) return Error(ErrorCode::E1103, "a value may not be nested deeper than 128 levels");
  const uint8_t tag = TRY(take_byte(in));
  switch (tag) {
    case kNone: return Value::none();
    case kBool: {
      const uint8_t byte = TRY(take_byte(in));
      if (byte > 1) return malformed();
      return Value::boolean(byte == 1);
    }
    case kNumber: return take_number(in);
    case kString: return Value::string(TRY(take_utf8(in)));
    case kBytes: return Value::bytes(TRY(take_text(in)));
    case kRegex: return Value::regex(TRY(take_utf8(in)));
    case kDatetime: {
      const Time time = TRY(take_time(in));
      return Value::datetime({time.seconds, time.nanos});
    }
    case kDuration: {
      const Time time = TRY(take_time(in));
      return Value::duration({time.seconds, time.nanos});
    }
    case kUuid: return take_uuid(in);
    case kEnum: {
      const uint32_t type = TRY(take_be<uint32_t>(in));
      const uint32_t variant = TRY(take_be<uint32_t>(in));
      return Value::enumeration({EnumId(type), variant});
    }
    default: return take_composite(tag, in, room - 1);
  }
}

// Runs `take` over the complement of `in` and moves `in` on by as much; a leading none is not complemented.
template <typename Take>
Result<Value> take_descending(std::string_view& in, Take take_one) {
  if (!in.empty() && static_cast<uint8_t>(in[0]) == kNone) {
    in.remove_prefix(1);
    return Value::none();
  }
  std::string flipped(in);
  complement(flipped, 0);
  std::string_view rest = flipped;
  Value value = TRY(take_one(rest));
  in.remove_prefix(flipped.size() - rest.size());
  return value;
}

// Typed forms.

struct IntegerForm {
  Tag tag;
  uint32_t width;
  bool is_signed;
};

std::optional<IntegerForm> integer_form(TypeKind kind) {
  switch (kind) {
    case TypeKind::I8: return IntegerForm{Tag::I8, 1, true};
    case TypeKind::I16: return IntegerForm{Tag::I16, 2, true};
    case TypeKind::I32: return IntegerForm{Tag::I32, 4, true};
    case TypeKind::I64: return IntegerForm{Tag::I64, 8, true};
    case TypeKind::I128: return IntegerForm{Tag::I128, 16, true};
    case TypeKind::U8: return IntegerForm{Tag::U8, 1, false};
    case TypeKind::U16: return IntegerForm{Tag::U16, 2, false};
    case TypeKind::U32: return IntegerForm{Tag::U32, 4, false};
    case TypeKind::U64: return IntegerForm{Tag::U64, 8, false};
    case TypeKind::U128: return IntegerForm{Tag::U128, 16, false};
    default: return std::nullopt;
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
    case TypeKind::Literal: return Tag::String;
    case TypeKind::Bytes: return Tag::Bytes;
    case TypeKind::Regex: return Tag::Regex;
    default: return std::nullopt;
  }
}

Error wrong_type(const Type& type) { return Error(ErrorCode::E0306, "value of another type than the indexed " + to_string(type)); }

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
      const auto coefficient = value.tag() == Tag::Decimal ? coefficient_at(value.as_decimal(), type) : std::nullopt;
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
    return form->tag == Tag::U128 ? Value::uint128(bits) : Value::integer(form->tag, static_cast<i128>(bits));
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
    default: return take_uuid(in);
  }
}

}  // namespace

Status append_key(std::string& out, const Value& value, KeyOrder order) {
  const size_t begin = out.size();
  append_general(out, value);
  return finish_key(out, begin, order, value.is_none());
}

Result<Value> decode_key(std::string_view& in, KeyOrder order) {
  const auto take_one = [](std::string_view& bytes) { return take_general(bytes, limits::kValueDepthMax); };
  return order == KeyOrder::Ascending ? take_one(in) : take_descending(in, take_one);
}

bool has_typed_key(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Decimal: return type.has_digits();
    case TypeKind::Bool:
    case TypeKind::F32:
    case TypeKind::F64:
    case TypeKind::Datetime:
    case TypeKind::Duration:
    case TypeKind::Uuid: return true;
    default: return integer_form(type.kind()).has_value() || text_tag(type.kind()).has_value();
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
  if (type.is_optional()) return take_descending(in, take_one);
  std::string flipped(in);
  complement(flipped, 0);
  std::string_view rest = flipped;
  Value value = TRY(take_one(rest));
  in.remove_prefix(flipped.size() - rest.size());
  return value;
}

std::string key_successor(std::string_view key) {
  std::string successor(key);
  successor.push_back('\0');
  return successor;
}

std::optional<std::string> prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xFF) end.pop_back();
  if (end.empty()) return std::nullopt;
  end.back() = static_cast<char>(static_cast<uint8_t>(end.back()) + 1);
  return end;
}

}  // namespace zerodb
