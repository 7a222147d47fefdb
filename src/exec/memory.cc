#include "exec/memory.h"

#include <sys/mman.h>

namespace zerodb::exec {

Result<ReservedBlock> ReservedBlock::reserve(uint64_t limit) {
  void* base = mmap(nullptr, limit, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return Error(ErrorCode::E1108, "no address space for a statement");
  return ReservedBlock(static_cast<char*>(base), limit);
}

ReservedBlock::ReservedBlock(ReservedBlock&& other) noexcept
    : base_(other.base_), size_(other.size_) {
  other.base_ = nullptr;
}

ReservedBlock& ReservedBlock::operator=(ReservedBlock&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(size_, other.size_);
  return *this;
}

ReservedBlock::~ReservedBlock() {
  if (base_ != nullptr) munmap(base_, size_);
}

void ReservedBlock::discard(uint64_t keep, uint64_t used) {
  if (used > keep) madvise(base_ + keep, used - keep, MADV_DONTNEED);
}

class PlainMemory final : public StatementMemory {
 public:
  PlainMemory(PlainMemoryProvider& provider, ReservedBlock block)
      : provider_(provider),
        block_(std::move(block)),
        arena_(block_.base(), static_cast<uint32_t>(block_.size())) {}

  // What a statement leaves behind in the pool.
  ~PlainMemory() override {
    constexpr uint64_t kKept = 4 << 20;
    constexpr size_t kIdleMax = 16;
    block_.discard(kKept, block_.size());
    const std::lock_guard lock(provider_.mutex_);
    if (provider_.idle_.size() < kIdleMax) provider_.idle_.push_back(std::move(block_));
  }

  Arena& arena() override { return arena_; }
  Result<std::unique_ptr<ProgramRunner>> generated(const std::shared_ptr<const plan::Program>&,
                                                   const plan::FrameLayout&, Readiness) override {
    return std::unique_ptr<ProgramRunner>();
  }

 private:
  PlainMemoryProvider& provider_;
  ReservedBlock block_;
  Arena arena_;
};

Result<std::unique_ptr<StatementMemory>> PlainMemoryProvider::acquire() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      ReservedBlock block = std::move(idle_.back());
      idle_.pop_back();
      return std::unique_ptr<StatementMemory>(
          std::make_unique<PlainMemory>(*this, std::move(block)));
    }
  }
  ReservedBlock block = TRY(ReservedBlock::reserve(limit_));
  return std::unique_ptr<StatementMemory>(std::make_unique<PlainMemory>(*this, std::move(block)));
}

}  // namespace zerodb::exec
