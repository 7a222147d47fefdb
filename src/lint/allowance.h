// Allowance: a comment `-- zerodb:allow ZL301 reason` that silences rules for one statement.
//
// It belongs to the statement that ends on its line in front of it, else to the one that it stands
// in or before. Threading: plain values and free functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lint/finding.h"
#include "zeroql/parser.h"

namespace zerodb::lint {

struct Allowance {
  const Rule* rule = nullptr;  // borrowed from the table of rules
  std::string reason;
  Span span;             // of the code in the comment
  size_t statement = 0;  // position in the script; past the last if it belongs to none
  bool is_used = false;
};

struct Allowances {
  std::vector<Allowance> list;
  Findings malformed;
};

// Where the statements of a script begin and end, by position.
std::vector<Span> statement_spans(const zeroql::ParseResult& script);
// The statement that a place belongs to: the last that begins at or before it.
size_t statement_at(std::span<const Span> statements, uint32_t offset);

Allowances read_allowances(const zeroql::ParseResult& script, std::span<const Span> statements);

}  // namespace zerodb::lint
