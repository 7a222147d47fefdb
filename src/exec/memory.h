// PlainMemoryProvider: statement memory in reserved address space, without generated code.
//
// Pages are touched as the arena grows and given back to the system when a statement used much of
// them. Threading: may be shared by all threads; what it hands out belongs to one.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "exec/tier.h"

namespace zerodb::exec {

// A reserved block of `limit` bytes, readable and zero where it was never written.
class ReservedBlock {
 public:
  static Result<ReservedBlock> reserve(uint64_t limit);
  ReservedBlock(ReservedBlock&& other) noexcept;
  ReservedBlock& operator=(ReservedBlock&& other) noexcept;
  ReservedBlock(const ReservedBlock&) = delete;
  ~ReservedBlock();

  char* base() const { return base_; }
  uint64_t size() const { return size_; }
  // Gives the pages from `keep` to `used` back to the system; they read as zero again.
  void discard(uint64_t keep, uint64_t used);

 private:
  ReservedBlock(char* base, uint64_t size) : base_(base), size_(size) {}
  char* base_ = nullptr;
  uint64_t size_ = 0;
};

class PlainMemoryProvider final : public MemoryProvider {
 public:
  explicit PlainMemoryProvider(uint32_t limit = UINT32_MAX - (64 << 10)) : limit_(limit) {}
  Result<std::unique_ptr<StatementMemory>> acquire() override;

 private:
  friend class PlainMemory;
  const uint32_t limit_;
  std::mutex mutex_;
  std::vector<ReservedBlock> idle_;
};

}  // namespace zerodb::exec
