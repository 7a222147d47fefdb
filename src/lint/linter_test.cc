#include "lint/linter.h"

#include <gtest/gtest.h>

#include "lint/fixer.h"
#include "lint/report.h"
#include "lint/type_width.h"

namespace zerodb::lint {
namespace linter_test {

LintResult lint(std::string_view text, Configuration configuration = {}) {
  Linter linter(std::move(configuration));
  linter.learn(zeroql::parse(example_schema()));
  return linter.lint(zeroql::parse(text));
}

// "ZL101@3" for each finding: its code and line.
std::string found(std::string_view text, Configuration configuration = {}) {
  const zeroql::SourceText source{std::string(text)};
  std::string all;
  for (const Finding& each : lint(text, std::move(configuration)).findings) {
    all += (all.empty() ? "" : " ") + std::string(each.rule->code) + "@" +
           std::to_string(source.position(each.span.begin).line);
  }
  return all;
}

void check(std::string_view text, std::string_view expected) {
  EXPECT_EQ(found(text), expected) << text;
}

TEST(Allowances, BelongToTheirStatement) {
  check("SELECT name FROM person LIMIT 3 -- zerodb:allow ZL202 any", "");
  check("SELECT name FROM person LIMIT 3; -- zerodb:allow ZL202 any", "");
  check("-- zerodb:allow ZL202 any\n\nSELECT name FROM person LIMIT 3", "");
  check("SELECT name\n -- zerodb:allow ZL202 any\n FROM person LIMIT 3", "");
  check("SELECT 1;\n-- zerodb:allow ZL202 any\nSELECT name FROM person LIMIT 3", "");
  check("-- zerodb:allow ZL202, ZL302 any\nSELECT name FROM person WHERE name LIKE '%a' LIMIT 3",
        "");
  check("-- zerodb:allow limit-without-order any\nSELECT name FROM person LIMIT 3", "");
  // Only the next one.
  check("-- zerodb:allow ZL202 any\nSELECT 1;\nSELECT name FROM person LIMIT 3", "ZL001@1 ZL202@3");
  check("SELECT name FROM person LIMIT 3;\n-- zerodb:allow ZL202 any", "ZL202@1 ZL001@2");
}

TEST(Allowances, AreReadAsComments) {
  check("SELECT '-- zerodb:allow ZL202 any' AS a", "");
  check("/* -- zerodb:allow ZL202 any */ SELECT 1", "");
  check("-- zerodb:allow\nSELECT 1", "ZL002@1");
  check("-- zerodb:allow ZL999 any\nSELECT 1", "ZL002@1");
  check("-- zerodb:allow ZL001 any\nSELECT 1", "ZL002@1");
  check("-- zerodb:allow ZL202,\nSELECT 1", "ZL002@1");
  check("-- see zerodb:allow\nSELECT 1", "");
  check("-- zerodb:allow ZL202 any", "");  // a script without a statement
}

TEST(Allowances, ReasonIsKept) {
  const LintResult result =
      lint("-- zerodb:allow ZL202 any ten: will do \nSELECT name FROM person LIMIT 3");
  ASSERT_EQ(result.allowed.size(), 1u);
  EXPECT_EQ(result.allowed.front().allowed, "any ten: will do");
}

TEST(Linter, ConfigurationDecidesWeights) {
  Configuration configuration;
  configuration.severities["ZL202"] = Severity::Off;
  EXPECT_EQ(found("SELECT name FROM person LIMIT 3", configuration), "");
  // What is off needs no allowance, but one that is there is no mistake.
  EXPECT_EQ(found("-- zerodb:allow ZL202 any\nSELECT name FROM person LIMIT 3", configuration), "");
  configuration.severities["ZL202"] = Severity::Error;
  const LintResult result = lint("SELECT name FROM person LIMIT 3", configuration);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings.front().severity, Severity::Error);
}

TEST(Linter, RefusedStatements) {
  const LintResult result =
      lint("SELECT nothing FROM person limit 3; SELECT name FROM person LIMIT 3");
  EXPECT_EQ(result.errors.size(), 1u);
  // The rules about text see it all the same.
  check("SELECT nothing FROM person limit 3", "ZL202@1 ZL501@1");
  check("SELECT FROM", "");
  check("", "");
  check("BEGIN; SELECT nothing FROM person; ROLLBACK", "");
}

TEST(Linter, LooksIntoExplainAndViews) {
  check("EXPLAIN SELECT name FROM person WHERE 1 = 2", "ZL211@1");
  check("DEFINE VIEW v AS SELECT name FROM person WHERE 1 = 2", "ZL211@1");
  // What a view does wrong is said where it is defined, and once.
  check("DEFINE VIEW v AS SELECT name FROM person WHERE 1 = 2;\nSELECT v.name FROM v", "ZL211@1");
  check("DEFINE FUNCTION f(a: float) RETURNS bool AS a = 0.1;\nSELECT f(score) AS x FROM person",
        "");
}

TEST(Linter, KnowsWhatTheScriptMade) {
  check("DEFINE TABLE t SCHEMAFULL ( a int ); ALTER TABLE t ADD FIELD b string", "");
  check("DEFINE TABLE t SCHEMAFULL ( a int ); DEFINE INDEX i ON t (a)", "");
}

struct RuleCase {
  std::string_view text;
  std::string_view found;
};

// Beside the examples: what each rule must not be led astray by, and what it must see as well.
TEST(Rules, Safety) {
  for (const RuleCase& each : {
           RuleCase{"UPDATE person:1 SET name = c.name FROM company AS c", "ZL101@1"},
           RuleCase{"UPDATE person:1 SET name = 'x'", ""},
           RuleCase{"UPDATE person SET name = 'x' WHERE 1 = 1 OR city = 'Oslo'", "ZL102@1 ZL211@1"},
           RuleCase{"UPDATE person SET name = 'x' WHERE true", ""},
           RuleCase{"ALTER USER bob SET (password = 'x')", "ZL104@1"},  // nor is there such a user
           RuleCase{"SELECT 'postgres://me:secret@host/db' AS a", "ZL106@1"},
           RuleCase{"SELECT 'https://host/a@b:c' AS a", ""},
           RuleCase{"SELECT 'AKIAABCDEFGHIJKLMNOP' AS a", "ZL106@1"},
           RuleCase{"SELECT 'AKIA is a prefix' AS a", ""},
           RuleCase{"BEGIN; SAVEPOINT a; ROLLBACK TO a", "ZL107@1"},
           RuleCase{"BEGIN; ROLLBACK", ""},
       })
    check(each.text, each.found);
}

TEST(Rules, Correctness) {
  for (const RuleCase& each : {
           RuleCase{"SELECT name FROM person WHERE age IS NOT none AND NOT (age > 18)", ""},
           RuleCase{"SELECT name FROM person WHERE NOT (NOT (age > 18))", ""},
           RuleCase{"UPDATE person SET active = age > 18 WHERE city = 'Oslo'", "ZL201@1"},
           RuleCase{"SELECT score * 2.0 = score AS a, score = 1.5 AS b FROM person", "ZL208@1"},
           RuleCase{"SELECT 1 / 3 = 0.3 AS a", ""},
           RuleCase{"SELECT name FROM person WHERE name IS none AND city = 'x'", "ZL211@1"},
           RuleCase{"SELECT name ?? 'x' AS a FROM person", "ZL211@1"},
           RuleCase{"SELECT age ?? 1 AS a FROM person", ""},
           RuleCase{"SELECT CASE WHEN true THEN 1 END AS a", "ZL211@1"},
           RuleCase{
               "SELECT p.name FROM person AS p JOIN company AS c ON true WHERE c.city = p.city",
               ""},
           RuleCase{"UPDATE event:1 SET a.b = 1 UNSET a", "ZL212@1"},
           RuleCase{"UPDATE event:1 SET a[0] = 1, a[1] = 2", ""},
           RuleCase{"SELECT CASE status WHEN status::open THEN 1 WHEN status::paid THEN 2 WHEN "
                    "status::sent "
                    "THEN 3 END AS n FROM orders",
                    ""},
           RuleCase{"SELECT a.place, locaton FROM event AS a", ""},
       })
    check(each.text, each.found);
}

TEST(Rules, Queries) {
  for (const RuleCase& each : {
           RuleCase{"SELECT count(*) AS n FROM person LIMIT 1", ""},
           RuleCase{"SELECT name FROM person:1 LIMIT 1", ""},
           RuleCase{"SELECT c.name FROM company AS c WHERE EXISTS(SELECT p.id FROM person AS p "
                    "WHERE p.employer = "
                    "c.id LIMIT 1)",
                    "ZL301@1"},
           RuleCase{
               "WITH a AS (SELECT name FROM person ORDER BY name LIMIT 3) SELECT a.name FROM a",
               ""},
           RuleCase{"WITH a AS (SELECT name FROM person) SELECT 1 AS one", "ZL210@1"},
           RuleCase{"WITH person AS (SELECT name FROM company) SELECT person.name FROM person",
                    "ZL209@1"},
           RuleCase{"LET $x = 1", "ZL210@1"},
           RuleCase{"LET $x = 1; SELECT $x AS x", ""},
           RuleCase{"SELECT a.name FROM person AS a JOIN person AS b ON true", ""},
           RuleCase{"SELECT * FROM person AS p", ""},
           RuleCase{"SELECT p.name FROM MATCH person AS p -> knows -> person AS q", "ZL210@1"},
           RuleCase{"SELECT p.name FROM MATCH person AS p -> knows -> person AS q, q -> knows -> p",
                    ""},
           RuleCase{
               "SELECT max(c.city) AS n FROM company AS c JOIN person AS p ON p.employer = c.id",
               ""},
           RuleCase{"SELECT x.name FROM MATCH SHORTEST person:bob -> knows+ -> person AS x", ""},
       })
    check(each.text, each.found);
}

TEST(Rules, Style) {
  for (const RuleCase& each : {
           RuleCase{"SELECT name AS `from` FROM person", ""},
           RuleCase{"SELECT value, type FROM event", ""},
           RuleCase{"SELECT name FROM person WHERE id IN (SELECT DISTINCT buyer FROM orders)",
                    "ZL503@1"},
           RuleCase{"SELECT DISTINCT city, count(*) AS n FROM person GROUP BY city", "ZL503@1"},
           RuleCase{"SELECT [1,\n2,\n] AS a", ""},
           RuleCase{"SELECT {at: 1, from: 2} AS a", ""},
           RuleCase{"SELECT 1 AS a, FROM person", "ZL506@1"},
           RuleCase{"SELECT x.name FROM MATCH SHORTEST person:bob -> knows{3,} -> person AS x", ""},
           RuleCase{"INSERT INTO pair SELECT no, word FROM pair", ""},
       })
    check(each.text, each.found);
}

void fix(std::string_view text, std::string_view expected) {
  Linter linter;
  linter.learn(zeroql::parse(example_schema()));
  EXPECT_EQ(apply_fixes(linter, std::string(text)).text, expected);
}

TEST(Fixer, AppliesUntilNothingIsLeft) {
  fix("select name from person limit 3", "SELECT name FROM person ORDER BY id LIMIT 3");
  fix("INSERT INTO pair VALUES (1, 'one',)", "INSERT INTO pair (no, word) VALUES (1, 'one')");
  fix("SELECT CASE WHEN score > 9.0 THEN 'a' ELSE CASE WHEN score > 5.0 THEN 'b' ELSE (CASE WHEN "
      "score > 3.0 THEN "
      "'c' ELSE 'd' END) END END AS m FROM person",
      "SELECT CASE WHEN score > 9.0 THEN 'a' WHEN score > 5.0 THEN 'b' WHEN score > 3.0 THEN 'c' "
      "ELSE 'd' END AS m "
      "FROM person");
  fix("SELECT 1 AS one", "SELECT 1 AS one");
}

TEST(Fixer, NamesSources) {
  fix("SELECT { email } AS o FROM person AS p JOIN company AS c ON c.id = p.employer",
      "SELECT { email: p.email } AS o FROM person AS p JOIN company AS c ON c.id = p.employer");
  fix("SELECT p.name FROM person AS p JOIN company AS c USING (name)",
      "SELECT p.name FROM person AS p JOIN company USING (name)");
  fix("SELECT p.employer?.{ name } AS o FROM person AS p JOIN company AS c ON c.id = p.employer",
      "SELECT p.employer?.{ name } AS o FROM person AS p JOIN company AS c ON c.id = p.employer");
}

// A fix is offered by itself: one must be right without the others.
TEST(Fixer, EachFixAlone) {
  const std::string_view text =
      "SELECT DISTINCT id, [1,] AS l FROM person AS p WHERE { email } IS NOT none limit 3";
  Linter linter;
  linter.learn(zeroql::parse(example_schema()));
  Linter copy = linter;
  size_t fixes = 0;
  for (const Finding& finding : copy.lint(zeroql::parse(text)).findings) {
    for (const zeroql::Fix& each : finding.fixes) {
      ++fixes;
      Linter again = linter;
      EXPECT_TRUE(again.lint(zeroql::parse(edited(text, {each}))).errors.empty())
          << edited(text, {each});
    }
  }
  EXPECT_GE(fixes, 4u);
}

TEST(Fixer, BringsNoErrors) {
  const std::string_view text =
      "SELECT { email } AS o FROM person AS p JOIN company AS c ON c.id = p.employer";
  Linter linter;
  linter.learn(zeroql::parse(example_schema()));
  const FixedScript fixed = apply_fixes(linter, std::string(text));
  EXPECT_TRUE(linter.lint(zeroql::parse(fixed.text)).errors.empty()) << fixed.text;
}

TEST(Fixer, AllowedFindingsStay) {
  fix("SELECT name FROM person LIMIT 3 -- zerodb:allow ZL202 any",
      "SELECT name FROM person LIMIT 3 -- zerodb:allow ZL202 any");
}

TEST(Report, HumanAndJson) {
  const zeroql::SourceText source("DELETE FROM pair WHERE no = no", "a.zql");
  Linter linter;
  linter.learn(zeroql::parse(example_schema()));
  const LintResult result = linter.lint(zeroql::parse(source));
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(render(result.findings.front(), source),
            "warning[ZL102]: this condition is true of every record\n"
            " --> a.zql:1:24\n"
            "  |\n"
            "1 | DELETE FROM pair WHERE no = no\n"
            "  |                        ^^^^^^^\n"
            "  = help: write `WHERE true` if the whole table is meant\n");
  EXPECT_TRUE(
      to_json(result.findings.front(), source, "a.zql")
          .starts_with(
              R"({"file":"a.zql","rule":"always-true-where","severity":"warning","code":"ZL102",)"));
}

TEST(TypeWidth, Cases) {
  const auto optional = [](const Type& type) { return type.optional(); };
  struct {
    Type to;
    Type from;
    bool admits;
  } const cases[] = {
      {Type::any(), Type::string(), true},
      {Type::string(), Type::any(), false},
      {optional(Type::int64()), Type::int64(), true},
      {Type::int64(), optional(Type::int64()), false},
      {Type::int64(), Type(TypeKind::U32), true},
      {Type::int64(), Type(TypeKind::U64), false},
      {Type(TypeKind::U64), Type::int64(), false},
      {Type(TypeKind::I128), Type(TypeKind::U64), true},
      {Type::float64(), Type(TypeKind::I32), true},
      {Type::float64(), Type::int64(), false},
      {Type(TypeKind::F32), Type::float64(), false},
      {Type::decimal(), Type::int64(), true},
      {Type::decimal(10, 2), Type::decimal(8, 2), true},
      {Type::decimal(10, 4), Type::decimal(10, 2), false},
      {Type::decimal(), Type::decimal(10, 2), true},
      {Type::string(), Type::literal("a"), true},
      {Type::union_of({Type::int64(), Type::string()}), Type::string(), true},
      {Type::int64(), Type::union_of({Type::int64(), Type::string()}), false},
      {Type::array(Type::int64()), Type::array(Type::int64(), 3), true},
      {Type::array(Type::int64(), 3), Type::array(Type::int64()), false},
      {Type::record({}), Type::record({TableId(1)}), true},
      {Type::record({TableId(1)}), Type::record({TableId(1), TableId(2)}), false},
      {Type::string(), Type::int64(), false},
  };
  for (const auto& each : cases)
    EXPECT_EQ(admits_all(each.to, each.from), each.admits)
        << to_string(each.to) << " " << to_string(each.from);
}

}  // namespace linter_test
}  // namespace zerodb::lint
