// generated_statements [--seed N] [--statements N] [--print]
//
// Statements that docs/reference/grammar.ebnf derives, each written with two different sets of
// blanks and comments. The parser must accept both, print them back, and make the same tree of
// them, with and without memory. At the end each contextual keyword must have been a name, and each
// rule of the grammar must have been used. Prints the seed and each statement that fails; with
// --print it only writes the statements, each ended by a null character, for the parsers of others.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "generate/sentence_generator.h"
#include "zeroql/parser.h"
#include "zeroql/render.h"

namespace zerodb::generate {
namespace {

struct Options {
  uint64_t seed = 1;
  uint64_t statements = 20'000;
  bool prints = false;
};

class Checker {
 public:
  void check(const std::string& one, const std::string& two) {
    const zeroql::ParseResult first = parse(one);
    const zeroql::ParseResult second = parse(two);
    if (zeroql::dump(first.tree) != zeroql::dump(second.tree)) fail("blanks change the tree", one);
    // Without memory hostile nesting takes exponential time.
    if (first.tree.token_count() > 80) return;
    zeroql::ParseStatistics statistics;
    const zeroql::ParseResult plain =
        zeroql::parse(zeroql::SourceText(one), zeroql::Memoization::Off, statistics);
    if (zeroql::dump(plain.tree) != zeroql::dump(first.tree)) fail("memory changes the tree", one);
    ++without_memory_;
  }

  uint64_t failures() const { return failures_; }
  uint64_t without_memory() const { return without_memory_; }
  // The shortest statements that failed.
  void report() const {
    for (const auto& [length, text] : reports_) std::fprintf(stderr, "%s\n\n", text.c_str());
  }

 private:
  static constexpr size_t kReports = 20;

  zeroql::ParseResult parse(const std::string& text) {
    zeroql::ParseResult result = zeroql::parse(text);
    for (const zeroql::Diagnostic& diagnostic : result.diagnostics)
      fail(zeroql::render(diagnostic, result.tree.source()), text);
    if (zeroql::print(result.tree) != text) fail("does not print back", text);
    if (zeroql::split(result).size() != 1) fail("is not one statement", text);
    return result;
  }

  void fail(const std::string& what, const std::string& text) {
    ++failures_;
    reports_.emplace(text.size(), text + "\n" + what);
    if (reports_.size() > kReports) reports_.erase(std::prev(reports_.end()));
  }

  uint64_t failures_ = 0;
  uint64_t without_memory_ = 0;
  std::multimap<size_t, std::string> reports_;  // by length of the statement
};

// Contextual keywords that no generated statement used as a name.
uint64_t unused_keywords(const std::set<std::string>& names) {
  uint64_t missing = 0;
  const auto look = [&](std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (names.contains(text)) return;
    std::fprintf(stderr, "never a name: %s\n", text.c_str());
    ++missing;
  };
#define ZEROQL_RESERVED(name, text)
#define ZEROQL_CONTEXTUAL(name, text) look(text);
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
  return missing;
}

int run(const Options& options) {
  std::ifstream file(ZERODB_SOURCE_DIR "/docs/reference/grammar.ebnf");
  std::stringstream text;
  text << file.rdbuf();
  const auto grammar = Ebnf::read(text.str());
  if (!grammar) {
    std::fprintf(stderr, "grammar.ebnf: %s\n", grammar.error().to_string().c_str());
    return 2;
  }
  SentenceGenerator generator(*grammar, options.seed);
  if (options.prints) {
    for (uint64_t i = 0; i < options.statements; ++i) {
      const std::string statement = generator.text(generator.sentence());
      std::fwrite(statement.c_str(), 1, statement.size() + 1, stdout);
    }
    return 0;
  }
  Checker checker;
  for (uint64_t i = 0; i < options.statements; ++i) {
    const std::vector<Lexeme> lexemes = generator.sentence();
    checker.check(generator.text(lexemes), generator.text(lexemes));
  }
  checker.report();
  uint64_t failures = checker.failures();
  if (options.statements >= 10'000) {
    failures += unused_keywords(generator.keywords_as_names());
    for (const auto& [name, rule] : grammar->rules()) {
      if (generator.rules_used().contains(name) || name == "script") continue;
      std::fprintf(stderr, "never derived: %s\n", name.c_str());
      ++failures;
    }
  }
  std::printf("seed %llu: %llu statements, %llu also without memory, %llu failures\n",
              static_cast<unsigned long long>(options.seed),
              static_cast<unsigned long long>(options.statements),
              static_cast<unsigned long long>(checker.without_memory()),
              static_cast<unsigned long long>(failures));
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace zerodb::generate

int main(int argc, char** argv) {
  zerodb::generate::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--print") options.prints = true;
    if (i + 1 == argc) break;
    if (name == "--seed") options.seed = std::strtoull(argv[++i], nullptr, 10);
    if (name == "--statements") options.statements = std::strtoull(argv[++i], nullptr, 10);
  }
  return zerodb::generate::run(options);
}
