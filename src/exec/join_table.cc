#include "exec/join_table.h"

#include <bit>
#include <functional>

#include "value/key_codec.h"

namespace zerodb::exec {

namespace {

constexpr uint64_t kHashOfNone = 0x9e3779b97f4a7c15;

// A finalizer in the manner of MurmurHash3: every bit of the number reaches every bit of the hash.
uint64_t hash_of(int64_t value) {
  auto h = static_cast<uint64_t>(value);
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53;
  return h ^ (h >> 33);
}

// Whether values of both types are equal exactly where their cells are.
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

}  // namespace

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

bool JoinTable::is_equal(uint32_t left, uint32_t right) const {
  if (hashes_[left] != hashes_[right]) return false;
  if (!is_integer_) return bytes(left) == bytes(right);
  return valid_[left] == valid_[right] &&
         (valid_[left] == 0 || integers_[left] == integers_[right]);
}

void JoinTable::finish() {
  const size_t rows = hashes_.size();
  buckets_.assign(std::bit_ceil(std::max<size_t>(16, rows * 2)), kNoRow);
  next_.assign(rows, kNoRow);
  // From the back, so that the rows of a key run forward.
  for (auto row = static_cast<uint32_t>(rows); row-- > 0;) {
    uint32_t& first = bucket(hashes_[row]);
    uint32_t at = first;
    while (at != kNoRow && !is_equal(heads_[at].row, row)) at = heads_[at].other;
    if (at == kNoRow) {
      heads_.push_back({row, first});
      first = static_cast<uint32_t>(heads_.size() - 1);
    } else {
      next_[row] = heads_[at].row;
      heads_[at].row = row;
    }
  }
}

Result<uint32_t> JoinTable::find(const Arena& arena, std::span<const Column> keys, uint32_t row,
                                 std::string& scratch) const {
  if (is_integer_) {
    const bool has_value = keys[0].has(row);
    const int64_t value = keys[0].as<int64_t>()[row];
    for (uint32_t at = bucket(has_value ? hash_of(value) : kHashOfNone); at != kNoRow;
         at = heads_[at].other) {
      const uint32_t found = heads_[at].row;
      const bool found_value = valid_[found] != 0;
      if (found_value == has_value && (!has_value || integers_[found] == value)) return found;
    }
    return kNoRow;
  }
  scratch.clear();
  TRY(append_bytes(arena, keys, row, scratch));
  const uint64_t hash = std::hash<std::string_view>()(scratch);
  for (uint32_t at = bucket(hash); at != kNoRow; at = heads_[at].other) {
    const uint32_t found = heads_[at].row;
    if (hashes_[found] == hash && bytes(found) == scratch) return found;
  }
  return kNoRow;
}

}  // namespace zerodb::exec
