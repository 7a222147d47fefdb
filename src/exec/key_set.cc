#include "exec/key_set.h"

#include <algorithm>
#include <functional>

#include "base/assert.h"

namespace zerodb::exec {

namespace {

constexpr size_t kBlockBytes = 64 << 10;
constexpr size_t kFirstBlockBytes = 1 << 10;
constexpr size_t kBucketsAtFirst = 16;

}  // namespace

// The bucket of a key, or that where it belongs.
size_t KeySet::bucket_of(std::string_view key, uint64_t hash) const {
  const size_t mask = buckets_.size() - 1;
  size_t at = hash & mask;
  for (; buckets_[at] != 0; at = (at + 1) & mask) {
    const Entry& entry = entries_[buckets_[at] - 1];
    if (entry.hash == hash && std::string_view(entry.data, entry.size) == key) break;
  }
  return at;
}

uint32_t KeySet::find(std::string_view key) const {
  if (entries_.empty()) return kNone;
  const uint32_t found = buckets_[bucket_of(key, std::hash<std::string_view>()(key))];
  return found == 0 ? kNone : found - 1;
}

KeySet::Place KeySet::insert(std::string_view key) {
  if (size_t{size()} * 2 >= buckets_.size()) rehash();
  const uint64_t hash = std::hash<std::string_view>()(key);
  uint32_t& bucket = buckets_[bucket_of(key, hash)];
  if (bucket != 0) return {bucket - 1, false};
  ASSERT(size() < kNone - 1);
  entries_.push_back({hash, store(key), static_cast<uint32_t>(key.size())});
  bucket = size();
  return {bucket - 1, true};
}

// A key that is longer than what is left of a block begins another.
const char* KeySet::store(std::string_view key) {
  if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < key.size()) {
    const size_t usual = blocks_.empty() ? kFirstBlockBytes : kBlockBytes;
    blocks_.emplace_back().reserve(std::max(usual, key.size()));
    block_bytes_ += blocks_.back().capacity();
  }
  std::string& block = blocks_.back();
  const size_t begin = block.size();
  block.append(key);
  return block.data() + begin;
}

void KeySet::rehash() {
  buckets_.assign(std::max(kBucketsAtFirst, buckets_.size() * 2), 0);
  const size_t mask = buckets_.size() - 1;
  for (uint32_t number = 0; number < size(); ++number) {
    size_t at = entries_[number].hash & mask;
    while (buckets_[at] != 0) at = (at + 1) & mask;
    buckets_[at] = number + 1;
  }
}

uint64_t KeySet::bytes() const {
  return block_bytes_ + blocks_.capacity() * sizeof(std::string) +
         entries_.capacity() * sizeof(Entry) + buckets_.capacity() * sizeof(uint32_t);
}

void KeySet::clear() {
  entries_ = std::vector<Entry>();
  buckets_ = std::vector<uint32_t>();
  blocks_ = std::vector<std::string>();
  block_bytes_ = 0;
}

}  // namespace zerodb::exec
