#include "txn/transaction.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/limits.h"
#include "base/store_fault.h"

namespace zerodb::txn {

using mvcc::Presence;
using mvcc::WriteKind;

namespace {

// Keys mostly come in ascending order.
template <typename Map>
bool is_behind_all(const Map& map, std::string_view key) {
  return map.empty() || map.rbegin()->first < key;
}

Error too_large() {
  return Error(ErrorCode::E1106, "the transaction writes more than 64 MiB")
      .with_help("split the work into several transactions");
}

}  // namespace

Transaction::Transaction(Transaction&& other) noexcept
    : router_(other.router_),
      options_(other.options_),
      state_(std::exchange(other.state_, State::Ended)),
      reader_(std::move(other.reader_)),
      pending_(std::move(other.pending_)),
      pending_bytes_(other.pending_bytes_),
      undo_(std::move(other.undo_)),
      savepoints_(std::move(other.savepoints_)),
      next_savepoint_(other.next_savepoint_),
      read_keys_(std::move(other.read_keys_)),
      read_ranges_(std::move(other.read_ranges_)),
      loaded_(std::move(other.loaded_)),
      empty_space_(std::move(other.empty_space_)),
      load_entries_(std::move(other.load_entries_)) {
  ASSERT(other.open_cursors_.empty());
}

Transaction::~Transaction() {
  end();
}

size_t Transaction::write_count() const {
  size_t count = 0;
  for (const PendingMap& pending : pending_) count += pending.size();
  return count;
}

bool Transaction::has_writes() const {
  return std::any_of(pending_.begin(), pending_.end(),
                     [](const PendingMap& map) { return !map.empty(); });
}

Result<mvcc::SnapshotReader*> Transaction::reader() {
  ASSERT(is_open());
  if (reader_ == nullptr) reader_ = TRY(router_->begin_snapshot(options_.read_at));
  return reader_.get();
}

Result<Timestamp> Transaction::read_timestamp() {
  const mvcc::SnapshotReader* const snapshot = TRY(reader());
  return snapshot->read_at();
}

Result<Transaction> Transaction::reader_beside() {
  ASSERT(can_be_read_beside());
  TransactionOptions options = options_;
  options.access = Access::ReadOnly;
  options.read_at = TRY(read_timestamp());
  return begin(*router_, options);
}

const Transaction::Pending* Transaction::find_pending(Family family, std::string_view key) const {
  const PendingMap& map = pending_[storage::family_index(family)];
  if (is_behind_all(map, key)) return nullptr;
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

Result<std::optional<std::string_view>> Transaction::get(Family family, std::string_view key,
                                                         std::string& buffer) {
  ASSERT(is_open());
  mvcc::Lookup found;
  if (options_.access == Access::SingleRead && reader_ == nullptr) {
    found = TRY(router_->get_newest(family, key, buffer));
  } else {
    if (const Pending* const own = find_pending(family, key)) {
      if (own->kind == WriteKind::Delete) return std::nullopt;
      return std::string_view(own->payload);
    }
    const bool is_absent =
        !empty_space_.empty() && family == Family::Row && key.starts_with(empty_space_);
    if (!is_absent) {
      mvcc::SnapshotReader* const snapshot = TRY(reader());
      found = TRY(snapshot->get(family, key, buffer));
    }
    const bool is_missed = family == Family::Index && planted(StoreFault::StaleUniqueCheck);
    if (records_reads() && !is_missed) read_keys_.add(family, key, found.presence);
  }
  if (found.presence != Presence::Visible) return std::nullopt;
  return found.payload;
}

Result<std::optional<Timestamp>> Transaction::committed_at(Family family, std::string_view key) {
  if (find_pending(family, key) != nullptr) return std::nullopt;
  mvcc::SnapshotReader* const snapshot = TRY(reader());
  std::string buffer;
  const mvcc::Lookup found = TRY(snapshot->get(family, key, buffer));
  if (records_reads()) read_keys_.add(family, key, found.presence);
  if (found.presence != Presence::Visible) return std::nullopt;
  return found.at;
}

Status Transaction::multi_get(Family family, std::span<const std::string_view> keys,
                              storage::ValueList& out) {
  mvcc::SnapshotReader* const snapshot = TRY(reader());
  std::vector<Presence> presences;
  TRY(snapshot->multi_get(family, keys, out, records_reads() ? &presences : nullptr));
  for (size_t i = 0; i < keys.size(); ++i) {
    if (const Pending* const own = find_pending(family, keys[i])) {
      if (own->kind == WriteKind::Delete) {
        out.set_missing(i);
      } else {
        out.replace(i, own->payload);
      }
    } else if (records_reads() && !planted(StoreFault::UnrecordedBatchRead)) {
      read_keys_.add(family, keys[i], presences[i]);
    }
  }
  return ok_status();
}

std::unique_ptr<ScanCursor> Transaction::scan(Family family, const Range& range,
                                              Direction direction) {
  return std::unique_ptr<ScanCursor>(new ScanCursor(*this, family, range, direction));
}

bool Transaction::has_writes_in(Family family, const Range& range) const {
  const PendingMap& map = pending_[storage::family_index(family)];
  const auto first = map.lower_bound(range.begin);
  return first != map.end() && range.contains(first->first);
}

void Transaction::note_read(Family family, Range range) {
  if (records_reads()) read_ranges_.push_back({family, std::move(range)});
}

Result<std::optional<uint64_t>> Transaction::row_count(std::string_view space) {
  const Range range = Range::prefix(space);
  if (has_writes_in(Family::Row, range)) return std::optional<uint64_t>();
  mvcc::SnapshotReader* const snapshot = TRY(reader());
  const std::optional<uint64_t> count = TRY(snapshot->row_count(space));
  if (count) note_read(Family::Row, range);
  return count;
}

Status Transaction::put(Family family, std::string_view key, std::string_view payload) {
  return write(family, key, WriteKind::Put, payload);
}

Status Transaction::erase(Family family, std::string_view key) {
  return write(family, key, WriteKind::Delete, {});
}

Status Transaction::write(Family family, std::string_view key, WriteKind kind,
                          std::string_view payload) {
  ASSERT(is_open());
  if (options_.access != Access::ReadWrite) {
    return Error(ErrorCode::E0805, "a read-only transaction cannot write");
  }
  const bool is_load_entry = !empty_space_.empty() && family == Family::Index &&
                             kind == WriteKind::Put && savepoints_.empty();
  if (is_load_entry) return add_load_entry(key, payload);
  PendingMap& map = pending_[storage::family_index(family)];
  auto place = is_behind_all(map, key) ? map.end() : map.lower_bound(key);
  const bool is_known = place != map.end() && place->first == key;
  const size_t old_bytes = is_known ? key.size() + place->second.payload.size() : 0;
  const size_t bytes = pending_bytes_ - old_bytes + key.size() + payload.size();
  if (bytes > limits::kTransactionBytesMax) return too_large();
  if (!savepoints_.empty()) {
    undo_.push_back(
        {family, std::string(key), is_known ? std::optional(place->second) : std::nullopt});
  }
  if (is_known) {
    place->second.kind = kind;
    place->second.payload.assign(payload);
  } else {
    map.emplace_hint(place, std::string(key), Pending{kind, std::string(payload)});
  }
  pending_bytes_ = bytes;
  return ok_status();
}

Status Transaction::add_load_entry(std::string_view key, std::string_view payload) {
  const size_t bytes = pending_bytes_ + key.size() + payload.size();
  if (bytes > limits::kTransactionBytesMax) return too_large();
  load_entries_.put(Family::Index, key, payload);
  pending_bytes_ = bytes;
  return ok_status();
}

SavepointId Transaction::savepoint() {
  ASSERT(is_open());
  savepoints_.push_back({next_savepoint_, undo_.size()});
  return next_savepoint_++;
}

void Transaction::rollback_to(SavepointId id) {
  const auto point = std::find_if(savepoints_.begin(), savepoints_.end(),
                                  [&](const Savepoint& savepoint) { return savepoint.id == id; });
  ASSERT(point != savepoints_.end());
  while (undo_.size() > point->undo_size) {
    Undo& undo = undo_.back();
    PendingMap& map = pending_[storage::family_index(undo.family)];
    const auto place = map.find(undo.key);
    ASSERT(place != map.end());
    pending_bytes_ -= undo.key.size() + place->second.payload.size();
    if (undo.before) {
      pending_bytes_ += undo.key.size() + undo.before->payload.size();
      place->second = std::move(*undo.before);
    } else {
      map.erase(place);
    }
    undo_.pop_back();
  }
  savepoints_.erase(point + 1, savepoints_.end());
}

void Transaction::release(SavepointId id) {
  const auto point = std::find_if(savepoints_.begin(), savepoints_.end(),
                                  [&](const Savepoint& savepoint) { return savepoint.id == id; });
  ASSERT(point != savepoints_.end());
  savepoints_.erase(point, savepoints_.end());
  if (savepoints_.empty()) undo_.clear();
}

// In a bulk load both kinds of keys come in ascending order, so they are walked side by side.
bool Transaction::reads_beside_writes() const {
  const auto is_data = [](Family family) { return family != Family::Meta; };
  const bool has_ranges =
      std::ranges::any_of(read_ranges_, is_data, [](const auto& each) { return each.family; });
  if (has_ranges) return true;
  Family family = Family::Meta;
  PendingMap::const_iterator next;
  for (size_t i = 0; i < read_keys_.size(); ++i) {
    const mvcc::ListedKey read = read_keys_[i];
    if (!is_data(read.family)) continue;
    const PendingMap& map = pending_[storage::family_index(read.family)];
    const bool is_next = family == read.family && next != map.end() && next->first == read.key;
    if (!is_next) next = map.find(read.key);
    if (next == map.end()) return true;
    family = read.family;
    ++next;
  }
  return false;
}

void Transaction::start_load(std::string_view empty_space) {
  ASSERT(!has_writes());
  empty_space_ = empty_space;
}

Transaction::LoadWrites Transaction::take_writes() {
  ASSERT(savepoints_.empty());
  LoadWrites taken;
  for (const Family family : storage::kFamilies) {
    PendingMap& map = pending_[storage::family_index(family)];
    taken.writes.reserve(taken.writes.size() + map.size());
    while (!map.empty()) {
      auto node = map.extract(map.begin());
      taken.writes.push_back({family, node.mapped().kind, false, std::move(node.key()),
                              std::move(node.mapped().payload)});
    }
  }
  taken.entries = std::move(load_entries_);
  load_entries_.clear();
  pending_bytes_ = 0;
  return taken;
}

// Moves the pending writes out. Both the writes and, in a bulk load, the keys read before them come
// in ascending order, so the keys known to be absent are found by walking the two side by side.
mvcc::CommitRequest Transaction::build_request() {
  mvcc::CommitRequest request;
  request.isolation = options_.isolation;
  request.durability = options_.durability;
  std::vector<mvcc::ListedKey> absent;
  for (size_t i = 0; i < read_keys_.size(); ++i) {
    if (read_keys_[i].was_absent) absent.push_back(read_keys_[i]);
  }
  const auto is_below = [](const mvcc::ListedKey& a, const mvcc::ListedKey& b) {
    return a.family != b.family ? a.family < b.family : a.key < b.key;
  };
  if (!std::is_sorted(absent.begin(), absent.end(), is_below))
    std::sort(absent.begin(), absent.end(), is_below);
  auto next_absent = absent.begin();
  size_t count = 0;
  for (const PendingMap& map : pending_) count += map.size();
  request.writes.reserve(count);
  for (const Family family : storage::kFamilies) {
    PendingMap& map = pending_[storage::family_index(family)];
    while (!map.empty()) {
      auto node = map.extract(map.begin());
      const mvcc::ListedKey wanted{family, true, node.key()};
      while (next_absent != absent.end() && is_below(*next_absent, wanted)) ++next_absent;
      const bool known_absent = next_absent != absent.end() && !is_below(wanted, *next_absent);
      request.writes.push_back({family, node.mapped().kind, known_absent, std::move(node.key()),
                                std::move(node.mapped().payload)});
    }
  }
  request.loaded = std::move(loaded_);
  request.read_keys = std::move(read_keys_);
  request.read_ranges = std::move(read_ranges_);
  return request;
}

Result<Timestamp> Transaction::commit() {
  ASSERT(is_open());
  ASSERT(empty_space_.empty());
  ASSERT(open_cursors_.empty());
  if (!has_writes()) {
    const Timestamp read_at = reader_ == nullptr ? Timestamp() : reader_->read_at();
    end();
    return read_at;
  }
  const Result<mvcc::SnapshotReader*> snapshot = reader();
  if (!snapshot) {
    end();
    return snapshot.error();
  }
  mvcc::CommitRequest request = build_request();
  request.read_at = (*snapshot)->read_at();
  Result<Timestamp> committed = router_->commit(std::move(request));
  end();
  return committed;
}

void Transaction::rollback() {
  ASSERT(is_open());
  end();
}

void Transaction::end() {
  ASSERT(open_cursors_.empty());
  if (reader_ != nullptr) {
    const Timestamp read_at = reader_->read_at();
    reader_.reset();
    router_->end_snapshot(read_at);
  }
  state_ = State::Ended;
}

}  // namespace zerodb::txn
