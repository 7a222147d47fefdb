#include "exec/arena_wasm.h"

#include <map>

#include "exec/wasm_runner.h"
#include "wasm/codegen.h"

namespace zerodb::exec {

// A store and the instances in it, by program.
struct WasmMemoryProvider::Slot {
  struct Entry {
    std::weak_ptr<const plan::Program>
        program;  // tells a program from a later one at the same address
    std::shared_ptr<CachedModule> module;
    std::optional<WasmStore::Instance> instance;
  };
  std::unique_ptr<WasmStore> store;
  // The size of a frame tells the layouts of one program for different numbers of rows apart.
  std::map<std::pair<const plan::Program*, uint32_t>, Entry> entries;
  bool has_trapped = false;
};

class WasmMemory final : public StatementMemory {
 public:
  WasmMemory(WasmMemoryProvider& provider, std::unique_ptr<WasmMemoryProvider::Slot> slot)
      : provider_(provider), slot_(std::move(slot)) {}
  ~WasmMemory() override { provider_.give_back(std::move(slot_)); }

  Arena& arena() override { return slot_->store->arena(); }

  Result<std::unique_ptr<ProgramRunner>> generated(
      const std::shared_ptr<const plan::Program>& program, const plan::FrameLayout& layout,
      Readiness readiness) override {
    WasmMemoryProvider::Slot::Entry& entry = slot_->entries[{program.get(), layout.size}];
    if (entry.program.lock() != program) {
      entry = {.program = program, .module = nullptr, .instance = std::nullopt};
      entry.module = provider_.modules_->find(wasm::compile(*program, layout), readiness);
    } else if (!entry.instance) {
      provider_.modules_->request(entry.module, readiness);
    }
    if (!entry.instance) {
      if (entry.module->state() == CachedModule::State::Failed && readiness == Readiness::Wait)
        return entry.module->error();
      if (entry.module->state() != CachedModule::State::Ready)
        return std::unique_ptr<ProgramRunner>();
      entry.instance = TRY(slot_->store->instantiate(entry.module->module()));
    }
    return std::unique_ptr<ProgramRunner>(
        std::make_unique<WasmRunner>(*slot_->store, *entry.instance, slot_->has_trapped));
  }

 private:
  WasmMemoryProvider& provider_;
  std::unique_ptr<WasmMemoryProvider::Slot> slot_;
};

WasmMemoryProvider::WasmMemoryProvider() = default;
WasmMemoryProvider::WasmMemoryProvider(std::string module_folder)
    : module_folder_(std::move(module_folder)) {}
WasmMemoryProvider::~WasmMemoryProvider() = default;

Result<std::unique_ptr<StatementMemory>> WasmMemoryProvider::acquire() {
  std::unique_ptr<Slot> slot;
  {
    const std::lock_guard lock(mutex_);
    if (engine_ == nullptr) {
      engine_ = TRY(WasmEngine::create());
      std::unique_ptr<ModuleFiles> files;
      if (!module_folder_.empty()) files = std::make_unique<ModuleFiles>(module_folder_);
      modules_ = std::make_unique<ModuleCache>(*engine_, std::move(files));
    }
    if (!idle_.empty()) {
      slot = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (slot == nullptr) {
    slot = std::make_unique<Slot>();
    slot->store = TRY(WasmStore::create(*engine_, call_kernel));
  }
  return std::unique_ptr<StatementMemory>(std::make_unique<WasmMemory>(*this, std::move(slot)));
}

void WasmMemoryProvider::give_back(std::unique_ptr<Slot> slot) {
  Arena& arena = slot->store->arena();
  // Programs come and go faster than instances when code is only waited for.
  const bool is_worn = slot->has_trapped || slot->store->instance_count() >= kInstancesMax ||
                       slot->entries.size() >= 4 * kInstancesMax;
  if (is_worn) return;
  if (arena.peak() > kIdleBytesMax) slot->store->discard(kIdleBytesMax, arena.peak());
  arena = Arena(arena.base(), arena.limit());
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleMax) idle_.push_back(std::move(slot));
}

ModuleCacheStats WasmMemoryProvider::stats() const {
  const std::lock_guard lock(mutex_);
  return modules_ == nullptr ? ModuleCacheStats{} : modules_->stats();
}

}  // namespace zerodb::exec
