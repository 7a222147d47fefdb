// Script: a parsed text of any number of statements.
//
// Parsing never fails: a statement that is broken says so when it is run, after those before it
// have run. Threading: immutable; may be shared by all threads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "zeroql/parser.h"

namespace zerodb::database {

class Script {
 public:
  // `name` is what messages call the text, such as a file name.
  explicit Script(std::string text, std::string name = "query");

  size_t size() const { return statements_.size(); }
  const zeroql::SourceText& source() const { return parsed_.tree.source(); }
  const zeroql::Tree& tree() const { return parsed_.tree; }
  zeroql::NodeId statement(size_t index) const { return statements_[index].node; }
  Span span(size_t index) const { return statements_[index].span; }
  std::string_view text(size_t index) const { return source().slice(span(index)); }
  // The first mistake in the grammar of a statement; null if there is none.
  const zeroql::Diagnostic* error(size_t index) const;
  const zeroql::Diagnostics& diagnostics() const { return parsed_.diagnostics; }

 private:
  struct Entry {
    zeroql::NodeId node;
    Span span;
    std::optional<zeroql::Diagnostic> error;
  };
  zeroql::ParseResult parsed_;
  std::vector<Entry> statements_;
};

}  // namespace zerodb::database
