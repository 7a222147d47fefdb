// Properties of the front end over every statement of tests/corpus.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "base/property_test.h"
#include "zeroql/lexer.h"
#include "zeroql/parser.h"
#include "zeroql/render.h"

namespace zerodb::zeroql {
namespace corpus_test {

struct File {
  std::string name;
  std::string text;
};

std::vector<File> files_below(const std::string& folder) {
  std::vector<File> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".zql") continue;
    std::ifstream in(entry.path());
    std::stringstream text;
    text << in.rdbuf();
    files.push_back({entry.path().filename().string(), text.str()});
  }
  return files;
}

// Scripts without mistakes of the grammar that hold every form.
std::vector<File> corpus() {
  return files_below(ZERODB_SOURCE_DIR "/src/zeroql/tests/corpus");
}

// Of these, and of the scripts that the whole database is tested with.
std::vector<std::string> corpus_statements() {
  std::vector<std::string> out;
  std::vector<File> files = files_below(ZERODB_SOURCE_DIR "/tests/zql");
  for (File& file : corpus()) files.push_back(std::move(file));
  for (const File& file : files) {
    const ParseResult result = parse(file.text);
    for (const ParsedStatement& found : split(result)) {
      if (found.error == nullptr) out.emplace_back(found.statement.text());
    }
  }
  return out;
}

// One of so many tokens of a statement is damaged; the first is another in each.
constexpr size_t kTokenStep = kIsSanitized ? 7 : 1;
size_t first_token() {
  static size_t next = 0;
  return next++ % kTokenStep;
}

std::string rendered(const ParseResult& result) {
  std::string out;
  for (const Diagnostic& diagnostic : result.diagnostics)
    out += render(diagnostic, result.tree.source());
  return out;
}

TEST(Corpus, ParsesWithoutDiagnosticsAndPrintsBack) {
  ASSERT_GE(corpus().size(), 5u);
  for (const File& file : corpus()) {
    const ParseResult result = parse(file.text);
    EXPECT_EQ(rendered(result), "") << file.name;
    EXPECT_EQ(print(result.tree), file.text) << file.name;
  }
  EXPECT_GE(corpus_statements().size(), 1'500u);
}

TEST(Corpus, CoversEveryKindOfNode) {
  std::vector<bool> seen(256);
  for (const File& file : corpus()) {
    const ParseResult result = parse(file.text);
    for (size_t i = 0; i < result.tree.node_count(); ++i) {
      seen[static_cast<size_t>(result.tree.kind(NodeId(static_cast<uint32_t>(i))))] = true;
    }
  }
  for (size_t kind = 0; kind <= static_cast<size_t>(NodeKind::ErrorType); ++kind) {
    switch (static_cast<NodeKind>(kind)) {
      case NodeKind::Skipped:
      case NodeKind::ErrorStatement:
      case NodeKind::ErrorExpression:
      case NodeKind::ErrorType:
        continue;
      default:
        EXPECT_TRUE(seen[kind]) << node_kind_name(static_cast<NodeKind>(kind));
        break;
    }
  }
}

TEST(Corpus, MemoizedAndUnmemoizedParsersAgree) {
  for (const File& file : corpus()) {
    ParseStatistics with;
    ParseStatistics without;
    const ParseResult memoized = parse(SourceText(file.text), Memoization::On, with);
    const ParseResult plain = parse(SourceText(file.text), Memoization::Off, without);
    EXPECT_EQ(dump(memoized.tree), dump(plain.tree)) << file.name;
    EXPECT_EQ(memoized.diagnostics, plain.diagnostics) << file.name;
    EXPECT_LE(with.rule_calls, without.rule_calls);
  }
}

// Found by the fuzz target: a mistake at a malformed token has no report of its own, so what was
// remembered of it looked sound.
TEST(Corpus, MemoryDoesNotHideMistakesAtMalformedTokens) {
  const std::string text =
      "SELECt(((SELECLECt(((SELECT \xdb"
      "4  HAVING ut\xf3"
      "etae=')=')=')";
  ParseStatistics statistics;
  const ParseResult plain = parse(SourceText(text), Memoization::Off, statistics);
  EXPECT_EQ(dump(parse(text).tree), dump(plain.tree));
}

// Parses a damaged statement with a sound one behind it.
void check_damaged(const std::string& damaged) {
  // The line break ends a comment that the damage may have made.
  const std::string text = damaged + "\n;\nSELECT 42 AS sentinel";
  const ParseResult result = parse(text);
  ASSERT_EQ(print(result.tree), text);
  EXPECT_LE(result.diagnostics.size(), 3u) << text << "\n" << rendered(result);
  for (const Diagnostic& diagnostic : result.diagnostics)
    EXPECT_LE(diagnostic.span.end, damaged.size() + 2) << text;
  const auto statements = split(result);
  ASSERT_FALSE(statements.empty()) << text;
  EXPECT_EQ(statements.back().statement.text(), "SELECT 42 AS sentinel") << text;
  EXPECT_EQ(statements.back().error, nullptr) << text;
}

TEST(Corpus, SurvivesTheLossOfAnyToken) {
  for (const std::string& statement : corpus_statements()) {
    const auto tokens = lex(statement).tokens;
    for (size_t i = first_token(); i < tokens.size(); i += kTokenStep)
      check_damaged(statement.substr(0, tokens[i].begin) + " " + statement.substr(tokens[i].end));
  }
}

TEST(Corpus, SurvivesAnInsertedToken) {
  for (const std::string& statement : corpus_statements()) {
    size_t turn = 0;
    const auto tokens = lex(statement).tokens;
    for (size_t at = first_token(); at < tokens.size(); at += kTokenStep) {
      const Token& token = tokens[at];
      constexpr std::string_view kInserted[] = {"(", ")",  "SELECT", "x",     ",", "]",
                                                "{", "->", "12",     "WHERE", "=", "."};
      const std::string_view one = kInserted[turn++ % std::size(kInserted)];
      const std::string_view two = kInserted[(turn * 5) % std::size(kInserted)];
      for (const std::string_view inserted : {one, two}) {
        check_damaged(statement.substr(0, token.begin) + " " + std::string(inserted) + " " +
                      statement.substr(token.begin));
      }
    }
  }
}

TEST(Corpus, SurvivesTwoSwappedTokens) {
  for (const std::string& statement : corpus_statements()) {
    const auto tokens = lex(statement).tokens;
    for (size_t i = first_token(); i + 2 < tokens.size(); i += kTokenStep) {
      const Token& a = tokens[i];
      const Token& b = tokens[i + 1];
      check_damaged(statement.substr(0, a.begin) + statement.substr(b.begin, b.end - b.begin) +
                    " " + statement.substr(a.begin, a.end - a.begin) + statement.substr(b.end));
    }
  }
}

TEST(Corpus, SurvivesEveryPrefix) {
  for (const File& file : corpus()) {
    for (size_t length = 0; length < file.text.size(); length += 7 * kTokenStep) {
      const std::string text = file.text.substr(0, length);
      ASSERT_EQ(print(parse(text).tree), text);
    }
  }
}

}  // namespace corpus_test
}  // namespace zerodb::zeroql
