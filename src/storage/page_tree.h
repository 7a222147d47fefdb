// PageTree: a version of one family's B+tree, and the operations that make the next version out of
// it.
//
// TreeEditor changes trees for one generation: it copies a page the first time the generation
// touches it and retires the original. PagePath walks a tree that stays as it is. Threading: an
// editor belongs to one thread; trees of published generations may be read by all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/page.h"
#include "storage/range.h"

namespace zerodb::storage {

inline constexpr size_t kTreeDepthMax = 24;

struct PageTree {
  Page* root = nullptr;
  uint64_t entry_count = 0;
  uint64_t byte_count = 0;
};

class PagePath {
 public:
  // Each places the path on a leaf slot, or past the end, where is_valid is false.
  void seek_at_or_after(const PageTree& tree, std::string_view key);
  void seek_before(const PageTree& tree, std::string_view key);  // the last key below `key`
  void seek_last(const PageTree& tree);

  bool is_valid() const { return leaf_ != nullptr; }
  const Page& leaf() const { return *leaf_; }
  size_t slot() const { return slot_; }
  void set_slot(size_t slot) { slot_ = slot; }
  // To the first slot of the following leaf, or the last of the preceding one.
  void next_leaf();
  void previous_leaf();

 private:
  struct Frame {
    const Page* page;
    size_t slot;
  };
  void descend(const PageTree& tree, std::string_view key);
  void descend_edge(const Page* page, Direction side);

  std::array<Frame, kTreeDepthMax> frames_;
  size_t depth_ = 0;
  const Page* leaf_ = nullptr;
  size_t slot_ = 0;
};

class TreeEditor {
 public:
  explicit TreeEditor(uint64_t generation) : generation_(generation) {}

  void put(PageTree& tree, std::string_view key, std::string_view value);
  void erase(PageTree& tree, std::string_view key);
  // Blocks of older generations that the new version does not hold any more.
  std::vector<Block*>& retired() { return retired_; }
  // Blocks made less blocks freed.
  int64_t block_balance() const { return block_balance_; }

 private:
  struct Frame {
    Page* page;
    size_t slot;
  };
  Page* writable(Page* page);
  Page* descend(PageTree& tree, std::string_view key);
  void retire(Block* block);
  void relink(PageTree& tree, Page* page);
  void split_overfull(PageTree& tree, Page* page, size_t inserted_at);
  void shrink(PageTree& tree, Page* page);
  bool merge_with_right(Page* parent, size_t left_slot);
  void insert_value(PageTree& tree, Page* leaf, size_t slot, std::string_view key,
                    std::string_view value);
  void drop_value(PageTree& tree, Page* leaf, size_t slot);

  uint64_t generation_;
  std::vector<Block*> retired_;
  int64_t block_balance_ = 0;
  std::array<Frame, kTreeDepthMax> path_;
  size_t depth_ = 0;
};

// The share of the tree's entries that lie below `key`, by the position in its pages.
double tree_position(const PageTree& tree, std::string_view key);
// Frees every page and blob of a tree that shares none with another; gives how many.
size_t free_tree(PageTree& tree);
// E1205 when the order of keys or the count of entries is broken.
Status check_tree(const PageTree& tree);

}  // namespace zerodb::storage
