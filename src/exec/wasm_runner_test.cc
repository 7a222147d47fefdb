#include "exec/wasm_runner.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "exec/program_twins.h"
#include "wasm/codegen.h"

namespace zerodb::exec {
namespace wasm_runner_test {

uint64_t number_from_environment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// ZERODB_SEED and ZERODB_CASES run other or more programs.
TEST(WasmRunner, AgreesWithTheInterpreter) {
  WasmMemoryProvider provider;
  const uint64_t first = number_from_environment("ZERODB_SEED", 1);
  const uint64_t count = number_from_environment("ZERODB_CASES", 600);
  int failed_runs = 0;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    SeededRandom random(seed);
    ProgramTwins twins(provider, wasm::generate_program(random));
    const uint32_t rows[] = {0, 1, 61,
                             static_cast<uint32_t>(random.below(limits::kBatchRowsMax + 1))};
    for (const uint32_t size : rows) {
      const auto difference = twins.disagreement(random.next(), size);
      ASSERT_EQ(difference, std::nullopt) << "ZERODB_SEED=" << seed << " ZERODB_CASES=1\n"
                                          << twins.text();
    }
    failed_runs += twins.failed_runs;
  }
  EXPECT_GT(failed_runs, 0);
  std::printf("%llu programs, %d runs ended in an error\n", static_cast<unsigned long long>(count),
              failed_runs);
}

// The same variables, or ZERODB_MODULES, for more of them.
TEST(WasmRunner, EveryModuleIsValid) {
  const auto engine = WasmEngine::create().value();
  const uint64_t first = number_from_environment("ZERODB_SEED", 1);
  const uint64_t count = number_from_environment("ZERODB_MODULES", 2000);
  size_t bytes = 0;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    SeededRandom random(seed);
    const wasm::GeneratedProgram generated = wasm::generate_program(random);
    generated.program.check_invariants();
    const auto module = wasm::compile(generated.program, plan::layout_of(generated.program));
    const Status valid = engine->validate(module);
    ASSERT_TRUE(valid.has_value()) << "ZERODB_SEED=" << seed << " ZERODB_MODULES=1\n"
                                   << valid.error().to_string() << "\n"
                                   << plan::to_string(generated.program);
    bytes += module.size();
  }
  std::printf("%llu modules, %zu bytes\n", static_cast<unsigned long long>(count), bytes);
}

}  // namespace wasm_runner_test
}  // namespace zerodb::exec
