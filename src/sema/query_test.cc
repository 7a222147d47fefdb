#include <gtest/gtest.h>

#include "sema/test_session.h"

namespace zerodb::sema {
namespace query_test {

const std::string kSchema = R"(
DEFINE TABLE city SCHEMAFULL (name string, land string);
DEFINE TABLE man SCHEMAFULL (name string, age int?, city record<city>?, tags array<string> DEFAULT [], boss record<man>?);
DEFINE TABLE car SCHEMAFULL (hp int);
DEFINE TABLE doc SCHEMALESS;
DEFINE TABLE log SCHEMALESS;
DEFINE TABLE reading SCHEMAFULL (value float) KEY (sensor string, at datetime);
DEFINE EDGE likes FROM man TO man (since datetime?);
DEFINE EDGE owns FROM man TO car;
DEFINE INDEX by_name ON man (name))";

void check(std::initializer_list<Case> cases) {
  EXPECT_EQ(failing_cases(kSchema, std::span<const Case>(cases.begin(), cases.size())), "");
}

TEST(QueryCheck, StarsAndNames) {
  check({
      {"SELECT * FROM city", "(id record<city>, name string, land string)"},
      {"FROM city", "(id record<city>, name string, land string)"},
      {"SELECT * FROM reading", "(id record<reading>, sensor string, at datetime, value float)"},
      {"SELECT * FROM doc", "(doc object)"},
      {"SELECT * FROM doc AS d", "(d object)"},
      {"SELECT * FROM owns", "(id record<owns>, src record<man>, dst record<car>)"},
      {"SELECT c.*, 1 AS one FROM city AS c",
       "(id record<city>, name string, land string, one int)"},
      {"SELECT x.* FROM city AS c", "E0202"},
      {"SELECT *", "E0202"},
      {"SELECT * OMIT (land) REPLACE (upper(name) AS name) FROM city",
       "(id record<city>, name string)"},
      {"SELECT * OMIT (nope) FROM city", "E0202"},
      {"SELECT d.a.b, d.c[0], upper('x'), 1 + 1, 'x'.upper() FROM doc AS d",
       "(b any, c any, upper string, column4 int, upper string)"},
      {"SELECT d FROM doc AS d", "(d object)"},
      {"SELECT AS VALUE name FROM city", "(name string)"},
  });
}

TEST(QueryCheck, Sources) {
  check({
      {"SELECT name FROM persn", "E0201"},
      {"SELECT name FROM man:1", "(name string)"},
      {"SELECT name FROM man:1..=5", "(name string)"},
      {"SELECT value FROM reading:['s', d'2026-01-01']", "(value float)"},
      {"SELECT value FROM reading:['s', 5]", "E1006"},
      {"SELECT value FROM reading:'s'", "E1006"},
      {"SELECT value FROM reading:['s', d'2026-01-01']..['s', d'2026-02-01']", "(value float)"},
      {"SELECT name FROM man WITH INDEX (by_name)", "(name string)"},
      {"SELECT name FROM man WITH INDEX (by_nme)", "E0207"},
      {"SELECT name FROM man WITH NO INDEX", "(name string)"},
      {"SELECT v.b FROM (VALUES (1, 'a')) AS v (a, b)", "(b string)"},
      {"SELECT v.b FROM (VALUES (1, 'a')) AS v (a)", "E0414"},
      {"SELECT x, i FROM unnest([3, 1]) AS t (x) AT i", "(x int, i int)"},
      {"SELECT x FROM unnest('a') AS x", "E0602"},
      {"SELECT x FROM upper('a') AS x", "E0605"},
      {"SELECT x FROM series(1..5, 1) AS x", "(x int)"},
      {"SELECT t FROM man AS m CROSS JOIN unnest(m.tags) AS t", "(t string)"},
      {"LET $rows = [{a: 1}, {a: 2}]; SELECT r.a FROM $rows AS r", "(a int)"},
      {"LET $n = 1; SELECT r FROM $n AS r", "E0306"},
      {"VALUES (1, 'a'), (2, none)", "(column1 int, column2 string?)"},
      {"VALUES (1, 2), (3)", "E0414"},
  });
}

TEST(QueryCheck, Joins) {
  check({
      {"SELECT m.name, c.name AS town FROM man AS m JOIN city AS c ON c.id = m.city",
       "(name string, town string)"},
      {"SELECT m.name, c.name AS town FROM man AS m LEFT JOIN city AS c ON c.id = m.city",
       "(name string, town string?)"},
      {"SELECT m.name, c.name AS town FROM man AS m RIGHT JOIN city AS c ON c.id = m.city",
       "(name string?, town string)"},
      {"SELECT m.name, c.name AS town FROM man AS m FULL JOIN city AS c ON c.id = m.city",
       "(name string?, town string?)"},
      {"SELECT name FROM man JOIN city ON city.id = man.city", "E0203"},
      {"SELECT land FROM man JOIN city ON city.id = man.city", "(land string)"},
      {"SELECT m.name FROM man AS m JOIN city AS m ON true", "E0209"},
      {"SELECT m.name FROM man AS m JOIN city AS c ON c.id = m.nope", "E0202"},
      {"SELECT m.name FROM man AS m JOIN city AS c ON m.age", "E0302"},
      {"SELECT m.name FROM man AS m JOIN (SELECT c.name FROM city AS c WHERE c.id = m.city) AS d "
       "ON true",
       "E0409"},
      {"SELECT m.name, d.name AS n FROM man AS m JOIN LATERAL (SELECT c.name FROM city AS c WHERE "
       "c.id = m.city) AS d ON true",
       "(name string, n string)"},
      {"SELECT k, x, y FROM (VALUES (1, 'a')) AS l (k, x) JOIN (VALUES (2, 'c')) AS r (k, y) USING "
       "(k)",
       "(k int, x string, y string)"},
      {"SELECT * FROM (VALUES (1, 'a')) AS l (k, x) FULL JOIN (VALUES (2, 'c')) AS r (k, y) USING "
       "(k)",
       "(k int?, x string?, y string?)"},
      {"SELECT k FROM (VALUES (1)) AS l (k) JOIN (VALUES (2)) AS r (j) USING (k)", "E0202"},
  });
}

TEST(QueryCheck, Grouping) {
  check({
      {"SELECT city, count(*) AS n, avg(age) AS m FROM man GROUP BY city",
       "(city record<city>?, n int, m float?)"},
      {"SELECT name, count(*) FROM man GROUP BY city", "E0402"},
      {"SELECT name, count(*) FROM man", "E0402"},
      {"SELECT age DIV 10 AS band, count(*) AS n FROM man GROUP BY age DIV 10",
       "(band int?, n int)"},
      {"SELECT age DIV 10 AS band, count(*) AS n FROM man GROUP BY band", "(band int?, n int)"},
      {"SELECT age DIV 10 + 1 AS band FROM man GROUP BY age DIV 10", "(band int?)"},
      {"SELECT age FROM man GROUP BY age DIV 10", "E0402"},
      {"SELECT city, count(*) AS n FROM man GROUP BY ALL", "(city record<city>?, n int)"},
      {"SELECT city FROM man GROUP BY 1", "E0404"},
      {"SELECT city FROM man GROUP BY sum(age)", "E0401"},
      {"SELECT name FROM man WHERE count(*) > 1", "E0401"},
      {"SELECT sum(count(*)) FROM man", "E0401"},
      {"SELECT city FROM man GROUP BY city HAVING count(*) > 1", "(city record<city>?)"},
      {"SELECT city FROM man GROUP BY city HAVING age > 1", "E0402"},
      {"SELECT city FROM man GROUP BY city HAVING count(*)", "E0302"},
      {"SELECT city, sum(age) AS s FROM man GROUP BY city ORDER BY s DESC, count(*)",
       "(city record<city>?, s int)"},
      {"SELECT city FROM man GROUP BY city ORDER BY name", "E0402"},
      {"SELECT count(DISTINCT city) AS n, count(*) FILTER (WHERE age > 1) AS m FROM man",
       "(n int, m int)"},
      {"SELECT sum(*) FROM man", "E0602"},
      {"SELECT sum(name) FROM man", "E0602"},
      {"SELECT name, count(*) AS n FROM man GROUP BY ROLLUP (name)", "(name string?, n int)"},
      {"SELECT name || 'x' AS t FROM man GROUP BY CUBE (name)", "(t string?)"},
      {"SELECT name FROM man GROUP BY name, ROLLUP (age)", "(name string)"},
      {"SELECT name FROM man GROUP BY GROUPING SETS ((name, age), name)", "(name string)"},
      {"SELECT name FROM man GROUP BY ROLLUP (age)", "E0402"},
      {"SELECT city, (SELECT count(*) FROM car AS c WHERE c.hp > 1) AS n FROM man GROUP BY city",
       "(city record<city>?, n int)"},
      {"SELECT m.city, (SELECT c.name FROM city AS c WHERE c.id = m.city) AS n FROM man AS m GROUP "
       "BY m.city",
       "(city record<city>?, n string?)"},
      {"SELECT (SELECT c.name FROM city AS c WHERE c.id = m.city) AS n FROM man AS m GROUP BY "
       "m.name",
       "E0402"},
  });
}

TEST(QueryCheck, Windows) {
  check({
      {"SELECT sum(age) OVER () AS s, avg(age) OVER () AS a FROM man", "(s int, a float?)"},
      {"SELECT row_number() OVER (ORDER BY age) AS n FROM man", "(n int)"},
      {"SELECT lag(name) OVER (ORDER BY age) AS n FROM man", "(n string?)"},
      {"SELECT name FROM man QUALIFY rank() OVER (ORDER BY age) = 1", "(name string)"},
      {"SELECT name, rank() OVER w AS r FROM man WINDOW w AS (ORDER BY age) QUALIFY r = 1",
       "(name string, r int)"},
      {"SELECT name FROM man QUALIFY rank() OVER (ORDER BY age)", "E0302"},
      {"SELECT name FROM man WHERE rank() OVER (ORDER BY age) = 1", "E0403"},
      {"SELECT rank() OVER () FROM man", "E0606"},
      {"SELECT rank() OVER w FROM man", "E0207"},
      {"SELECT sum(age) OVER (ORDER BY name RANGE 1 PRECEDING) FROM man", "E0415"},
      {"SELECT sum(age) OVER (ORDER BY age RANGE 1 PRECEDING) AS s FROM man", "(s int)"},
      {"SELECT sum(count(*)) OVER () AS n FROM man GROUP BY city", "(n int)"},
      {"SELECT sum(age) OVER () AS n FROM man GROUP BY city", "E0402"},
  });
}

TEST(QueryCheck, RecursiveTables) {
  check({
      {"WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i "
       "FROM n",
       "(i int)"},
      {"WITH RECURSIVE n (i) AS (VALUES (1) UNION SELECT none FROM n) SELECT i FROM n", "(i int?)"},
      {"WITH RECURSIVE n AS (SELECT 1 AS i) SELECT i FROM n", "(i int)"},
      {"WITH RECURSIVE n AS (SELECT i FROM n) SELECT i FROM n", "E0408"},
      {"WITH unused AS (SELECT nothing FROM man) SELECT 1 AS x", "E0202"},
  });
}

TEST(QueryCheck, OrderAndLimit) {
  check({
      {"SELECT name FROM man ORDER BY age DESC NULLS LAST LIMIT 10 OFFSET 2", "(name string)"},
      {"SELECT 0 - age AS age FROM man ORDER BY age", "(age int?)"},
      {"SELECT name AS n FROM man WHERE n = 'x'", "E0202"},
      {"SELECT name FROM man ORDER BY 1", "E0404"},
      {"SELECT name FROM man LIMIT -1", "E0905"},
      {"SELECT name FROM man LIMIT 'x'", "E0306"},
      {"SELECT name FROM man LIMIT age", "E0202"},
      {"SELECT DISTINCT name FROM man ORDER BY name", "(name string)"},
      {"SELECT DISTINCT name FROM man ORDER BY age", "E0402"},
      {"SELECT upper(name) FROM man ORDER BY upper", "(upper string)"},
      {"VALUES (1), (2) ORDER BY column1", "(column1 int)"},
      {"VALUES (1), (2) ORDER BY column2", "E0202"},
      {"SELECT name FROM man LIMIT 5 APPROX", "E0419"},
  });
}

TEST(QueryCheck, SetOperationsAndCommonTables) {
  check({
      {"SELECT 1 AS a UNION SELECT 2", "(a int)"},
      {"SELECT 1 AS a UNION SELECT 'x'", "E0310"},
      {"SELECT 1 AS a UNION SELECT 1, 2", "E0310"},
      {"SELECT 1 AS a UNION ALL SELECT none", "(a int?)"},
      {"SELECT 1 AS a, 'x' AS b UNION ALL BY NAME SELECT 'y' AS b, 2 AS a ORDER BY a",
       "(a int, b string)"},
      {"SELECT 1 AS a UNION ALL BY NAME SELECT 2 AS b", "E0310"},
      {"(SELECT name FROM man ORDER BY age LIMIT 1) UNION ALL (SELECT land FROM city)",
       "(name string)"},
      {"VALUES (1) EXCEPT VALUES (2) INTERSECT VALUES (3)", "(column1 int)"},
      {"WITH a (x) AS (VALUES (1)), b AS (SELECT x * 2 AS y FROM a) SELECT x, y FROM a CROSS JOIN "
       "b",
       "(x int, y int)"},
      {"WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a", "E0209"},
      {"WITH a (x, y) AS (SELECT 1) SELECT x FROM a", "E0414"},
      {"WITH a AS (SELECT name FROM man) SELECT nme FROM a", "E0202"},
      {"WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
       "(i int)"},
  });
}

TEST(QueryCheck, Subqueries) {
  check({
      {"SELECT (SELECT max(age) FROM man) AS a", "(a int?)"},
      {"SELECT (SELECT count(*) FROM man) AS a", "(a int)"},
      {"SELECT (SELECT name FROM city) AS a", "(a string?)"},
      {"SELECT (SELECT name, land FROM city) AS a", "E0405"},
      {"SELECT ARRAY(SELECT AS VALUE name FROM city) AS a", "(a array<string>)"},
      {"SELECT ARRAY(SELECT name FROM city) AS a", "(a array<{name: string}>)"},
      {"SELECT ARRAY(SELECT name, name FROM city) AS a", "E0411"},
      {"SELECT name FROM man WHERE city IN (SELECT id FROM city)", "(name string)"},
      {"SELECT name FROM man WHERE city IN (SELECT name FROM city)", "E0301"},
      {"SELECT name FROM man WHERE city IN (SELECT id, name FROM city)", "E0405"},
      {"SELECT m.name FROM man AS m WHERE EXISTS(SELECT x.id FROM man AS x WHERE x.boss = m.id)",
       "(name string)"},
      {"SELECT m.name FROM man AS m WHERE EXISTS(SELECT x.id FROM man AS x WHERE x.boss = q.id)",
       "E0202"},
  });
}

TEST(QueryCheck, Patterns) {
  check({
      {"SELECT q.name FROM MATCH man:1 -> likes -> man AS q", "(name string)"},
      {"SELECT p.name, l.since FROM MATCH (man AS p WHERE p.age > 4) -> [likes AS l] -> man",
       "(name string, since datetime?)"},
      {"SELECT c.hp FROM MATCH man -> owns -> () AS c", "E0101 (parser)"},
      {"SELECT c.hp FROM MATCH man -> owns -> (AS c)", "(hp int)"},
      {"SELECT q.id FROM MATCH man AS p -> likes -> man AS q, q -> owns -> car",
       "(id record<man>)"},
      {"SELECT q.id FROM MATCH man:1 -> likes{2} -> man AS q", "(id record<man>)"},
      {"SELECT q.id FROM MATCH man:1 -> likes{1,2} -> man AS q", "(id record<man>)"},
      {"SELECT q.id FROM MATCH WALK man:1 -> likes+ -> man AS q", "E0502"},
      {"SELECT q.id FROM MATCH WALK man:1 -> likes{2} -> man AS q", "(id record<man>)"},
      {"SELECT q.id FROM MATCH car:1 -> likes -> man AS q", "E0501"},
      {"SELECT q.id FROM MATCH car:1 <- owns <- man AS q", "(id record<man>)"},
      {"SELECT q.id FROM MATCH car:1 -> owns -> man AS q", "E0501"},
      {"SELECT q.id FROM MATCH man -> car -> man AS q", "E0503"},
      {"SELECT q.id FROM MATCH man -> nolikes -> man AS q", "E0201"},
      {"SELECT car FROM MATCH man AS car -> owns -> car", "E0209"},
      {"SELECT p.name FROM man AS p WHERE EXISTS(MATCH p -> owns -> (car AS c WHERE c.hp > 3))",
       "(name string)"},
      {"SELECT q.id FROM MATCH SHORTEST man:1 -> likes -> man AS q", "(id record<man>)"},
      {"SELECT x.id FROM MATCH man:1 <-> [likes | owns] <-> (man | car AS x)",
       "(id record<man | car>)"},
  });
}

TEST(QueryCheck, ATrailNeverTakesAnEdgeTwice) {
  TestSession session;
  session.run(kSchema);
  const auto trail =
      session.run("SELECT q.id FROM MATCH man:1 -> likes -> man -> likes -> man AS q");
  ASSERT_TRUE(trail.front().ok());
  EXPECT_NE(trail.front().statement.queries[0].where, kNoExpr);
  const auto walk =
      session.run("SELECT q.id FROM MATCH WALK man:1 -> likes -> man -> likes -> man AS q");
  ASSERT_TRUE(walk.front().ok());
  EXPECT_EQ(walk.front().statement.queries[0].where, kNoExpr);
}

TEST(QueryCheck, SharedOperandsAreNotWalkedAgainAndAgain) {
  TestSession session;
  session.run(kSchema);
  std::string nested = "age > 1";
  for (int i = 0; i < 60; ++i) nested = "(" + nested + ") BETWEEN false AND true";
  const std::string text = "SELECT " + nested + " AS a, count(*) AS n FROM man GROUP BY age";
  EXPECT_EQ(session.verdict(text), "(a bool, n int)");
}

TEST(QueryCheck, Cardinality) {
  TestSession session;
  session.run(kSchema);
  const auto cardinality = [&](const std::string& text) {
    const auto results = session.run(text);
    EXPECT_TRUE(results.front().ok()) << text;
    const Statement& statement = results.front().statement;
    return statement.query(std::get<QueryStatement>(statement.body).query).cardinality;
  };
  EXPECT_EQ(cardinality("SELECT 1"), Cardinality::One);
  EXPECT_EQ(cardinality("SELECT count(*) FROM man"), Cardinality::One);
  EXPECT_EQ(cardinality("SELECT name FROM man:1"), Cardinality::AtMostOne);
  EXPECT_EQ(cardinality("SELECT name FROM man"), Cardinality::Many);
  EXPECT_EQ(cardinality("SELECT name FROM man LIMIT 1"), Cardinality::AtMostOne);
  EXPECT_EQ(cardinality("SELECT name FROM man LIMIT 0"), Cardinality::Empty);
  EXPECT_EQ(cardinality("VALUES (1), (2)"), Cardinality::AtLeastOne);
  EXPECT_EQ(cardinality("SELECT count(*) FROM man HAVING count(*) > 1"), Cardinality::AtMostOne);
  EXPECT_EQ(cardinality("VALUES (1)"), Cardinality::One);
  EXPECT_EQ(cardinality("VALUES (1) LIMIT 3"), Cardinality::One);
  EXPECT_EQ(cardinality("VALUES (1) OFFSET 1"), Cardinality::Empty);
  EXPECT_EQ(cardinality("VALUES (1), (2) LIMIT 1"), Cardinality::One);
  EXPECT_EQ(cardinality("SELECT 1 UNION ALL SELECT 2"), Cardinality::AtLeastOne);
  EXPECT_EQ(cardinality("SELECT 1 EXCEPT SELECT 2"), Cardinality::AtMostOne);
  EXPECT_EQ(cardinality("SELECT id FROM man INTERSECT SELECT id FROM man:1"),
            Cardinality::AtMostOne);
  EXPECT_EQ(cardinality("SELECT age FROM man GROUP BY age"), Cardinality::Many);
  EXPECT_EQ(cardinality("SELECT 1 AS x WHERE false"), Cardinality::Empty);
  EXPECT_EQ(cardinality("SELECT 1 AS x WHERE true"), Cardinality::One);
  EXPECT_EQ(cardinality("SELECT x.n FROM (SELECT count(*) AS n FROM man) AS x"), Cardinality::One);
}

TEST(QueryCheck, CardinalityByKeys) {
  TestSession session;
  session.run(kSchema + R"(;
DEFINE TABLE mail SCHEMAFULL (address string UNIQUE, nick string? UNIQUE, a int, b int, UNIQUE (a, b));
LET $s: string = 'x'; LET $o: string? = 'x')");
  const auto cardinality = [&](const std::string& text) {
    const auto results = session.run(text);
    EXPECT_TRUE(results.front().ok()) << text;
    const Statement& statement = results.front().statement;
    return statement.query(std::get<QueryStatement>(statement.body).query).cardinality;
  };
  EXPECT_EQ(cardinality("SELECT a FROM mail WHERE id = mail:1"), Cardinality::AtMostOne);
  EXPECT_EQ(cardinality("SELECT a FROM mail WHERE a > 3 AND address = $s"), Cardinality::AtMostOne);
  EXPECT_EQ(cardinality("SELECT a FROM mail WHERE address = $s OR a = 3"), Cardinality::Many);
  EXPECT_EQ(cardinality("SELECT a FROM mail WHERE address > $s"), Cardinality::Many);
  // Any number of records has no nick.
  EXPECT_EQ(cardinality("SELECT a FROM mail WHERE nick = $s"), Cardinality::AtMostOne);
  EXPECT_EQ(cardinality("SELECT a FROM mail WHERE nick = $o"), Cardinality::Many);
  EXPECT_EQ(cardinality("SELECT a FROM mail WHERE a = 1"), Cardinality::Many);
  EXPECT_EQ(cardinality("SELECT a FROM mail WHERE a = 1 AND b = 2"), Cardinality::AtMostOne);
  EXPECT_EQ(cardinality("SELECT value FROM reading WHERE sensor = 's'"), Cardinality::Many);
  EXPECT_EQ(cardinality("SELECT value FROM reading WHERE sensor = 's' AND at = d'2026-01-01'"),
            Cardinality::AtMostOne);
  EXPECT_EQ(cardinality("SELECT c.id FROM man:1 AS m JOIN city AS c ON c.id = m.city"),
            Cardinality::AtMostOne);
  EXPECT_EQ(cardinality("SELECT c.id FROM man AS m JOIN city AS c ON c.id = m.city"),
            Cardinality::Many);
  EXPECT_EQ(cardinality("SELECT 1 AS x FROM mail AS m JOIN mail AS n ON n.address = m.address "
                        "WHERE m.a = n.a AND m.b = n.b"),
            Cardinality::Many);
  EXPECT_EQ(cardinality("SELECT v.x FROM (VALUES (1)) AS v (x) LEFT JOIN mail AS m "
                        "ON m.address = 'a'"),
            Cardinality::One);
}

TEST(QueryCheck, APositionIsNamed) {
  TestSession session;
  session.run(kSchema);
  for (const std::string clause : {"ORDER BY ", "GROUP BY "}) {
    const auto known = session.run("SELECT city AS c, name FROM man " + clause + "1");
    ASSERT_FALSE(known.front().ok());
    const zeroql::Diagnostic& diagnostic = known.front().diagnostics[0];
    EXPECT_EQ(diagnostic.help, "that is `c`");
    ASSERT_EQ(diagnostic.fixes.size(), 1u);
    EXPECT_EQ(diagnostic.fixes[0].replacement, "c");
    for (const std::string position : {"0", "3", "99999", "1_0", "1u8"}) {
      const auto unknown = session.run("SELECT city AS c, name FROM man " + clause + position);
      ASSERT_FALSE(unknown.front().ok()) << clause << position;
      EXPECT_TRUE(unknown.front().diagnostics[0].fixes.empty());
    }
  }
}

}  // namespace query_test
}  // namespace zerodb::sema
