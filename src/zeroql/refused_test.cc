// Forms that are refused, each with its code; beside each stands a form that is nearly the same and
// accepted.
#include <gtest/gtest.h>

#include "base/limits.h"
#include "zeroql/parser.h"

namespace zerodb::zeroql {
namespace refused_test {

struct Refused {
  ErrorCode code;
  std::string_view text;
  std::string_view near_miss;
};

std::string codes(const ParseResult& result) {
  std::string out;
  for (const Diagnostic& diagnostic : result.diagnostics)
    out += std::string(code_name(diagnostic.code)) + " ";
  return out;
}

// With the fix applied nothing is wrong.
void check_fix(std::string_view text, const Fix& fix) {
  std::string fixed(text.substr(0, fix.span.begin));
  fixed += fix.replacement;
  fixed += text.substr(fix.span.end);
  EXPECT_EQ(codes(parse(fixed)), "") << text << "\n" << fixed;
}

void check(const Refused& refused) {
  const ParseResult result = parse(refused.text);
  EXPECT_EQ(codes(result), std::string(code_name(refused.code)) + " ") << refused.text;
  EXPECT_EQ(print(result.tree), refused.text);
  for (const Diagnostic& diagnostic : result.diagnostics) {
    for (const Fix& fix : diagnostic.fixes) check_fix(refused.text, fix);
  }
  const ParseResult accepted = parse(refused.near_miss);
  EXPECT_EQ(codes(accepted), "") << refused.near_miss;
}

TEST(Refused, LexicalMistakes) {
  const Refused table[] = {
      {ErrorCode::E0001, "SELECT 5 @ 6", "SELECT 5 - 6"},
      {ErrorCode::E0001, "SELECT $ FROM t", "SELECT $a FROM t"},
      {ErrorCode::E0001, "SELECT a # b", "SELECT a -- # b"},
      {ErrorCode::E0002, "SELECT 'sea", "SELECT 'sea'"},
      {ErrorCode::E0002, "SELECT \"sea", "SELECT \"sea\""},
      {ErrorCode::E0002, "SELECT `sea", "SELECT `sea`"},
      {ErrorCode::E0002, "SELECT ``", "SELECT ````"},
      {ErrorCode::E0002, "SELECT re'a", "SELECT re'a'"},
      {ErrorCode::E0003, "SELECT 2 /* a /* b */", "SELECT 2 /* a /* b */ */"},
      {ErrorCode::E0004, "SELECT 'don\\'t'", "SELECT 'don''t'"},
      {ErrorCode::E0004, "SELECT 'a\\qb'", "SELECT 'a\\\\qb'"},
      {ErrorCode::E0004, "SELECT '\\ud800'", "SELECT '\\ud83d\\ude00'"},
      {ErrorCode::E0004, "SELECT '\\u{110000}'", "SELECT '\\u{10ffff}'"},
      {ErrorCode::E0004, "SELECT b'\\xg0'", "SELECT b'\\xf0'"},
      {ErrorCode::E0005, "SELECT .5", "SELECT 0.5"},
      {ErrorCode::E0005, "SELECT 5.", "SELECT 5.0"},
      {ErrorCode::E0005, "SELECT 5 + 2.;", "SELECT 2..3"},
      {ErrorCode::E0005, "SELECT 12abc", "SELECT 12 AS abc"},
      {ErrorCode::E0005, "SELECT 12u9", "SELECT 12u8"},
      {ErrorCode::E0005, "SELECT 0xg", "SELECT 0xa"},
      {ErrorCode::E0005, "SELECT 1.5h", "SELECT 1h30m"},
      {ErrorCode::E0005, "SELECT 1h30", "SELECT 1h30s"},
      {ErrorCode::E0006, "SELECT d'2023-02-29'", "SELECT d'2024-02-29'"},
      {ErrorCode::E0006, "SELECT d'2023-01-01T25:00'", "SELECT d'2023-01-01T23:00'"},
      {ErrorCode::E0006, "SELECT u'12'", "SELECT u'00000000-0000-0000-0000-000000000000'"},
      {ErrorCode::E0007, "SELECT '\xff'", "SELECT '\xc3\xbf'"},
      {ErrorCode::E0007, "SELECT \xc0\x80 AS a", "SELECT \xc3\xa9 AS a"},
  };
  for (const Refused& refused : table) check(refused);
}

TEST(Refused, NamesAndAliases) {
  const Refused table[] = {
      {ErrorCode::E0102, "SELECT a AS order FROM ship", "SELECT a AS `order` FROM ship"},
      {ErrorCode::E0102, "SELECT group, b FROM ship", "SELECT `group`, b FROM ship"},
      {ErrorCode::E0102, "SELECT select FROM ship", "SELECT `select` FROM ship"},
      {ErrorCode::E0102, "SELECT select * 2 FROM ship", "SELECT `select` * 2 FROM ship"},
      {ErrorCode::E0102, "DEFINE TABLE select", "DEFINE TABLE selected"},
      {ErrorCode::E0102, "SELECT a FROM ship WHERE from = 1",
       "SELECT a FROM ship WHERE x.from = 1"},
      {ErrorCode::E0103, "SELECT name n FROM ship", "SELECT name AS n FROM ship"},
      {ErrorCode::E0103, "SELECT name FROM ship s", "SELECT name FROM ship AS s"},
      {ErrorCode::E0103, "SELECT s.name FROM ship s WHERE s.a",
       "SELECT s.name FROM ship AS s WHERE s.a"},
      {ErrorCode::E0103, "SELECT a FROM (SELECT 1 AS a) x", "SELECT a FROM (SELECT 1 AS a) AS x"},
      {ErrorCode::E0103, "DELETE FROM ship s WHERE true", "DELETE FROM ship AS s WHERE true"},
      {ErrorCode::E0103, "UPDATE ship s SET a = 1 WHERE true",
       "UPDATE ship AS s SET a = 1 WHERE true"},
      {ErrorCode::E0106, "SELECT a FROM \"ship\"", "SELECT a FROM `ship`"},
      {ErrorCode::E0106, "SELECT a AS \"Name\" FROM ship", "SELECT \"Name\" AS a FROM ship"},
      {ErrorCode::E0106, "CREATE \"ship\" SET a = 1", "CREATE ship SET a = \"b\""},
      {ErrorCode::E0116, "SELECT * FROM ship:*", "SELECT ship.* FROM ship"},
      {ErrorCode::E0116, "SELECT * FROM ship: maria", "SELECT * FROM ship:maria"},
      {ErrorCode::E0116, "SELECT ship:2.5", "SELECT ship:2"},
      {ErrorCode::E0116, "CREATE ship: maria", "CREATE ship:maria"},
      {ErrorCode::E0116, "SELECT ship:true", "SELECT ship:'true'"},
      {ErrorCode::E0116, "SELECT * FROM ship:select WHERE a",
       "SELECT * FROM ship:'select' WHERE a"},
      {ErrorCode::E0116, "DELETE ship:Order", "DELETE ship:ordered"},
  };
  for (const Refused& refused : table) check(refused);
}

TEST(Refused, ClausesAndBrackets) {
  const Refused table[] = {
      {ErrorCode::E0101, "SELECT", "SELECT 1"},
      {ErrorCode::E0101, "hello", "SELECT hello"},
      {ErrorCode::E0101, "SELECT a FROM", "SELECT a FROM b"},
      {ErrorCode::E0101, "SELECT 1 +", "SELECT +1"},
      {ErrorCode::E0101, "SELECT a IS NULL NULL", "SELECT a IS NULL"},
      {ErrorCode::E0101, "SELECT * OMIT a FROM ship", "SELECT * OMIT (a) FROM ship"},
      {ErrorCode::E0101, "UPDATE ship WHERE * SET a = 1", "UPDATE ship SET a = 1 WHERE true"},
      {ErrorCode::E0101, "SELECT sum(a) OVER (ROWS 2 FOLLOWING) FROM t",
       "SELECT sum(a) OVER (ROWS 2 PRECEDING) FROM t"},
      {ErrorCode::E0101, "LIVE VALUES (2)", "LIVE SELECT * FROM t"},
      {ErrorCode::E0101, "COPY ship 'a.csv'", "COPY ship FROM 'a.csv'"},
      {ErrorCode::E0101, "DEFINE TABLE t (a int) PARTITION BY hash",
       "DEFINE TABLE t (a int) PARTITION BY hash(id)"},
      {ErrorCode::E0101, "DEFINE SHIP a", "DEFINE TABLE ship"},
      {ErrorCode::E0101, "CREATE a SET b = 1 CREATE c", "CREATE a SET b = 1; CREATE c"},
      {ErrorCode::E0101, "SELECT a FROM t USING 5", "SELECT a FROM t"},
      {ErrorCode::E0101, "LET $x = SELECT * FROM t", "LET $x = ARRAY(SELECT * FROM t)"},
      {ErrorCode::E0101, "LET $x = SELECT AS VALUE a FROM t WHERE b", "LET $x = (SELECT a FROM t)"},
      {ErrorCode::E0101, "UPDATE t SET a = SELECT max(b) FROM u WHERE true",
       "UPDATE t SET a = (SELECT max(b) FROM u) WHERE true"},
      {ErrorCode::E0104, "UPDATE ship WHERE a = 1 SET b = 2", "UPDATE ship SET b = 2 WHERE a = 1"},
      {ErrorCode::E0104, "SELECT a FROM t ORDER BY a UNION SELECT b FROM t",
       "(SELECT a FROM t ORDER BY a) UNION SELECT b FROM t"},
      {ErrorCode::E0104, "SELECT a FROM t LIMIT 1 WHERE a", "SELECT a FROM t WHERE a LIMIT 1"},
      {ErrorCode::E0104, "SELECT a FROM t ORDER BY a GROUP BY b",
       "SELECT a FROM t GROUP BY b ORDER BY a"},
      {ErrorCode::E0104, "SELECT (SELECT a FROM t LIMIT 1 WHERE a)",
       "SELECT (SELECT a FROM t WHERE a LIMIT 1)"},
      {ErrorCode::E0107, "SELECT a FROM t, u", "SELECT a FROM t CROSS JOIN u"},
      {ErrorCode::E0107, "DELETE t USING u, v WHERE true",
       "DELETE t USING u CROSS JOIN v WHERE true"},
      {ErrorCode::E0109, "DEFINE TABLE t IF NOT EXISTS", "DEFINE TABLE IF NOT EXISTS t"},
      {ErrorCode::E0109, "REMOVE TABLE t IF EXISTS", "REMOVE TABLE IF EXISTS t"},
      {ErrorCode::E0109, "DEFINE INDEX i IF NOT EXISTS ON t (a)",
       "DEFINE INDEX IF NOT EXISTS i ON t (a)"},
      {ErrorCode::E0109, "DEFINE INDEX i ON t (a) IF NOT EXISTS",
       "DEFINE INDEX IF NOT EXISTS i ON t (a)"},
      {ErrorCode::E0117, "SELECT (1 + 2", "SELECT (1 + 2)"},
      {ErrorCode::E0117, "SELECT [1, 2)", "SELECT [1, 2]"},
      {ErrorCode::E0117, "SELECT f(1, 2", "SELECT f(1, 2)"},
      {ErrorCode::E0117, "SELECT f([1, 2)", "SELECT f([1, 2])"},
      {ErrorCode::E0117, "SELECT {a: 1", "SELECT {a: 1}"},
  };
  for (const Refused& refused : table) check(refused);
}

TEST(Refused, OperatorsOfOtherLanguages) {
  const Refused table[] = {
      {ErrorCode::E0101, "SELECT a[b = 1..]", "SELECT a[(b = 1)..]"},
      {ErrorCode::E0101, "SELECT a[1..2..]", "SELECT a[1..2]"},
      {ErrorCode::E0101, "SELECT a[NOT b..]", "SELECT a[-b..]"},
      {ErrorCode::E0105, "SELECT 1 < a < 3", "SELECT 1 < a AND a < 3"},
      {ErrorCode::E0105, "SELECT a = b = c", "SELECT (a = b) = c"},
      {ErrorCode::E0105, "SELECT a LIKE 'x' = true", "SELECT (a LIKE 'x') = true"},
      {ErrorCode::E0108, "SELECT a->knows->b FROM t", "SELECT a FROM MATCH a->knows->b"},
      {ErrorCode::E0108, "SELECT ->knows->b FROM t", "SELECT - knows FROM t"},
      {ErrorCode::E0108, "SELECT <-knows<-b FROM t", "SELECT a<-knows FROM t"},
      {ErrorCode::E0108, "SELECT <->knows<->b FROM t", "SELECT a<- -knows FROM t"},
      {ErrorCode::E0108, "SELECT a<-knows<-b FROM t", "SELECT a<-knows AND a<-b FROM t"},
      {ErrorCode::E0108, "SELECT a<->knows<->b FROM t", "SELECT a<-knows, b FROM t"},
      {ErrorCode::E0108, "SELECT a FROM t WHERE count(->knows) > 1",
       "SELECT a FROM t WHERE EXISTS (MATCH t ->knows-> t)"},
      {ErrorCode::E0108, "SELECT q FROM MATCH t -[e]-> t AS q",
       "SELECT q FROM MATCH t -> [e] -> t AS q"},
      {ErrorCode::E0108, "SELECT q FROM MATCH t -> e <- t AS q",
       "SELECT q FROM MATCH t <- e <- t AS q"},
      {ErrorCode::E0110, "SELECT a FROM t WHERE a && b", "SELECT a FROM t WHERE a AND b"},
      {ErrorCode::E0110, "SELECT a FROM t WHERE a == 2", "SELECT a FROM t WHERE a = 2"},
      {ErrorCode::E0110, "SELECT a FROM t WHERE !a", "SELECT a FROM t WHERE NOT a"},
      {ErrorCode::E0110, "SELECT a ?: b", "SELECT a ?? b"},
      {ErrorCode::E0110, "SELECT a ? 1 : 2", "SELECT CASE WHEN a THEN 1 ELSE 2 END"},
      {ErrorCode::E0110, "SELECT name ISNULL FROM t", "SELECT name IS NULL FROM t"},
      {ErrorCode::E0110, "SELECT 'a'::string", "SELECT a::string"},
      {ErrorCode::E0110, "SELECT name ~ //a//", "SELECT name ~ re'a'"},
      {ErrorCode::E0110, "SELECT a = ANY(b)", "SELECT a IN b"},
      {ErrorCode::E0110, "SELECT a > ALL([1])", "SELECT a CONTAINS ALL [1]"},
      {ErrorCode::E0110, "FROM t |> SELECT a", "FROM t SELECT a"},
  };
  for (const Refused& refused : table) check(refused);
}

TEST(Refused, StatementsOfOtherLanguages) {
  const Refused table[] = {
      {ErrorCode::E0111, "CREATE TABLE ship (a int)", "CREATE table SET a = 1"},
      {ErrorCode::E0111, "CREATE TABLE IF NOT EXISTS ship (a int)",
       "DEFINE TABLE IF NOT EXISTS ship (a int)"},
      {ErrorCode::E0111, "CREATE UNIQUE INDEX i ON ship (a)", "DEFINE INDEX i ON ship (a) UNIQUE"},
      {ErrorCode::E0111, "CREATE ship (name) VALUES ('a')", "INSERT INTO ship (name) VALUES ('a')"},
      {ErrorCode::E0111, "INSERT ship (a) VALUES (1)", "INSERT INTO ship (a) VALUES (1)"},
      {ErrorCode::E0111, "DROP TABLE ship", "REMOVE TABLE ship"},
      {ErrorCode::E0111, "TRUNCATE ship", "DELETE ship WHERE true"},
      {ErrorCode::E0111, "ALTER TABLE ship ADD COLUMN c int", "ALTER TABLE ship ADD FIELD c int"},
      {ErrorCode::E0111, "ALTER TABLE ship DROP COLUMN c", "ALTER TABLE ship DROP FIELD c"},
      {ErrorCode::E0111, "SHOW CREATE TABLE ship", "DESCRIBE TABLE ship"},
      {ErrorCode::E0111, "BEGIN TRANSACTION", "BEGIN"},
      {ErrorCode::E0111, "COMMIT WORK", "COMMIT"},
      {ErrorCode::E0111, "MERGE INTO a USING b ON true", "UPDATE a MERGE b"},
      {ErrorCode::E0112, "IF $a > 1 THEN CREATE b END", "SELECT CASE WHEN $a > 1 THEN b END"},
      {ErrorCode::E0112, "FOR $p IN t { DELETE $p }", "DELETE t WHERE true"},
      {ErrorCode::E0112, "WHILE true { SELECT 1 }", "SELECT 1"},
      {ErrorCode::E0113, "SET $x = 1", "LET $x = 1"},
      {ErrorCode::E0114, "SELECT a FROM t LIMIT 5, 10", "SELECT a FROM t LIMIT 10 OFFSET 5"},
      {ErrorCode::E0114, "SELECT TOP 5 a FROM t", "SELECT top, 5 FROM t"},
      {ErrorCode::E0114, "SELECT a FROM t FETCH FIRST 5 ROWS ONLY", "SELECT a FROM t AS fetch"},
      {ErrorCode::E0114, "SELECT a FROM t START AT 5", "SELECT a FROM t OFFSET 5"},
      {ErrorCode::E0115, "DEFINE TABLE t (a int PRIMARY KEY)",
       "DEFINE TABLE t (b int) KEY (a int)"},
      {ErrorCode::E0115, "DEFINE TABLE t (a int NOT NULL, b int)",
       "DEFINE TABLE t (a int, b int?)"},
      {ErrorCode::E0115, "DEFINE TABLE t (a int AUTO_INCREMENT)",
       "DEFINE TABLE t (auto_increment int)"},
      {ErrorCode::E0115, "DEFINE TABLE t (a serial)", "DEFINE TABLE t (serial int)"},
      {ErrorCode::E0115, "DEFINE TABLE t (a int REFERENCES b)",
       "DEFINE TABLE t (a record<b> REFERENCE)"},
      {ErrorCode::E0115, "DEFINE TABLE t (a int, PRIMARY KEY (a), b int)",
       "DEFINE TABLE t (a int, primary string)"},
      {ErrorCode::E0115, "DEFINE TABLE t (a int, FOREIGN KEY (a) REFERENCES b (c))",
       "DEFINE TABLE t (foreign (key, int))"},
      {ErrorCode::E0115, "DEFINE TABLE t (a int, CHECK (a > 1))",
       "DEFINE TABLE t (a int, check (int?, string))"},
      {ErrorCode::E0115, "DEFINE TABLE t (a int, CONSTRAINT pk PRIMARY KEY (a))",
       "DEFINE TABLE t (constraint string DEFAULT 'a')"},
      {ErrorCode::E0115, "DEFINE TABLE t (a varchar(20) DEFAULT 'x', b int)",
       "DEFINE TABLE t (a varchar, b int)"},
      {ErrorCode::E0115, "DEFINE TABLE t (a numeric(15, 2))", "DEFINE TABLE t (a decimal<15, 2>)"},
      {ErrorCode::E0111, "INFO FOR DB", "DESCRIBE TABLES"},
      {ErrorCode::E0111, "DEFINE FIELD a ON TABLE t TYPE int", "DEFINE FIELD a ON table TYPE int"},
      {ErrorCode::E0111, "DEFINE INDEX i ON TABLE t (a)", "DEFINE INDEX i ON table (a)"},
      {ErrorCode::E0110, "SELECT a === b FROM t", "SELECT a = b FROM t"},
  };
  for (const Refused& refused : table) check(refused);
}

TEST(Refused, LimitsOfDepthAndLength) {
  const auto nested = [](size_t depth) {
    return "SELECT " + std::string(depth, '(') + "1" + std::string(depth, ')');
  };
  EXPECT_EQ(codes(parse(nested(250))), "");
  EXPECT_EQ(codes(parse(nested(300))), "E1102 ");
  EXPECT_EQ(codes(parse(nested(200000))), "E1102 ");
  std::string sum = "SELECT 1";
  for (size_t i = 0; i < 5000; ++i) sum += " + 1";
  EXPECT_EQ(codes(parse(sum)), "E1102 ");
  std::string alternatives = "SELECT a = 0";
  for (size_t i = 0; i < 5000; ++i) alternatives += " OR a = 1";
  EXPECT_EQ(codes(parse(alternatives)), "") << "a long chain of OR is no deep expression";
  for (const std::string_view part :
       {"- ", "NOT ", "[", "{a:", "f(", "CASE WHEN ", "(SELECT ", "x[", "2 ** "}) {
    std::string text = "SELECT ";
    for (size_t i = 0; i < 20000; ++i) text += part;
    EXPECT_EQ(codes(parse(text + "; SELECT 1")), "E1102 ") << part;
  }
  std::string types = "LET $x: ";
  for (size_t i = 0; i < 20000; ++i) types += "array<";
  EXPECT_EQ(codes(parse(types)), "E1102 ");
  EXPECT_EQ(codes(parse("SELECT '" + std::string(limits::kStatementBytesMax - 9, 'x') + "'")), "");
  EXPECT_EQ(codes(parse("SELECT '" + std::string(limits::kStatementBytesMax, 'x') + "'; SELECT 1")),
            "E1101 ");
}

TEST(Refused, FixesMakeTheTextRight) {
  for (const std::string_view text :
       {"SELECT name n FROM ship", "SELECT a FROM \"ship\"", "DEFINE TABLE order",
        "SELECT a FROM t WHERE a == 2 && !b", "SELECT 'don\\'t', 5. , .5",
        "INSERT ship (a) VALUES (1)", "SELECT a FROM t, u", "CREATE a CREATE b"}) {
    std::string mended(text);
    const ParseResult before = parse(text);
    ASSERT_FALSE(before.diagnostics.empty());
    for (size_t i = before.diagnostics.size(); i-- > 0;) {
      ASSERT_EQ(before.diagnostics[i].fixes.size(), 1u) << text;
      const Fix& fix = before.diagnostics[i].fixes[0];
      mended.replace(fix.span.begin, fix.span.end - fix.span.begin, fix.replacement);
    }
    EXPECT_EQ(codes(parse(mended)), "") << mended;
  }
}

TEST(Refused, MistakesOfSeveralStatementsAreAllReported) {
  const ParseResult result =
      parse("SELECT FROM t;\nSELECT 1;\nCREATE;\nSELECT a FROM t x;\nDROP TABLE t");
  EXPECT_EQ(codes(result), "E0101 E0101 E0103 E0111 ");
  const auto statements = split(result);
  ASSERT_EQ(statements.size(), 5u);
  EXPECT_NE(statements[0].error, nullptr);
  EXPECT_EQ(statements[1].error, nullptr);
  EXPECT_NE(statements[2].error, nullptr);
}

TEST(Refused, WhatAStatementLacksAtItsEndIsItsOwnMistake) {
  const ParseResult result = parse("INSERT INTO t (x)\nINSERT INTO t (x) VALUES (1)");
  EXPECT_EQ(codes(result), "E0101 ");
  const auto statements = split(result);
  ASSERT_EQ(statements.size(), 2u);
  EXPECT_NE(statements[0].error, nullptr);
  EXPECT_EQ(statements[1].error, nullptr);
}

}  // namespace refused_test
}  // namespace zerodb::zeroql
