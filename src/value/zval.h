// zval, version 1: the encoded form of composite values, read in place; and views that read it.
//
// Everything is little-endian, unaligned and relative, so a body is valid wherever it lies. An
// element is a tag byte and a payload whose extent the container knows:
//   none: nothing · bool: 1 · i8..u128: their width · f32: 4 · f64: 8 · decimal: scale u8,
//   coefficient 16 datetime, duration: i64 seconds, u32 nanos · uuid: 16 · enum: u32 type, u32
//   variant string, bytes, regex: the bytes · composites: their body
// Bodies of composites begin with their depth: 1 if no part is composite, else one more than the
// deepest part.
//   sequence   depth u8, form u8, count, end of each element, elements. Form 0, 1, 2: counts and
//   ends are u8, u16, u32. Ends are
//              relative to the first element. Array, Tuple; HashSet (ascending, distinct); HashMap
//              (key, value, ..; keys ascending)
//   packed     depth u8, form u8 = 3, tag u8, 0 u8, count u32, payloads. Every Vector, and arrays
//   of two and more numbers of one
//              fixed-width type
//   object     depth u8, form u8, count, end of each key, end of each value, positions in the order
//   of keys, keys, elements.
//              Keys and values are in insertion order
//   record id  depth u8, table u64, key element
//   range      depth u8, flags u8 (1 = high end included), size of the low element u32, low
//   element, high element; none = open result     depth u8, 1 u8 for ok or 0, element
// Views never read outside a body, whatever its bytes: a part that does not fit reads as none.
// Bytes from outside are checked once with validate(), after which nothing is lost silently.
// Threading: views are plain values that share the buffer of the value they were made from.
#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "value/value.h"

namespace zerodb {

// The form of an array whose numbers lie side by side.
inline constexpr uint8_t kPackedForm = 3;

inline bool is_composite(Tag tag) {
  return tag == Tag::RecordId || tag >= Tag::Range;
}
// Array, Vector, Tuple, HashSet.
inline bool is_sequence(Tag tag) {
  return tag == Tag::Array || tag == Tag::Vector || tag == Tag::Tuple || tag == Tag::HashSet;
}

// The elements of an Array, Vector, Tuple or HashSet; of a HashMap, keys at even and values at odd
// positions.
class SequenceView {
 public:
  explicit SequenceView(Value value);

  uint32_t size() const { return count_; }
  // None beyond the end.
  Value at(uint32_t index) const;
  // Tag of the payloads in packed_data(), or nothing.
  std::optional<Tag> packed_tag() const;
  std::string_view packed_data() const;

 private:
  Value value_;
  uint32_t count_ = 0;
};

class HashMapView {
 public:
  explicit HashMapView(Value value) : entries_(std::move(value)) {}
  uint32_t size() const { return entries_.size() / 2; }
  Value key(uint32_t index) const { return entries_.at(2 * index); }
  Value value(uint32_t index) const { return entries_.at(2 * index + 1); }
  std::optional<Value> find(const Value& key) const;

 private:
  SequenceView entries_;
};

// Whether an equal element is in the set: binary search.
bool hash_set_contains(const SequenceView& set, const Value& element);

class ObjectView {
 public:
  explicit ObjectView(Value value);
  // Reads a body that the caller keeps alive; long parts are copied out of it.
  static ObjectView borrow(std::string_view body);

  uint32_t size() const { return count_; }
  // Entries in insertion order. A key is valid while this view lives unmoved.
  std::string_view key(uint32_t index) const;
  Value value(uint32_t index) const;
  // The encoded value of an entry, empty if it does not fit the body.
  std::string_view element(uint32_t index) const;
  // Position of the entry whose key is at `rank` in the order of keys.
  uint32_t sorted(uint32_t rank) const;
  std::optional<uint32_t> position(std::string_view name) const;
  // Nothing if there is no such key; a none that is stored is found.
  std::optional<Value> find(std::string_view name) const;

 private:
  ObjectView() = default;
  void read_header();
  std::string_view body() const { return value_.is_none() ? borrowed_ : value_.as_bytes(); }
  uint32_t offset_at(uint32_t table, uint32_t index) const;

  Value value_;  // none if the body is borrowed
  std::string_view borrowed_;
  uint32_t count_ = 0;
  uint32_t width_ = 1;
};

class RecordIdView {
 public:
  explicit RecordIdView(Value value) : value_(std::move(value)) {}
  TableId table() const;
  Value key() const;

 private:
  Value value_;
};

class RangeView {
 public:
  explicit RangeView(Value value) : value_(std::move(value)) {}
  Value low() const;   // none: open
  Value high() const;  // none: open
  bool is_inclusive() const;

 private:
  Value value_;
};

class ResultView {
 public:
  explicit ResultView(Value value) : value_(std::move(value)) {}
  bool is_ok() const;
  Value value() const;

 private:
  Value value_;
};

namespace zval {

// Bytes of the payload of a tag in an element, or nothing where it varies.
inline std::optional<uint32_t> payload_size(Tag tag) {
  constexpr uint8_t kVaries = 255;
  constexpr uint8_t kSizes[] = {0,  1, 1, 2,  4,       8,       16, 1,  2,  4,       8,
                                16, 4, 8, 17, kVaries, kVaries, 12, 12, 16, kVaries, 8};
  const auto index = static_cast<size_t>(tag);
  if (index >= std::size(kSizes) || kSizes[index] == kVaries) return std::nullopt;
  return kSizes[index];
}
// Bytes of the payload of a value.
inline size_t payload_size(const Value& value) {
  const auto size = payload_size(value.tag());
  return size ? *size : value.as_bytes().size();
}

// Appends a value as an element: tag and payload.
void append_element(std::string& out, const Value& value);
// Reads an element. With an owner (the value whose body the element is a run of) long parts share
// its buffer. None for bytes that are no element, and for a composite that claims to be no
// shallower than its owner: so no walk down damaged bytes is deeper than 256 levels.
Value read_element(std::string_view element, const Value* owner = nullptr);
// Writes and reads the payload alone; write_payload fills payload_size(value) bytes and gives their
// end. read_payload gives none if the size does not fit the tag.
char* write_payload(char* out, const Value& value);
void append_payload(std::string& out, const Value& value);
Value read_payload(Tag tag, std::string_view payload, const Value* owner = nullptr);

void append_record_id(std::string& out, TableId table, const Value& key);

// 0 for scalars.
uint32_t depth(const Value& value);

// Whether the bytes are exactly one well-formed element, or the body of a value of the tag: sizes,
// order of keys and sets, UTF-8, depth of at most limits::kValueDepthMax (E1103). Any other defect
// is E1205.
Status validate_element(std::string_view element);
Status validate(Tag tag, std::string_view body);

}  // namespace zval
}  // namespace zerodb
