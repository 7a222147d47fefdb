#include "exec/group_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "exec/memory_budget.h"

namespace zerodb::exec {

using plan::AggregateSlot;
using Kind = AggregateSlot::Kind;

namespace {

template <typename T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

}  // namespace

GroupTable::GroupTable(const plan::Program& program, const function::Library& library, Arena& arena,
                       bool has_keys)
    : program_(program), arena_(arena), has_keys_(has_keys), hosts_(program, library) {
  buckets_.resize(64, 0);
}

Status GroupTable::prepare(plan::FrameHeader& header) {
  TRY(hosts_.check_known());
  header.group_count = 0;
  arena_begin_ = floor_ = arena_.top();
  return has_keys_ ? grow_states(header) : add_group(header);
}

uint32_t GroupTable::states_wanted() const {
  constexpr uint32_t kFirstGroups = 256;
  if (capacity_ > 0) return capacity_ * 2;
  if (!has_keys_) return 1;
  return has_clusters() ? clusters_max_ : kFirstGroups;
}

Status GroupTable::grow_states(plan::FrameHeader& header) {
  // Only what was prepared outlives a batch.
  ASSERT(!has_clusters() || capacity_ == 0);
  const uint32_t wanted = states_wanted();
  if (program_.state_stride > 0) {
    const uint64_t bytes = uint64_t{wanted} * program_.state_stride;
    const uint32_t block = bytes > UINT32_MAX ? 0 : arena_.allocate(static_cast<uint32_t>(bytes));
    if (block == 0) return arena_full();
    const size_t used = size_t{capacity_} * program_.state_stride;
    if (used > 0) std::memcpy(arena_.at<char>(block), arena_.at<char>(states_), used);
    std::memset(arena_.at<char>(block) + used, 0, bytes - used);
    states_ = block;
  }
  capacity_ = wanted;
  header.group_states = states_;
  floor_ = arena_.top();
  return ok_status();
}

Status GroupTable::add_group(plan::FrameHeader& header) {
  if (group_count_ == capacity_) TRY(grow_states(header));
  ++group_count_;
  header.group_count = group_count_;
  hosts_.add_group();
  return ok_status();
}

void GroupTable::rehash() {
  buckets_.assign(buckets_.size() * 2, 0);
  const size_t mask = buckets_.size() - 1;
  for (uint32_t group = 0; group < entries_.size(); ++group) {
    size_t at = entries_[group].hash & mask;
    while (buckets_[at] != 0) at = (at + 1) & mask;
    buckets_[at] = group + 1;
  }
}

// Looks now and then only.
bool GroupTable::is_over_limit() const {
  constexpr uint32_t kGroupsBetweenChecks = 64;
  return group_count_ % kGroupsBetweenChecks == 1 && !is_shed_ && bytes() + arena_bytes() > limit_;
}

GroupTable::Place GroupTable::last_if(std::string_view key) const {
  if (entries_.empty()) return {};
  const Entry& last = entries_.back();
  const bool is_last = std::string_view(key_bytes_).substr(last.offset, last.size) == key;
  return {is_last ? group_count_ - 1 : kNoGroup, 0};
}

GroupTable::Place GroupTable::find(std::string_view key, uint64_t hash) const {
  const size_t bucket_mask = buckets_.size() - 1;
  size_t at = hash & bucket_mask;
  for (; buckets_[at] != 0; at = (at + 1) & bucket_mask) {
    const Entry& entry = entries_[buckets_[at] - 1];
    if (entry.hash == hash && std::string_view(key_bytes_).substr(entry.offset, entry.size) == key)
      return {buckets_[at] - 1, at};
  }
  return {kNoGroup, at};
}

Status GroupTable::add_keyed_group(std::string_view key, uint64_t hash, size_t bucket,
                                   uint64_t origin, plan::FrameHeader& header) {
  TRY(add_group(header));
  entries_.push_back({hash, key_bytes_.size(), static_cast<uint32_t>(key.size())});
  key_bytes_ += key;
  if (has_clusters()) return ok_status();
  if (keeps_origins_) origins_.push_back(origin);
  buckets_[bucket] = group_count_;
  if (size_t{group_count_} * 2 > buckets_.size()) rehash();
  return ok_status();
}

Status GroupTable::read_keys(const std::vector<Column>& keys) {
  scratch_.clear();
  row_keys_.clear();
  for (const uint32_t row : asked_) {
    const size_t begin = scratch_.size();
    for (const Column& key : keys) TRY(append_group_key(arena_, key, row, scratch_));
    const std::string_view bytes = std::string_view(scratch_).substr(begin);
    // Neighbours are often of one group.
    if (!row_keys_.empty() && key_of(row_keys_.back()) == bytes) {
      row_keys_.push_back(row_keys_.back());
      scratch_.resize(begin);
    } else {
      const uint64_t hash = has_clusters() ? 0 : std::hash<std::string_view>{}(bytes);
      row_keys_.push_back({begin, scratch_.size(), hash});
    }
  }
  return ok_status();
}

void GroupTable::prefetch(const RowKey& key) const {
  const uint32_t bucket = buckets_[key.hash & (buckets_.size() - 1)];
  if (bucket == 0) return;
  const Entry& entry = entries_[bucket - 1];
  __builtin_prefetch(&entry);
  __builtin_prefetch(key_bytes_.data() + entry.offset);
}

Status GroupTable::find_groups(const std::vector<Column>& keys, const uint8_t* mask, uint32_t rows,
                               int64_t* out, plan::FrameHeader& header) {
  constexpr size_t kAhead = 8;
  constexpr uint32_t kGroupsThatFit = 4096;  // about, into the processor's cache
  key_count_ = static_cast<uint32_t>(keys.size());
  cache_.find(keys, mask, rows, out, asked_);
  TRY(read_keys(keys));
  uint32_t last = kNoGroup;
  size_t last_begin = 0;
  for (size_t i = 0; i < asked_.size(); ++i) {
    if (group_count_ > kGroupsThatFit && i + kAhead < asked_.size())
      prefetch(row_keys_[i + kAhead]);
    const uint32_t row = asked_[i];
    const RowKey& row_key = row_keys_[i];
    if (last != kNoGroup && row_key.begin == last_begin) {
      out[row] = last;
      continue;
    }
    const std::string_view key = key_of(row_key);
    Place place = has_clusters() ? last_if(key) : find(key, row_key.hash);
    if (place.group == kNoGroup && is_over_limit()) TRY(shed(header));
    if (place.group == kNoGroup && left_out_ != kNoGroup) {
      out[row] = left_out_;
      left_rows_.push_back(row);
      left_hashes_.push_back(row_key.hash);
      continue;
    }
    if (place.group == kNoGroup) {
      TRY(add_keyed_group(key, row_key.hash, place.bucket, origin_ + row, header));
      for (const Column& column : keys) {
        key_values_.push_back(read_value(arena_, column.slot, row, *column.type));
        far_bytes_ += far_bytes(key_values_.back());
      }
      place.group = group_count_ - 1;
    }
    out[row] = place.group;
    cache_.learn(row, place.group);
    last = place.group;
    last_begin = row_key.begin;
  }
  return ok_status();
}

Status GroupTable::add_empty_group(const std::vector<Value>& keys, plan::FrameHeader& header) {
  ASSERT(has_keys_);
  key_count_ = static_cast<uint32_t>(keys.size());
  TRY(add_group(header));
  entries_.push_back({0, key_bytes_.size(), 0});
  key_values_.insert(key_values_.end(), keys.begin(), keys.end());
  return ok_status();
}

Status GroupTable::shed(plan::FrameHeader& header) {
  ASSERT(!is_shed_);
  is_shed_ = true;
  TRY(hosts_.shed());
  if (!has_keys_ || group_count_ == 0 || has_clusters()) return ok_status();
  TRY(add_empty_group(std::vector<Value>(key_count_), header));
  left_out_ = group_count_ - 1;
  return ok_status();
}

void GroupTable::clear_left_rows() {
  left_rows_.clear();
  left_hashes_.clear();
}

void GroupTable::merge_states(const AggregateSlot& slot, char* into, const char* from) {
  const auto put = [&](auto value, size_t offset) {
    std::memcpy(into + offset, &value, sizeof(value));
  };
  const auto take_if = [&](bool is_better) {
    if (is_better) std::memcpy(into, from, state_width(slot.kind));
  };
  // An extreme that has seen nothing is worse than any other.
  const auto extreme = [&](auto is_better) {
    if (load<uint64_t>(from) == 0) return;
    take_if(load<uint64_t>(into) == 0 || is_better());
  };
  const auto temporal = [](const char* at) {
    return std::pair(load<int64_t>(at + 16), load<uint64_t>(at + 24));
  };
  const auto is_less = [](double x, double y) {  // NaN is the greatest
    return std::isnan(x) || std::isnan(y) ? !std::isnan(x) && std::isnan(y) : x < y;
  };
  switch (slot.kind) {
    case Kind::Count:
      return put(load<int64_t>(into) + load<int64_t>(from), 0);
    case Kind::SumI64:
    case Kind::AvgI64:
      put(load<i128>(into) + load<i128>(from), 0);
      return put(load<uint64_t>(into + 16) + load<uint64_t>(from + 16), 16);
    case Kind::MinI64:
      return extreme([&] { return load<int64_t>(from + 8) < load<int64_t>(into + 8); });
    case Kind::MaxI64:
      return extreme([&] { return load<int64_t>(from + 8) > load<int64_t>(into + 8); });
    case Kind::MinF64:
      return extreme([&] { return is_less(load<double>(from + 8), load<double>(into + 8)); });
    case Kind::MaxF64:
      return extreme([&] { return is_less(load<double>(into + 8), load<double>(from + 8)); });
    case Kind::MinTemporal:
      return extreme([&] { return temporal(from) < temporal(into); });
    case Kind::MaxTemporal:
      return extreme([&] { return temporal(into) < temporal(from); });
    case Kind::Host:
      break;
  }
  UNREACHABLE();
}

Status GroupTable::merge(GroupTable& from, plan::FrameHeader& header) {
  ASSERT(keeps_origins_ && from.keeps_origins_ && !is_shed_ && !from.is_shed_);
  key_count_ = std::max(key_count_, from.key_count_);
  for (uint32_t theirs = 0; theirs < from.group_count_; ++theirs) {
    uint32_t mine = 0;
    if (has_keys_) {
      const Entry& entry = from.entries_[theirs];
      const auto key = std::string_view(from.key_bytes_).substr(entry.offset, entry.size);
      const Place place = find(key, entry.hash);
      mine = place.group;
      if (mine == kNoGroup) {
        TRY(add_keyed_group(key, entry.hash, place.bucket, from.origins_[theirs], header));
        for (uint32_t i = 0; i < key_count_; ++i) {
          key_values_.push_back(from.key(theirs, i));
          far_bytes_ += far_bytes(key_values_.back());
        }
        mine = group_count_ - 1;
      }
      // The key is shown as it is in the first row that has it.
      if (from.origins_[theirs] < origins_[mine]) {
        origins_[mine] = from.origins_[theirs];
        for (uint32_t i = 0; i < key_count_; ++i)
          key_values_[size_t{mine} * key_count_ + i] = from.key(theirs, i);
      }
    }
    for (uint32_t i = 0; i < program_.aggregates.size(); ++i) {
      const AggregateSlot& slot = program_.aggregates[i];
      if (slot.kind == Kind::Host) {
        TRY(hosts_.merge(i, mine, from.hosts_, theirs));
        continue;
      }
      const size_t stride = program_.state_stride;
      merge_states(slot, arena_.at<char>(states_) + mine * stride + slot.offset,
                   from.arena_.at<char>(from.states_) + theirs * stride + slot.offset);
    }
  }
  return ok_status();
}

void GroupTable::sort_by_origin() {
  if (!has_keys_) return;
  order_.resize(group_count_);
  std::iota(order_.begin(), order_.end(), 0);
  std::ranges::sort(order_, {}, [&](uint32_t group) { return origins_[group]; });
}

uint64_t GroupTable::bytes() const {
  return far_bytes_ + cache_.bytes() + (origins_.capacity() * sizeof(uint64_t)) +
         key_bytes_.capacity() + entries_.capacity() * sizeof(Entry) +
         buckets_.capacity() * sizeof(uint32_t) + key_values_.capacity() * sizeof(Value) +
         uint64_t{group_count_} * program_.state_stride + hosts_.bytes();
}

Status GroupTable::close() {
  if (has_clusters()) return hosts_.close();
  const size_t bytes = size_t{group_count_} * program_.state_stride;
  if (bytes > 0) closed_states_.assign(arena_.at<char>(states_), bytes);
  return hosts_.close();
}

Status GroupTable::keep_last(plan::FrameHeader& header) {
  ASSERT(has_clusters() && group_count_ > 0);
  const uint32_t last = group_count_ - 1;
  const size_t stride = program_.state_stride;
  if (stride > 0) {
    char* states = arena_.at<char>(states_);
    std::memmove(states, states + last * stride, stride);
    std::memset(states + stride, 0, last * stride);
  }
  const Entry entry = entries_.back();
  key_bytes_.erase(0, entry.offset);
  entries_.assign(1, {0, 0, entry.size});
  key_values_.erase(key_values_.begin(), key_values_.begin() + size_t{last} * key_count_);
  far_bytes_ = 0;
  for (const Value& value : key_values_) far_bytes_ += far_bytes(value);
  group_count_ = 1;
  header.group_count = 1;
  is_shed_ = false;
  return hosts_.keep_last(last);
}

Result<Value> GroupTable::finish(uint32_t aggregate, uint32_t group) {
  const AggregateSlot& slot = program_.aggregates[aggregate];
  if (slot.kind == Kind::Host) return hosts_.finish(aggregate, group);
  const char* states = has_clusters() ? arena_.at<char>(states_) : closed_states_.data();
  return finish_inline(slot, states + size_t{group} * program_.state_stride + slot.offset);
}

Result<Value> GroupTable::finish_inline(const AggregateSlot& slot, const char* state) const {
  switch (slot.kind) {
    case Kind::Count:
      return Value::int64(load<int64_t>(state));
    case Kind::SumI64: {
      const i128 sum = load<i128>(state);
      if (sum > INT64_MAX || sum < INT64_MIN)
        return Error(ErrorCode::E0901, "the sum does not fit `int`").at(slot.span);
      return Value::int64(static_cast<int64_t>(sum));
    }
    case Kind::AvgI64: {
      const auto count = load<uint64_t>(state + 16);
      if (count == 0) return Value::none();
      return Value::float64(static_cast<double>(static_cast<long double>(load<i128>(state)) /
                                                static_cast<long double>(count)));
    }
    case Kind::MinI64:
    case Kind::MaxI64:
      if (load<uint64_t>(state) == 0) return Value::none();
      return Value::int64(load<int64_t>(state + 8));
    case Kind::MinF64:
    case Kind::MaxF64:
      if (load<uint64_t>(state) == 0) return Value::none();
      return Value::float64(load<double>(state + 8));
    case Kind::MinTemporal:
    case Kind::MaxTemporal: {
      if (load<uint64_t>(state) == 0) return Value::none();
      const auto seconds = load<int64_t>(state + 16);
      const auto nanos = load<uint32_t>(state + 24);
      if (slot.type.kind() == TypeKind::Duration) return Value::duration({seconds, nanos});
      return Value::datetime({seconds, nanos});
    }
    case Kind::Host:
      break;
  }
  UNREACHABLE();
}

}  // namespace zerodb::exec
