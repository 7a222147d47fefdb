#include "value/uuid.h"

#include <cstring>

#include "base/bytes.h"

namespace zerodb {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Whether a hyphen stands before the byte of this index.
bool hyphen_before(int byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

Uuid from_halves(uint64_t high, uint64_t low) {
  Uuid result;
  high = byte_swap(high);
  low = byte_swap(low);
  std::memcpy(result.bytes, &high, sizeof(high));
  std::memcpy(result.bytes + sizeof(high), &low, sizeof(low));
  return result;
}

constexpr uint64_t kVariantMask = uint64_t{3} << 62;
constexpr uint64_t kVariant = uint64_t{2} << 62;

}  // namespace

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid result;
  size_t at = 0;
  for (int i = 0; i < 16; ++i) {
    if (hyphen_before(i) && text[at++] != '-') return std::nullopt;
    const int high = hex_digit(text[at]);
    const int low = hex_digit(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    result.bytes[i] = static_cast<uint8_t>(high << 4 | low);
    at += 2;
  }
  return result;
}

std::string print_uuid(const Uuid& value) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (int i = 0; i < 16; ++i) {
    if (hyphen_before(i)) out += '-';
    out += kHex[value.bytes[i] >> 4];
    out += kHex[value.bytes[i] & 15];
  }
  return out;
}

Uuid make_uuid_v4(Random& random) {
  const uint64_t high = (random.next() & ~uint64_t{0xf000}) | 0x4000;
  const uint64_t low = (random.next() & ~kVariantMask) | kVariant;
  return from_halves(high, low);
}

Uuid make_uuid_v7(Random& random, int64_t wall_ns) {
  const auto ns = static_cast<uint64_t>(wall_ns < 0 ? 0 : wall_ns);
  const uint64_t ms = ns / 1'000'000;
  const uint64_t fraction = (ns % 1'000'000) * 4096 / 1'000'000;
  const uint64_t high = ms << 16 | 0x7000 | fraction;
  const uint64_t low = (random.next() & ~kVariantMask) | kVariant;
  return from_halves(high, low);
}

int uuid_version(const Uuid& value) {
  return value.bytes[6] >> 4;
}

std::optional<int64_t> uuid_unix_ms(const Uuid& value) {
  if (uuid_version(value) != 7) return std::nullopt;
  int64_t ms = 0;
  for (int i = 0; i < 6; ++i) ms = ms << 8 | value.bytes[i];
  return ms;
}

}  // namespace zerodb
