// Byte strings, and fixed-width integers written into and read from them.
//
// A byte string is a std::string that need not be text; a borrowed one is a std::string_view.
// Little-endian is the order of records and frames, big-endian that of keys, because it sorts.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace zerodb {

static_assert(std::endian::native == std::endian::little,
              "records are read in place, so the machine must be little-endian");

template <typename T>
inline void put_le(std::string& out, T value) {
  char raw[sizeof(T)];
  std::memcpy(raw, &value, sizeof(T));
  out.append(raw, sizeof(T));
}

// Reads sizeof(T) bytes; the caller has checked that they are there.
template <typename T>
inline T get_le(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

inline uint16_t byte_swap(uint16_t v) {
  return __builtin_bswap16(v);
}
inline uint32_t byte_swap(uint32_t v) {
  return __builtin_bswap32(v);
}
inline uint64_t byte_swap(uint64_t v) {
  return __builtin_bswap64(v);
}

template <typename T>
inline void put_be(std::string& out, T value) {
  const T swapped = byte_swap(value);
  put_le(out, swapped);
}

template <typename T>
inline T get_be(const char* from) {
  return byte_swap(get_le<T>(from));
}

}  // namespace zerodb
