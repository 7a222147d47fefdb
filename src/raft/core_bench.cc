// Entries through three cores in memory, one thread: proposed, replicated, acknowledged, committed,
// applied.
#include "raft/core.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <deque>
#include <memory>
#include <new>
#include <vector>

#include "raft/memory_storage.h"

namespace {

uint64_t allocations = 0;
uint64_t allocated_bytes = 0;

}  // namespace

void* operator new(size_t size) {
  ++allocations;
  allocated_bytes += size;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}

namespace zerodb::raft {
namespace {

struct Member {
  MemoryStorage storage;
  std::optional<Core> core;
  IoSeq written;
};

class Trio {
 public:
  Trio() : members_(3) {
    for (uint64_t i = 0; i < 3; ++i) {
      Options options;
      options.id = NodeId(i + 1);
      options.pre_vote = false;
      Persisted persisted;
      persisted.configuration.voters = {NodeId(1), NodeId(2), NodeId(3)};
      members_[i].core.emplace(
          Core::open(options, persisted, members_[i].storage, members_[i].storage, i).value());
    }
    static_cast<void>(members_[0].core->step(StartCampaign{}));
    settle();
  }

  void propose(const Payload& payload) {
    static_cast<void>(members_[0].core->step(Propose{payload}));
  }
  void settle() {
    for (bool is_busy = true; is_busy;) {
      is_busy = false;
      for (Member& member : members_) is_busy = pump(member) || is_busy;
      while (!network_.empty()) {
        const Message message = std::move(network_.front());
        network_.pop_front();
        static_cast<void>(members_[message.to.value() - 1].core->step(message));
        is_busy = true;
      }
    }
  }
  void compact() {
    for (Member& member : members_) {
      const LogIndex applied = member.core->view().log.applied();
      member.storage.compact(applied);
      static_cast<void>(member.core->step(Compacted{applied}));
    }
  }
  LogIndex applied() const { return members_[0].core->view().log.applied(); }

 private:
  bool pump(Member& member) {
    const Ready ready = member.core->take();
    network_.insert(network_.end(), ready.send_now.begin(), ready.send_now.end());
    member.storage.append(ready.append);
    network_.insert(network_.end(), ready.send_after_write.begin(), ready.send_after_write.end());
    const LogIndex applied = ready.apply.empty() ? LogIndex() : ready.apply.back().index;
    const bool has_write = ready.seq > member.written;
    member.written = ready.seq;
    if (has_write) static_cast<void>(member.core->step(WriteDone{member.written}));
    if (applied > LogIndex()) static_cast<void>(member.core->step(ApplyDone{applied}));
    return has_write || applied > LogIndex();
  }

  std::vector<Member> members_;
  std::deque<Message> network_;
};

void replicate(benchmark::State& state) {
  Trio trio;
  const auto batch = static_cast<uint64_t>(state.range(0));
  const Payload payload(std::string(static_cast<size_t>(state.range(1)), 'x'));
  const uint64_t allocations_before = allocations;
  const uint64_t bytes_before = allocated_bytes;
  uint64_t entries = 0;
  for (auto _ : state) {
    for (uint64_t i = 0; i < batch; ++i) trio.propose(payload);
    trio.settle();
    entries += batch;
    if (entries % 4096 == 0) trio.compact();
  }
  state.SetItemsProcessed(static_cast<int64_t>(entries));
  const auto count = static_cast<double>(entries);
  state.counters["allocations/entry"] =
      static_cast<double>(allocations - allocations_before) / count;
  state.counters["bytes/entry"] = static_cast<double>(allocated_bytes - bytes_before) / count;
}
BENCHMARK(replicate)
    ->ArgNames({"batch", "bytes"})
    ->Args({1, 128})
    ->Args({16, 128})
    ->Args({256, 128})
    ->Args({256, 4096});

}  // namespace
}  // namespace zerodb::raft
