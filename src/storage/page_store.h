// PageStore: the published version of the memory engine's trees and the snapshots that keep older
// ones alive.
//
// Each batch makes a generation. A block retired by generation R and born in B is reachable from
// the snapshots of generations [B, R). It waits in the list of the newest of these; when that one
// goes, it moves to the next older one that can reach it, or is freed. So memory holds exactly what
// some snapshot can reach. Threading: everything may be called from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/engine.h"
#include "storage/page_tree.h"

namespace zerodb::storage {

using Forest = std::array<PageTree, kFamilyCount>;

class PageStore {
 public:
  struct Live {
    uint64_t generation;
    Forest trees;
    size_t holders;
    std::vector<Block*> dead;
  };
  using Pin = std::list<Live>::iterator;

  PageStore() = default;
  PageStore(const PageStore&) = delete;
  PageStore& operator=(const PageStore&) = delete;
  ~PageStore();

  // The newest version, kept alive until released.
  Pin acquire();
  void release(Pin pin);
  void write(const WriteBatch& batch);
  size_t block_count() const { return static_cast<size_t>(block_count_.load()); }

 private:
  void free_blocks(const std::vector<Block*>& blocks);

  std::mutex write_mutex_;
  // Guards what follows.
  std::mutex mutex_;
  uint64_t generation_ = 0;
  Forest trees_;
  // Oldest first.
  std::list<Live> live_;
  std::atomic<int64_t> block_count_ = 0;
};

}  // namespace zerodb::storage
