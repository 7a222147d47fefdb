// linted_statements [--seed N] [--statements N]
//
// Lints statements that docs/reference/grammar.ebnf derives, over the definitions of the linter's
// examples, and queries of a typed table. Every place that a finding names is in the text, and with
// a fix applied the statement has no more errors than before. Prints the seed and what fails.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include "generate/sentence_generator.h"
#include "generate/typed_expressions.h"
#include "lint/fixer.h"

namespace zerodb::generate {
namespace {

struct Options {
  uint64_t seed = 1;
  uint64_t statements = 4'000;
};

class Contest {
 public:
  Contest() {
    const std::string table =
        "DEFINE TABLE typed SCHEMAFULL ( " + std::string(TypedExpressions::kColumns) + " )";
    linter_.learn(zeroql::parse(lint::example_schema()));
    linter_.learn(zeroql::parse(table));
  }

  void examine(const std::string& text) {
    ++statements_;
    lint::Linter copy = linter_;
    const lint::LintResult result = copy.lint(zeroql::parse(text));
    for (const lint::Finding& finding : result.findings) {
      ++findings_[finding.rule->code];
      if (finding.span.begin > finding.span.end || finding.span.end > text.size())
        fail(text, finding, "names a place outside the text");
      for (const zeroql::Fix& fix : finding.fixes)
        try_fix(text, finding, fix, result.errors.size());
    }
  }

  uint64_t failures() const { return failures_; }
  void report(uint64_t seed) const {
    for (const auto& [code, count] : findings_)
      std::printf("%s %llu\n", std::string(code).c_str(), static_cast<unsigned long long>(count));
    std::printf("seed %llu: %llu statements, %llu fixes, %llu failures\n",
                static_cast<unsigned long long>(seed), static_cast<unsigned long long>(statements_),
                static_cast<unsigned long long>(fixes_),
                static_cast<unsigned long long>(failures_));
  }

 private:
  void try_fix(const std::string& text, const lint::Finding& finding, const zeroql::Fix& fix,
               size_t errors) {
    ++fixes_;
    const zeroql::ParseResult fixed = zeroql::parse(lint::edited(text, {fix}));
    lint::Linter copy = linter_;
    // The grammar makes names out of keywords that mean no table, so a parse is what every fix must
    // survive; what checked before must check after.
    const bool parses = fixed.diagnostics.empty();
    if (!parses || (errors == 0 && !copy.lint(fixed).errors.empty()))
      fail(text + "\n=> " + lint::edited(text, {fix}), finding,
           "has a fix that breaks the statement");
  }

  void fail(const std::string& text, const lint::Finding& finding, std::string_view what) {
    if (++failures_ > 20) return;
    std::fprintf(stderr, "%s\n%s %s\n\n", text.c_str(), std::string(finding.rule->code).c_str(),
                 std::string(what).c_str());
  }

  lint::Linter linter_;
  uint64_t statements_ = 0;
  uint64_t fixes_ = 0;
  uint64_t failures_ = 0;
  std::map<std::string_view, uint64_t> findings_;
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
  Contest contest;
  SentenceGenerator sentences(*grammar, options.seed);
  TypedExpressions typed(options.seed);
  for (uint64_t i = 0; i < options.statements; ++i) {
    contest.examine(sentences.text(sentences.sentence()));
    std::string query = typed.select();
    for (size_t at = query.find('@'); at != std::string::npos; at = query.find('@'))
      query.replace(at, 1, "typed");
    contest.examine(query);
  }
  contest.report(options.seed);
  return contest.failures() == 0 ? 0 : 1;
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
