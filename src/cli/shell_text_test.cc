#include "cli/shell_text.h"

#include <gtest/gtest.h>

#include <string>

namespace zerodb::cli {
namespace shell_text_test {

// Statements in parentheses, commands in brackets.
std::string pieces(std::string_view text) {
  std::string out;
  for (const ShellPiece& piece : cut(text)) {
    const bool is_command = piece.kind == ShellPiece::Kind::Command;
    EXPECT_EQ(text.substr(piece.begin, piece.text.size()), piece.text);
    out += is_command ? '[' : '(';
    out += piece.text;
    out += is_command ? ']' : ')';
  }
  return out;
}

void check(std::string_view text, std::string_view expected, bool completes) {
  EXPECT_EQ(pieces(text), expected);
  EXPECT_EQ(is_complete(text), completes) << text;
}

TEST(ShellText, StatementsEndInASemicolon) {
  check("", "", true);
  check(" \n\t", "", true);
  check("-- nothing", "", true);
  check("SELECT 1", "(SELECT 1)", false);
  check("SELECT 1;", "(SELECT 1;)", true);
  check("SELECT 1; -- done", "(SELECT 1; -- done)", true);
  check("SELECT 1; SELECT 2", "(SELECT 1; SELECT 2)", false);
}

TEST(ShellText, WhatIsOpenGoesOn) {
  check("SELECT 'a;", "(SELECT 'a;)", false);
  check("SELECT `a;", "(SELECT `a;)", false);
  check("/* a;", "(/* a;)", false);
  check("SELECT 'a;\nb';", "(SELECT 'a;\nb';)", true);
}

TEST(ShellText, CommandsEndWithTheirLine) {
  check("\\d", "[\\d]", true);
  check("\\d person\nSELECT 1;\n\\x\r\n", "[\\d person](\nSELECT 1;\n)[\\x]", true);
  check("SELECT 1 \\gx", "(SELECT 1 )[\\gx]", true);
  check("\\echo it's\nSELECT 'x'", "[\\echo it's](\nSELECT 'x')", false);
  check("\\", "[\\]", true);
}

TEST(ShellText, ABackslashInATextIsNone) {
  check("SELECT '\\n';", "(SELECT '\\n';)", true);
  check("SELECT '\\d", "(SELECT '\\d)", false);
  check("-- \\d\nSELECT 1;", "(-- \\d\nSELECT 1;)", true);
  check("/* \\d */", "", true);
}

TEST(ShellText, WhatFollowsTheLastSemicolon) {
  EXPECT_EQ(unfinished_statement("SELECT 1; SELECT 2 "), " SELECT 2 ");
  EXPECT_EQ(unfinished_statement("SELECT ';'"), "SELECT ';'");
  EXPECT_EQ(unfinished_statement("SELECT 1; -- no more"), "");
  EXPECT_EQ(unfinished_statement(""), "");
}

}  // namespace shell_text_test
}  // namespace zerodb::cli
