#include "exec/group_table.h"

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

Status GroupTable::grow_states(plan::FrameHeader& header) {
  const uint32_t wanted = capacity_ == 0 ? (has_keys_ ? 256 : 1) : capacity_ * 2;
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

Status GroupTable::find_groups(const std::vector<Column>& keys, const uint8_t* mask, uint32_t rows,
                               int64_t* out, plan::FrameHeader& header) {
  key_count_ = static_cast<uint32_t>(keys.size());
  for (uint32_t row = 0; row < rows; ++row) {
    if (mask != nullptr && mask[row] == 0) continue;
    scratch_.clear();
    for (const Column& key : keys) TRY(append_group_key(arena_, key, row, scratch_));
    const uint64_t hash = std::hash<std::string_view>{}(scratch_);
    const size_t bucket_mask = buckets_.size() - 1;
    size_t at = hash & bucket_mask;
    bool found = false;
    for (; buckets_[at] != 0; at = (at + 1) & bucket_mask) {
      const Entry& entry = entries_[buckets_[at] - 1];
      if (entry.hash == hash &&
          std::string_view(key_bytes_).substr(entry.offset, entry.size) == scratch_) {
        found = true;
        break;
      }
    }
    if (!found && is_over_limit()) TRY(shed(header));
    if (!found && left_out_ != kNoGroup) {
      out[row] = left_out_;
      left_rows_.push_back(row);
      left_hashes_.push_back(hash);
      continue;
    }
    if (!found) {
      TRY(add_group(header));
      entries_.push_back({hash, key_bytes_.size(), static_cast<uint32_t>(scratch_.size())});
      key_bytes_ += scratch_;
      for (const Column& key : keys) {
        key_values_.push_back(read_value(arena_, key.slot, row, *key.type));
        far_bytes_ += far_bytes(key_values_.back());
      }
      buckets_[at] = group_count_;
      out[row] = group_count_ - 1;
      if (size_t{group_count_} * 2 > buckets_.size()) rehash();
      continue;
    }
    out[row] = buckets_[at] - 1;
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
  if (!has_keys_ || group_count_ == 0) return ok_status();
  TRY(add_empty_group(std::vector<Value>(key_count_), header));
  left_out_ = group_count_ - 1;
  return ok_status();
}

void GroupTable::clear_left_rows() {
  left_rows_.clear();
  left_hashes_.clear();
}

uint64_t GroupTable::bytes() const {
  return far_bytes_ + key_bytes_.capacity() + entries_.capacity() * sizeof(Entry) +
         buckets_.capacity() * sizeof(uint32_t) + key_values_.capacity() * sizeof(Value) +
         uint64_t{group_count_} * program_.state_stride + hosts_.bytes();
}

Status GroupTable::close() {
  const size_t bytes = size_t{group_count_} * program_.state_stride;
  if (bytes > 0) closed_states_.assign(arena_.at<char>(states_), bytes);
  return hosts_.close();
}

Result<Value> GroupTable::finish(uint32_t aggregate, uint32_t group) {
  const AggregateSlot& slot = program_.aggregates[aggregate];
  if (slot.kind == Kind::Host) return hosts_.finish(aggregate, group);
  return finish_inline(slot,
                       closed_states_.data() + size_t{group} * program_.state_stride + slot.offset);
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
