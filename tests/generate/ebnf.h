// Ebnf: a grammar in the notation of docs/reference/grammar.ebnf, as data.
//
// Invariants: each name is a rule of the grammar or a terminal (all capitals); each rule derives a
// finite text. Threading: immutable once read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace zerodb::generate {

struct Term {
  enum class Kind : uint8_t { Literal, Terminal, Rule, Sequence, Choice, Optional, Repeat };
  Kind kind = Kind::Sequence;
  std::string text = {};         // of a Literal, Terminal or Rule
  std::vector<Term> parts = {};  // of the others
  // Rules that must be entered to derive the shortest text.
  uint32_t height = 0;
};

class Ebnf {
 public:
  // E0623 names the line of what cannot be read.
  static Result<Ebnf> read(std::string_view text);

  const Term& rule(const std::string& name) const { return rules_.at(name); }
  const std::map<std::string, Term>& rules() const { return rules_; }

 private:
  Status measure();

  std::map<std::string, Term> rules_;
};

}  // namespace zerodb::generate
