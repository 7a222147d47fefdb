// Any script is linted without a crash; what is found and its fixes lie in the text and can be
// shown, and applying the fixes brings no error.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "lint/fixer.h"
#include "lint/report.h"

namespace {

using namespace zerodb;

// Mending looks at a script many times.
constexpr size_t kMendedBytesMax = 512;

const lint::Linter& prepared() {
  static const lint::Linter made = [] {
    lint::Linter linter;
    linter.learn(zeroql::parse(lint::example_schema()));
    return linter;
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const zeroql::ParseResult script = zeroql::parse(text);
  lint::Linter linter = prepared();
  const lint::LintResult result = linter.lint(script);
  for (const lint::Finding& finding : result.findings) {
    ASSERT(finding.span.begin <= finding.span.end && finding.span.end <= size);
    ASSERT(!lint::render(finding, script.tree.source()).empty());
    ASSERT(!lint::to_json(finding, script.tree.source(), "fuzz").empty());
    for (const zeroql::Fix& fix : finding.fixes)
      ASSERT(fix.span.begin <= fix.span.end && fix.span.end <= size);
  }
  if (size > kMendedBytesMax) return 0;
  const lint::FixedScript fixed = lint::apply_fixes(prepared(), text);
  lint::Linter again = prepared();
  ASSERT(again.lint(zeroql::parse(fixed.text)).errors.size() <= result.errors.size());
  return 0;
}
