// Any program of expressions and aggregations, and any columns for it: the program is well-formed,
// the module that is generated for it is valid, and now and then (compiling takes a while) it is
// run by both tiers, which have to agree. The bytes of the input are the choices of the generator,
// as far as they go.
#include <fmt/core.h>

#include <string_view>

#include "base/assert.h"
#include "exec/program_twins.h"
#include "wasm/codegen.h"

namespace {

using namespace zerodb;

class ChosenByInput final : public Random {
 public:
  ChosenByInput(const uint8_t* data, size_t size) : rest_(data), end_(data + size), after_(size) {
    for (size_t i = 0; i < size; ++i) seed_ = (seed_ ^ data[i]) * 0x100000001b3;
    after_ = SeededRandom(seed_);
  }

  uint64_t seed() const { return seed_; }
  uint64_t next() override {
    return rest_ == end_ ? after_.next() : uint64_t{*rest_++} * 0x0101010101010101;
  }

 private:
  const uint8_t* rest_;
  const uint8_t* end_;
  uint64_t seed_ = 0xcbf29ce484222325;
  SeededRandom after_;
};

// One input in so many is compiled and run.
constexpr uint64_t kRunsOneIn = 32;

void run_twins(const wasm::GeneratedProgram& generated, Random& random) {
  static exec::WasmMemoryProvider provider;
  exec::ProgramTwins twins(provider, generated);
  for (const uint32_t rows :
       {uint32_t{1}, static_cast<uint32_t>(random.below(limits::kBatchRowsMax + 1))}) {
    const auto difference = twins.disagreement(random.next(), rows);
    if (!difference) continue;
    fmt::print(stderr, "{}\n{}", *difference, twins.text());
    ASSERT(false);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto engine = exec::WasmEngine::create().value();
  ChosenByInput random(data, size);
  const wasm::GeneratedProgram generated = wasm::generate_program(random);
  generated.program.check_invariants();
  const auto module = wasm::compile(generated.program, plan::layout_of(generated.program));
  const Status valid = engine->validate(module);
  if (!valid) {
    fmt::print(stderr, "{}\n{}", valid.error().to_string(), plan::to_string(generated.program));
    ASSERT(false);
  }
  if (random.seed() % kRunsOneIn == 0) run_twins(generated, random);
  return 0;
}
