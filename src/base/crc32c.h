// CRC-32C (Castagnoli) of bytes, as iSCSI (RFC 3720) defines it.
#pragma once

#include <cstdint>
#include <string_view>

namespace zerodb {

// Threading: free of shared state. `crc` continues an earlier call.
uint32_t crc32c(std::string_view bytes, uint32_t crc = 0);

// Two byte strings that differ have checksums that differ by some bits (their exclusive or). This
// gives the difference after one more byte, the same in both. A byte that differs by `bits` counts
// as crc32c_difference_after(bits), so where one bit was flipped can be read off a checksum.
uint32_t crc32c_difference_after(uint32_t difference);

}  // namespace zerodb
