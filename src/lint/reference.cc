#include "lint/reference.h"

#include <array>

namespace zerodb::lint {
namespace {

struct Chapter {
  std::string_view prefix;
  std::string_view title;
};

constexpr std::array kChapters{
    Chapter{"ZL0", "Comments that allow"}, Chapter{"ZL1", "Safety"},
    Chapter{"ZL2", "Correctness"},         Chapter{"ZL3", "Performance"},
    Chapter{"ZL4", "Migration"},           Chapter{"ZL5", "Style"},
};

std::string_view fix_text(FixKind fix) {
  switch (fix) {
    case FixKind::None:
      return "no fix";
    case FixKind::Mends:
      return "`--fix` mends it";
    case FixKind::Equivalent:
      return "`--fix` mends it without changing what the statement gives";
  }
  return {};
}

std::string capitalised(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z')
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string block(std::string_view text) {
  return "\n```\n" + std::string(text) + "\n```\n";
}

// Examples of more than one line are indented as a whole.
std::string indented(std::string_view text) {
  std::string out = "  ";
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "  ";
  }
  return out;
}

std::string limit_of(const Rule& rule) {
  for (const Limit& limit : limits()) {
    if (limit.code == rule.code) return "\n" + std::string(limit.text) + "\n";
  }
  return {};
}

std::string entry(const Rule& rule) {
  return "\n### " + std::string(rule.code) + " " + std::string(rule.name) + "\n\n" +
         capitalised(rule.summary) + ". " + capitalised(severity_name(rule.severity)) + ", " +
         std::string(fix_text(rule.fix)) + ".\n\n" + std::string(rule.detail) + "\n" +
         limit_of(rule) + block(rule.triggers) + "\nNot found:\n" + block(rule.nearly);
}

}  // namespace

std::string explain_rule(const Rule& rule) {
  std::string fix(fix_text(rule.fix));
  std::erase(fix, '`');
  return std::string(rule.code) + " " + std::string(rule.name) + ": " + std::string(rule.summary) +
         "\n" + capitalised(severity_name(rule.severity)) + ", " + fix + ".\n\n" +
         std::string(rule.detail) + "\n" + limit_of(rule) + "\nfound:\n" + indented(rule.triggers) +
         "\nnot found:\n" + indented(rule.nearly) + "\n";
}

std::string rule_reference_page() {
  std::string page =
      "# Rules of the linter\n\n`zerodb lint` finds what is allowed and still seldom meant; "
      "[the guide](../guide/linting.md) says how to use it.\n`zerodb explain ZL301` shows an entry "
      "of this "
      "page, which is made from the tables in `src/lint/*_rules.cc`. Before each\nexample these "
      "definitions "
      "are there:\n\n```\n" +
      std::string(example_schema()) + "```\n";
  for (const Chapter& chapter : kChapters) {
    page += "\n## " + std::string(chapter.prefix) + "xx " + std::string(chapter.title) + "\n";
    for (const Rule* rule : rules()) {
      if (rule->code.starts_with(chapter.prefix)) page += entry(*rule);
    }
  }
  return page;
}

}  // namespace zerodb::lint
