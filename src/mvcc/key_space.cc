#include "mvcc/key_space.h"

#include "base/bytes.h"

namespace zerodb::mvcc {
namespace {

constexpr char kEscape = '\0';
constexpr char kEscapedZero = '\xff';
constexpr char kEndOfKey = '\x01';

constexpr uint8_t kTombstoneFlag = 1;
constexpr uint8_t kHasHistoryFlag = 2;
constexpr uint8_t kReplacedByTombstoneFlag = 4;
constexpr uint8_t kKnownFlags = 7;

std::string id_prefix(uint64_t id) {
  std::string out;
  put_be(out, id);
  return out;
}

void append_escaped(std::string& out, std::string_view key) {
  for (const char c : key) {
    out.push_back(c);
    if (c == kEscape) out.push_back(kEscapedZero);
  }
}

}  // namespace

std::string record_key(TableId table, std::string_view key) {
  std::string out;
  out.reserve(8 + key.size());
  put_be(out, table.value());
  out.append(key);
  return out;
}

std::string index_key(IndexId index, std::string_view columns, std::string_view record_key) {
  std::string out;
  out.reserve(8 + columns.size() + record_key.size());
  put_be(out, index.value());
  out.append(columns).append(record_key);
  return out;
}

Range table_range(TableId table) {
  return Range::prefix(id_prefix(table.value()));
}
Range index_range(IndexId index) {
  return Range::prefix(id_prefix(index.value()));
}

Range history_range(Family family, std::string_view prefix) {
  std::string begin(1, static_cast<char>(family));
  append_escaped(begin, prefix);
  return Range::prefix(begin);
}

void append_history_prefix(std::string& out, Family family, std::string_view key) {
  out.push_back(static_cast<char>(family));
  append_escaped(out, key);
  out.push_back(kEscape);
  out.push_back(kEndOfKey);
}

void append_history_key(std::string& out, Family family, std::string_view key, Timestamp at) {
  append_history_prefix(out, family, key);
  put_be(out, ~at.raw());
}

std::optional<HistoryKey> parse_history_key(std::string_view bytes) {
  constexpr size_t kTailBytes = 2 + sizeof(uint64_t);
  if (bytes.size() < 1 + kTailBytes) return std::nullopt;
  const auto family = static_cast<uint8_t>(bytes.front());
  if (family >= storage::kFamilyCount) return std::nullopt;
  const std::string_view stamp = bytes.substr(bytes.size() - sizeof(uint64_t));
  const std::string_view end = bytes.substr(bytes.size() - kTailBytes, 2);
  if (end[0] != kEscape || end[1] != kEndOfKey) return std::nullopt;
  HistoryKey parsed{static_cast<Family>(family), {}, Timestamp(~get_be<uint64_t>(stamp.data()))};
  const std::string_view escaped = bytes.substr(1, bytes.size() - 1 - kTailBytes);
  for (size_t i = 0; i < escaped.size(); ++i) {
    parsed.key.push_back(escaped[i]);
    if (escaped[i] != kEscape) continue;
    if (++i == escaped.size() || escaped[i] != kEscapedZero) return std::nullopt;
  }
  return parsed;
}

std::string version_header(const Version& version) {
  std::string out;
  put_le(out, version.at.raw());
  uint8_t flags = 0;
  if (version.kind == VersionKind::Tombstone) flags |= kTombstoneFlag;
  if (version.has_history) flags |= kHasHistoryFlag;
  if (version.replaced_by_tombstone) flags |= kReplacedByTombstoneFlag;
  out.push_back(static_cast<char>(flags));
  return out;
}

std::optional<Version> parse_version(std::string_view bytes) {
  if (bytes.size() < kVersionHeaderBytes) return std::nullopt;
  const auto flags = static_cast<uint8_t>(bytes[kVersionHeaderBytes - 1]);
  if ((flags & ~kKnownFlags) != 0) return std::nullopt;
  Version version;
  version.at = Timestamp(get_le<uint64_t>(bytes.data()));
  version.kind = (flags & kTombstoneFlag) != 0 ? VersionKind::Tombstone : VersionKind::Value;
  version.has_history = (flags & kHasHistoryFlag) != 0;
  version.replaced_by_tombstone = (flags & kReplacedByTombstoneFlag) != 0;
  version.payload = bytes.substr(kVersionHeaderBytes);
  return version;
}

}  // namespace zerodb::mvcc
