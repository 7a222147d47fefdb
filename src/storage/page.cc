#include "storage/page.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "base/assert.h"

namespace zerodb::storage {
namespace {

void* allocate(size_t bytes) {
  void* memory = std::malloc(bytes);
  ASSERT(memory != nullptr);
  return memory;
}

}  // namespace

Blob* Blob::make(std::string_view bytes, uint64_t birth) {
  auto* blob = new (allocate(sizeof(Blob) + bytes.size())) Blob;
  blob->birth = birth;
  blob->size = static_cast<uint32_t>(bytes.size());
  std::memcpy(reinterpret_cast<char*>(blob + 1), bytes.data(), bytes.size());
  return blob;
}

Page* Page::make(PageKind kind, uint32_t capacity, uint64_t birth) {
  auto* page = new (allocate(sizeof(Page) + capacity)) Page;
  page->birth = birth;
  page->capacity = capacity;
  page->used = 0;
  page->garbage = 0;
  page->count = 0;
  page->kind = kind;
  return page;
}

Page* Page::clone(const Page& from, uint32_t spare, uint64_t birth) {
  Page* page = make(from.kind, from.live_bytes() + spare, birth);
  page->count = from.count;
  if (from.garbage == 0) {
    std::memcpy(page->slots, from.slots, from.count * sizeof(Slot));
    std::memcpy(page->heap(), from.heap(), from.used);
    page->used = from.used;
    return page;
  }
  for (size_t i = 0; i < from.count; ++i) {
    const Slot& slot = from.slots[i];
    page->slots[i] = slot;
    page->slots[i].offset = page->used;
    std::memcpy(page->heap() + page->used, from.heap() + slot.offset,
                slot.key_size + slot.value_size);
    page->used += slot.key_size + slot.value_size;
  }
  return page;
}

size_t Page::lower_bound(std::string_view wanted) const {
  size_t low = 0;
  size_t high = count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (key(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

size_t Page::child_slot(std::string_view wanted) const {
  size_t low = 1;
  size_t high = count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (key(middle) <= wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

Page* Page::insert(Page* page, size_t i, std::string_view key, std::string_view raw_value,
                   bool is_blob) {
  ASSERT(page->count < kPageSlots);
  ASSERT(i <= page->count);
  const auto size = static_cast<uint32_t>(key.size() + raw_value.size());
  if (page->capacity - page->used < size) {
    // Doubling keeps the copies of a growing page few.
    Page* larger = clone(*page, std::max(size, page->live_bytes()), page->birth);
    std::free(page);
    page = larger;
  }
  std::memmove(page->slots + i + 1, page->slots + i, (page->count - i) * sizeof(Slot));
  page->slots[i] = {page->used, static_cast<uint32_t>(key.size()),
                    static_cast<uint32_t>(raw_value.size()), is_blob ? 1U : 0U};
  if (!key.empty()) std::memcpy(page->heap() + page->used, key.data(), key.size());
  if (!raw_value.empty())
    std::memcpy(page->heap() + page->used + key.size(), raw_value.data(), raw_value.size());
  page->used += size;
  ++page->count;
  return page;
}

void Page::remove(size_t i) {
  ASSERT(i < count);
  garbage += slots[i].key_size + slots[i].value_size;
  std::memmove(slots + i, slots + i + 1, (count - i - 1) * sizeof(Slot));
  --count;
}

}  // namespace zerodb::storage
