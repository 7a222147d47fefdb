#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/store_fault.h"
#include "txn/transaction.h"

namespace zerodb::txn {

using mvcc::WriteKind;

ScanCursor::ScanCursor(Transaction& transaction, Family family, const Range& range,
                       Direction direction)
    : transaction_(transaction),
      family_(family),
      range_(range),
      direction_(direction),
      records_(transaction.records_reads()) {
  transaction_.open_cursors_.push_back(this);
  Result<mvcc::SnapshotReader*> reader = transaction_.reader();
  if (!reader) {
    error_ = std::move(reader).error();
    return;
  }
  base_ = (*reader)->scan(family, range_, direction);
}

ScanCursor::~ScanCursor() {
  if (records_) record_covered();
  std::erase(transaction_.open_cursors_, this);
}

// Everything from the start of the range up to and with the last key handed out was read, gaps
// included.
void ScanCursor::record_covered() {
  if (reach_ == Reach::Nothing || planted(StoreFault::MissingRangeRead)) return;
  Range covered = range_;
  if (reach_ == Reach::Key) {
    if (direction_ == Direction::Forward) {
      covered.end = std::string(current_.key);
      if (!planted(StoreFault::RangeWithoutLastKey)) covered.end.push_back('\0');
    } else {
      covered.begin = current_.key;
    }
  }
  transaction_.read_ranges_.push_back({family_, std::move(covered)});
}

// The own write that comes next after the last key, if there is one in the range.
const ScanCursor::PendingEntry* ScanCursor::find_own() const {
  const auto& map = transaction_.pending_[storage::family_index(family_)];
  if (map.empty()) return nullptr;
  const bool is_started = reach_ != Reach::Nothing;
  if (direction_ == Direction::Forward) {
    const auto place = is_started ? map.upper_bound(last_key_) : map.lower_bound(range_.begin);
    return place == map.end() || !range_.contains(place->first) ? nullptr : &*place;
  }
  auto place = is_started ? map.lower_bound(last_key_)
                          : (range_.end.empty() ? map.end() : map.lower_bound(range_.end));
  if (place == map.begin()) return nullptr;
  --place;
  return range_.contains(place->first) ? &*place : nullptr;
}

const Entry* ScanCursor::next() {
  if (error_ || reach_ == Reach::Everything) return nullptr;
  const bool has_own = !transaction_.pending_[storage::family_index(family_)].empty();
  // The last key is borrowed from the base, which is about to move; only own writes need to know
  // it.
  if (has_own && reach_ == Reach::Key && current_.key.data() != last_key_.data())
    last_key_.assign(current_.key);
  while (true) {
    fetch_base();
    const PendingEntry* const own = has_own && !error_ ? find_own() : nullptr;
    if (own == nullptr && base_entry_ == nullptr) {
      reach_ = Reach::Everything;
      return nullptr;
    }
    reach_ = Reach::Key;
    if (own == nullptr || (base_entry_ != nullptr && !comes_first(own->first, base_entry_->key))) {
      current_ = *std::exchange(base_entry_, nullptr);
      committed_at_ = base_->committed_at();
      return &current_;
    }
    if (base_entry_ != nullptr && base_entry_->key == own->first) base_entry_ = nullptr;
    last_key_.assign(own->first);
    if (own->second.kind == WriteKind::Delete) continue;
    current_ = {last_key_, own->second.payload};
    committed_at_ = Timestamp::max();
    return &current_;
  }
}

void ScanCursor::fetch_base() {
  if (base_entry_ != nullptr || is_base_done_) return;
  base_entry_ = base_->next();
  if (base_entry_ != nullptr) return;
  is_base_done_ = true;
  if (Status status = base_->status(); !status) error_ = std::move(status).error();
}

bool ScanCursor::comes_first(std::string_view own, std::string_view base) const {
  return direction_ == Direction::Forward ? own <= base : own >= base;
}

Status ScanCursor::status() const {
  if (error_) return *error_;
  return ok_status();
}

}  // namespace zerodb::txn
