// Where things lie in the store: keys of records, index entries and history, and the header of a
// version.
//
//   Row      [table u64 BE][record key]                       → version
//   Index    [index u64 BE][columns][record key unless unique] → version
//   Meta     bytes of the catalog's choosing                   → version
//   History  [family u8][key, escaped][~commit timestamp u64 BE] → [replaced at u64 LE][flags u8]
//   payload version  = [commit timestamp u64 LE][flags u8] payload
//
// The key inside a history key is escaped (00 → 00 FF, end 00 01), so that no key's history lies
// among another's, and one table's history is contiguous; the newest version comes first.
// Threading: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/timestamp.h"
#include "storage/range.h"

namespace zerodb::mvcc {

using storage::Direction;
using storage::Entry;
using storage::Family;
using storage::Range;

std::string record_key(TableId table, std::string_view key);
std::string index_key(IndexId index, std::string_view columns, std::string_view record_key = {});
Range table_range(TableId table);
Range index_range(IndexId index);
// What follows the 8 bytes of the table or index id.
inline std::string_view without_id(std::string_view key) {
  return key.substr(8);
}

// The history of every key with this prefix.
Range history_range(Family family, std::string_view prefix);
// The history of one key is every entry whose key starts with this.
void append_history_prefix(std::string& out, Family family, std::string_view key);
void append_history_key(std::string& out, Family family, std::string_view key, Timestamp at);

struct HistoryKey {
  Family family;
  std::string key;
  Timestamp at;
};
// Nothing if the bytes are no history key.
std::optional<HistoryKey> parse_history_key(std::string_view bytes);

inline constexpr size_t kVersionHeaderBytes = 9;

enum class VersionKind : uint8_t { Value = 0, Tombstone = 1 };

// A version read in place: in a versioned family `at` is its commit timestamp, in the history the
// one that replaced it.
struct Version {
  Timestamp at;
  VersionKind kind = VersionKind::Value;
  // An older version of the key was moved to the history.
  bool has_history = false;
  // In the history only: a tombstone took its place.
  bool replaced_by_tombstone = false;
  std::string_view payload;
};
std::string version_header(const Version& version);
// Nothing if the bytes are too short or carry an unknown flag: the store is damaged or newer.
std::optional<Version> parse_version(std::string_view bytes);

}  // namespace zerodb::mvcc
