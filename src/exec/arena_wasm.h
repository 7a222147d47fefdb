// WasmMemoryProvider: statement memory that is the linear memory of a Wasm store, so that generated
// code can work in it.
//
// The engine starts with the first statement. Memory that is given back keeps its mapping, its
// store and its instances, so that a repeated statement neither maps nor instantiates anything. A
// store is replaced after kInstancesMax instances, because it never frees one, and after a trap.
// Threading: a provider may be shared by all threads; what it hands out belongs to one.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exec/module_cache.h"
#include "exec/tier.h"
#include "exec/wasm_runtime.h"

namespace zerodb::exec {

class WasmMemory;

class WasmMemoryProvider final : public MemoryProvider {
 public:
  static constexpr uint32_t kInstancesMax = 256;
  static constexpr size_t kIdleMax = 16;
  // What an idle memory may keep resident.
  static constexpr uint32_t kIdleBytesMax = 8 << 20;

  // Memory that it handed out must be gone before it.
  // Compiled code is kept in memory only.
  WasmMemoryProvider();
  // Also in the folder, from one run to the next.
  explicit WasmMemoryProvider(std::string module_folder);
  ~WasmMemoryProvider() override;
  Result<std::unique_ptr<StatementMemory>> acquire() override;
  ModuleCacheStats stats() const;

 private:
  friend class WasmMemory;
  struct Slot;

  void give_back(std::unique_ptr<Slot> slot);

  const std::string module_folder_;
  mutable std::mutex mutex_;
  std::unique_ptr<WasmEngine> engine_;
  std::unique_ptr<ModuleCache> modules_;
  std::vector<std::unique_ptr<Slot>> idle_;
};

}  // namespace zerodb::exec
