// LogCheck: tells a log that ends early, as a power cut leaves it, from one that was damaged later.
//
// RocksDB ends its log of commits at the first record that cannot be read: after one flipped bit,
// commits behind it would be gone without a word. Its manifest it refuses when the end is torn. So
// both are read before RocksDB opens them. What cannot be read was damaged, E1205, if
//
//   - one flipped bit makes it readable, or
//   - a record behind it shows that it was synced: any record in the manifest, which is synced
//     before it goes on; in a log of commits one whose mark (DurabilityMark) is above it.
//
// Otherwise it was never acknowledged: a log of commits is left to RocksDB, a manifest is cut
// there. The last record of a file, if more than one of its bits changed, looks like a torn one.
//
// A write that was torn at its very last bytes may differ by a single bit too, such as by a last
// byte 1 that stayed 0. The record is all there then but for that bit, and whether it was synced
// makes no difference: the bit is mended.
//
// The format is that of LevelDB's logs: blocks of 32 KiB; records cut into fragments
// [masked CRC-32C u32 LE][size u16 LE][type u8] bytes, none across blocks. Threading: pure
// functions but for the files.
#pragma once

#include <rocksdb/env.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace zerodb::storage {

// What every commit carries in the log.
struct DurabilityMark {
  // Differs each time the store is opened: a store that was opened since has made its peace with
  // what was torn before.
  uint64_t life = 0;
  // All commits up to this sequence number were synced when the commit was made; 0 says nothing.
  uint64_t synced_sequence = 0;
};
std::string encode(DurabilityMark mark);

// Reads the manifest and all logs of commits of the store in a folder; mends a torn manifest, and
// records of which one bit near their end is wrong.
Status check_logs(rocksdb::Env& env, const std::string& folder);

}  // namespace zerodb::storage
