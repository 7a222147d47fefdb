// formatted_statements [--seed N] [--statements N]
//
// Statements that docs/reference/grammar.ebnf derives, with comments between every two tokens
// that may have one, and again with random blanks, at several widths. The formatted text must be
// accepted by the formatter's own check, be the same when it is formatted again, and hold between
// two comments the lexemes that stood between them: this is looked up here without the lexer.
// Prints the seed and the shortest statements that fail.
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "generate/sentence_generator.h"
#include "zeroql/format.h"

namespace zerodb::generate {
namespace {

struct Options {
  uint64_t seed = 1;
  uint64_t statements = 50'000;
};

// In lower case, without blanks and without a comma at the end, which may come or go.
std::string bare(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  while (out.ends_with(',')) out.pop_back();
  return out;
}

struct Comment {
  size_t begin = 0;
  size_t end = 0;
};

// The comment that begins with the mark, from `from` on. No lexeme holds a `#`.
bool find_comment(std::string_view text, size_t from, size_t number, Comment& out) {
  const size_t mark = text.find(fmt::format("#{}#", number), from);
  if (mark == std::string_view::npos || mark < from + 2) return false;
  out.begin = mark - 2;
  const std::string_view opening = text.substr(out.begin, 2);
  if (opening == "--") {
    out.end = std::min(text.find('\n', mark), text.size());
    return true;
  }
  size_t depth = 1;
  for (out.end = mark; depth > 0 && out.end < text.size(); ++out.end) {
    const std::string_view two = text.substr(out.end, 2);
    if (two == "/*") ++depth;
    if (two == "*/") --depth;
  }
  ++out.end;
  return opening == "/*" && depth == 0;
}

// What stands between two comments is what stood there.
std::string misplaced(const std::vector<Lexeme>& lexemes, std::string_view text) {
  size_t at = 0;
  std::string expected;
  for (size_t i = 0; i <= lexemes.size(); ++i) {
    const bool has_comment = i == lexemes.size() || lexemes[i].gap != Lexeme::Gap::Never;
    if (has_comment) {
      Comment comment;
      if (!find_comment(text, at, i, comment)) return fmt::format("comment {} is lost", i);
      const std::string found = bare(text.substr(at, comment.begin - at));
      if (found != bare(expected))
        return fmt::format("before comment {} stands `{}`, not `{}`", i, found, bare(expected));
      at = comment.end;
      expected.clear();
    }
    if (i < lexemes.size()) expected += lexemes[i].text;
  }
  return bare(text.substr(at)).empty() ? "" : "something follows the last comment";
}

class Checker {
 public:
  void check(const std::vector<Lexeme>& lexemes, const std::string& commented, size_t width) {
    const std::string formatted = format_twice(commented, width);
    const std::string what = misplaced(lexemes, formatted);
    if (!what.empty()) fail(what, commented + "\n=>\n" + formatted);
  }
  void check(const std::string& text, size_t width) { format_twice(text, width); }

  uint64_t failures() const { return failures_; }
  void report() const {
    for (const auto& [length, text] : reports_) std::fprintf(stderr, "%s\n\n", text.c_str());
  }

 private:
  static constexpr size_t kReports = 5;

  std::string format_twice(const std::string& text, size_t width) {
    const auto once = zeroql::format(text, {width});
    if (!once) {
      fail(once.error().to_string(), text);
      return text;
    }
    const std::string twice = zeroql::format_script(zeroql::parse(*once), {width});
    if (twice != *once)
      fail("changes when it is formatted again", text + "\n=>\n" + *once + "=>\n" + twice);
    return *once;
  }

  void fail(const std::string& what, const std::string& text) {
    ++failures_;
    reports_.emplace(text.size(), text + "\n" + what);
    if (reports_.size() > kReports) reports_.erase(std::prev(reports_.end()));
  }

  uint64_t failures_ = 0;
  std::multimap<size_t, std::string> reports_;  // by length of the text
};

int run(const Options& options) {
  std::ifstream file(ZERODB_SOURCE_DIR "/docs/reference/grammar.ebnf");
  std::stringstream text;
  text << file.rdbuf();
  const auto grammar = Ebnf::read(text.str());
  if (!grammar) {
    std::fprintf(stderr, "grammar.ebnf: %s\n", grammar.error().to_string().c_str());
    return 2;
  }
  constexpr size_t kWidths[] = {100, 100, 40, 20};
  SentenceGenerator generator(*grammar, options.seed);
  Checker checker;
  for (uint64_t i = 0; i < options.statements; ++i) {
    const std::vector<Lexeme> lexemes = generator.sentence();
    const size_t width = kWidths[i % std::size(kWidths)];
    checker.check(lexemes, generator.commented_text(lexemes), width);
    if (i % 3 == 0) checker.check(generator.text(lexemes), width);
  }
  checker.report();
  std::printf("seed %llu: %llu statements, %llu failures\n",
              static_cast<unsigned long long>(options.seed),
              static_cast<unsigned long long>(options.statements),
              static_cast<unsigned long long>(checker.failures()));
  return checker.failures() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace zerodb::generate

int main(int argc, char** argv) {
  zerodb::generate::Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--seed") options.seed = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--statements") options.statements = std::strtoull(argv[i + 1], nullptr, 10);
  }
  return zerodb::generate::run(options);
}
