// ModuleCache: compiled modules by the code they were made from, the least recently used dropped
// first.
//
// The key is the module's own bytes: programs that give the same code share a module, and no digest
// can collide. A module that nobody waits for is compiled by one background thread, fed through a
// bounded queue; when that is full the statement simply stays with the interpreter and asks again
// later. Threading: may be shared by all threads.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "exec/module_files.h"
#include "exec/tier.h"
#include "exec/wasm_runtime.h"

namespace zerodb::exec {

// A module that may still be in the making. Shared by the cache, its compiling thread and the
// statements that wait for it.
class CachedModule {
 public:
  enum class State : uint8_t { Missing, Queued, Ready, Failed };

  explicit CachedModule(std::string code) : code_(std::move(code)) {}
  State state() const { return state_.load(std::memory_order_acquire); }
  const WasmModule& module() const { return *module_; }  // Ready
  const Error& error() const { return *error_; }         // Failed
  // Compiles unless that was done, here or, with `files`, in an earlier life of the database;
  // concurrent callers wait for the first.
  void compile(const WasmEngine& engine, const ModuleFiles* files);

 private:
  friend class ModuleCache;
  const std::string code_;
  std::mutex compiling_;
  std::atomic<State> state_ = State::Missing;
  std::unique_ptr<WasmModule> module_;
  std::optional<Error> error_;
};

struct ModuleCacheStats {
  uint64_t hits = 0;
  uint64_t misses = 0;
  uint64_t modules = 0;
};

class ModuleCache {
 public:
  static constexpr size_t kModulesMax = 1024;
  static constexpr size_t kQueueMax = 64;

  // The engine is borrowed. `files` null: nothing is kept on disk.
  ModuleCache(const WasmEngine& engine, std::unique_ptr<ModuleFiles> files)
      : engine_(engine), files_(std::move(files)) {}
  ModuleCache(const ModuleCache&) = delete;
  ModuleCache& operator=(const ModuleCache&) = delete;
  ~ModuleCache();

  // The module for this code. With Wait it is Ready or Failed on return.
  std::shared_ptr<CachedModule> find(std::vector<uint8_t> code, Readiness readiness);
  // Makes sure that a module found earlier gets compiled.
  void request(const std::shared_ptr<CachedModule>& module, Readiness readiness);
  ModuleCacheStats stats() const;

 private:
  using Order = std::list<std::shared_ptr<CachedModule>>;  // most recently used first

  void compile_queued();

  const WasmEngine& engine_;
  const std::unique_ptr<ModuleFiles> files_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Order order_;
  std::unordered_map<std::string_view, Order::iterator> by_code_;  // views of CachedModule::code_
  std::deque<std::shared_ptr<CachedModule>> queue_;
  ModuleCacheStats stats_;
  bool is_stopping_ = false;
  std::thread compiler_;  // started by the first request
};

}  // namespace zerodb::exec
