#include "mvcc/row_counts.h"

#include "base/bytes.h"

namespace zerodb::mvcc {

using storage::Family;

namespace {

constexpr std::string_view kCountPrefix = "rows/";
constexpr std::string_view kStampKey = "rows_are_counted";
constexpr size_t kCountBytes = 2 * sizeof(uint64_t);

std::string count_key(std::string_view space) {
  std::string key(kCountPrefix);
  key += space;
  return key;
}

uint64_t changed(uint64_t count, int64_t difference) {
  const auto size = static_cast<uint64_t>(difference < 0 ? -difference : difference);
  if (difference >= 0) return count + size;
  return count < size ? 0 : count - size;
}

Error damaged() {
  return Error(ErrorCode::E1205, "a count of records in the store is damaged");
}

}  // namespace

Result<RowCounts> RowCounts::open(storage::Engine& engine, bool is_new) {
  RowCounts counts;
  counts.engine_ = &engine;
  std::string value;
  counts.is_stamped_ = TRY(engine.get(Family::System, kStampKey, nullptr, value));
  counts.counts_ = counts.is_stamped_ || is_new;
  return counts;
}

Status RowCounts::load(std::string_view record_key) {
  if (!is_counted(record_key)) return ok_status();
  const auto space = get_be<uint64_t>(record_key.data());
  if (known_.contains(space)) return ok_status();
  std::string value;
  const std::string key = count_key(record_key.substr(0, sizeof(uint64_t)));
  uint64_t count = 0;
  if (TRY(engine_->get(Family::System, key, nullptr, value))) {
    if (value.size() != kCountBytes) return damaged();
    count = get_le<uint64_t>(value.data());
  }
  known_.emplace(space, count);
  return ok_status();
}

void RowCounts::stage(std::string_view record_key, int64_t difference) {
  if (is_counted(record_key)) staged_[get_be<uint64_t>(record_key.data())] += difference;
}

void RowCounts::put(storage::WriteBatch& batch, Timestamp at) const {
  if (!counts_) return;
  if (!is_stamped_) batch.put(Family::System, kStampKey, {});
  for (const auto& [space, difference] : staged_) {
    std::string prefix;
    put_be(prefix, space);
    std::string value;
    put_le(value, changed(known_.at(space), difference));
    put_le(value, at.raw());
    batch.put(Family::System, count_key(prefix), value);
  }
}

void RowCounts::settle(bool is_written) {
  if (is_written) {
    for (const auto& [space, difference] : staged_) {
      uint64_t& count = known_.at(space);
      count = changed(count, difference);
    }
    is_stamped_ = counts_;
  }
  staged_.clear();
}

Result<std::optional<uint64_t>> count_of_rows(storage::Engine& engine,
                                              const storage::Snapshot* snapshot, Timestamp read_at,
                                              std::string_view space) {
  std::string value;
  if (!TRY(engine.get(Family::System, count_key(space), snapshot, value)))
    return std::optional<uint64_t>();
  if (value.size() != kCountBytes) return damaged();
  const Timestamp changed_at(get_le<uint64_t>(value.data() + sizeof(uint64_t)));
  if (changed_at > read_at) return std::optional<uint64_t>();
  return std::optional(get_le<uint64_t>(value.data()));
}

storage::Range counts_range(std::string_view space_prefix) {
  return storage::Range::prefix(count_key(space_prefix));
}

}  // namespace zerodb::mvcc
