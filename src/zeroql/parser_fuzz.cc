// Any bytes parse without a crash, print back, and can be rendered; the parser with and without
// memory agree.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "zeroql/parser.h"
#include "zeroql/render.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zerodb::zeroql;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ParseResult result = parse(text);
  ASSERT(print(result.tree) == text);
  for (const Diagnostic& diagnostic : result.diagnostics) {
    ASSERT(!render(diagnostic, result.tree.source()).empty());
    ASSERT(!to_json(diagnostic, result.tree.source()).empty());
  }
  // Without memory nesting takes exponential time, so only short and flat texts are parsed that
  // way.
  if (size > 64 || std::ranges::count(text, '(') > 8) return 0;
  ParseStatistics statistics;
  const ParseResult plain = parse(SourceText(text), Memoization::Off, statistics);
  ASSERT(dump(plain.tree) == dump(result.tree));
  ASSERT(plain.diagnostics == result.diagnostics);
  return 0;
}
