// Which keyword a misspelled word was meant for, and which words are none.
#include "zeroql/keyword_guess.h"

#include <gtest/gtest.h>

#include "zeroql/parser.h"

namespace zerodb::zeroql {
namespace keyword_guess_test {

// The text with the guess in it, which is then right.
void check(std::string_view text, std::string_view expected) {
  const ParseResult result = parse(text);
  EXPECT_EQ(print(result.tree), text);
  ASSERT_EQ(result.diagnostics.size(), 1u) << text;
  const Diagnostic& found = result.diagnostics[0];
  EXPECT_EQ(found.code, ErrorCode::E0101) << text << ": " << found.message;
  ASSERT_EQ(found.fixes.size(), 1u) << text << ": " << found.message;
  const Fix& fix = found.fixes[0];
  EXPECT_EQ(found.span, fix.span) << text;
  EXPECT_EQ(found.help, "did you mean `" + fix.replacement + "`?") << text;
  std::string fixed(text);
  fixed.replace(fix.span.begin, fix.span.end - fix.span.begin, fix.replacement);
  EXPECT_EQ(fixed, expected);
  EXPECT_TRUE(parse(fixed).diagnostics.empty()) << fixed;
}

// What is reported instead.
void check_none(ErrorCode code, std::string_view text) {
  const ParseResult result = parse(text);
  ASSERT_FALSE(result.diagnostics.empty()) << text;
  EXPECT_EQ(result.diagnostics[0].code, code) << text;
  EXPECT_FALSE(result.diagnostics[0].help.starts_with("did you mean"))
      << text << ": " << result.diagnostics[0].help;
}

TEST(KeywordGuess, FirstWordsOfStatements) {
  check("SELCT 1", "SELECT 1");
  check("UPDTE t SET a = 1 WHERE true", "UPDATE t SET a = 1 WHERE true");
  check("INSRET INTO t (a) VALUES (1)", "INSERT INTO t (a) VALUES (1)");
  check("INSERT INOT t (a) VALUES (1)", "INSERT INTO t (a) VALUES (1)");
  check("CRAETE t", "CREATE t");
  check("DEFIN TABLE t", "DEFINE TABLE t");
  check("ROLBACK", "ROLLBACK");
  check("EXPLAIN SELET 1", "EXPLAIN SELECT 1");
  check("EXPLAIN ANALYSE SELECT 1", "EXPLAIN ANALYZE SELECT 1");
}

TEST(KeywordGuess, ClausesOfQueries) {
  check("SELECT 1 FORM t", "SELECT 1 FROM t");
  check("SELECT a FORM t WHERE a = 1", "SELECT a FROM t WHERE a = 1");
  check("SELECT a FORM (SELECT 1 AS a) AS t", "SELECT a FROM (SELECT 1 AS a) AS t");
  check("SELECT a FROM t WHRE a = 1", "SELECT a FROM t WHERE a = 1");
  check("SELECT a FROM t GROPU BY a", "SELECT a FROM t GROUP BY a");
  check("SELECT a FROM t GROUP YB a", "SELECT a FROM t GROUP BY a");
  check("SELECT a FROM t ORDR BY a", "SELECT a FROM t ORDER BY a");
  check("SELECT a FROM t ORDER BY a DSC", "SELECT a FROM t ORDER BY a DESC");
  check("SELECT a FROM t LIMT 5", "SELECT a FROM t LIMIT 5");
  check("SELECT a FROM t LIMIT 5 OFSET 2", "SELECT a FROM t LIMIT 5 OFFSET 2");
  check("SELECT 1 UNOIN SELECT 2", "SELECT 1 UNION SELECT 2");
  check("SELECT a FROM t LEFT JION u ON t.a = u.a", "SELECT a FROM t LEFT JOIN u ON t.a = u.a");
  check("SELECT a FROM t LEF JOIN u ON t.a = u.a", "SELECT a FROM t LEFT JOIN u ON t.a = u.a");
  check("SELECT DISTINT a FROM t", "SELECT DISTINCT a FROM t");
  check("SELECT a FROM t WITH IDNEX (i)", "SELECT a FROM t WITH INDEX (i)");
  check("SELECT (SELCT 1)", "SELECT (SELECT 1)");
  check("SELECT CASE WEN a THEN 1 END", "SELECT CASE WHEN a THEN 1 END");
  check("SELECT CASE WHEN a THEN 1 ESLE 2 END", "SELECT CASE WHEN a THEN 1 ELSE 2 END");
  check("SELECT a FROM t WHERE a NTO IN (1)", "SELECT a FROM t WHERE a NOT IN (1)");
}

TEST(KeywordGuess, ClausesOfWrites) {
  check("DELETE FORM t WHERE true", "DELETE FROM t WHERE true");
  check("DELETE t WERE true", "DELETE t WHERE true");
  check("UPDATE t SE a = 1", "UPDATE t SET a = 1");
  check("UPDATE t STE a = 1", "UPDATE t SET a = 1");
  check("CREATE t CONTNET {a: 1}", "CREATE t CONTENT {a: 1}");
  check("INSERT INTO t (a) VALEUS (1)", "INSERT INTO t (a) VALUES (1)");
  check("INSERT INTO t VALUE (1)", "INSERT INTO t VALUES (1)");
  check("UPDATE t SET a = 1 RETURNIG a", "UPDATE t SET a = 1 RETURNING a");
}

TEST(KeywordGuess, Definitions) {
  check("DEFINE TABEL x", "DEFINE TABLE x");
  check("DEFINE TABLE IF NTO EXISTS x", "DEFINE TABLE IF NOT EXISTS x");
  check("DEFINE TABLE x SCHEMAFUL (a int)", "DEFINE TABLE x SCHEMAFULL (a int)");
  check("DEFINE TABLE x (a int DEFUALT 1)", "DEFINE TABLE x (a int DEFAULT 1)");
  check("DEFINE FIELD a ON t TYEP int", "DEFINE FIELD a ON t TYPE int");
  check("DEFINE INDEX i ON t (a) UNIQE", "DEFINE INDEX i ON t (a) UNIQUE");
  check("REMOVE TABEL x", "REMOVE TABLE x");
  check("ALTER TABLE t ADD FEILD a int", "ALTER TABLE t ADD FIELD a int");
  check("GRANT SELEC ON TABLE t TO r", "GRANT SELECT ON TABLE t TO r");
}

TEST(KeywordGuess, KeepsSmallLetters) {
  check("selct 1", "select 1");
  check("select a from t ordr by a", "select a from t order by a");
}

TEST(KeywordGuess, IsOfItsOwnStatement) {
  const ParseResult result = parse("SELECT 1;\n-- one\nSELCT 2;\nCRATE t\nCREATE u;\nSELECT a b");
  ASSERT_EQ(result.diagnostics.size(), 3u);
  EXPECT_EQ(result.diagnostics[0].help, "did you mean `SELECT`?");
  EXPECT_EQ(result.diagnostics[1].help, "did you mean `CREATE`?");
  EXPECT_EQ(result.diagnostics[2].code, ErrorCode::E0103);
}

// Words that resemble keywords which could not stand there, or are better explained.
TEST(KeywordGuess, OtherWordsAreLeftAlone) {
  check_none(ErrorCode::E0101, "hello");
  check_none(ErrorCode::E0101, "SELECT 1 FOR b");
  check_none(ErrorCode::E0101, "SELECT note n x FROM t");
  check_none(ErrorCode::E0101, "SELECT 1 IF b");
  check_none(ErrorCode::E0101, "SELECT CAST(a int)");
  check_none(ErrorCode::E0102, "SELECT a AS order FROM t");
  check_none(ErrorCode::E0103, "SELECT note n FROM t");
  check_none(ErrorCode::E0103, "SELECT price form FROM t");
  check_none(ErrorCode::E0103, "SELECT a FROM t limi");
  check_none(ErrorCode::E0103, "DELETE form f WHERE f.a = 1");
  check_none(ErrorCode::E0103, "SELECT a FROM t lef JOIN u ON lef.a = u.a");
  check_none(ErrorCode::E0001, "SELECT @ FORM t");
}

TEST(KeywordGuess, SeesWhereTheParserStopsNext) {
  const ParseResult result = parse("SELCT a FORM t");
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(result.diagnostics[0].help, "did you mean `SELECT`?");
}

}  // namespace keyword_guess_test
}  // namespace zerodb::zeroql
