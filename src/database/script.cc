#include "database/script.h"

#include <utility>

#include "zeroql/lexer.h"

namespace zerodb::database {
namespace {

// From the first token to the last within an extent, for a statement that is all mistake and so
// covers no token of the tree.
Span tokens_within(std::string_view text, Span extent) {
  const zeroql::LexResult lexed = zeroql::lex(text.substr(extent.begin, extent.end - extent.begin));
  Span span = {extent.begin, extent.begin};
  for (const zeroql::Token& token : lexed.tokens) {
    if (token.is(zeroql::TokenKind::EndOfInput) || token.is(zeroql::TokenKind::Semicolon)) continue;
    if (span.begin == span.end) span.begin = extent.begin + token.begin;
    span.end = extent.begin + token.end;
  }
  return span;
}

}  // namespace

Script::Script(std::string text, std::string name)
    : parsed_(zeroql::parse(zeroql::SourceText(std::move(text), std::move(name)))) {
  for (const zeroql::ParsedStatement& found : zeroql::split(parsed_)) {
    Entry entry;
    entry.node = found.statement.id;
    const Span span = found.statement.span();
    entry.span = span.begin < span.end ? span : tokens_within(source().text(), found.extent);
    if (found.error != nullptr) entry.error = *found.error;
    statements_.push_back(std::move(entry));
  }
}

const zeroql::Diagnostic* Script::error(size_t index) const {
  const auto& error = statements_[index].error;
  return error ? &*error : nullptr;
}

}  // namespace zerodb::database
