// Pieces that the general and the typed form of keys share. Internal to the key codec.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "value/key_codec.h"

namespace zerodb::key {

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

inline constexpr uint8_t kExactFloat = 0x40;
inline constexpr uint8_t kMoreDigits = 0x80;
inline constexpr int kExponentBias = 64;
inline constexpr uint64_t kSignBit = uint64_t{1} << 63;

inline void put_byte(std::string& out, uint32_t byte) {
  out.push_back(static_cast<char>(byte));
}
void complement(std::string& out, size_t from);

// The bits of a float such that unsigned order is the order of numbers: flips the sign bit of
// positive ones, all of negative ones.
inline uint64_t ordered_bits(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
}

inline double from_ordered_bits(uint64_t bits) {
  return std::bit_cast<double>((bits & kSignBit) != 0 ? bits & ~kSignBit : ~bits);
}

// Bytes with 0x00 escaped, and their end.
void append_text(std::string& out, std::string_view text);
void append_time(std::string& out, int64_t seconds, uint32_t nanos);

// Turns what was appended from `begin` on into a descending key, unless it is none; checks its
// size.
Status finish_key(std::string& out, size_t begin, KeyOrder order, bool is_none);

// Each takes what it names off the front of `in`, or gives malformed().
Error malformed();
Result<std::string_view> take(std::string_view& in, size_t size);
Result<uint8_t> take_byte(std::string_view& in);
Result<std::string> take_text(std::string_view& in);
Result<std::string> take_utf8(std::string_view& in);
struct Time {
  int64_t seconds;
  uint32_t nanos;
};
Result<Time> take_time(std::string_view& in);
Result<Value> take_uuid(std::string_view& in);

template <typename T>
Result<T> take_be(std::string_view& in) {
  const std::string_view bytes = TRY(take(in, sizeof(T)));
  return get_be<T>(bytes.data());
}

// Runs `take_one` over the complement of `in` and moves `in` on by as much.
template <typename Take>
Result<Value> take_complement(std::string_view& in, Take take_one) {
  std::string flipped(in);
  complement(flipped, 0);
  std::string_view rest = flipped;
  Value value = TRY(take_one(rest));
  in.remove_prefix(flipped.size() - rest.size());
  return value;
}

// The same where a leading none is not complemented.
template <typename Take>
Result<Value> take_descending(std::string_view& in, Take take_one) {
  if (in.empty() || static_cast<uint8_t>(in[0]) != kNone) return take_complement(in, take_one);
  in.remove_prefix(1);
  return Value::none();
}

}  // namespace zerodb::key
