// Page: one node of the memory engine's tree, a sorted array of slots over a heap of bytes in one
// allocation.
//
// A leaf maps keys to values, an inner page separators to child pages; the separator of slot 0
// stands for no lower bound. A value above kInlineValueMax lies in a Blob of its own, so that
// copying a page stays cheap. Pages and blobs carry the generation that made them: only the batch
// of that generation may change or free them directly. Threading: a page is immutable once its
// generation is published.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace zerodb::storage {

inline constexpr uint32_t kPageSlots = 64;
inline constexpr size_t kInlineValueMax = 512;
// A page with more bytes than this splits once it has kPageSplitSlotsMin slots.
inline constexpr uint32_t kPageBytesMax = 32 << 10;
inline constexpr uint32_t kPageSplitSlotsMin = 8;

// What pages and blobs have in common; both come from malloc.
struct Block {
  uint64_t birth;
};

struct Blob : Block {
  uint32_t size;
  static Blob* make(std::string_view bytes, uint64_t birth);
  std::string_view bytes() const { return {reinterpret_cast<const char*>(this + 1), size}; }
};

enum class PageKind : uint8_t { Leaf, Inner };

struct Page : Block {
  struct Slot {
    uint32_t offset;
    uint32_t key_size;
    uint32_t value_size;
    uint32_t is_blob;
  };
  uint32_t capacity;
  uint32_t used;
  uint32_t garbage;
  uint16_t count;
  PageKind kind;
  Slot slots[kPageSlots];

  static Page* make(PageKind kind, uint32_t capacity, uint64_t birth);
  // A compact copy with room for `spare` more bytes.
  static Page* clone(const Page& from, uint32_t spare, uint64_t birth);

  char* heap() { return reinterpret_cast<char*>(this + 1); }
  const char* heap() const { return reinterpret_cast<const char*>(this + 1); }
  std::string_view key(size_t i) const { return {heap() + slots[i].offset, slots[i].key_size}; }
  std::string_view value(size_t i) const {
    if (slots[i].is_blob != 0) [[unlikely]]
      return blob(i)->bytes();
    return raw_value(i);
  }
  // The bytes in the page itself: the value, the address of its blob, or of the child.
  std::string_view raw_value(size_t i) const {
    return {heap() + slots[i].offset + slots[i].key_size, slots[i].value_size};
  }
  Blob* blob(size_t i) const { return load_pointer<Blob>(i); }
  Page* child(size_t i) const { return load_pointer<Page>(i); }
  void set_child(size_t i, const Page* child) {
    std::memcpy(heap() + slots[i].offset + slots[i].key_size, &child, sizeof(child));
  }

  uint32_t live_bytes() const { return used - garbage; }
  bool is_overfull() const {
    return count == kPageSlots || (live_bytes() > kPageBytesMax && count >= kPageSplitSlotsMin);
  }
  // The first slot whose key is at or above `key`.
  size_t lower_bound(std::string_view key) const;
  // In an inner page: the slot of the child that holds `key`.
  size_t child_slot(std::string_view key) const;

  // Makes room at slot i; the page may move. Requires count < kPageSlots.
  static Page* insert(Page* page, size_t i, std::string_view key, std::string_view raw_value,
                      bool is_blob);
  void remove(size_t i);

 private:
  template <typename T>
  T* load_pointer(size_t i) const {
    T* pointer;
    std::memcpy(&pointer, heap() + slots[i].offset + slots[i].key_size, sizeof(pointer));
    return pointer;
  }
};

}  // namespace zerodb::storage
