// CRC-32C (Castagnoli) of bytes, as iSCSI (RFC 3720) defines it.
#pragma once

#include <cstdint>
#include <string_view>

namespace zerodb::raft {

// Threading: free of shared state. `crc` continues an earlier call.
uint32_t crc32c(std::string_view bytes, uint32_t crc = 0);

}  // namespace zerodb::raft
