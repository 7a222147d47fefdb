#include "generate/sentence_generator.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace zerodb::generate {
namespace {

// Rules entered, one in another, before only shortest derivations are taken.
constexpr uint32_t kDepth = 26;
// How much longer than the shortest such a derivation may be: else every operand were `()`.
constexpr uint32_t kSlack = 2;

bool is_word_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Whether two lexemes without a blank between them would lex as something else.
bool would_merge(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty()) return false;
  const char l = left.back();
  const char r = right.front();
  const bool is_word = is_word_char(l);
  if (is_word && (is_word_char(r) || r == '\'' || r == '"' || r == '.' || r == ':')) return true;
  // Any two signs may be one.
  constexpr std::string_view kSigns = "<>=!~+-*/%|&^?.:@#";
  if (kSigns.find(l) != std::string_view::npos &&
      (kSigns.find(r) != std::string_view::npos || is_word_char(r)))
    return true;
  // A doubled quote is one in the string.
  if ((l == '\'' || l == '"' || l == '`') && r == l) return true;
  // `t:'a'`, `"a":b`: a colon beside a quote or bracket may make a record id.
  return r == ':' || l == ':';
}

}  // namespace

SentenceGenerator::SentenceGenerator(const Ebnf& grammar, uint64_t seed)
    : grammar_(grammar), random_(seed) {
#define ZEROQL_RESERVED(name, text) reserved_.emplace_back(text);
#define ZEROQL_CONTEXTUAL(name, text) contextual_.emplace_back(text);
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
}

std::vector<Lexeme> SentenceGenerator::sentence(const std::string& rule) {
  out_.clear();
  glue_next_ = false;
  rules_used_.insert(rule);
  derive(grammar_.rule(rule), 0);
  return std::move(out_);
}

void SentenceGenerator::derive(const Term& term, uint32_t depth) {
  switch (term.kind) {
    case Term::Kind::Literal:
      return literal(term.text);
    case Term::Kind::Terminal:
      return terminal(term.text);
    case Term::Kind::Rule:
      rules_used_.insert(term.text);
      return derive(grammar_.rule(term.text), depth + 1);
    case Term::Kind::Sequence:
      for (const Term& part : term.parts) derive(part, depth);
      return;
    case Term::Kind::Choice: {
      if (depth < kDepth) return derive(term.parts[random_.below(term.parts.size())], depth);
      std::vector<const Term*> shortest;
      for (const Term& part : term.parts) {
        if (part.height <= term.height + kSlack) shortest.push_back(&part);
      }
      return derive(*shortest[random_.below(shortest.size())], depth);
    }
    case Term::Kind::Optional:
      if (depth < kDepth && chance(35)) derive(term.parts.front(), depth);
      return;
    case Term::Kind::Repeat:
      while (depth < kDepth && chance(22)) derive(term.parts.front(), depth);
      return;
  }
}

void SentenceGenerator::literal(const std::string& text) {
  std::string spelt = text;
  if (std::isalpha(static_cast<unsigned char>(text.front())) != 0 && chance(40)) {
    for (char& c : spelt) {
      if (chance(50)) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  add(std::move(spelt));
  if (glue_next_) out_.back().gap = Lexeme::Gap::Never;
  glue_next_ = false;
}

std::string SentenceGenerator::name(bool may_be_reserved, bool may_be_rule_word) {
  constexpr std::string_view kPlain[] = {"a",   "b",    "t",     "person", "größe",
                                         "_x1", "Name", "naïve", "x9"};
  constexpr std::string_view kQuoted[] = {"`select`", "`a b`", "`it``s`", "`ASSERT`", "`1`"};
  if (chance(8)) return any(kQuoted);
  if (may_be_reserved && chance(20)) return any(reserved_);
  if (chance(50)) return any(kPlain);
  std::string word = any(contextual_);
  if (!may_be_rule_word && (word == "ASSERT" || word == "UNIQUE")) return "a";
  std::string lower = word;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  keywords_as_names_.insert(lower);
  return chance(70) ? lower : word;
}

std::string SentenceGenerator::string_literal() {
  constexpr std::string_view kStrings[] = {"''",    "'a'",      "'it''s'", "'\\n\\u{1F600}'",
                                           "\"a\"", "\"\\\"\"", "'--'",    "'/*'",
                                           "';'",   "'$x'"};
  return any(kStrings);
}

void SentenceGenerator::terminal(const std::string& terminal) {
  constexpr std::string_view kIntegers[] = {"0",     "1",    "42",    "1_000", "0xff",
                                            "0b101", "0o17", "255u8", "7i128"};
  constexpr std::string_view kFloats[] = {"1.5", "1e-3", "2.5f32", "0.0", "6.02E23"};
  constexpr std::string_view kDurations[] = {"1h30m", "7d", "250ms", "2w"};
  constexpr std::string_view kDates[] = {"d'2026-01-31'", "d'2026-01-31T12:00:00Z'"};
  constexpr std::string_view kRegexes[] = {"re'^a+$'", "re'(?i)x'", "re''"};
  constexpr std::string_view kParameters[] = {"$x", "$1", "$value", "$select"};
  const Lexeme::Gap gap = glue_next_ ? Lexeme::Gap::Never : Lexeme::Gap::Free;
  glue_next_ = false;
  if (terminal == "ID") return add(name(false, true), gap);
  if (terminal == "FID") return add(name(false, false), gap);
  if (terminal == "WORD") return add(name(true, true), gap);
  if (terminal == "INT") return add(any(kIntegers), gap);
  if (terminal == "FLOAT") return add(any(kFloats), gap);
  if (terminal == "DEC") return add("19.99dec", gap);
  if (terminal == "DUR") return add(any(kDurations), gap);
  if (terminal == "STR") return add(string_literal(), gap);
  if (terminal == "BYTES") return add("b'\\x00a'", gap);
  if (terminal == "DT") return add(any(kDates), gap);
  if (terminal == "UUID") return add("u'0190a6c2-7d1e-7000-8000-000000000001'", gap);
  if (terminal == "RE") return add(any(kRegexes), gap);
  if (terminal == "PARAM") return add(any(kParameters), gap);
  if (terminal == "INTg") return add(any(kIntegers), Lexeme::Gap::Never);
  if (terminal == "LT") return add("<", gap);
  if (terminal == "GT") return add(">", gap);
  if (terminal == "LTg") return add("<", Lexeme::Gap::Never);
  if (terminal == "GTg") return add(">", Lexeme::Gap::Never);
  if (terminal == "MINUSg") return add("-", Lexeme::Gap::Never);
  if (terminal == "RCOLON") {
    add(":", Lexeme::Gap::Never);
    glue_next_ = true;
    return;
  }
  UNREACHABLE();
}

std::string SentenceGenerator::blanks(bool needed) {
  constexpr std::string_view kBlanks[] = {
      " ", "  ", "\n", "\t", "\r\n", " /* c */ ", " -- it's\n ", " /* a /* b */ */", "\n\n    "};
  if (!needed && chance(30)) return "";
  return chance(80) ? " " : any(kBlanks);
}

std::string SentenceGenerator::text(const std::vector<Lexeme>& lexemes) {
  std::string out;
  std::string_view before;
  for (const Lexeme& lexeme : lexemes) {
    if (lexeme.gap != Lexeme::Gap::Never)
      out += blanks(lexeme.gap == Lexeme::Gap::Always || would_merge(before, lexeme.text));
    out += lexeme.text;
    before = lexeme.text;
  }
  return out;
}

std::string SentenceGenerator::comment(size_t number) {
  const std::string mark = fmt::format("#{}#", number);
  switch (random_.below(6)) {
    case 0:
      return fmt::format(" --{} c\n", mark);
    case 1:
      return fmt::format("\n  --{}\n\n", mark);
    case 2:
      return fmt::format("\n\n/*{} c */ ", mark);
    case 3:
      return fmt::format("\n/*{} /* it's */ */\n", mark);
    case 4:
      return fmt::format(" /*{}\n   c */ ", mark);
    default:
      return fmt::format("/*{}*/", mark);
  }
}

std::string SentenceGenerator::commented_text(const std::vector<Lexeme>& lexemes) {
  std::string out;
  for (size_t i = 0; i < lexemes.size(); ++i) {
    if (lexemes[i].gap != Lexeme::Gap::Never) out += comment(i);
    out += lexemes[i].text;
  }
  return out + comment(lexemes.size());
}

}  // namespace zerodb::generate
