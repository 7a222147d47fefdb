// A text that is parsed again piece by piece gives what it gives as a whole.
#include "zeroql/reparse.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "base/random.h"

namespace zerodb::zeroql {
namespace reparse_test {

std::string difference(const ParseResult& known, const ParseResult& fresh) {
  if (print(known.tree) != print(fresh.tree)) return "text";
  if (known.tree.token_count() != fresh.tree.token_count()) return "number of tokens";
  for (uint32_t i = 0; i < known.tree.token_count(); ++i) {
    const Token& a = known.tree.token(TokenId(i));
    const Token& b = fresh.tree.token(TokenId(i));
    if (a.span() != b.span() || a.kind != b.kind || a.keyword != b.keyword || a.glued != b.glued)
      return "token " + std::to_string(i);
  }
  if (dump(known.tree) != dump(fresh.tree)) return "tree";
  if (known.diagnostics != fresh.diagnostics) return "diagnostics";
  return known.broken == fresh.broken ? "" : "broken statements";
}

void check(std::string_view before, std::string_view after) {
  const ParseResult known = reparse(parse(before), SourceText(std::string(after)));
  EXPECT_EQ(difference(known, parse(after)), "") << before << "\n=>\n" << after;
}

TEST(Reparse, AtTheEdges) {
  check("", "");
  check("", "SELECT 1; SELECT 2;");
  check("SELECT 1; SELECT 2;", "");
  check("SELECT 1; SELECT 2;", "SELECT 1; SELECT 2;");
  check("SELECT 1; SELECT 2; SELECT 3", "SELECT 12; SELECT 2; SELECT 3");
  check("SELECT 1; SELECT 2; SELECT 3", "SELECT 1; SELECT 2; SELECT 34");
  check(";;;", ";;;;");
  check("SELECT 1;;;SELECT 2", "SELECT 1;;SELECT 2");
  check("\xef\xbb\xbfSELECT 1; SELECT 2; SELECT 3;", "SELECT 1; SELECT 2; SELECT 3;");
  check("SELECT 1; SELECT 2; SELECT 3;", "SELECT 1; \xef\xbb\xbfSELECT 2; SELECT 3;");
}

TEST(Reparse, WhatReachesFar) {
  const std::string before = "SELECT 1; SELECT 2; SELECT 3; SELECT 4; SELECT 'a'; SELECT 6;";
  check(before, "SELECT 1; SELECT '2; SELECT 3; SELECT 4; SELECT 'a'; SELECT 6;");
  check(before, "SELECT 1; SELECT /*2; SELECT 3; SELECT 4; SELECT 'a'; SELECT 6;");
  check("SELECT 1; SELECT '2; SELECT 3; SELECT 4; SELECT 'a'; SELECT 6;", before);
  check("SELECT 1; SELECT /*2; SELECT 3; SELECT 4; SELECT 'a'; SELECT 6;", before);
  // Only the end of the text tells that a quote is not closed, and then its line ends it.
  check("SELECT 1;\nSELECT 'b;\nSELECT 2;\nSELECT 3;\nSELECT 4;\nSELECT 5;",
        "SELECT 1;\nSELECT 'b;\nSELECT 2;\nSELECT 3;\nSELECT 4;\nSELECT '5;");
  check("SELECT 1;\nSELECT b;\nSELECT 2;\nSELECT 3;\nSELECT 4;\nSELECT '5;",
        "SELECT 1;\nSELECT 'b;\nSELECT 2;\nSELECT 3;\nSELECT 4;\nSELECT '5;");
  check(before, "SELECT 1; -- SELECT 2; SELECT 3; SELECT 4; SELECT 'a'; SELECT 6;");
  check(before, "SELECT 1; SELECT (2; SELECT 3; SELECT 4; SELECT 'a'; SELECT 6;");
  check(before, "SELECT 1; SELECT 2 SELECT 3; SELECT 4; SELECT 'a'; SELECT 6;");
  check(before, "SELECT 1; SELECT \xff 2; SELECT 3; SELECT 4; SELECT 'a'; SELECT 6;");
  check("SELECT 1; SELECT \xff 2; SELECT 3; SELECT 4; SELECT 'a'; SELECT 6;", before);
}

TEST(Reparse, ReadsOnlyWhatChanged) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "SELECT name FROM person WHERE age > 18;\n";
  const ParseResult before = parse(text);
  text.insert(text.size() / 2, "x");
  ReparseStatistics statistics;
  const ParseResult after = reparse(before, SourceText(text), statistics);
  EXPECT_EQ(difference(after, parse(text)), "");
  EXPECT_LT(statistics.tokens_read, 60u);
}

// Edits one after the other, each over the result of the one before.
TEST(Reparse, RandomEdits) {
  constexpr std::string_view kPieces[] = {"SELECT a FROM t; ",
                                          "DEFINE TABLE t ( a int, b string );\n",
                                          "(",
                                          ")",
                                          ";",
                                          "'",
                                          "\n",
                                          "--",
                                          "/*",
                                          "*/",
                                          "SELECT ",
                                          "`",
                                          "WHERE a = 1",
                                          "LIMIT",
                                          " , ",
                                          "{",
                                          "}",
                                          "x",
                                          "😀",
                                          "\"",
                                          "[",
                                          "INSERT INTO t { a: 1 };",
                                          "UPDATE t SET a = 2;",
                                          "LET $x = 1;\n",
                                          "order",
                                          "1.",
                                          "BEGIN;"};
  constexpr size_t kTextBytesMax = 600;
  uint64_t seed = 1;
  if (const char* set = std::getenv("ZERODB_SEED")) seed = std::strtoull(set, nullptr, 10);
  SCOPED_TRACE("seed " + std::to_string(seed));
  SeededRandom random(seed);
  std::string text;
  ParseResult known = parse(text);
  for (int edit = 0; edit < 4000; ++edit) {
    const size_t at = random.below(text.size() + 1);
    const bool is_long = text.size() > kTextBytesMax;
    const size_t removed = random.below(4) == 0 || is_long ? random.below(is_long ? 400 : 8) : 0;
    const std::string before = text;
    text.replace(at, std::min(removed, text.size() - at),
                 kPieces[random.below(std::size(kPieces))]);
    known = reparse(known, SourceText(text));
    ASSERT_EQ(difference(known, parse(text)), "") << before << "\n=>\n" << text;
  }
}

}  // namespace reparse_test
}  // namespace zerodb::zeroql
