// What counts as the same script, and what does not.
#include "zeroql/format_difference.h"

#include <gtest/gtest.h>

#include "zeroql/parser.h"

namespace zerodb::zeroql {
namespace format_difference_test {

std::string difference(std::string_view before, std::string_view after) {
  const ParseResult one = parse(before);
  const ParseResult two = parse(after);
  const auto found = format_difference(one.tree, two.tree);
  return found ? found->what : "";
}

TEST(FormatDifference, IgnoresWhatMayChange) {
  EXPECT_EQ(difference("select a, from t", "SELECT a\nFROM t"), "");
  EXPECT_EQ(difference("SELECT [1, 2] -- c  \n", "SELECT [\n1, 2,\n] -- c"), "");
  EXPECT_EQ(difference("SELECT { a:b }", "SELECT { a: b }"), "");
  EXPECT_EQ(difference("", " \n"), "");
}

TEST(FormatDifference, FindsTokens) {
  EXPECT_EQ(difference("SELECT a, b", "SELECT a b"), "`,` became `b`");
  EXPECT_EQ(difference("SELECT a", "SELECT a, b"), "`` became `,`");
  EXPECT_EQ(difference("SELECT (1)", "SELECT 1"), "`(` became `1`");
  EXPECT_EQ(difference("SELECT Name", "SELECT name"), "the name `Name` became `name`");
  EXPECT_EQ(difference("SELECT x'A'", "SELECT x'a'"), "`'A'` became `'a'`");
  EXPECT_EQ(difference("SELECT 1; SELECT 2", "SELECT 1 SELECT 2"), "`;` became `SELECT`");
}

TEST(FormatDifference, FindsNamesThatAreKeywords) {
  EXPECT_EQ(difference("SELECT value", "SELECT VALUE"), "the name `value` became `VALUE`");
  EXPECT_EQ(difference("SELECT { select: 1 }", "SELECT { SELECT: 1 }"),
            "the name `select` became `SELECT`");
}

TEST(FormatDifference, FindsCommentsAndTheirPlaces) {
  EXPECT_EQ(difference("SELECT /* c */ 1", "SELECT 1"), "`/* c */` became `1`");
  EXPECT_EQ(difference("SELECT /* c */ 1", "SELECT 1 /* c */"), "`/* c */` became `1`");
  EXPECT_EQ(difference("SELECT 1 -- c", "SELECT 1 -- d"), "`-- c` became `-- d`");
}

TEST(FormatDifference, FindsTreesOfTheSameTokens) {
  EXPECT_EQ(difference("SELECT (1,)", "SELECT (1)"), "the tree is another one at Tuple");
  EXPECT_EQ(difference("SELECT - -1", "SELECT --1"), "`-` became `--1`");
  EXPECT_EQ(difference("SELECT t:a", "SELECT t : a"), "the tree is another one at RecordId");
}

}  // namespace format_difference_test
}  // namespace zerodb::zeroql
