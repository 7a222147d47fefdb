// How diagnostics look, and how near names are found.
#include "zeroql/diagnostic.h"

#include <gtest/gtest.h>

#include "zeroql/parser.h"
#include "zeroql/render.h"
#include "zeroql/suggest.h"

namespace zerodb::zeroql {
namespace diagnostic_test {

TEST(Render, UnderlinesTheToken) {
  const ParseResult result = parse(SourceText("SELECT 1;\nSELECT a b FROM t", "q.zql"));
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(render(result.diagnostics[0], result.tree.source()),
            "error[E0103]: an alias needs AS\n"
            " --> q.zql:2:10\n"
            "  |\n"
            "2 | SELECT a b FROM t\n"
            "  |          ^\n"
            "  = help: write AS b\n");
}

TEST(Render, AlignsTabsAndWideCharacters) {
  const ParseResult result = parse("SELECT\t'表é' x 1");
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(render(result.diagnostics[0], result.tree.source()),
            "error[E0101]: expected the end of the statement, found `x`\n"
            " --> query:1:13\n"
            "  |\n"
            "1 | SELECT  '表é' x 1\n"
            "  |               ^\n");
  EXPECT_EQ(display_width("表é"), 3u);
  EXPECT_EQ(display_width("a\tb"), 5u);
  EXPECT_EQ(display_width("\t", 3), 1u);
  EXPECT_EQ(display_width("e\xcc\x81"), 1u);
}

TEST(Render, ShowsLabelsAndPlacesPastTheEnd) {
  const ParseResult result = parse("SELECT (1 +\n 2");
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(render(result.diagnostics[0], result.tree.source()),
            "error[E0117]: `(` is not closed\n"
            " --> query:2:3\n"
            "  |\n"
            "2 |  2\n"
            "  |   ^\n"
            "1 | SELECT (1 +\n"
            "  |        - opened here\n");
}

TEST(Render, ColourAddsNothingButEscapes) {
  const ParseResult result = parse("SELECT a b FROM t");
  const std::string plain = render(result.diagnostics[0], result.tree.source());
  const std::string coloured = render(result.diagnostics[0], result.tree.source(), Colour::On);
  EXPECT_NE(plain, coloured);
  std::string stripped;
  for (size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b') {
      i = coloured.find('m', i);
    } else {
      stripped += coloured[i];
    }
  }
  EXPECT_EQ(stripped, plain);
}

TEST(Render, WarningsSayThatTheyAreNone) {
  const ParseResult result = parse("SELECT 1 / 0");
  const Diagnostic warning = {
      .code = ErrorCode::E0902, .message = "m", .span = {7, 12}, .severity = Severity::Warning};
  EXPECT_EQ(render(warning, result.tree.source()),
            "warning[E0902]: m\n"
            " --> query:1:8\n"
            "  |\n"
            "1 | SELECT 1 / 0\n"
            "  |        ^^^^^\n");
  EXPECT_TRUE(to_json(warning, result.tree.source()).starts_with(R"({"severity":"warning",)"));
  EXPECT_TRUE(errors_of({warning}).empty());
}

TEST(Render, Json) {
  const ParseResult result = parse("SELECT a \"b\" FROM t");
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(
      to_json(result.diagnostics[0], result.tree.source()),
      R"({"severity":"error","code":"E0103","message":"an alias needs AS","line":1,"column":10,"end_line":1,"end_column":13,"begin":9,"end":12,)"
      R"("note":"","labels":[],"help":"write AS b","fixes":[{"begin":9,"end":12,"replacement":"AS b","title":"write AS"}]})");
}

TEST(Diagnostic, BecomesAnError) {
  const Error error =
      to_error({.code = ErrorCode::E0103, .message = "m", .span = {3, 5}, .help = "h"});
  EXPECT_EQ(error.code(), ErrorCode::E0103);
  EXPECT_EQ(error.message(), "m");
  EXPECT_EQ(error.span(), (Span{3, 5}));
  EXPECT_EQ(error.help(), "h");
}

TEST(Suggest, FindsTheNearestName) {
  const std::string_view names[] = {"length", "lower", "ltrim", "Person"};
  EXPECT_EQ(suggest("lenght", names), "length");
  EXPECT_EQ(suggest("LOWER", names), "lower");
  EXPECT_EQ(suggest("persn", names), "Person");
  EXPECT_EQ(suggest("upper", names), std::nullopt);
  EXPECT_EQ(suggest("x", names), std::nullopt);
}

TEST(Suggest, EditDistanceCountsSwapsOnceAndStopsAtTheLimit) {
  EXPECT_EQ(edit_distance("abcd", "abdc", 4), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting", 9), 3u);
  EXPECT_EQ(edit_distance("", "abc", 9), 3u);
  EXPECT_EQ(edit_distance("abcdef", "uvwxyz", 2), 3u);
}

}  // namespace diagnostic_test
}  // namespace zerodb::zeroql
