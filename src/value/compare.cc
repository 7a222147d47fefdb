// compare(), equals() and hash() over values of every class.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/bytes.h"
#include "value/number.h"
#include "value/value.h"
#include "value/zval.h"

namespace zerodb {

namespace {

// Place of a tag's class in the order of all values.
int class_rank(Tag tag) {
  switch (tag) {
    case Tag::Bool:
      return 0;
    case Tag::I8:
    case Tag::I16:
    case Tag::I32:
    case Tag::I64:
    case Tag::I128:
    case Tag::U8:
    case Tag::U16:
    case Tag::U32:
    case Tag::U64:
    case Tag::U128:
    case Tag::F32:
    case Tag::F64:
    case Tag::Decimal:
      return 1;
    case Tag::String:
      return 2;
    case Tag::Bytes:
      return 3;
    case Tag::Datetime:
      return 4;
    case Tag::Duration:
      return 5;
    case Tag::Uuid:
      return 6;
    case Tag::RecordId:
      return 7;
    case Tag::Enum:
      return 8;
    case Tag::Regex:
      return 9;
    case Tag::Range:
      return 10;
    case Tag::Tuple:
      return 11;
    case Tag::Array:
    case Tag::Vector:
      return 12;
    case Tag::HashSet:
      return 13;
    case Tag::HashMap:
      return 14;
    case Tag::Result:
      return 15;
    case Tag::Object:
      return 16;
    case Tag::None:
      return 17;
  }
  return 17;
}

template <typename T>
int order_of(const T& left, const T& right) {
  return left < right ? -1 : right < left ? 1 : 0;
}

int compare_text(std::string_view left, std::string_view right) {
  const int order = left.compare(right);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

int compare_sequences(const Value& left, const Value& right) {
  const SequenceView a(left);
  const SequenceView b(right);
  const uint32_t shared = std::min(a.size(), b.size());
  for (uint32_t i = 0; i < shared; ++i) {
    if (const int order = compare(a.at(i), b.at(i)); order != 0) return order;
  }
  return order_of(a.size(), b.size());
}

int compare_objects(const Value& left, const Value& right) {
  const ObjectView a(left);
  const ObjectView b(right);
  const uint32_t shared = std::min(a.size(), b.size());
  for (uint32_t rank = 0; rank < shared; ++rank) {
    const uint32_t i = a.sorted(rank);
    const uint32_t j = b.sorted(rank);
    if (const int order = compare_text(a.key(i), b.key(j)); order != 0) return order;
    if (const int order = compare(a.value(i), b.value(j)); order != 0) return order;
  }
  return order_of(a.size(), b.size());
}

int compare_record_ids(const Value& left, const Value& right) {
  const RecordIdView a(left);
  const RecordIdView b(right);
  if (const int order = order_of(a.table(), b.table()); order != 0) return order;
  return compare(a.key(), b.key());
}

int compare_ranges(const Value& left, const Value& right) {
  const RangeView a(left);
  const RangeView b(right);
  if (const int order = compare(a.low(), b.low()); order != 0) return order;
  if (const int order = compare(a.high(), b.high()); order != 0) return order;
  return order_of(a.is_inclusive(), b.is_inclusive());
}

int compare_results(const Value& left, const Value& right) {
  const ResultView a(left);
  const ResultView b(right);
  if (a.is_ok() != b.is_ok()) return a.is_ok() ? -1 : 1;
  return compare(a.value(), b.value());
}

uint64_t hash_bytes(const void* data, size_t size, uint64_t seed) {
  return XXH3_64bits_withSeed(data, size, seed);
}

template <typename T>
uint64_t hash_of(const T& plain, uint64_t seed) {
  return hash_bytes(&plain, sizeof(T), seed);
}

// Seeds that part the forms of one class; classes use their rank.
constexpr uint64_t kIntegerSeed = 32;
constexpr uint64_t kLargeIntegerSeed = 33;
constexpr uint64_t kFloatSeed = 34;
constexpr uint64_t kDecimalSeed = 35;

uint64_t hash_integer(const Value& value) {
  if (value.tag() == Tag::U128) return hash_of(value.as_uint128(), kLargeIntegerSeed);
  const i128 integer = value.as_int128();
  if (integer >= INT64_MIN && integer <= INT64_MAX)
    return hash_of(static_cast<int64_t>(integer), kIntegerSeed);
  return hash_of(integer, kIntegerSeed);
}

// Equal numbers take the same way: an integer if they are one, else a float if they are one, else
// the shortest decimal.
uint64_t hash_number(const Value& value) {
  if (value.tag() >= Tag::I8 && value.tag() <= Tag::U64) return hash_integer(value);
  if (value.tag() == Tag::F32 || value.tag() == Tag::F64) {
    if (const auto integer = as_integer_value(value.as_float64())) return hash_integer(*integer);
    return hash_of(value.as_float64(), kFloatSeed);
  }
  const DecimalParts parts = decimal_parts(value);
  if (parts.scale == 0)
    return hash_integer(
        narrowest_integer(parts.is_negative && parts.magnitude != 0, parts.magnitude));
  const FloatPart part = float_part(value);
  if (part.is_exact) return hash_of(part.value, kFloatSeed);
  const uint64_t seed =
      kDecimalSeed + (uint64_t{parts.scale} << 8) + (parts.is_negative ? uint64_t{1} << 16 : 0);
  return hash_of(parts.magnitude, seed);
}

uint64_t hash_list(const std::vector<uint64_t>& parts, uint64_t seed) {
  return hash_bytes(parts.data(), parts.size() * sizeof(uint64_t), seed);
}

uint64_t hash_sequence(const Value& value, uint64_t seed) {
  const SequenceView view(value);
  std::vector<uint64_t> parts(view.size());
  for (uint32_t i = 0; i < view.size(); ++i) parts[i] = hash(view.at(i));
  return hash_list(parts, seed);
}

uint64_t hash_object(const Value& value, uint64_t seed) {
  const ObjectView view(value);
  std::vector<uint64_t> parts;
  parts.reserve(size_t{2} * view.size());
  for (uint32_t rank = 0; rank < view.size(); ++rank) {
    const uint32_t i = view.sorted(rank);
    parts.push_back(hash_bytes(view.key(i).data(), view.key(i).size(), seed));
    parts.push_back(hash(view.value(i)));
  }
  return hash_list(parts, seed);
}

uint64_t hash_composite(const Value& value, uint64_t seed) {
  switch (value.tag()) {
    case Tag::RecordId: {
      const RecordIdView view(value);
      return hash_list({view.table().value(), hash(view.key())}, seed);
    }
    case Tag::Range: {
      const RangeView view(value);
      return hash_list({hash(view.low()), hash(view.high()), view.is_inclusive() ? uint64_t{1} : 0},
                       seed);
    }
    case Tag::Result: {
      const ResultView view(value);
      return hash_list({view.is_ok() ? uint64_t{1} : 0, hash(view.value())}, seed);
    }
    case Tag::Object:
      return hash_object(value, seed);
    default:
      return hash_sequence(value, seed);
  }
}

}  // namespace

int compare(const Value& left, const Value& right) {
  const Tag tag = left.tag();
  if (tag == Tag::I64 && right.tag() == Tag::I64)
    return order_of(left.as_int64(), right.as_int64());
  const int rank = class_rank(tag);
  const int right_rank = class_rank(right.tag());
  if (rank != right_rank) return rank < right_rank ? -1 : 1;
  switch (tag) {
    case Tag::None:
      return 0;
    case Tag::Bool:
      return order_of(left.as_bool(), right.as_bool());
    case Tag::String:
    case Tag::Bytes:
    case Tag::Regex:
      return compare_text(left.as_bytes(), right.as_bytes());
    case Tag::Datetime:
      return order_of(left.as_datetime(), right.as_datetime());
    case Tag::Duration:
      return order_of(left.as_duration(), right.as_duration());
    case Tag::Uuid:
      return order_of(std::memcmp(left.as_uuid().bytes, right.as_uuid().bytes, 16), 0);
    case Tag::RecordId:
      return compare_record_ids(left, right);
    case Tag::Enum:
      if (left.as_enum().type != right.as_enum().type)
        return order_of(left.as_enum().type, right.as_enum().type);
      return order_of(left.as_enum().variant, right.as_enum().variant);
    case Tag::Range:
      return compare_ranges(left, right);
    case Tag::Result:
      return compare_results(left, right);
    case Tag::Object:
      return compare_objects(left, right);
    case Tag::Tuple:
    case Tag::Array:
    case Tag::Vector:
    case Tag::HashSet:
    case Tag::HashMap:
      return compare_sequences(left, right);
    default:
      return compare_numbers(left, right);
  }
}

bool equals(const Value& left, const Value& right) {
  if (left.tag() == right.tag() && is_bytes_like(left.tag())) {
    if (left.as_bytes() == right.as_bytes()) return true;
    if (!is_composite(left.tag())) return false;
  }
  return compare(left, right) == 0;
}

uint64_t hash(const Value& value) {
  const Tag tag = value.tag();
  const auto seed = static_cast<uint64_t>(class_rank(tag));
  switch (tag) {
    case Tag::None:
      return hash_bytes("", 0, seed);
    case Tag::Bool:
      return hash_of(static_cast<uint8_t>(value.as_bool()), seed);
    case Tag::String:
    case Tag::Bytes:
    case Tag::Regex:
      return hash_bytes(value.as_bytes().data(), value.as_bytes().size(), seed);
    case Tag::Datetime:
      return hash_list(
          {static_cast<uint64_t>(value.as_datetime().seconds), value.as_datetime().nanos}, seed);
    case Tag::Duration:
      return hash_list(
          {static_cast<uint64_t>(value.as_duration().seconds), value.as_duration().nanos}, seed);
    case Tag::Uuid:
      return hash_bytes(value.as_uuid().bytes, 16, seed);
    case Tag::Enum:
      return hash_list({value.as_enum().type.value(), value.as_enum().variant}, seed);
    default:
      return is_number(tag) ? hash_number(value) : hash_composite(value, seed);
  }
}

}  // namespace zerodb
