#include "storage/page_tree.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/assert.h"

namespace zerodb::storage {
namespace {

constexpr uint32_t kNewPageBytes = 1024;
// A page with fewer slots looks for a neighbour to merge with; the merged page stays well below a
// full one.
constexpr uint32_t kMergeSlotsMin = kPageSlots / 4;
constexpr uint32_t kMergedSlotsMax = kPageSlots * 3 / 4;

std::string_view pointer_bytes(const void* const& pointer) {
  return {reinterpret_cast<const char*>(&pointer), sizeof(pointer)};
}

}  // namespace

void PagePath::descend(const PageTree& tree, std::string_view key) {
  depth_ = 0;
  const Page* page = tree.root;
  while (page != nullptr && page->kind == PageKind::Inner) {
    const size_t slot = page->child_slot(key);
    frames_[depth_++] = {page, slot};
    page = page->child(slot);
  }
  leaf_ = page;
}

void PagePath::descend_edge(const Page* page, Direction side) {
  while (page->kind == PageKind::Inner) {
    const size_t slot = side == Direction::Forward ? 0 : page->count - size_t{1};
    frames_[depth_++] = {page, slot};
    page = page->child(slot);
  }
  leaf_ = page;
  slot_ = side == Direction::Forward ? 0 : page->count - size_t{1};
}

void PagePath::seek_at_or_after(const PageTree& tree, std::string_view key) {
  descend(tree, key);
  if (leaf_ == nullptr) return;
  slot_ = leaf_->lower_bound(key);
  if (slot_ == leaf_->count) next_leaf();
}

void PagePath::seek_before(const PageTree& tree, std::string_view key) {
  descend(tree, key);
  if (leaf_ == nullptr) return;
  slot_ = leaf_->lower_bound(key);
  if (slot_ == 0) {
    previous_leaf();
  } else {
    --slot_;
  }
}

void PagePath::seek_last(const PageTree& tree) {
  depth_ = 0;
  leaf_ = nullptr;
  if (tree.root != nullptr) descend_edge(tree.root, Direction::Reverse);
}

void PagePath::next_leaf() {
  leaf_ = nullptr;
  while (depth_ > 0) {
    Frame& frame = frames_[depth_ - 1];
    if (frame.slot + 1 < frame.page->count) {
      ++frame.slot;
      descend_edge(frame.page->child(frame.slot), Direction::Forward);
      return;
    }
    --depth_;
  }
}

void PagePath::previous_leaf() {
  leaf_ = nullptr;
  while (depth_ > 0) {
    Frame& frame = frames_[depth_ - 1];
    if (frame.slot > 0) {
      --frame.slot;
      descend_edge(frame.page->child(frame.slot), Direction::Reverse);
      return;
    }
    --depth_;
  }
}

void TreeEditor::retire(Block* block) {
  if (block->birth == generation_) {
    std::free(block);
    --block_balance_;
  } else {
    retired_.push_back(block);
  }
}

Page* TreeEditor::writable(Page* page) {
  if (page->birth == generation_) return page;
  Page* copy = Page::clone(*page, 256, generation_);
  ++block_balance_;
  retire(page);
  return copy;
}

// Makes every page on the way to `key` writable and gives the leaf; path_ holds the inner pages.
Page* TreeEditor::descend(PageTree& tree, std::string_view key) {
  depth_ = 0;
  tree.root = writable(tree.root);
  Page* page = tree.root;
  while (page->kind == PageKind::Inner) {
    ASSERT(depth_ < kTreeDepthMax);
    const size_t slot = page->child_slot(key);
    Page* child = writable(page->child(slot));
    page->set_child(slot, child);
    path_[depth_++] = {page, slot};
    page = child;
  }
  return page;
}

// Tells the page above, or the tree, where the page at the end of path_ lies.
void TreeEditor::relink(PageTree& tree, Page* page) {
  if (depth_ == 0) {
    tree.root = page;
  } else {
    path_[depth_ - 1].page->set_child(path_[depth_ - 1].slot, page);
  }
}

void TreeEditor::insert_value(PageTree& tree, Page* leaf, size_t slot, std::string_view key,
                              std::string_view value) {
  Page* moved;
  if (value.size() > kInlineValueMax) {
    const void* blob = Blob::make(value, generation_);
    ++block_balance_;
    moved = Page::insert(leaf, slot, key, pointer_bytes(blob), true);
  } else {
    moved = Page::insert(leaf, slot, key, value, false);
  }
  if (moved != leaf) relink(tree, moved);
  ++tree.entry_count;
  tree.byte_count += key.size() + value.size();
  if (moved->is_overfull()) split_overfull(tree, moved, slot);
}

void TreeEditor::drop_value(PageTree& tree, Page* leaf, size_t slot) {
  --tree.entry_count;
  tree.byte_count -= leaf->key(slot).size() + leaf->value(slot).size();
  if (leaf->slots[slot].is_blob != 0) retire(leaf->blob(slot));
  leaf->remove(slot);
}

void TreeEditor::put(PageTree& tree, std::string_view key, std::string_view value) {
  if (tree.root == nullptr) {
    tree.root = Page::make(PageKind::Leaf, kNewPageBytes, generation_);
    ++block_balance_;
  }
  Page* leaf = descend(tree, key);
  const size_t slot = leaf->lower_bound(key);
  if (slot < leaf->count && leaf->key(slot) == key) drop_value(tree, leaf, slot);
  insert_value(tree, leaf, slot, key, value);
}

// Splits the page at the end of path_ and, as far as needed, the pages above it.
void TreeEditor::split_overfull(PageTree& tree, Page* page, size_t inserted_at) {
  while (page->is_overfull()) {
    // Keys that arrive in ascending order leave full pages behind.
    const size_t middle =
        inserted_at + 1 == page->count ? page->count - size_t{1} : page->count / size_t{2};
    Page* right =
        Page::make(page->kind, std::max(kNewPageBytes, page->live_bytes() / 2), generation_);
    ++block_balance_;
    for (size_t i = middle; i < page->count; ++i) {
      right = Page::insert(right, i - middle, page->key(i), page->raw_value(i),
                           page->slots[i].is_blob != 0);
    }
    while (page->count > middle) page->remove(page->count - size_t{1});
    const void* right_address = right;
    if (depth_ == 0) {
      const void* left_address = page;
      Page* root = Page::make(PageKind::Inner, kNewPageBytes, generation_);
      ++block_balance_;
      root = Page::insert(root, 0, {}, pointer_bytes(left_address), false);
      root = Page::insert(root, 1, right->key(0), pointer_bytes(right_address), false);
      tree.root = root;
      return;
    }
    const Frame above = path_[--depth_];
    page = Page::insert(above.page, above.slot + 1, right->key(0), pointer_bytes(right_address),
                        false);
    if (page != above.page) relink(tree, page);
    inserted_at = above.slot + 1;
  }
}

void TreeEditor::erase(PageTree& tree, std::string_view key) {
  PagePath found;
  found.seek_at_or_after(tree, key);
  if (!found.is_valid() || found.leaf().key(found.slot()) != key) return;
  Page* leaf = descend(tree, key);
  drop_value(tree, leaf, leaf->lower_bound(key));
  shrink(tree, leaf);
}

// Removes the page at the end of path_ if it is empty, merges it if it is small, and goes on with
// the pages above it.
void TreeEditor::shrink(PageTree& tree, Page* page) {
  while (depth_ > 0 && page->count < kMergeSlotsMin) {
    const Frame above = path_[--depth_];
    if (page->count == 0) {
      above.page->remove(above.slot);
      retire(page);
    } else {
      const bool has_right = above.slot + 1 < above.page->count;
      if (!(has_right && merge_with_right(above.page, above.slot)) &&
          !(above.slot > 0 && merge_with_right(above.page, above.slot - 1))) {
        return;
      }
    }
    page = above.page;
  }
  if (depth_ > 0) return;
  while (tree.root != nullptr && tree.root->kind == PageKind::Inner && tree.root->count == 1) {
    Page* old_root = tree.root;
    tree.root = old_root->child(0);
    retire(old_root);
  }
  if (tree.root != nullptr && tree.root->count == 0) {
    retire(tree.root);
    tree.root = nullptr;
  }
}

bool TreeEditor::merge_with_right(Page* parent, size_t left_slot) {
  Page* right = parent->child(left_slot + 1);
  const Page* const old_left = parent->child(left_slot);
  if (old_left->count + uint32_t{right->count} > kMergedSlotsMax) return false;
  if (old_left->live_bytes() + right->live_bytes() > kPageBytesMax / 2) return false;
  Page* left = writable(parent->child(left_slot));
  for (size_t i = 0; i < right->count; ++i) {
    // Inside the merged page the first child on the right needs its separator, which only the
    // parent knows.
    const std::string_view key =
        i == 0 && right->kind == PageKind::Inner ? parent->key(left_slot + 1) : right->key(i);
    left = Page::insert(left, left->count, key, right->raw_value(i), right->slots[i].is_blob != 0);
  }
  parent->set_child(left_slot, left);
  parent->remove(left_slot + 1);
  retire(right);
  return true;
}

double tree_position(const PageTree& tree, std::string_view key) {
  double position = 0;
  double width = 1;
  const Page* page = tree.root;
  while (page != nullptr && page->kind == PageKind::Inner) {
    const size_t slot = page->child_slot(key);
    width /= page->count;
    position += width * static_cast<double>(slot);
    page = page->child(slot);
  }
  if (page == nullptr) return 0;
  return position + width * static_cast<double>(page->lower_bound(key)) / page->count;
}

namespace {

size_t free_pages(Page* page) {
  size_t freed = 1;
  for (size_t i = 0; i < page->count; ++i) {
    if (page->kind == PageKind::Inner) {
      freed += free_pages(page->child(i));
    } else if (page->slots[i].is_blob != 0) {
      std::free(page->blob(i));
      ++freed;
    }
  }
  std::free(page);
  return freed;
}

struct Walk {
  std::string last;
  uint64_t entries = 0;
  uint64_t bytes = 0;
  bool is_sound = true;
};

void walk_page(const Page& page, std::string_view low, std::string_view high, Walk& walk) {
  for (size_t i = 0; i < page.count && walk.is_sound; ++i) {
    if (page.kind == PageKind::Inner) {
      const std::string_view from = i == 0 ? low : page.key(i);
      const std::string_view to = i + size_t{1} == page.count ? high : page.key(i + 1);
      walk_page(*page.child(i), from, to, walk);
      continue;
    }
    const std::string_view key = page.key(i);
    const bool is_ordered = walk.entries == 0 || walk.last < key;
    walk.is_sound = is_ordered && key >= low && (high.empty() || key < high);
    walk.last = key;
    ++walk.entries;
    walk.bytes += key.size() + page.value(i).size();
  }
  walk.is_sound = walk.is_sound && page.count > 0 && page.count < kPageSlots;
}

}  // namespace

size_t free_tree(PageTree& tree) {
  const size_t freed = tree.root == nullptr ? 0 : free_pages(tree.root);
  tree = {};
  return freed;
}

Status check_tree(const PageTree& tree) {
  Walk walk;
  if (tree.root != nullptr) walk_page(*tree.root, {}, {}, walk);
  if (!walk.is_sound || walk.entries != tree.entry_count || walk.bytes != tree.byte_count) {
    return Error(ErrorCode::E1205, "the tree in memory is damaged near key of " +
                                       std::to_string(walk.last.size()) + " bytes");
  }
  return ok_status();
}

}  // namespace zerodb::storage
