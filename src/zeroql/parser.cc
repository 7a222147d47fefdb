#include "zeroql/parser.h"

#include <algorithm>

#include "zeroql/grammar.h"
#include "zeroql/lexer.h"

namespace zerodb::zeroql {

ParseResult parse(SourceText source) {
  ParseStatistics statistics;
  return parse(std::move(source), Memoization::On, statistics);
}

ParseResult parse(SourceText source, Memoization memoization, ParseStatistics& statistics) {
  LexResult lexed = lex(source.text());
  Grammar grammar(std::move(source), std::move(lexed.tokens), std::move(lexed.diagnostics),
                  memoization);
  return std::move(grammar).parse(statistics);
}

std::vector<ParsedStatement> split(const ParseResult& result) {
  std::vector<ParsedStatement> out;
  for (const ast::Statement statement : ast::statements(result.tree)) {
    out.push_back({statement, {statement.span().begin, result.tree.source().size()}, nullptr});
    if (out.size() > 1) out[out.size() - 2].extent.end = statement.span().begin;
  }
  if (!out.empty()) out.front().extent.begin = 0;
  const auto is_broken = [&](const ParsedStatement& found) {
    return std::ranges::binary_search(result.broken, found.statement.span().begin);
  };
  size_t at = 0;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    if (out.empty()) break;
    while (at + 1 < out.size() && diagnostic.span.begin >= out[at].extent.end) {
      const bool is_its_end = is_broken(out[at]) && out[at].error == nullptr;
      if (is_its_end) break;
      ++at;
    }
    // An open comment goes first: that the statement ends too early only follows from it.
    if (out[at].error == nullptr || diagnostic.code == ErrorCode::E0003)
      out[at].error = &diagnostic;
    // Behind bytes that are no text nothing more is said, so nothing is known to be right.
    if (diagnostic.code != ErrorCode::E0007) continue;
    for (size_t i = at; i < out.size(); ++i) {
      if (out[i].error == nullptr) out[i].error = &diagnostic;
    }
  }
  return out;
}

}  // namespace zerodb::zeroql
