#include "value/key_codec.h"

#include <algorithm>

#include "base/limits.h"
#include "value/key_parts.h"
#include "value/number.h"
#include "value/zval.h"

namespace zerodb {

namespace key {
namespace {

// Digits of a number that is no float: 0.d1d2d3.. * 10^exponent, in pairs, the lowest bit of each
// says whether more follow.
void append_digits(std::string& out, const DecimalParts& parts) {
  char digits[40];
  int count = 0;
  for (u128 rest = parts.magnitude; rest != 0; rest /= 10)
    digits[count++] = static_cast<char>(rest % 10);
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
    if (integer >= -kExactMax && integer <= kExactMax)
      return append_exact_number(out, static_cast<double>(integer));
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
    case Tag::Tuple:
      append_sequence(out, kTuple, value);
      return;
    case Tag::HashSet:
      append_sequence(out, kHashSet, value);
      return;
    case Tag::HashMap:
      append_sequence(out, kHashMap, value);
      return;
    case Tag::Object:
      append_object(out, value);
      return;
    default:
      append_sequence(out, kArray, value);
      return;
  }
}

void append_general(std::string& out, const Value& value) {
  if (is_number(value.tag())) {
    append_number(out, value);
    return;
  }
  switch (value.tag()) {
    case Tag::None:
      put_byte(out, kNone);
      return;
    case Tag::Bool:
      put_byte(out, kBool);
      put_byte(out, value.as_bool() ? 1 : 0);
      return;
    case Tag::String:
      append_tagged_text(out, kString, value.as_bytes());
      return;
    case Tag::Bytes:
      append_tagged_text(out, kBytes, value.as_bytes());
      return;
    case Tag::Regex:
      append_tagged_text(out, kRegex, value.as_bytes());
      return;
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
    default:
      append_composite(out, value);
      return;
  }
}

}  // namespace
}  // namespace key

Status append_key(std::string& out, const Value& value, KeyOrder order) {
  const size_t begin = out.size();
  key::append_general(out, value);
  return key::finish_key(out, begin, order, value.is_none());
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
