#include "exec/group_cache.h"

#include <bit>
#include <cstddef>

namespace zerodb::exec {

namespace {

constexpr size_t kEntriesMin = 64;
constexpr size_t kEntriesMax = 4096;
// In place of the bits of absent cells: a cell of the row does not fit into a word.
constexpr uint8_t kTooLong = 0x80;
constexpr uint32_t kTextMax = 7;
constexpr int64_t kCoefficientEnd = int64_t{1} << 55;

uint64_t word_of(const TextView& view) {
  uint64_t word = 0;
  std::memcpy(&word, reinterpret_cast<const char*>(&view) + offsetof(TextView, prefix),
              sizeof(word));  // the prefix and the first bytes of the rest
  const uint64_t kept = view.size == 0 ? 0 : ~uint64_t{0} >> (64 - 8 * view.size);
  return (word & kept) | uint64_t{view.size} << 56;
}

struct Moment {
  int64_t seconds;
  uint32_t nanos;
  uint32_t unused;
};

}  // namespace

// Sets kTooLong for rows whose cell is no word.
void GroupCache::read(const Column& key, size_t column, uint32_t rows) {
  std::vector<uint64_t>& words = words_[column];
  const auto bit = static_cast<uint8_t>(1U << column);
  const auto take = [&](auto&& word_if) {
    for (uint32_t row = 0; row < rows; ++row) {
      words[row] = 0;
      if (!key.has(row)) {
        absent_[row] |= bit;
      } else if (!word_if(row, words[row])) {
        absent_[row] = kTooLong;
      }
    }
  };
  switch (key.slot.physical) {
    case Physical::Bool:
      return take([&](uint32_t row, uint64_t& word) {
        word = key.values[row] != 0 ? 1 : 0;
        return true;
      });
    case Physical::I64:
    case Physical::F64:
      return take([&](uint32_t row, uint64_t& word) {
        word = key.as<uint64_t>()[row];
        return true;
      });
    case Physical::Text:
      return take([&](uint32_t row, uint64_t& word) {
        const TextView& view = key.view(row);
        if (view.size > kTextMax) return false;
        word = word_of(view);
        return true;
      });
    case Physical::Temporal:
      return take([&](uint32_t row, uint64_t& word) {
        const Moment& moment = key.as<Moment>()[row];
        word = static_cast<uint64_t>(moment.seconds);
        return moment.nanos == 0;
      });
    case Physical::Decimal:
      return take([&](uint32_t row, uint64_t& word) {
        const i128 coefficient = key.as<i128>()[row];
        word = static_cast<uint64_t>(coefficient) << 8 | key.scales[row];
        return coefficient >= -kCoefficientEnd && coefficient < kCoefficientEnd;
      });
    default:
      return take([](uint32_t, uint64_t&) { return false; });
  }
}

size_t GroupCache::place_of(uint32_t row) const {
  const uint64_t mixed = words_[0][row] * 0x9e3779b97f4a7c15 ^
                         std::rotl(words_[1][row] * 0xc2b2ae3d27d4eb4f, 31) ^ absent_[row];
  return (mixed ^ mixed >> 32) * 0x9e3779b97f4a7c15 >> 40 & (entries_.size() - 1);
}

void GroupCache::find(std::span<const Column> keys, const uint8_t* mask, uint32_t rows,
                      int64_t* out, std::vector<uint32_t>& unknown) {
  constexpr uint64_t kRowsToJudge = 32'768;
  unknown.clear();
  if (keys.size() > kColumnsMax) give_up();
  if (!is_useful_) {
    for (uint32_t row = 0; row < rows; ++row) {
      if (mask == nullptr || mask[row] != 0) unknown.push_back(row);
    }
    return;
  }
  if (entries_.empty()) entries_.resize(kEntriesMin);
  absent_.assign(rows, 0);
  for (std::vector<uint64_t>& words : words_) words.assign(rows, 0);
  for (size_t i = 0; i < keys.size(); ++i) read(keys[i], i, rows);
  for (uint32_t row = 0; row < rows; ++row) {
    if (mask != nullptr && mask[row] == 0) continue;
    const size_t place = place_of(row);
    const Entry& first = entries_[place];
    const Entry& second = entries_[place ^ 1];
    ++asked_rows_;
    if (first.group != kNoGroup && is_of(first, row)) {
      out[row] = first.group;
    } else if (second.group != kNoGroup && is_of(second, row)) {
      out[row] = second.group;
    } else {
      unknown.push_back(row);
      continue;
    }
    ++found_rows_;
  }
  if (asked_rows_ < kRowsToJudge) return;
  if (found_rows_ < asked_rows_ / 2) give_up();
  asked_rows_ = found_rows_ = 0;
}

void GroupCache::make_room() {
  learned_ = 0;
  if (entries_.size() < kEntriesMax) entries_.assign(entries_.size() * 2, {});
}

void GroupCache::learn(uint32_t row, uint32_t group) {
  if (!is_useful_ || (absent_[row] & kTooLong) != 0) return;
  if (++learned_ > entries_.size() / 2) make_room();
  const size_t place = place_of(row);
  Entry& first = entries_[place];
  Entry& second = entries_[place ^ 1];
  const bool takes_first = first.group == kNoGroup || is_of(first, row) || second.group != kNoGroup;
  (takes_first ? first : second) = {{words_[0][row], words_[1][row]}, absent_[row], group};
}

void GroupCache::give_up() {
  is_useful_ = false;
  entries_ = std::vector<Entry>();
}

}  // namespace zerodb::exec
