#include "base/crc32c.h"

#include <array>
#include <cstddef>

#include "base/bytes.h"

namespace zerodb {

namespace {

constexpr size_t kSlices = 8;
using Table = std::array<std::array<uint32_t, 256>, kSlices>;

// The reflected polynomial; table k advances a byte over k more bytes of zeros.
constexpr Table make_table() {
  Table table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0u);
    table[0][byte] = crc;
  }
  for (size_t slice = 1; slice < kSlices; ++slice) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t before = table[slice - 1][byte];
      table[slice][byte] = (before >> 8) ^ table[0][before & 0xff];
    }
  }
  return table;
}

constexpr Table kTable = make_table();

}  // namespace

uint32_t crc32c(std::string_view bytes, uint32_t crc) {
  crc = ~crc;
  while (bytes.size() >= kSlices) {
    const uint64_t word = get_le<uint64_t>(bytes.data()) ^ crc;
    crc = 0;
    for (size_t i = 0; i < kSlices; ++i) crc ^= kTable[kSlices - 1 - i][(word >> (8 * i)) & 0xff];
    bytes.remove_prefix(kSlices);
  }
  for (const char byte : bytes) {
    crc = (crc >> 8) ^ kTable[0][(crc ^ static_cast<unsigned char>(byte)) & 0xff];
  }
  return ~crc;
}

uint32_t crc32c_difference_after(uint32_t difference) {
  return (difference >> 8) ^ kTable[0][difference & 0xff];
}

}  // namespace zerodb
