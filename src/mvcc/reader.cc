#include "mvcc/reader.h"

#include <utility>

#include "mvcc/row_counts.h"

namespace zerodb::mvcc {
namespace {

Error damaged_version(Family family) {
  return Error(ErrorCode::E1205, "a version in family " +
                                     std::string(storage::family_name(family)) +
                                     " has a header that this zerodb does not know");
}

// What a reader at `read_at` sees of a key whose version in place is too new for it. The value goes
// to `buffer`.
Result<Lookup> find_in_history(storage::Engine& engine, const storage::Snapshot* snapshot,
                               Timestamp read_at, Family family, std::string_view key,
                               std::string& buffer) {
  std::string prefix;
  append_history_prefix(prefix, family, key);
  Range range = Range::prefix(prefix);
  range.begin.clear();
  append_history_key(range.begin, family, key, read_at);
  const auto entries = engine.iterate(Family::History, range, Direction::Forward, snapshot);
  const Entry* entry = entries->next();
  if (entry == nullptr) {
    TRY(entries->status());
    return Lookup{Presence::Deleted, {}, {}};
  }
  const auto where = parse_history_key(entry->key);
  const auto version = parse_version(entry->value);
  if (!where || !version) return damaged_version(Family::History);
  // What was replaced at or before the timestamp is a leftover that the collector has not reached
  // yet.
  if (version->kind == VersionKind::Tombstone || version->at <= read_at) {
    return Lookup{Presence::Deleted, where->at, {}};
  }
  buffer.assign(version->payload);
  return Lookup{Presence::Visible, where->at, buffer};
}

Lookup lookup_of(const Version& version) {
  if (version.kind == VersionKind::Tombstone) return {Presence::Deleted, version.at, {}};
  return {Presence::Visible, version.at, version.payload};
}

}  // namespace

Result<Lookup> get_newest(storage::Engine& engine, Family family, std::string_view key,
                          std::string& buffer) {
  if (!TRY(engine.get(family, key, nullptr, buffer))) return Lookup{};
  const auto version = parse_version(buffer);
  if (!version) [[unlikely]]
    return damaged_version(family);
  return lookup_of(*version);
}

Result<Lookup> SnapshotReader::get(Family family, std::string_view key, std::string& buffer) {
  if (!TRY(engine_.get(family, key, snapshot_.get(), buffer))) return Lookup{};
  const auto version = parse_version(buffer);
  if (!version) [[unlikely]]
    return damaged_version(family);
  if (version->at <= read_at_) [[likely]]
    return lookup_of(*version);
  if (!version->has_history) return Lookup{Presence::Deleted, {}, {}};
  return find_in_history(engine_, snapshot_.get(), read_at_, family, key, buffer);
}

Status SnapshotReader::multi_get(Family family, std::span<const std::string_view> keys,
                                 storage::ValueList& out, std::vector<Presence>* presences) {
  TRY(engine_.multi_get(family, keys, snapshot_.get(), out));
  if (presences != nullptr) presences->assign(keys.size(), Presence::Absent);
  std::string buffer;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!out.has(i)) continue;
    const auto version = parse_version(out[i]);
    if (!version) return damaged_version(family);
    Lookup found = lookup_of(*version);
    if (version->at > read_at_) {
      found = {Presence::Deleted, {}, {}};
      if (version->has_history) {
        found = TRY(find_in_history(engine_, snapshot_.get(), read_at_, family, keys[i], buffer));
      }
      if (found.presence == Presence::Visible) out.replace(i, found.payload);
    } else if (found.presence == Presence::Visible) {
      out.trim_front(i, kVersionHeaderBytes);
    }
    if (found.presence != Presence::Visible) out.set_missing(i);
    if (presences != nullptr) (*presences)[i] = found.presence;
  }
  return ok_status();
}

Result<std::optional<uint64_t>> SnapshotReader::row_count(std::string_view space) {
  return count_of_rows(engine_, snapshot_.get(), read_at_, space);
}

std::unique_ptr<Cursor> SnapshotReader::scan(Family family, const Range& range,
                                             Direction direction) {
  return std::make_unique<Cursor>(engine_, snapshot_.get(), read_at_, family, range, direction);
}

Cursor::Cursor(storage::Engine& engine, const storage::Snapshot* snapshot, Timestamp read_at,
               Family family, const Range& range, Direction direction)
    : engine_(engine),
      snapshot_(snapshot),
      read_at_(read_at),
      family_(family),
      base_(engine.iterate(family, range, direction, snapshot)) {}

const Entry* Cursor::next() {
  while (!error_) {
    const Entry* const found = base_->next();
    if (found == nullptr) return nullptr;
    switch (take(*found)) {
      case Step::Take:
        return &current_;
      case Step::Skip:
        break;
      case Step::Fail:
        return nullptr;
    }
  }
  return nullptr;
}

Cursor::Step Cursor::take(const Entry& found) {
  const auto version = parse_version(found.value);
  if (!version) [[unlikely]] {
    error_ = damaged_version(family_);
    return Step::Fail;
  }
  if (version->at <= read_at_) [[likely]] {
    if (version->kind == VersionKind::Tombstone) return Step::Skip;
    current_ = {found.key, version->payload};
    committed_at_ = version->at;
    return Step::Take;
  }
  if (!version->has_history) return Step::Skip;
  Result<Lookup> older =
      find_in_history(engine_, snapshot_, read_at_, family_, found.key, history_value_);
  if (!older) {
    error_ = std::move(older).error();
    return Step::Fail;
  }
  if (older->presence != Presence::Visible) return Step::Skip;
  current_ = {found.key, older->payload};
  committed_at_ = older->at;
  return Step::Take;
}

Status Cursor::status() const {
  if (error_) return *error_;
  return base_->status();
}

}  // namespace zerodb::mvcc
