#include "storage/page_store.h"

#include <cstdlib>
#include <iterator>
#include <utility>

#include "base/assert.h"

namespace zerodb::storage {

PageStore::~PageStore() {
  ASSERT(live_.empty());
  for (PageTree& tree : trees_) block_count_ -= static_cast<int64_t>(free_tree(tree));
  ASSERT(block_count_.load() == 0);
}

PageStore::Pin PageStore::acquire() {
  const std::lock_guard lock(mutex_);
  if (live_.empty() || live_.back().generation != generation_)
    live_.push_back({generation_, trees_, 0, {}});
  ++live_.back().holders;
  return std::prev(live_.end());
}

void PageStore::release(Pin pin) {
  std::vector<Block*> unreachable;
  {
    const std::lock_guard lock(mutex_);
    ASSERT(pin->holders > 0);
    if (--pin->holders > 0) return;
    Live* const older = pin == live_.begin() ? nullptr : &*std::prev(pin);
    for (Block* block : pin->dead) {
      if (older != nullptr && older->generation >= block->birth) {
        older->dead.push_back(block);
      } else {
        unreachable.push_back(block);
      }
    }
    live_.erase(pin);
  }
  free_blocks(unreachable);
}

void PageStore::write(const WriteBatch& batch) {
  const std::lock_guard write_lock(write_mutex_);
  Forest trees;
  uint64_t generation = 0;
  {
    const std::lock_guard lock(mutex_);
    trees = trees_;
    generation = generation_ + 1;
  }
  TreeEditor editor(generation);
  for (size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Operation operation = batch[i];
    PageTree& tree = trees[family_index(operation.family)];
    if (operation.kind == WriteBatch::Kind::Put) {
      editor.put(tree, operation.key, operation.value);
    } else {
      editor.erase(tree, operation.key);
    }
  }
  block_count_ += editor.block_balance();
  std::vector<Block*> unreachable;
  {
    const std::lock_guard lock(mutex_);
    trees_ = trees;
    generation_ = generation;
    for (Block* block : editor.retired()) {
      if (!live_.empty() && live_.back().generation >= block->birth) {
        live_.back().dead.push_back(block);
      } else {
        unreachable.push_back(block);
      }
    }
  }
  free_blocks(unreachable);
}

void PageStore::free_blocks(const std::vector<Block*>& blocks) {
  for (Block* block : blocks) std::free(block);
  block_count_ -= static_cast<int64_t>(blocks.size());
}

}  // namespace zerodb::storage
