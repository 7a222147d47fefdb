// Any bytes lex without a crash, and every byte belongs to a token or lies between two.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "zeroql/lexer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const zerodb::zeroql::LexResult result = zerodb::zeroql::lex(text);
  uint32_t at = 0;
  for (const zerodb::zeroql::Token& token : result.tokens) {
    ASSERT(token.begin >= at && token.end >= token.begin);
    at = token.end;
  }
  ASSERT(at == size);
  for (const zerodb::zeroql::Diagnostic& diagnostic : result.diagnostics) {
    ASSERT(diagnostic.span.begin <= diagnostic.span.end && diagnostic.span.end <= size);
  }
  return 0;
}
