// SentenceGenerator: random statements that the grammar derives, as lists of lexemes.
//
// Names are made of contextual keywords as often as of other words. Beyond a depth the shortest
// derivation is taken, so every statement ends. What the grammar cannot say is seen to here: glued
// signs, and the ':' of a record id. Threading: belongs to one thread. The same grammar and seed
// give the same statements.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "generate/ebnf.h"

namespace zerodb::generate {

struct Lexeme {
  std::string text;
  // Whether blanks before it are forbidden, possible or needed for its meaning.
  enum class Gap : uint8_t { Never, Free, Always } gap = Gap::Free;
};

class SentenceGenerator {
 public:
  SentenceGenerator(const Ebnf& grammar, uint64_t seed);

  // Of one rule, by default any statement.
  std::vector<Lexeme> sentence(const std::string& rule = "stmt");

  // What the statements so far were made of.
  const std::set<std::string>& rules_used() const { return rules_used_; }
  const std::set<std::string>& keywords_as_names() const { return keywords_as_names_; }

  // The lexemes with blanks, line breaks and comments at random places between them.
  std::string text(const std::vector<Lexeme>& lexemes);
  // The same with a comment before each lexeme that may have one, and one at the end. The comment
  // before lexeme `i` begins with `#i#`, the last one with the number of lexemes.
  std::string commented_text(const std::vector<Lexeme>& lexemes);

 private:
  void derive(const Term& term, uint32_t depth);
  void literal(const std::string& text);
  void terminal(const std::string& name);
  void add(std::string text, Lexeme::Gap gap = Lexeme::Gap::Free) {
    out_.push_back({std::move(text), gap});
  }
  std::string name(bool may_be_reserved, bool may_be_rule_word);
  std::string string_literal();
  std::string blanks(bool needed);
  std::string comment(size_t number);
  bool chance(uint64_t percent) { return random_.below(100) < percent; }
  template <typename List>
  std::string any(const List& list) {
    return std::string(list[random_.below(std::size(list))]);
  }

  const Ebnf& grammar_;
  SeededRandom random_;
  std::vector<std::string> reserved_;
  std::vector<std::string> contextual_;
  std::vector<Lexeme> out_;
  std::set<std::string> rules_used_;
  std::set<std::string> keywords_as_names_;  // in lower case
  // The next lexeme must touch the one before.
  bool glue_next_ = false;
};

}  // namespace zerodb::generate
