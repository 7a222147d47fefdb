#include "sema/definition_function.h"

#include <gtest/gtest.h>

#include "sema/definition_text.h"
#include "sema/test_session.h"

namespace zerodb::sema {
namespace definition_function_test {

const std::string kSchema = R"(
DEFINE TABLE person SCHEMAFULL (name string, boss record<person>?);
DEFINE FUNCTION tax(amount: decimal, rate: decimal = 0.2dec) RETURNS decimal AS amount * rate;
DEFINE FUNCTION shop::gross(amount: decimal) RETURNS decimal AS amount + tax(amount) IMMUTABLE COMMENT 'all';
DEFINE FUNCTION boss_of(p: record<person>) RETURNS string? AS p.boss?.name STABLE;
DEFINE FUNCTION plus(a: int, b: int = 1) RETURNS int AS a + b)";

void check(std::initializer_list<Case> cases) {
  EXPECT_EQ(failing_cases(kSchema, std::span<const Case>(cases.begin(), cases.size())), "");
}

TEST(DefinitionFunction, Defining) {
  check({
      {"DEFINE FUNCTION f(a: int) RETURNS int AS a", "ok"},
      {"DEFINE FUNCTION plus(a: int) RETURNS int AS a", "E0208"},
      {"DEFINE FUNCTION IF NOT EXISTS plus(a: int) RETURNS int AS a", "ok"},
      {"DEFINE OR REPLACE FUNCTION plus(a: int) RETURNS int AS a", "ok"},
      {"DEFINE OR REPLACE FUNCTION tax(a: int) RETURNS int AS a", "E0211"},
      {"DEFINE OR REPLACE FUNCTION plus(a: int) RETURNS int AS plus(a)", "E0211"},
      {"DEFINE FUNCTION f(a: int) RETURNS int AS f(a)", "E0601"},
      {"DEFINE FUNCTION upper(s: string) RETURNS string AS s", "E0608"},
      {"DEFINE FUNCTION count(s: string) RETURNS string AS s", "E0608"},
      {"DEFINE FUNCTION f(a: int) RETURNS int AS a || 'x'", "E0305"},
      {"DEFINE FUNCTION f(a: int) RETURNS string AS a", "E0306"},
      {"DEFINE FUNCTION f(a: int, a: int) RETURNS int AS a", "E0209"},
      {"DEFINE FUNCTION f(a: int = 'x') RETURNS int AS a", "E0306"},
      {"DEFINE FUNCTION f(a: int = 1, b: int) RETURNS int AS a", "E0604"},
      {"DEFINE FUNCTION f(a: nosuch) RETURNS int AS 1", "E0205"},
      {"DEFINE FUNCTION f(a: int) RETURNS int AS b", "E0202"},
      {"DEFINE FUNCTION f() RETURNS float AS rand::float() STABLE", "E0609"},
      {"DEFINE FUNCTION f() RETURNS float AS rand::float() VOLATILE", "ok"},
      {"DEFINE FUNCTION f(p: record<person>) RETURNS string? AS p.name IMMUTABLE", "E0609"},
      {"DEFINE FUNCTION f() RETURNS int AS (SELECT count(*) FROM person)", "ok"},
      {"DEFINE FUNCTION f() RETURNS int AS count(*)", "E0401"},
      {"DEFINE FUNCTION f(a: int) RETURNS int FROM MODULE m EXPORT 'f'", "E0207"},
      {"DEFINE FUNCTION f() RETURNS int AS 1 WITH (fuel = 1)", "E0210"},
  });
}

TEST(DefinitionFunction, Calling) {
  check({
      {"SELECT tax(10dec) AS a, tax(10, rate => 0.5dec) AS b, tax(amount => 4dec) AS c",
       "(a decimal, b decimal, c decimal)"},
      {"SELECT shop::gross(100) AS a", "(a decimal)"},
      {"SELECT boss_of(id) AS b FROM person", "(b string?)"},
      {"SELECT plus() AS a", "E0602"},
      {"SELECT plus(1, 2, 3) AS a", "E0602"},
      {"SELECT plus('x') AS a", "E0602"},
      {"SELECT plus(1, c => 2) AS a", "E0604"},
      {"SELECT plus(1, a => 2) AS a", "E0604"},
      {"SELECT plus(a => 1, 2) AS a", "E0604"},
      {"SELECT plus(DISTINCT 1) AS a", "E0606"},
      {"SELECT plus(a) AS a", "E0202"},
      {"SELECT Plus(1) AS a", "E0601"},
      {"SELECT plus(count(*)) AS a FROM person", "(a int)"},
      {"SELECT plus(rand::int(1..5)) AS a", "(a int)"},
      {"DEFINE TABLE t (a int, b int COMPUTED plus(a)); SELECT b FROM t", "(b int)"},
      {"DEFINE FUNCTION v() RETURNS float AS rand::float(); DEFINE TABLE t (a float COMPUTED v())",
       "E0609"},
  });
}

TEST(DefinitionFunction, ChangingAndRemoving) {
  check({
      {"ALTER FUNCTION plus COMMENT 'adds'", "ok"},
      {"ALTER FUNCTION nosuch COMMENT 'adds'", "E0601"},
      {"ALTER FUNCTION plus RENAME TO add", "E0101"},
      {"REMOVE FUNCTION tax", "E0211"},
      {"REMOVE FUNCTION shop::gross; REMOVE FUNCTION tax; SELECT tax(1)", "E0601"},
      {"REMOVE FUNCTION nosuch", "E0601"},
      {"REMOVE FUNCTION IF EXISTS nosuch", "ok"},
      {"REMOVE TABLE person", "E0211"},
      {"REMOVE FUNCTION boss_of; REMOVE TABLE person", "ok"},
      {"DEFINE TABLE t (a int, b int COMPUTED plus(a)); REMOVE FUNCTION plus", "E0211"},
      {"DESCRIBE FUNCTION shop::gross", "(definition any)"},
      {"DESCRIBE FUNCTION gross", "E0601"},
      {"DESCRIBE FUNCTIONS", "(name any, definition any)"},
  });
}

TEST(DefinitionFunction, FunctionsOfFunctionsAreBounded) {
  TestSession session;
  session.run("DEFINE FUNCTION f0(a: int) RETURNS int AS a + 1");
  std::string verdict = "ok";
  for (int i = 1; i < 30 && verdict == "ok"; ++i) {
    const std::string before = "f" + std::to_string(i - 1) + "(a)";
    verdict = session.verdict("DEFINE FUNCTION f" + std::to_string(i) + "(a: int) RETURNS int AS " +
                              before + " + " + before);
  }
  EXPECT_EQ(verdict, "E1102");
}

TEST(DefinitionFunction, WhatIsDescribedCanBeDefinedAgain) {
  TestSession session;
  session.run(kSchema);
  ASSERT_EQ(session.schema().functions().size(), 4u);
  TestSession again;
  again.run("DEFINE TABLE person SCHEMAFULL (name string, boss record<person>?)");
  for (const catalog::Function& each : session.schema().functions()) {
    const std::string text = definition_text(each);
    EXPECT_EQ(again.verdict(text), "ok") << text << again.explanation(text);
    const catalog::Function* made = again.schema().find_function(each.name);
    ASSERT_NE(made, nullptr) << text;
    EXPECT_EQ(definition_text(*made), text);
  }
}

}  // namespace definition_function_test
}  // namespace zerodb::sema
