// Wasm runtime: wasmtime behind three small classes. The only files that see its interface are
// wasm_runtime.cc and this one's forward declarations.
//
// A WasmEngine compiles modules; a WasmStore is one linear memory with the instances that work in
// it. All instances of a store share the memory; a module has none of its own. A store never frees
// an instance, so whoever instantiates counts and starts a new store. Errors: E1299 for a module
// that does not compile and for a trap; both are faults of code generation. Threading: an engine
// and its modules may be shared by all threads; a store belongs to one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "value/batch.h"

extern "C" {
struct wasm_engine_t;
struct wasmtime_module;
}

namespace zerodb::exec {

class WasmModule {
 public:
  explicit WasmModule(wasmtime_module* module) : module_(module) {}
  WasmModule(const WasmModule&) = delete;
  WasmModule& operator=(const WasmModule&) = delete;
  ~WasmModule();

  const wasmtime_module* get() const { return module_; }
  // The compiled code, for WasmEngine::load().
  Result<std::string> serialize() const;

 private:
  wasmtime_module* module_;
};

class WasmEngine {
 public:
  static Result<std::unique_ptr<WasmEngine>> create();
  WasmEngine(const WasmEngine&) = delete;
  WasmEngine& operator=(const WasmEngine&) = delete;
  ~WasmEngine();

  Result<std::unique_ptr<WasmModule>> compile(std::span<const uint8_t> bytes) const;
  // What serialize() gave, and nothing else: it is run as it is. E1299 for that of another
  // compiler.
  Result<std::unique_ptr<WasmModule>> load(std::span<const uint8_t> serialized) const;
  // Whether the bytes are a module at all, without the cost of compiling it. E1299.
  Status validate(std::span<const uint8_t> bytes) const;
  wasm_engine_t* get() const { return engine_; }

 private:
  explicit WasmEngine(wasm_engine_t* engine) : engine_(engine) {}
  wasm_engine_t* engine_;
};

// How a run ended when the code did not trap.
enum class WasmOutcome : uint8_t { Done, ErrorInFrame };

class WasmStore {
 public:
  // What `env.call` does: one instruction on a frame; false after an error.
  using HostCall = bool (*)(const Arena& arena, uint32_t frame, uint32_t instr);
  // An instance in this store.
  using Instance = StrongId<struct WasmInstanceTag, uint32_t>;

  // The engine is borrowed and must outlive the store.
  static Result<std::unique_ptr<WasmStore>> create(const WasmEngine& engine, HostCall host_call);
  ~WasmStore();

  // The linear memory; it starts at offset 0.
  Arena& arena();
  Result<Instance> instantiate(const WasmModule& module);
  uint32_t instance_count() const;
  Result<WasmOutcome> run(Instance instance, uint32_t frame, uint32_t stage);
  // Gives pages beyond `keep` that were used up to `used` back to the system; they read as zero
  // again.
  void discard(uint64_t keep, uint64_t used);

 private:
  struct State;
  explicit WasmStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace zerodb::exec
