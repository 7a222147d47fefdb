// The layout of the formatter, on scripts with the text that they must become, and its promises
// over every script of the tests.
#include "zeroql/format.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "zeroql/format_difference.h"
#include "zeroql/trivia.h"

namespace zerodb::zeroql {
namespace format_test {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> scripts_below(const std::string& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".zql") out.push_back(entry.path());
  }
  std::ranges::sort(out);
  return out;
}

std::string formatted(std::string_view text, size_t width = kFormatWidth) {
  const auto result = format(text, {width});
  return result ? *result : result.error().to_string();
}

void check(std::string_view text, std::string_view expected, size_t width = kFormatWidth) {
  EXPECT_EQ(formatted(text, width), expected);
  EXPECT_EQ(formatted(expected, width), expected) << "changes when it is formatted again";
}

// Scripts beside the texts that they become.
TEST(Format, GivesTheTextBesideTheScript) {
  const auto scripts = scripts_below(ZERODB_SOURCE_DIR "/src/zeroql/tests/format");
  EXPECT_GE(scripts.size(), 6u);
  for (fs::path path : scripts) {
    SCOPED_TRACE(path.string());
    const std::string text = read(path);
    check(text, read(path.replace_extension(".formatted")));
  }
}

// The examples of the reference are formatted.
TEST(Format, LooksAsItsReferenceSays) {
  const std::string page = read(ZERODB_SOURCE_DIR "/docs/reference/formatter.md");
  constexpr std::string_view kOpen = "```sql\n";
  size_t blocks = 0;
  for (size_t at = page.find(kOpen); at != std::string::npos; at = page.find(kOpen, at)) {
    at += kOpen.size();
    const std::string block = page.substr(at, page.find("```", at) - at);
    check(block, block);
    ++blocks;
  }
  EXPECT_EQ(blocks, 2u);
}

TEST(Format, KeepsNamesThatAreKeywordsAsWritten) {
  check("select Value, type from Rows as range where order_ = table",
        "SELECT Value, type FROM Rows AS range WHERE order_ = table\n");
  check("SELECT x.Select, { FROM: 1, limit: 2 }, `Select` from t",
        "SELECT x.Select, { FROM: 1, limit: 2 }, `Select` FROM t\n");
  check("define table user ( Key string, index int )",
        "DEFINE TABLE user ( Key string, index int )\n");
}

TEST(Format, WritesKeywordsInCapitalsAndValuesSmall) {
  check("select TRUE, None, x is NOT NULL, x is any, Hashset{}, array[1], not False",
        "SELECT true, none, x IS NOT null, x IS any, hashset{}, array[1], NOT false\n");
  check("select count(Distinct a) Over (partition BY b) from t",
        "SELECT count(DISTINCT a) OVER (PARTITION BY b) FROM t\n");
}

TEST(Format, DoesNotGlueWhatWouldBeAnotherToken) {
  check("SELECT - - 1, a - -1, - (-1)", "SELECT - -1, a - -1, -(-1)\n");
  check("SELECT x : : y", "SELECT x : : y\n");
  check("LET $x: array<int> = []", "LET $x: array<int> = []\n");
  check("SELECT { a : b, \"c\":d }", "SELECT { a: b, \"c\": d }\n");
}

TEST(Format, EndsWithOneLineBreak) {
  check("", "");
  check("\n \n", "");
  check("SELECT 1;\n\n\n", "SELECT 1;\n");
  check("-- only a comment", "-- only a comment\n");
  check("\n\n/* only\n a comment */  \n\n", "/* only\n a comment */\n");
  check(";;\n;", ";;;\n");
}

TEST(Format, KeepsAtMostOneBlankLine) {
  check("SELECT 1;\n\n\n\nSELECT 2;\nSELECT 3; SELECT 4;",
        "SELECT 1;\n\nSELECT 2;\nSELECT 3;\nSELECT 4;\n");
}

TEST(Format, TakesCarriageReturnsAndByteOrderMarks) {
  check("SELECT 1; -- c\r\n\r\n\r\nSELECT\r\n2;\r\n", "SELECT 1; -- c\n\nSELECT 2;\n");
  check("\xef\xbb\xbfselect 1", "\xef\xbb\xbfSELECT 1\n");
  // Elsewhere it begins no token.
  check(" \xef\xbb\xbfselect 1", " \xef\xbb\xbfselect 1\n");
}

TEST(Format, LeavesWhatItDoesNotUnderstand) {
  check("select  1 +;\nselect 2", "select  1 +;\nSELECT 2\n");
  check("select 1;\nselect /* open", "SELECT 1;\nselect /* open");
  check("/* open", "/* open");
  check("select 1; select '\xff'; select 2", "SELECT 1;\nselect '\xff'; select 2");
  check("what is this", "what is this\n");
}

TEST(Format, MeasuresColumnsNotBytes) {
  check("SELECT 'éééééééééé', a", "SELECT 'éééééééééé', a\n", 22);
  check("SELECT '表表表表表', a", "SELECT\n  '表表表表表',\n  a\n", 21);
}

TEST(Format, LongAndDeepTexts) {
  std::string sum = "SELECT 1";
  for (int i = 0; i < 200; ++i) sum += " + 1";
  std::string conditions = "SELECT 1 WHERE a";
  for (int i = 0; i < 20'000; ++i) conditions += " AND a";
  const std::string parens = "SELECT " + std::string(200, '(') + "1" + std::string(200, ')');
  std::string array = "SELECT [0";
  for (int i = 0; i < 50'000; ++i) array += ", 1";
  for (const std::string& text : {sum, conditions, parens, array + "]"}) {
    const std::string once = formatted(text);
    EXPECT_NE(once, text);
    EXPECT_EQ(formatted(once), once);
  }
}

TEST(Format, GivesStatementsOneByOne) {
  const ParseResult parsed = parse("-- c\nselect 1 ;\nselect (;select\n  2");
  const auto statements = format_statements(parsed);
  ASSERT_EQ(statements.size(), 3u);
  EXPECT_EQ(statements[0].text, "SELECT 1;");
  EXPECT_EQ(statements[0].span, (Span{5, 15}));
  EXPECT_EQ(statements[1].text, "select (;");
  EXPECT_FALSE(statements[1].is_sound);
  EXPECT_EQ(statements[2].text, "SELECT 2");
}

std::vector<fs::path> all_scripts() {
  std::vector<fs::path> out = scripts_below(ZERODB_SOURCE_DIR "/tests/zql");
  for (const fs::path& path : scripts_below(ZERODB_SOURCE_DIR "/src/zeroql/tests"))
    out.push_back(path);
  return out;
}

TEST(Format, KeepsEveryScriptOfTheTestsTheSame) {
  const auto scripts = all_scripts();
  EXPECT_GE(scripts.size(), 75u);
  for (const fs::path& path : scripts) {
    SCOPED_TRACE(path.string());
    const std::string text = read(path);
    for (const size_t width : {kFormatWidth, size_t{40}, kFormatWidthMax}) {
      const auto once = format(text, {width});
      ASSERT_TRUE(once.has_value()) << once.error().to_string();
      EXPECT_EQ(formatted(*once, width), *once);
    }
  }
}

// The text with a numbered comment before each token that may have one.
std::string with_comments(const Tree& tree, size_t& count) {
  static constexpr std::string_view kForms[] = {"/*#{}#*/", " --#{}#\n", "\n--#{}#\n\n",
                                                "\n\n/*#{}#*/ ", " /*#{}#\n */ "};
  std::string out;
  for (uint32_t i = 0; i < tree.token_count(); ++i) {
    const Token& token = tree.token(TokenId(i));
    if (!token.glued) {
      out += tree.trivia(TokenId(i));
      out += fmt::format(fmt::runtime(kForms[count % std::size(kForms)]), count);
      ++count;
    }
    out += tree.text(TokenId(i));
  }
  return out;
}

TEST(Format, KeepsCommentsBetweenAllTokensOfTheTests) {
  size_t total = 0;
  for (const fs::path& path : all_scripts()) {
    SCOPED_TRACE(path.string());
    const ParseResult plain = parse(read(path));
    if (!plain.diagnostics.empty()) continue;
    size_t count = 0;
    const std::string text = with_comments(plain.tree, count);
    const auto once = format(text);
    ASSERT_TRUE(once.has_value()) << once.error().to_string();
    EXPECT_EQ(formatted(*once), *once);
    size_t at = 0;
    for (size_t i = 0; i < count && at != std::string::npos; ++i) {
      at = once->find(fmt::format("#{}#", i), at);
      EXPECT_NE(at, std::string::npos) << "comment " << i << " is lost";
    }
    total += count;
  }
  EXPECT_GE(total, 10'000u);
}

TEST(Trivia, TellsWhereCommentsStand) {
  const ParseResult parsed = parse("SELECT -- a  \n\n/* b\n*/ -- c\r\n 1");
  const Gap gap = gap_before(parsed.tree, TokenId(1));
  ASSERT_EQ(gap.comments.size(), 3u);
  const auto text = [&](size_t i) { return parsed.tree.source().slice(gap.comments[i].span); };
  EXPECT_EQ(text(0), "-- a");
  EXPECT_EQ(text(1), "/* b\n*/");
  EXPECT_EQ(text(2), "-- c");
  EXPECT_FALSE(gap.comments[0].begins_line);
  EXPECT_TRUE(gap.comments[1].begins_line);
  EXPECT_TRUE(gap.comments[1].after_blank_line);
  EXPECT_FALSE(gap.comments[2].begins_line);
  EXPECT_TRUE(gap.newline);
  EXPECT_FALSE(gap.blank_line);
  EXPECT_TRUE(gap_before(parsed.tree, TokenId(0)).comments.empty());
}

}  // namespace format_test
}  // namespace zerodb::zeroql
