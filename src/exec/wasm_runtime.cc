#include "exec/wasm_runtime.h"

#include <sys/mman.h>
#include <wasmtime.h>

#include <vector>

namespace zerodb::exec {

namespace {

constexpr uint64_t kPageBytes = 64 << 10;
// 4 GiB less one page, so that every offset and the arena's limit are 32-bit numbers.
constexpr uint64_t kPages = (uint64_t{1} << 16) - 1;
constexpr uint64_t kReservationBytes = uint64_t{4} << 30;
constexpr uint64_t kGuardBytes = 32 << 20;

Error internal_error(std::string_view what, std::string_view why) {
  return Error(ErrorCode::E1299, std::string(what) + ": " + std::string(why));
}

Error take(wasmtime_error_t* error, std::string_view what) {
  wasm_name_t message;
  wasmtime_error_message(error, &message);
  Error result = internal_error(what, {message.data, message.size});
  wasm_name_delete(&message);
  wasmtime_error_delete(error);
  return result;
}

Error take(wasm_trap_t* trap, std::string_view what) {
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  std::string_view text(message.data, message.size);
  while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  Error result = internal_error(what, text);
  wasm_byte_vec_delete(&message);
  wasm_trap_delete(trap);
  return result;
}

// A linear memory: address space that costs nothing until it is touched. wasmtime's own would be
// charged against the system's commit limit in full.
struct Mapping {
  void* base = nullptr;
  uint64_t accessible = 0;
  uint64_t total = 0;
};

void delete_mapping(void* env) {
  auto* mapping = static_cast<Mapping*>(env);
  munmap(mapping->base, mapping->total);
  delete mapping;
}

uint8_t* get_mapping(void* env, size_t* size, size_t* capacity) {
  auto* mapping = static_cast<Mapping*>(env);
  *size = mapping->accessible;
  *capacity = mapping->accessible;
  return static_cast<uint8_t*>(mapping->base);
}

wasmtime_error_t* refuse_growth(void* /*env*/, size_t /*size*/) {
  return wasmtime_error_new("the memory does not grow");
}

wasmtime_error_t* new_mapping(void* /*env*/, const wasm_memorytype_t* /*type*/, size_t minimum,
                              size_t /*maximum*/, size_t reserved, size_t guard,
                              wasmtime_linear_memory_t* out) {
  const uint64_t total = std::max<uint64_t>(reserved, minimum) + guard;
  void* base = mmap(nullptr, total, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return wasmtime_error_new("no address space for a linear memory");
  if (mprotect(base, minimum, PROT_READ | PROT_WRITE) != 0) {
    munmap(base, total);
    return wasmtime_error_new("no memory for a linear memory");
  }
  out->env = new Mapping{.base = base, .accessible = minimum, .total = total};
  out->get_memory = get_mapping;
  out->grow_memory = refuse_growth;
  out->finalizer = delete_mapping;
  return nullptr;
}

wasm_config_t* new_config() {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_cranelift_opt_level_set(config, WASMTIME_OPT_LEVEL_SPEED);
  wasmtime_config_parallel_compilation_set(config, false);
  // Registering frames for unwinding takes a process-wide lock in the C++ runtime.
  wasmtime_config_native_unwind_info_set(config, false);
  wasmtime_config_memory_may_move_set(config, false);
  wasmtime_config_memory_reservation_set(config, kReservationBytes);
  wasmtime_config_memory_guard_size_set(config, kGuardBytes);
  wasmtime_memory_creator_t creator{
      .env = nullptr, .new_memory = new_mapping, .finalizer = nullptr};
  wasmtime_config_host_memory_creator_set(config, &creator);
  return config;
}

}  // namespace

WasmModule::~WasmModule() {
  wasmtime_module_delete(module_);
}

Result<std::unique_ptr<WasmEngine>> WasmEngine::create() {
  wasm_engine_t* engine = wasm_engine_new_with_config(new_config());
  if (engine == nullptr) return internal_error("generated code", "the runtime does not start");
  return std::unique_ptr<WasmEngine>(new WasmEngine(engine));
}

WasmEngine::~WasmEngine() {
  wasm_engine_delete(engine_);
}

Result<std::unique_ptr<WasmModule>> WasmEngine::compile(std::span<const uint8_t> bytes) const {
  wasmtime_module_t* module = nullptr;
  wasmtime_error_t* error = wasmtime_module_new(engine_, bytes.data(), bytes.size(), &module);
  if (error != nullptr) return take(error, "generated code does not compile");
  return std::make_unique<WasmModule>(module);
}

Result<std::unique_ptr<WasmModule>> WasmEngine::load(std::span<const uint8_t> serialized) const {
  wasmtime_module_t* module = nullptr;
  wasmtime_error_t* error =
      wasmtime_module_deserialize(engine_, serialized.data(), serialized.size(), &module);
  if (error != nullptr) return take(error, "compiled code does not load");
  return std::make_unique<WasmModule>(module);
}

Result<std::string> WasmModule::serialize() const {
  wasm_byte_vec_t bytes;
  // The interface takes no const module, though it only reads it.
  wasmtime_error_t* error = wasmtime_module_serialize(module_, &bytes);
  if (error != nullptr) return take(error, "compiled code cannot be kept");
  std::string out(bytes.data, bytes.size);
  wasm_byte_vec_delete(&bytes);
  return out;
}

Status WasmEngine::validate(std::span<const uint8_t> bytes) const {
  wasmtime_error_t* error = wasmtime_module_validate(engine_, bytes.data(), bytes.size());
  if (error != nullptr) return take(error, "generated code is not valid");
  return ok_status();
}

struct WasmStore::State {
  wasmtime_store_t* store = nullptr;
  wasmtime_context_t* context = nullptr;
  wasmtime_extern_t imports[2] = {};
  std::vector<wasmtime_func_t> runs;
  HostCall host_call = nullptr;
  Arena arena{nullptr, 0};

  ~State() {
    if (store != nullptr) wasmtime_store_delete(store);
  }
};

namespace {

// No exception may cross the frames of generated code; host calls are compiled without any.
template <typename State>
wasm_trap_t* call_host(void* env, wasmtime_caller_t* /*caller*/, wasmtime_val_raw_t* values,
                       size_t /*count*/) {
  auto* state = static_cast<State*>(env);
  const auto frame = static_cast<uint32_t>(values[0].i32);
  const auto instr = static_cast<uint32_t>(values[1].i32);
  values[0].i32 = state->host_call(state->arena, frame, instr) ? 0 : 1;
  return nullptr;
}

wasm_functype_t* call_type() {
  wasm_valtype_t* parameters[] = {wasm_valtype_new(WASM_I32), wasm_valtype_new(WASM_I32)};
  wasm_valtype_t* results[] = {wasm_valtype_new(WASM_I32)};
  wasm_valtype_vec_t parameter_list;
  wasm_valtype_vec_t result_list;
  wasm_valtype_vec_new(&parameter_list, 2, parameters);
  wasm_valtype_vec_new(&result_list, 1, results);
  return wasm_functype_new(&parameter_list, &result_list);
}

}  // namespace

WasmStore::WasmStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
WasmStore::~WasmStore() = default;

Result<std::unique_ptr<WasmStore>> WasmStore::create(const WasmEngine& engine, HostCall host_call) {
  auto state = std::make_unique<State>();
  state->host_call = host_call;
  state->store = wasmtime_store_new(engine.get(), nullptr, nullptr);
  state->context = wasmtime_store_context(state->store);
  wasm_memorytype_t* memory_type = nullptr;
  wasmtime_error_t* error =
      wasmtime_memorytype_new(kPages, true, kPages, false, false, 16, &memory_type);
  if (error != nullptr) return take(error, "memory for generated code");
  wasmtime_memory_t memory;
  error = wasmtime_memory_new(state->context, memory_type, &memory);
  wasm_memorytype_delete(memory_type);
  if (error != nullptr) return take(error, "memory for generated code");
  char* base = reinterpret_cast<char*>(wasmtime_memory_data(state->context, &memory));
  state->arena = Arena(base, static_cast<uint32_t>(kPages * kPageBytes));
  state->imports[0].kind = WASMTIME_EXTERN_MEMORY;
  state->imports[0].of.memory = memory;
  wasm_functype_t* type = call_type();
  state->imports[1].kind = WASMTIME_EXTERN_FUNC;
  wasmtime_func_new_unchecked(state->context, type, call_host<State>, state.get(), nullptr,
                              &state->imports[1].of.func);
  wasm_functype_delete(type);
  return std::unique_ptr<WasmStore>(new WasmStore(std::move(state)));
}

Arena& WasmStore::arena() {
  return state_->arena;
}

uint32_t WasmStore::instance_count() const {
  return static_cast<uint32_t>(state_->runs.size());
}

Result<WasmStore::Instance> WasmStore::instantiate(const WasmModule& module) {
  wasmtime_instance_t instance;
  wasm_trap_t* trap = nullptr;
  wasmtime_error_t* error =
      wasmtime_instance_new(state_->context, module.get(), state_->imports, 2, &instance, &trap);
  if (error != nullptr) return take(error, "generated code does not start");
  if (trap != nullptr) return take(trap, "generated code does not start");
  wasmtime_extern_t run;
  const std::string_view name = "run";
  const bool is_there =
      wasmtime_instance_export_get(state_->context, &instance, name.data(), name.size(), &run);
  ASSERT(is_there);
  ASSERT(run.kind == WASMTIME_EXTERN_FUNC);
  state_->runs.push_back(run.of.func);
  return Instance{instance_count() - 1};
}

Result<WasmOutcome> WasmStore::run(Instance instance, uint32_t frame, uint32_t stage) {
  wasmtime_val_raw_t values[2];
  values[0].i32 = static_cast<int32_t>(frame);
  values[1].i32 = static_cast<int32_t>(stage);
  wasm_trap_t* trap = nullptr;
  wasmtime_error_t* error = wasmtime_func_call_unchecked(
      state_->context, &state_->runs[instance.value()], values, 2, &trap);
  if (error != nullptr) return take(error, "generated code stopped");
  if (trap != nullptr) return take(trap, "generated code stopped");
  return values[0].i32 == 0 ? WasmOutcome::Done : WasmOutcome::ErrorInFrame;
}

void WasmStore::discard(uint64_t keep, uint64_t used) {
  if (used <= keep) return;
  madvise(state_->arena.base() + keep, used - keep, MADV_DONTNEED);
}

}  // namespace zerodb::exec
