// Value: one value of zeroql in memory, 32 bytes.
//
// Scalars live inline. Strings and byte strings of at most 16 bytes live inline too; longer ones
// and every composite value point into one immutable reference-counted Buffer, composites in the
// encoded form of zval.h, read in place. So copying a value never allocates and there are no trees
// of values. Invariants: (1) the payload matches the tag; (2) composites are valid zval encodings
// (checked where bytes come from outside); (3) strings are UTF-8; (4) -0.0 and NaN payloads are
// normalised on construction. Threading: a value is not shared while it changes; buffers are
// immutable and their counts atomic, so copies may go to any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/int128.h"

namespace zerodb {

// The class and width of a value. Stored in records and batches: numbers are never reused or
// reordered.
enum class Tag : uint8_t {
  None = 0,
  Bool = 1,
  I8 = 2,
  I16 = 3,
  I32 = 4,
  I64 = 5,
  I128 = 6,
  U8 = 7,
  U16 = 8,
  U32 = 9,
  U64 = 10,
  U128 = 11,
  F32 = 12,
  F64 = 13,
  Decimal = 14,
  String = 15,
  Bytes = 16,
  Datetime = 17,
  Duration = 18,
  Uuid = 19,
  RecordId = 20,
  Enum = 21,
  Regex = 22,
  Range = 23,
  Tuple = 24,
  Array = 25,
  Vector = 26,
  HashSet = 27,
  HashMap = 28,
  Result = 29,
  Object = 30,
};

inline bool is_integer(Tag tag) {
  return tag >= Tag::I8 && tag <= Tag::U128;
}
inline bool is_number(Tag tag) {
  return tag >= Tag::I8 && tag <= Tag::Decimal;
}
// Strings, byte strings, regexes and everything with parts: payload is bytes.
inline bool is_bytes_like(Tag tag) {
  return tag == Tag::String || tag == Tag::Bytes || tag == Tag::RecordId || tag >= Tag::Regex;
}

// Coefficient times 10^-scale; at most 38 digits, scale at most 38.
struct Decimal {
  i128 coefficient = 0;
  uint8_t scale = 0;
};

// An instant: seconds since 1970-01-01 UTC, nanoseconds 0..999,999,999 forward from there.
struct Datetime {
  int64_t seconds = 0;
  uint32_t nanos = 0;
  auto operator<=>(const Datetime&) const = default;
};

// A length of time: seconds and nanoseconds 0..999,999,999; -1 ns is {-1, 999'999'999}.
struct Duration {
  int64_t seconds = 0;
  uint32_t nanos = 0;
  auto operator<=>(const Duration&) const = default;
};

struct Uuid {
  uint8_t bytes[16] = {};
  auto operator<=>(const Uuid&) const = default;
};

// A variant of an enum: which enum, the variant's id (stored) and its rank (order).
struct EnumValue {
  EnumId type;
  uint32_t variant = 0;
};

// An immutable shared run of bytes.
class Buffer {
 public:
  // A buffer with room for `size` bytes, count one.
  static Buffer* allocate(size_t size);
  void retain() { count_.fetch_add(1, std::memory_order_relaxed); }
  void release();
  char* data() { return reinterpret_cast<char*>(this + 1); }

 private:
  explicit Buffer() = default;
  std::atomic<uint64_t> count_ = 1;
};
// Bodies of at most this many bytes live inside the value.
inline constexpr uint32_t kInlineBytesMax = 16;

class Value {
 public:
  Value() = default;  // none
  Value(const Value& other)
      : tag_(other.tag_),
        scale_(other.scale_),
        size_(other.size_),
        owner_(other.owner_),
        payload_(other.payload_) {
    if (owner_ != nullptr) owner_->retain();
  }
  Value(Value&& other) noexcept
      : tag_(other.tag_),
        scale_(other.scale_),
        size_(other.size_),
        owner_(other.owner_),
        payload_(other.payload_) {
    other.tag_ = Tag::None;
    other.owner_ = nullptr;
  }
  Value& operator=(const Value& other) {
    if (this != &other) *this = Value(other);
    return *this;
  }
  Value& operator=(Value&& other) noexcept;
  ~Value() {
    if (owner_ != nullptr) owner_->release();
  }

  static Value none() { return Value(); }
  static Value boolean(bool value);
  static Value int64(int64_t value) { return integer(Tag::I64, value); }
  // An integer of the given width; the value must fit it. U128 goes through uint128.
  static Value integer(Tag tag, i128 value);
  static Value uint128(u128 value);
  static Value float64(double value);
  static Value float32(float value);
  static Value decimal(Decimal value);
  static Value string(std::string_view text);
  static Value bytes(std::string_view bytes);
  static Value datetime(Datetime value);
  static Value duration(Duration value);
  static Value uuid(const Uuid& value);
  static Value enumeration(EnumValue value);
  static Value regex(std::string_view pattern);
  // `key` is the zval of the key; see record_id.h for building and reading them.
  static Value record_id(TableId table, const Value& key);
  // A composite (or any bytes-like tag) whose encoded body is copied in.
  static Value encoded(Tag tag, std::string_view body);
  // Takes over one count of `buffer`, whose first `size` bytes are the body.
  static Value adopt(Tag tag, Buffer* buffer, uint32_t size);
  // A value whose body is a run of this value's own body: shares the buffer instead of copying.
  Value part(Tag tag, std::string_view run) const;

  Tag tag() const { return tag_; }
  bool is_none() const { return tag_ == Tag::None; }

  // Each requires the matching tag.
  bool as_bool() const { return payload_.boolean; }
  int64_t as_int64() const {
    return static_cast<int64_t>(payload_.integer);
  }  // any integer of at most 64 bits signed
  i128 as_int128() const {
    return payload_.integer;
  }  // any integer but U128 above the maximum of i128
  u128 as_uint128() const { return static_cast<u128>(payload_.integer); }  // U128
  double as_float64() const { return payload_.float64; }                   // F64, and F32 widened
  Decimal as_decimal() const { return {payload_.integer, scale_}; }
  Datetime as_datetime() const { return payload_.datetime; }
  Duration as_duration() const { return payload_.duration; }
  const Uuid& as_uuid() const { return payload_.uuid; }
  EnumValue as_enum() const { return payload_.enumeration; }
  // Bytes-like tags: the text, the bytes, the pattern, or the encoded body of a composite. Valid
  // while this value lives unchanged.
  std::string_view as_bytes() const {
    return {is_inline() ? payload_.inline_bytes : payload_.data, size_};
  }
  std::string_view as_string() const { return as_bytes(); }

 private:
  bool is_inline() const { return owner_ == nullptr; }
  Value(Tag tag, std::string_view body);

  Tag tag_ = Tag::None;
  uint8_t scale_ = 0;
  uint32_t size_ = 0;        // bytes-like tags
  Buffer* owner_ = nullptr;  // bytes-like tags of more than 16 bytes
  union Payload {
    Payload() : integer(0) {}
    bool boolean;
    i128 integer;
    double float64;
    Datetime datetime;
    Duration duration;
    Uuid uuid;
    EnumValue enumeration;
    char inline_bytes[16];
    const char* data;
  } payload_;
};

static_assert(sizeof(Value) == 32);

inline Value& Value::operator=(Value&& other) noexcept {
  if (this == &other) return *this;
  if (owner_ != nullptr) owner_->release();
  tag_ = other.tag_;
  scale_ = other.scale_;
  size_ = other.size_;
  owner_ = other.owner_;
  payload_ = other.payload_;
  other.tag_ = Tag::None;
  other.owner_ = nullptr;
  return *this;
}

inline Value Value::integer(Tag tag, i128 value) {
  Value result;
  result.tag_ = tag;
  result.payload_.integer = value;
  return result;
}

// Total order of V2 over all values, for ORDER BY, keys and sets: across classes by class; none
// last. -1, 0 or 1. Numbers compare exactly across widths; NaN is greatest; enum variants compare
// by (type, variant rank given in the value's variant id order unless ranks are supplied by the
// caller).
int compare(const Value& left, const Value& right);
// Equality of the language: numbers across widths, objects without regard to the order of keys,
// none = none.
bool equals(const Value& left, const Value& right);
// Equal values hash alike; never changes (the function hash() exposes it).
uint64_t hash(const Value& value);

}  // namespace zerodb
