// How many bytes of scripts the linter looks at in a second, with all rules on.
#include <benchmark/benchmark.h>

#include <string>

#include "lint/linter.h"

namespace zerodb::lint {
namespace {

// The examples of all rules, which trigger each of them, over and over.
std::string script_of(size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    for (const Rule* rule : rules()) {
      // Definitions pile up, and their statements would be repeated with other meanings.
      const bool changes_state = rule->triggers.find("DEFINE") != std::string_view::npos ||
                                 rule->triggers.find("ALTER") != std::string_view::npos ||
                                 rule->triggers.find("REMOVE") != std::string_view::npos ||
                                 rule->triggers.find("BEGIN") != std::string_view::npos;
      if (!changes_state) text += std::string(rule->nearly) + ";\n";
    }
  }
  return text;
}

void lint(benchmark::State& state) {
  Linter prepared;
  prepared.learn(zeroql::parse(example_schema()));
  const std::string text = script_of(static_cast<size_t>(state.range(0)));
  size_t statements = 0;
  for (auto _ : state) {
    const zeroql::ParseResult script = zeroql::parse(text);
    statements = zeroql::split(script).size();
    Linter linter = prepared;
    benchmark::DoNotOptimize(linter.lint(script));
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
  state.counters["statements"] = static_cast<double>(statements);
}
BENCHMARK(lint)->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace zerodb::lint
