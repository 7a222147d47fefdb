// The parser of zeroql: text to syntax tree and diagnostics. It never fails; both are always there.
//
// Recursive descent: the first word of a statement selects its rule and nothing goes back beyond
// it. Expressions climb precedences. Within a statement, alternatives that only a later token tells
// apart are tried in turn (backtrack.h), and expressions met while trying are remembered
// (memoize.h), so that the time is linear in the length of the text. After a mistake the parser
// goes on at the next list element, clause or statement. Threading: free functions over their
// arguments.
#pragma once

#include "zeroql/ast.h"
#include "zeroql/diagnostic.h"
#include "zeroql/tree.h"

namespace zerodb::zeroql {

struct ParseResult {
  Tree tree;
  // In the order of their places.
  Diagnostics diagnostics;
  // Where the statements begin (byte offsets, ascending) that the grammar found a mistake in. What
  // such a statement lacks at its end is reported at the first word of the next one.
  std::vector<uint32_t> broken = {};
};

enum class Memoization : uint8_t { On, Off };

// How much work the parser did, for tests of linearity.
struct ParseStatistics {
  uint64_t rule_calls = 0;
  uint64_t memo_hits = 0;
};

ParseResult parse(SourceText source);
ParseResult parse(SourceText source, Memoization memoization, ParseStatistics& statistics);
inline ParseResult parse(std::string_view text) {
  return parse(SourceText(std::string(text)));
}

// A statement of a script with the text it is to blame for: from its first word to that of the next
// statement.
struct ParsedStatement {
  ast::Statement statement;
  Span extent;
  // The first mistake in it, or null: then every part that the grammar demands is there. Borrowed
  // from the result.
  const Diagnostic* error = nullptr;
};

// The statements in order, for callers that run them one by one. The views borrow from the result.
// A text that holds nothing but mistakes still gives one statement if it holds any token.
std::vector<ParsedStatement> split(const ParseResult& result);

}  // namespace zerodb::zeroql
