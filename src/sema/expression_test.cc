#include <gtest/gtest.h>

#include "sema/test_session.h"

namespace zerodb::sema {
namespace expression_test {

const std::string kSchema = R"(
DEFINE ENUM color AS (red, green);
DEFINE TABLE firm SCHEMAFULL (name string, town string?);
DEFINE TABLE man SCHEMAFULL (
  name string, age int?, small u8, big u64, wide i128, ratio float, price decimal<10, 2>, ok bool, may bool?, tags array<string>,
  firm record<firm>, other record<firm>?, safe record<firm> REFERENCE, born datetime, span duration, key uuid, raw bytes,
  home {street: string, zip?: string}, spot {x: int}?, shade color, pair (int, string), any_thing any, bag hashset<int>,
  map hashmap<string, int>, line range<int>, mixed int | string);
DEFINE TABLE doc SCHEMALESS)";

void check(std::initializer_list<Case> cases) {
  EXPECT_EQ(failing_cases(kSchema, std::span<const Case>(cases.begin(), cases.size())), "");
}

TEST(Expression, LiteralsHaveTheirTypes) {
  check({
      {"SELECT 1 AS a, 1.5 AS b, 1dec AS c, 'x' AS d, true AS e, none AS f",
       "(a int, b float, c decimal, d string, e bool, f none)"},
      {"SELECT 255u8 AS a, -7i128 AS b, 2.5f32 AS c, 1h AS d, b'x' AS e",
       "(a u8, b i128, c f32, d duration, e bytes)"},
      {"SELECT d'2026-01-01' AS a, u'0190a6c2-7d1e-7000-8000-000000000001' AS b, re'a' AS c",
       "(a datetime, b uuid, c regex)"},
      {"SELECT -9223372036854775808 AS a", "(a int)"},
      {"SELECT 9223372036854775808 AS a", "E0316"},
      {"SELECT -9223372036854775809 AS a", "E0316"},
      {"SELECT 9223372036854775808u64 AS a", "(a u64)"},
      {"SELECT 256u8 AS a", "E0316"},
      {"SELECT re'(' AS a", "E0626"},
      {"SELECT CAST(340282366920938463463374607431768211455 AS u128) AS a", "(a u128)"},
  });
}

// What a condition says holds where it decides: behind AND where it is true, behind OR where it is
// false, in the arms of CASE behind it.
TEST(Expression, ConditionsNarrow) {
  check({
      {"SELECT spot.x AS a FROM man WHERE spot IS NOT none AND ok", "(a int)"},
      {"SELECT name FROM man WHERE spot IS none OR spot.x > 1", "(name string)"},
      {"SELECT name FROM man WHERE spot IS NOT none OR spot.x > 1", "E0304"},
      {"SELECT name FROM man WHERE spot IS none AND spot.x > 1", "E0304"},
      {"SELECT name FROM man WHERE NOT spot IS none AND spot.x > 1", "(name string)"},
      {"SELECT name FROM man WHERE NOT (spot IS none OR age IS none) AND spot.x + age > 1",
       "(name string)"},
      {"SELECT name FROM man WHERE NOT (spot IS none AND ok) AND spot.x > 1", "E0304"},
      {"SELECT CASE WHEN spot IS none THEN 0 ELSE spot.x END AS a FROM man", "(a int)"},
      {"SELECT CASE WHEN ok THEN 0 WHEN spot IS none THEN 1 ELSE spot.x END AS a FROM man",
       "(a int)"},
      {"SELECT CASE WHEN spot IS none AND ok THEN 0 ELSE spot.x END AS a FROM man", "E0304"},
      {"SELECT CASE WHEN spot IS none OR ok THEN 0 ELSE spot.x END AS a FROM man", "(a int)"},
      // An arm knows nothing of the ones before it but that they were false.
      {"SELECT CASE WHEN spot IS NOT none THEN 0 ELSE spot.x END AS a FROM man", "E0304"},
      {"SELECT name FROM man WHERE (spot IS NOT none AND ok OR spot IS NOT none AND age IS NOT "
       "none) "
       "AND spot.x > 1",
       "(name string)"},
      {"SELECT name FROM man WHERE (spot IS NOT none OR ok) AND spot.x > 1", "E0304"},
      {"SELECT CASE WHEN mixed IS int THEN 'n' ELSE mixed END AS a FROM man", "(a string)"},
      {"SELECT CASE WHEN mixed IS NOT string THEN mixed + 1 ELSE length(mixed) END AS a FROM man",
       "(a int)"},
      {"SELECT any_thing AS a FROM man WHERE any_thing IS int OR any_thing IS string", "(a any)"},
  });
}

// No test but `= none` and the denied ones lets a none pass.
TEST(Expression, TestsThatNoNonePassesNarrow) {
  check({
      {"SELECT age AS a FROM man WHERE age > 5", "(a int)"},
      {"SELECT age AS a FROM man WHERE 5 >= age", "(a int)"},
      {"SELECT age AS a FROM man WHERE age BETWEEN 1 AND 5", "(a int)"},
      {"SELECT age AS a FROM man WHERE age IN (1, 2)", "(a int)"},
      {"SELECT age AS a FROM man WHERE age IN (SELECT 1 AS b)", "(a int)"},
      {"SELECT age AS a FROM man WHERE age = 5", "(a int)"},
      {"SELECT age AS a FROM man WHERE NOT age != 5", "(a int)"},
      {"SELECT age AS a FROM man WHERE NOT age NOT IN (5)", "(a int)"},
      {"SELECT age AS a FROM man WHERE age != 5", "(a int?)"},
      {"SELECT age AS a FROM man WHERE age = none", "(a int?)"},
      {"SELECT age AS a FROM man WHERE NOT age > 5", "(a int?)"},
      {"SELECT age AS a FROM man WHERE age NOT IN (1, 2)", "(a int?)"},
      {"SELECT age AS a FROM man WHERE age > 5 OR ok", "(a int?)"},
      {"SELECT age AS a FROM man WHERE age > 5 OR age IN (1, 2)", "(a int)"},
      {"SELECT m.age AS a FROM man AS m JOIN man AS n ON true WHERE m.age = n.age", "(a int?)"},
      {"SELECT m.age AS a FROM man AS m JOIN man AS n ON true WHERE m.age < n.age", "(a int)"},
      // With a member all that it is a member of is there.
      {"SELECT spot.x AS a FROM man WHERE spot?.x = 1", "(a int)"},
      {"SELECT spot.x AS a FROM man WHERE spot?.x = none", "E0304"},
      {"SELECT CASE age WHEN 1 THEN age ELSE 2 END AS a FROM man", "(a int)"},
      {"SELECT CASE WHEN age > 1 THEN 1 ELSE age END AS a FROM man", "(a int?)"},
  });
}

TEST(Expression, ACaseOfAllThatThereIsNeedsNoElse) {
  check({
      {"SELECT CASE shade WHEN color::red THEN 1 WHEN color::green THEN 2 END AS a FROM man",
       "(a int)"},
      {"SELECT CASE shade WHEN color::red THEN 1 END AS a FROM man", "(a int?)"},
      {"SELECT CASE shade WHEN color::red THEN 1 WHEN color::red THEN 2 END AS a FROM man",
       "(a int?)"},
      {"SELECT CASE ok WHEN true THEN 1 WHEN false THEN 2 END AS a FROM man", "(a int)"},
      {"SELECT CASE ok WHEN true THEN 1 END AS a FROM man", "(a int?)"},
      {"SELECT CASE age WHEN 1 THEN 1 WHEN 2 THEN 2 END AS a FROM man", "(a int?)"},
      {"SELECT CASE age > 1 WHEN true THEN 1 WHEN false THEN 2 END AS a FROM man", "(a int)"},
  });
}

TEST(Expression, UnitsOfTimeAreCheckedEarly) {
  check({
      {"SELECT time::floor(born, 'month') AS a FROM man", "(a datetime)"},
      {"SELECT time::floor(born, 'moon') AS a FROM man", "E0623"},
      {"SELECT born.add(1, 'moon') AS a FROM man", "E0623"},
      {"SELECT time::add(born, 1, unit => name) AS a FROM man", "(a datetime)"},
  });
}

// Where a link is left out by a grouping set, what it leads to is not there either.
TEST(Expression, LinksOfGroupingSetsAreFollowed) {
  check({
      {"SELECT safe, safe.name AS n FROM man GROUP BY ROLLUP (safe)",
       "(safe record<firm>?, n string?)"},
      {"SELECT safe, safe.name AS n FROM man GROUP BY safe", "(safe record<firm>, n string)"},
  });
}

TEST(Expression, NumbersMeet) {
  check({
      {"SELECT age + 1 AS a, ratio + 1 AS b, price + 1 AS c FROM man",
       "(a int?, b float, c decimal)"},
      {"SELECT big + 1 AS a FROM man", "(a u64)"},
      {"SELECT price < 9.99 AS a, price = 0.05 AS b FROM man", "(a bool, b bool)"},
      {"SELECT price + 0.5 AS a FROM man", "(a decimal)"},
      {"SELECT price + ratio AS a FROM man", "E0308"},
      {"SELECT 'a' + 'b' AS a", "E0305"},
      {"SELECT 'a' || 'b' AS a", "(a string)"},
      {"SELECT 1 || true AS a", "E0305"},
      {"SELECT 7 / 2 AS a, 7 DIV 2 AS b, 7 % 2 AS c, 2 ** 3 AS d",
       "(a float, b int, c int, d int)"},
      {"SELECT born - born AS a, born + span AS b, span * 2 AS c FROM man",
       "(a duration, b datetime, c duration)"},
      {"SELECT - name AS a FROM man", "E0305"},
      {"SELECT 1 / 0 AS a", "(a float)"},
  });
}

TEST(Expression, ComparisonsOfDisjointTypesAreRefused) {
  check({
      {"SELECT age = 'x' AS a FROM man", "E0301"},
      {"SELECT age > 1.5 AS a FROM man", "(a bool)"},
      {"SELECT firm = 'acme' AS a FROM man", "E0301"},
      {"SELECT firm = firm:acme AS a FROM man", "(a bool)"},
      {"SELECT firm = man:acme AS a FROM man", "E0301"},
      {"SELECT shade = color::red AS a, shade < color::green AS b FROM man", "(a bool, b bool)"},
      {"SELECT shade = 'red' AS a FROM man", "E0301"},
      {"SELECT any_thing = 'x' AS a FROM man", "(a bool)"},
      {"SELECT name IN (1, 2) AS a FROM man", "E0301"},
      {"SELECT name IN (1, 'b') AS a FROM man", "(a bool)"},
      {"SELECT name = none AS a FROM man", "(a bool)"},
      {"SELECT age BETWEEN 1 AND 'x' AS a FROM man", "E0301"},
      {"SELECT age BETWEEN 1 AND 2 AS a FROM man", "(a bool)"},
  });
}

TEST(Expression, ConditionsAreBool) {
  check({
      {"SELECT name FROM man WHERE age", "E0302"},
      {"SELECT name FROM man WHERE may", "E0303"},
      {"SELECT name FROM man WHERE may ?? false", "(name string)"},
      {"SELECT name FROM man WHERE ok", "(name string)"},
      {"SELECT name FROM man WHERE any_thing", "(name string)"},
      {"SELECT ok AND age AS a FROM man", "E0305"},
      {"SELECT ok AND may AS a FROM man", "E0303"},
      {"SELECT NOT may AS a FROM man", "E0303"},
      {"SELECT ok OR NOT ok AS a FROM man", "(a bool)"},
      {"SELECT CASE WHEN age THEN 1 END AS a FROM man", "E0302"},
      {"SELECT CASE WHEN ok THEN 1 END AS a FROM man", "(a int?)"},
      {"SELECT CASE WHEN ok THEN 1 ELSE 2 END AS a FROM man", "(a int)"},
      {"SELECT CASE age WHEN 1 THEN 'x' ELSE 'y' END AS a FROM man", "(a string)"},
      {"SELECT CASE age WHEN 'one' THEN 'x' END AS a FROM man", "E0301"},
  });
}

TEST(Expression, NamesAreFoundOrRefused) {
  check({
      {"SELECT nme FROM man", "E0202"},
      {"SELECT name FROM doc", "(name any)"},
      {"SELECT m.nme FROM man AS m", "E0202"},
      {"SELECT $nope", "E0204"},
      {"SELECT color::red AS a", "(a color)"},
      {"SELECT color::pink AS a", "E0205"},
      {"SELECT shade::red AS a", "E0205"},
      {"SELECT CAST(1 AS nosuch) AS a", "E0205"},
      {"SELECT nosuch:1 AS a", "E0201"},
      {"SELECT man:1 AS a", "(a record<man>)"},
      {"SELECT nope(1) AS a", "E0601"},
      {"SELECT current_timestamp AS a", "(a datetime)"},
  });
}

TEST(Expression, MembersNeedAValue) {
  check({
      {"SELECT home.street AS a, home.zip AS b FROM man", "(a string, b string?)"},
      {"SELECT spot.x AS a FROM man", "E0304"},
      {"SELECT spot?.x AS a FROM man", "(a int?)"},
      {"SELECT home.nothing AS a FROM man", "E0202"},
      {"SELECT name.x AS a FROM man", "E0305"},
      {"SELECT any_thing.x.y AS a FROM man", "(a any)"},
      {"SELECT tags[0] AS a, tags[1..2] AS b FROM man", "(a string?, b array<string>)"},
      {"SELECT pair[0] AS a FROM man", "(a int)"},
      {"SELECT spot[0] AS a FROM man", "E0304"},
      {"SELECT spot.x AS a FROM man WHERE spot IS NOT none", "(a int)"},
      {"SELECT CASE WHEN spot IS NOT none THEN spot.x ELSE 0 END AS a FROM man", "(a int)"},
      {"SELECT mixed + 1 AS a FROM man", "E0311"},
      {"SELECT mixed + 1 AS a FROM man WHERE mixed IS int", "(a int)"},
      {"SELECT upper(mixed) AS a FROM man", "E0311"},
      {"SELECT upper(mixed) AS a FROM man WHERE mixed IS string", "(a string)"},
      {"SELECT abs(age ?? ratio) AS a FROM man", "(a any)"},
      {"SELECT abs(mixed) AS a FROM man", "E0311"},
      {"SELECT upper(mixed) AS a FROM man WHERE mixed IS duration", "E0311"},
      {"SELECT name || 'x' AS a FROM man WHERE name IS int", "(a string)"},
  });
}

TEST(Expression, LinksAreFollowed) {
  check({
      {"SELECT firm.name AS a FROM man", "(a string?)"},
      {"SELECT safe.name AS a FROM man", "(a string)"},
      {"SELECT other.name AS a FROM man", "E0304"},
      {"SELECT other?.name AS a FROM man", "(a string?)"},
      {"SELECT firm.nme AS a FROM man", "E0202"},
      {"SELECT firm.{ name, t: town } AS a FROM man", "(a {name: string?, t: string?})"},
      {"SELECT other?.{ name } AS a FROM man", "(a {name: string?}?)"},
      {"SELECT other.{ name } AS a FROM man", "E0304"},
      {"SELECT m.{ name, both: name || '!' } AS a FROM man AS m",
       "(a {name: string, both: string})"},
  });
}

TEST(Expression, CompositesFindTheirTypes) {
  check({
      {"SELECT [1, 2] AS a, [1, 'x'] AS b, [] AS c",
       "(a array<int>, b array<int | string>, c array<any>)"},
      {"SELECT [1, none] AS a", "(a array<int?>)"},
      {"SELECT (1, 'a') AS a, (1,) AS b, () AS c", "(a (int, string), b (int,), c ())"},
      {"SELECT { a: 1, b: 'x' } AS a", "(a {a: int, b: string})"},
      {"SELECT { a: 1, a: 2 } AS a", "E0412"},
      {"SELECT hashset{1, 2} AS a, hashmap{'x' => 1} AS b",
       "(a hashset<int>, b hashmap<string, int>)"},
      {"SELECT 1..5 AS a, 5 IN 1..=5 AS b", "(a range<int>, b bool)"},
      {"SELECT age ?? 0 AS a, age ?? none AS b FROM man", "(a int, b int?)"},
      {"SELECT small ?? 0 AS a FROM man", "(a u8)"},
  });
}

TEST(Expression, CallsAndMethods) {
  check({
      {"SELECT upper(name) AS a, name.upper() AS b, length(tags) AS c FROM man",
       "(a string, b string, c int)"},
      {"SELECT upper(age) AS a FROM man", "E0602"},
      {"SELECT UPPER(name) AS a FROM man", "(a string)"},
      {"SELECT coalesce(age, 1) AS a, concat(name, '!') AS b, power(2, 3) AS c, mod(7, 2) AS d "
       "FROM man",
       "(a int, b string, c int, d int)"},
      {"SELECT char_length(name) AS a, substring(name, 1, 2) AS b FROM man", "(a int, b string)"},
      {"SELECT upper(DISTINCT name) AS a FROM man", "E0606"},
      {"SELECT len(name) AS a FROM man", "E0601"},
      {"SELECT now() - 7d < now() AS a", "(a bool)"},
      {"SELECT ok(1) + 1 AS a", "E0313"},
      {"SELECT any_thing.upper() AS a FROM man", "(a any)"},
  });
}

TEST(Expression, Casts) {
  check({
      {"SELECT CAST('42' AS int) AS a, CAST(age AS string) AS b FROM man", "(a int, b string?)"},
      {"SELECT TRY_CAST('x' AS int) AS a", "(a int?)"},
      {"SELECT CAST(born AS bool) AS a FROM man", "E0309"},
      {"SELECT CAST(7 AS u8?) AS a", "(a u8?)"},
      {"SELECT age IS int AS a, name IS NOT none AS b FROM man", "(a bool, b bool)"},
      {"SELECT CAST(1 AS array<int, 0.5>) AS a", "E0101 (parser)"},
      {"SELECT CAST(1 AS decimal<50>) AS a", "E0315"},
      {"SELECT CAST(1 AS record<nosuch>) AS a", "E0201"},
      {"SELECT CAST(1 AS edge<man>) AS a", "E0503"},
  });
}

TEST(Expression, ParametersAreKnownOrInferred) {
  TestSession session;
  session.run(kSchema);
  session.parameters = {{"n", Type::int64()}, {"s", Type::string()}};
  EXPECT_EQ(session.verdict("SELECT $n + 1 AS a, $s AS b"), "(a int, b string)");
  EXPECT_EQ(session.verdict("SELECT $n = $s AS a"), "E0301");
  session.unknown_parameters = UnknownParameters::Infer;
  const auto results =
      session.run("SELECT name FROM man WHERE age > $low AND name = $who AND any_thing = $any");
  ASSERT_TRUE(results.front().ok());
  const auto& parameters = results.front().statement.parameters;
  ASSERT_EQ(parameters.size(), 3u);
  EXPECT_EQ(to_string(parameters[0].type), "int?");
  EXPECT_EQ(to_string(parameters[1].type), "string?");
  EXPECT_EQ(to_string(parameters[2].type), "any");
}

TEST(Expression, ConstantsAreFoldedUnlessTheyFail) {
  TestSession session;
  const auto folded = session.run("SELECT 1 + 2 * 3 AS a");
  const Query& query = folded.front().statement.queries.front();
  EXPECT_EQ(folded.front().statement.exprs[query.outputs[0].expr].kind, ExprKind::Literal);
  const auto failing = session.run("SELECT 1 / 0 AS a");
  ASSERT_TRUE(failing.front().ok());
  EXPECT_EQ(
      failing.front().statement.exprs[failing.front().statement.queries[0].outputs[0].expr].kind,
      ExprKind::Binary);
}

// The codes of the warnings of the last statement and what they underline.
std::string warnings_of(TestSession& session, const std::string& text) {
  const std::vector<CheckResult> results = session.run(text);
  EXPECT_TRUE(results.back().ok()) << text;
  std::string said;
  for (const zeroql::Diagnostic& each : results.back().warnings) {
    EXPECT_FALSE(each.is_error());
    said += std::string(code_name(each.code)) + " " +
            text.substr(each.span.begin, each.span.end - each.span.begin) + "\n";
  }
  return said;
}

TEST(Expression, AConstantThatFailsWarns) {
  TestSession session;
  EXPECT_EQ(warnings_of(session, "SELECT 1 / 0 AS a"), "E0902 1 / 0\n");
  EXPECT_EQ(warnings_of(session, "SELECT CASE WHEN true THEN 1 ELSE 1 DIV 0 END AS a"),
            "E0902 1 DIV 0\n");
  EXPECT_EQ(warnings_of(session, "SELECT 9223372036854775807 + 1 AS a"),
            "E0901 9223372036854775807 + 1\n");
  EXPECT_EQ(warnings_of(session, "SELECT CAST('x' AS int) AS a"), "E0903 CAST('x' AS int)\n");
  EXPECT_EQ(warnings_of(session, "SELECT TRY_CAST('x' AS int) AS a, 1 / 2 AS b"), "");
  EXPECT_EQ(warnings_of(session, "EXPLAIN SELECT 1 / 0 AS a"), "E0902 1 / 0\n");
  // Beside an error nothing is said, and a place is named once.
  EXPECT_TRUE(session.run("SELECT 1 / 0 AS a, nothing AS b").front().warnings.empty());
  EXPECT_EQ(warnings_of(session, "SELECT 1 / 0 AS a ORDER BY a"), "E0902 1 / 0\n");
}

TEST(Expression, AWholeNumberThatMayLoseDigitsWarns) {
  TestSession session;
  session.run("DEFINE TABLE n SCHEMAFULL ( i int, s i32, f float, o float? )");
  EXPECT_EQ(warnings_of(session, "SELECT i * f AS a, f - i AS b FROM n"), "E0307 i\nE0307 i\n");
  EXPECT_EQ(warnings_of(session, "SELECT s * f AS a, f * 2 AS b, i / 2 AS c, i * 1.5 AS d FROM n"),
            "");
  EXPECT_EQ(warnings_of(session, "SELECT i = f AS a, i < 1.5 AS b FROM n"), "");
  EXPECT_EQ(warnings_of(session, "SELECT CAST(i AS float) * f AS a FROM n"), "");
  EXPECT_EQ(warnings_of(session, "SELECT f + 9007199254740993 AS a FROM n"),
            "E0307 9007199254740993\n");
  EXPECT_EQ(warnings_of(session, "SELECT f + 9007199254740992 AS a FROM n"), "");
  EXPECT_EQ(warnings_of(session, "UPDATE n SET f = i WHERE s = 1"), "E0307 i\n");
  EXPECT_EQ(warnings_of(session, "UPDATE n SET f = s, o = 3 WHERE s = 1"), "");
}

TEST(Expression, HelpFitsWhatIsWrong) {
  TestSession session;
  session.run("DEFINE TABLE h SCHEMAFULL ( s string?, a array<int>? )");
  const auto help_of = [&](const std::string& text) {
    const std::vector<CheckResult> results = session.run(text);
    return results.back().ok() ? "" : results.back().diagnostics[0].help;
  };
  EXPECT_EQ(help_of("SELECT s[0] AS x FROM h"), "write `(.. ?? '')[..]`");
  EXPECT_EQ(help_of("SELECT a[0] AS x FROM h"), "write `(.. ?? [])[..]`");
  EXPECT_EQ(help_of("SELECT -1u8 AS x"), "take the suffix of a type that holds it");
  EXPECT_EQ(help_of("SELECT -9223372036854775809 AS x"),
            "add a suffix such as u64, i128, u128 or dec");
}

TEST(Expression, ANearNameIsSuggested) {
  TestSession session;
  session.run(kSchema);
  const auto field = session.run("SELECT nme FROM man");
  ASSERT_FALSE(field.front().ok());
  EXPECT_EQ(field.front().diagnostics[0].help, "did you mean `name`?");
  ASSERT_EQ(field.front().diagnostics[0].fixes.size(), 1u);
  EXPECT_EQ(field.front().diagnostics[0].fixes[0].replacement, "name");
  const auto table = session.run("SELECT name FROM mann");
  EXPECT_EQ(table.front().diagnostics[0].help, "did you mean `man`?");
  EXPECT_EQ(table.front().diagnostics.size(), 1u) << "one mistake, one diagnostic";
}

}  // namespace expression_test
}  // namespace zerodb::sema
