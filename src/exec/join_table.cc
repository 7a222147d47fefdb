#include "exec/join_table.h"

#include <bit>
#include <functional>

#include "value/key_codec.h"

namespace zerodb::exec {

namespace {

constexpr uint32_t kAhead = 16;  // rows
constexpr uint64_t kHashOfNone = 0x9e3779b97f4a7c15;

// A finalizer in the manner of MurmurHash3: every bit of the number reaches every bit of the hash.
uint64_t hash_of(int64_t value) {
  auto h = static_cast<uint64_t>(value);
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53;
  return h ^ (h >> 33);
}

}  // namespace

bool have_one_form(const Type& left, const Type& right) {
  const Physical physical = physical_of(left);
  if (physical != physical_of(right)) return false;
  switch (physical) {
    case Physical::Any:
      return false;
    case Physical::Text:
    case Physical::Temporal:
      return left.is_text() ? right.is_text() : tag_of(left) == tag_of(right);
    default:
      return true;
  }
}

JoinTable::JoinTable(std::span<const Type> inner, std::span<const Type> outer) {
  for (size_t i = 0; i < inner.size(); ++i) is_alike_.push_back(have_one_form(inner[i], outer[i]));
  is_integer_ = inner.size() == 1 && is_alike_[0] && physical_of(inner[0]) == Physical::I64;
}

Status JoinTable::append_bytes(const Arena& arena, std::span<const Column> keys, uint32_t row,
                               std::string& out) const {
  for (size_t i = 0; i < keys.size(); ++i) {
    if (is_alike_[i]) {
      TRY(append_group_key(arena, keys[i], row, out));
    } else {
      TRY(append_key(out, read_value(arena, keys[i].slot, row, *keys[i].type)));
    }
  }
  return ok_status();
}

Status JoinTable::add(const Arena& arena, std::span<const Column> keys, uint32_t rows) {
  for (uint32_t row = 0; row < rows; ++row) {
    if (is_integer_) {
      const int64_t value = keys[0].as<int64_t>()[row];
      integers_.push_back(value);
      valid_.push_back(keys[0].valid[row]);
      has_none_ = has_none_ || !keys[0].has(row);
      hashes_.push_back(keys[0].has(row) ? hash_of(value) : kHashOfNone);
      continue;
    }
    const size_t begin = bytes_.size();
    TRY(append_bytes(arena, keys, row, bytes_));
    ends_.push_back(bytes_.size());
    hashes_.push_back(std::hash<std::string_view>()(std::string_view(bytes_).substr(begin)));
  }
  return ok_status();
}

Status JoinTable::append_hashes(const Arena& arena, std::span<const Column> keys, uint32_t rows,
                                std::vector<uint64_t>& out) {
  for (uint32_t row = 0; row < rows; ++row) {
    if (is_integer_) {
      out.push_back(keys[0].has(row) ? hash_of(keys[0].as<int64_t>()[row]) : kHashOfNone);
      continue;
    }
    probe_.clear();
    TRY(append_bytes(arena, keys, row, probe_));
    out.push_back(std::hash<std::string_view>()(probe_));
  }
  return ok_status();
}

void JoinTable::clear() {
  integers_ = std::vector<int64_t>();
  valid_ = std::vector<uint8_t>();
  bytes_ = std::string();
  ends_ = std::vector<size_t>();
  hashes_ = std::vector<uint64_t>();
  has_none_ = false;
  next_ = std::vector<uint32_t>();
  buckets_ = std::vector<uint32_t>();
  heads_ = std::vector<Head>();
}

uint64_t JoinTable::bytes() const {
  const uint64_t rows = hashes_.size();
  const uint64_t found = rows * (sizeof(uint32_t) + 2 * sizeof(Head)) +
                         std::bit_ceil(std::max<uint64_t>(16, rows * 2)) * sizeof(uint32_t);
  return found + integers_.capacity() * sizeof(int64_t) + valid_.capacity() + bytes_.capacity() +
         ends_.capacity() * sizeof(size_t) + hashes_.capacity() * sizeof(uint64_t);
}

bool JoinTable::is_equal(const Head& head, uint32_t row) const {
  if (!is_integer_) return head.mark == hashes_[row] && bytes(head.row) == bytes(row);
  if (has_none_ && valid_[head.row] != valid_[row]) return false;
  return (has_none_ && valid_[row] == 0) || head.mark == static_cast<uint64_t>(integers_[row]);
}

void JoinTable::finish() {
  const size_t rows = hashes_.size();
  buckets_.assign(std::bit_ceil(std::max<size_t>(16, rows * 2)), kNoRow);
  next_.assign(rows, kNoRow);
  // From the back, so that the rows of a key run forward.
  for (auto row = static_cast<uint32_t>(rows); row-- > 0;) {
    if (row >= kAhead) __builtin_prefetch(&bucket(hashes_[row - kAhead]));
    uint32_t& first = bucket(hashes_[row]);
    uint32_t at = first;
    while (at != kNoRow && !is_equal(heads_[at], row)) at = heads_[at].other;
    if (at == kNoRow) {
      const uint64_t mark = is_integer_ ? static_cast<uint64_t>(integers_[row]) : hashes_[row];
      heads_.push_back({row, first, mark});
      first = static_cast<uint32_t>(heads_.size() - 1);
    } else {
      next_[row] = heads_[at].row;
      heads_[at].row = row;
    }
  }
}

uint32_t JoinTable::find_integer(bool has_value, int64_t value, uint32_t head) const {
  for (; head != kNoRow; head = heads_[head].other) {
    const Head& found = heads_[head];
    const bool found_value = !has_none_ || valid_[found.row] != 0;
    if (found_value == has_value && (!has_value || found.mark == static_cast<uint64_t>(value)))
      return found.row;
  }
  return kNoRow;
}

uint32_t JoinTable::find_bytes(std::string_view key, uint64_t hash, uint32_t head) const {
  for (; head != kNoRow; head = heads_[head].other) {
    if (heads_[head].mark == hash && bytes(heads_[head].row) == key) return heads_[head].row;
  }
  return kNoRow;
}

// In three steps, so that the misses of the rows of a batch wait for memory together.
Status JoinTable::find(const Arena& arena, std::span<const Column> keys, uint32_t rows,
                       Probe& probe, std::vector<uint32_t>& out) const {
  probe.bytes.clear();
  probe.ends.clear();
  probe.hashes.clear();
  probe.heads.resize(rows);
  out.resize(rows);
  for (uint32_t row = 0; row < rows; ++row) {
    if (is_integer_) {
      const bool has_value = keys[0].has(row);
      probe.hashes.push_back(has_value ? hash_of(keys[0].as<int64_t>()[row]) : kHashOfNone);
    } else {
      const size_t begin = probe.bytes.size();
      TRY(append_bytes(arena, keys, row, probe.bytes));
      probe.ends.push_back(probe.bytes.size());
      probe.hashes.push_back(
          std::hash<std::string_view>()(std::string_view(probe.bytes).substr(begin)));
    }
    __builtin_prefetch(&buckets_[probe.hashes.back() & (buckets_.size() - 1)]);
  }
  for (uint32_t row = 0; row < rows; ++row) {
    probe.heads[row] = bucket(probe.hashes[row]);
    if (probe.heads[row] != kNoRow) __builtin_prefetch(&heads_[probe.heads[row]]);
  }
  size_t begin = 0;
  for (uint32_t row = 0; row < rows; ++row) {
    if (is_integer_) {
      out[row] = find_integer(keys[0].has(row), keys[0].as<int64_t>()[row], probe.heads[row]);
      continue;
    }
    const auto key = std::string_view(probe.bytes).substr(begin, probe.ends[row] - begin);
    begin = probe.ends[row];
    out[row] = find_bytes(key, probe.hashes[row], probe.heads[row]);
  }
  return ok_status();
}

}  // namespace zerodb::exec
