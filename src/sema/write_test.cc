#include <gtest/gtest.h>

#include "sema/test_session.h"

namespace zerodb::sema {
namespace write_test {

const std::string kSchema = R"(
DEFINE TABLE firm SCHEMAFULL (name string);
DEFINE TABLE man SCHEMAFULL (
  name string, age int?, small u8 DEFAULT 0, mail string? UNIQUE, tags array<string> DEFAULT [], label string COMPUTED name || '!',
  made datetime DEFAULT now() READONLY, home {street: string, zip?: string}?, firm record<firm>?, size ('S' | 'M')?);
DEFINE TABLE pair SCHEMAFULL (a int, b string DEFAULT 'x');
DEFINE TABLE doc SCHEMALESS;
DEFINE TABLE reading SCHEMAFULL (value float) KEY (sensor string, at datetime);
DEFINE EDGE likes FROM man TO man (since datetime?);
DEFINE EDGE works FROM man TO firm)";

void check(std::initializer_list<Case> cases) {
  EXPECT_EQ(failing_cases(kSchema, std::span<const Case>(cases.begin(), cases.size())), "");
}

TEST(WriteCheck, CreateAndSet) {
  check({
      {"CREATE man:1 SET name = 'x', age = 3", "ok"},
      {"CREATE man:1 SET name = 'x' RETURNING *",
       "(id record<man>, name string, age int?, small u8, mail string?, tags array<string>, label "
       "string, made datetime, "
       "home {street: string, zip?: string}?, firm record<firm>?, size ('S' | 'M')?)"},
      {"CREATE man SET nme = 'x'", "E0202"},
      {"CREATE nosuch SET a = 1", "E0201"},
      {"CREATE man SET name = 5", "E0306"},
      {"CREATE man SET name = none", "E1004"},
      {"CREATE man SET age = none", "ok"},
      {"CREATE man SET small = 300", "E0307"},
      {"CREATE man SET small = 255", "ok"},
      {"CREATE man SET label = 'x'", "E1005"},
      {"CREATE man SET made = now()", "ok"},
      {"CREATE man SET name = 'a', name = 'b'", "E0412"},
      {"CREATE man SET size = 'M'", "ok"},
      {"CREATE man SET size = 'XL'", "E0306"},
      {"CREATE man SET home.street = 'x', tags[0] = 'y'", "ok"},
      {"CREATE man SET tags[0] = 1", "E0306"},
      {"CREATE man SET firm = firm:a", "ok"},
      {"CREATE man SET firm = man:a", "E0306"},
      {"CREATE man CONTENT { name: 'x', age: 3 }", "ok"},
      {"CREATE man CONTENT { nme: 'x' }", "E0202"},
      {"CREATE man CONTENT { name: 1 }", "E0306"},
      {"CREATE man CONTENT { name: none }", "E1004"},
      {"CREATE man CONTENT { label: 'x' }", "E1005"},
      {"CREATE man CONTENT 5", "E0306"},
      {"CREATE doc SET a = 1, b.c = [1]", "ok"},
      {"CREATE reading:['a', d'2026-01-01'] SET value = 1.5", "ok"},
      {"CREATE reading:['a', 5] SET value = 1.5", "E1006"},
      {"CREATE reading SET sensor = 'a', at = d'2026-01-01', value = 1", "ok"},
      {"CREATE likes SET since = none", "E0504"},
  });
}

TEST(WriteCheck, UpdateAndUpsert) {
  check({
      {"UPDATE man SET age = 1", "E0410"},
      {"UPDATE man SET age = 1 WHERE true", "ok"},
      {"UPDATE man:1 SET age = 1", "ok"},
      {"UPDATE man:1..5 SET age = 1", "ok"},
      {"UPDATE man:1 SET made = now()", "E1005"},
      {"UPDATE man:1 SET label = 'x'", "E1005"},
      {"UPDATE man:1 SET id = man:2", "E1005"},
      {"UPDATE reading SET sensor = 'x' WHERE true", "E1005"},
      {"UPDATE likes SET src = man:1 WHERE true", "E0504"},
      {"UPDATE likes SET since = none WHERE true", "ok"},
      {"UPDATE man:1 SET age += 1, tags += ['x'], name += '!'", "ok"},
      {"UPDATE man:1 SET age += 'x'", "E0305"},
      {"UPDATE man:1 SET tags *= 2", "E0305"},
      {"UPDATE man:1 SET tags -= ['a'], tags += ['b']", "E0412"},
      {"UPDATE man:1 SET home.zip = 'x', home.street = 'y'", "ok"},
      {"UPDATE man:1 MERGE { home: { zip: '1' } }", "ok"},
      {"UPDATE man:1 CONTENT { name: 'x' }", "ok"},
      {"UPDATE man:1 UNSET age, home.zip", "ok"},
      {"UPDATE man:1 UNSET name", "E1004"},
      {"UPDATE man:1 UNSET nme", "E0202"},
      {"UPDATE man AS m SET name = f.name FROM firm AS f WHERE f.id = m.firm RETURNING m.name, "
       "OLD.age, NEW.age, f.name AS f",
       "(name string, age int?, age int?, f string)"},
      {"UPDATE man:1 SET age = 1 RETURNING nope", "E0202"},
      {"UPDATE man:1 SET age = 1 RETURNING OLD.nope", "E0202"},
      {"UPDATE man:1 SET age = 1 RETURNING count(*)", "E0401"},
      {"UPDATE man:1 SET age = 1 WHERE age", "E0302"},
      {"UPSERT man:1 SET name = 'x', age += 1 RETURNING age", "(age int?)"},
      {"UPSERT doc:'k' SET hits += 1 UNSET old RETURNING hits", "(hits any)"},
      {"UPDATE nosuch SET a = 1 WHERE true", "E0201"},
  });
}

TEST(WriteCheck, Delete) {
  check({
      {"DELETE man", "E0410"},
      {"DELETE man:1", "ok"},
      {"DELETE man:1..9", "ok"},
      {"DELETE man WHERE age > 3 RETURNING name", "(name string)"},
      {"DELETE FROM man AS m USING firm AS f WHERE f.id = m.firm RETURNING m.name, f.name",
       "(name string, name string)"},
      {"DELETE man WHERE nme = 'x'", "E0202"},
      {"DELETE nosuch WHERE true", "E0201"},
  });
}

TEST(WriteCheck, Insert) {
  check({
      {"INSERT INTO pair (a, b) VALUES (1, 'x'), (2, 'y') RETURNING a, b", "(a int, b string)"},
      {"INSERT INTO pair (id, a) VALUES (pair:1, 1)", "ok"},
      {"INSERT INTO pair VALUES (1, 'x')", "ok"},
      {"INSERT INTO pair VALUES (1)", "E0414"},
      {"INSERT INTO pair (a, b) VALUES (1)", "E0414"},
      {"INSERT INTO pair (a, a) VALUES (1, 2)", "E0412"},
      {"INSERT INTO pair (c) VALUES (1)", "E0202"},
      {"INSERT INTO pair (a) VALUES ('x')", "E0306"},
      {"INSERT INTO pair (a) VALUES (none)", "E1004"},
      {"INSERT INTO doc VALUES (1)", "E0413"},
      {"INSERT INTO doc (a) VALUES (1), ('x')", "ok"},
      {"INSERT INTO man (label) VALUES ('x')", "E1005"},
      {"INSERT INTO reading VALUES ('s', d'2026-01-01', 1.5)", "ok"},
      {"INSERT INTO pair SELECT a + 100 AS a, b FROM pair WHERE a = 1", "ok"},
      {"INSERT INTO pair SELECT a + 100 AS c FROM pair", "E0202"},
      {"INSERT INTO pair SELECT a, a FROM pair", "E0411"},
      {"INSERT INTO pair SELECT b AS a FROM pair", "E0306"},
      {"INSERT INTO pair (a) (VALUES (5) UNION SELECT a + 10 FROM pair)", "ok"},
      {"INSERT INTO doc SELECT * FROM doc", "ok"},
      {"INSERT INTO pair CONTENT [{ a: 1 }, { a: 2, b: 'x' }]", "ok"},
      {"INSERT INTO pair CONTENT [{ a: 'x' }]", "E0306"},
      {"INSERT INTO pair CONTENT 1", "E0306"},
      {"INSERT INTO pair CONTENT [{ c: 1 }]", "E0202"},
      {"INSERT INTO man (name, mail) VALUES ('x', 'm') ON CONFLICT (mail) DO UPDATE SET age = "
       "OLD.age + NEW.age WHERE NEW.age > age",
       "ok"},
      {"INSERT INTO man (name, mail) VALUES ('x', 'm') ON CONFLICT DO NOTHING", "ok"},
      {"INSERT INTO man (name, mail) VALUES ('x', 'm') ON CONFLICT (name) DO NOTHING", "E0207"},
      {"INSERT INTO man (name, mail) VALUES ('x', 'm') ON CONFLICT (nme) DO NOTHING", "E0202"},
      {"INSERT INTO man (name) VALUES ('x') ON CONFLICT (id) DO UPDATE SET made = now()", "E1005"},
      {"INSERT INTO man (name) VALUES ('x') RETURNING OLD.name, NEW.name",
       "(name string?, name string?)"},
      {"INSERT INTO likes SELECT * FROM likes", "E0504"},
  });
}

TEST(WriteCheck, Relate) {
  check({
      {"RELATE man:1 -> likes -> man:2 SET since = now() RETURNING src, dst",
       "(src record<man>, dst record<man>)"},
      {"RELATE man:1 -> works -> firm:1", "ok"},
      {"RELATE man:1 -> works -> man:1", "E0501"},
      {"RELATE firm:1 -> works -> firm:1", "E0501"},
      {"RELATE man:1 -> firm -> man:1", "E0503"},
      {"RELATE man:1 -> nosuch -> man:1", "E0201"},
      {"RELATE man:1 -> likes -> man:2 SET src = man:3", "E0504"},
      {"RELATE man:1 -> likes -> man:2 SET nope = 1", "E0202"},
      {"RELATE m.id -> works -> m.firm FROM man AS m WHERE m.firm IS NOT none", "ok"},
      {"RELATE m.name -> works -> m.firm FROM man AS m", "E0306"},
      {"RELATE m -> likes -> man:1 FROM man AS m", "ok"},
      {"RELATE (SELECT id FROM man LIMIT 1) -> likes -> man:1", "ok"},
  });
}

TEST(WriteCheck, RulesOfTheTableAreBound) {
  TestSession session;
  session.run(
      "DEFINE TYPE mail AS string ASSERT $value ~ re'@'; DEFINE TABLE t (a int ASSERT $value > 0, "
      "b int DEFAULT 7, c int COMPUTED a + b, "
      "m mail?, small ASSERT (a < 100))");
  const auto results = session.run("CREATE t SET a = 1");
  ASSERT_TRUE(results.front().ok());
  const auto& put = std::get<PutStatement>(results.front().statement.body);
  ASSERT_EQ(put.rules.defaults.size(), 1u);
  EXPECT_EQ(put.rules.defaults[0].field, 1u);
  ASSERT_EQ(put.rules.computed.size(), 1u);
  EXPECT_EQ(put.rules.computed[0].field, 2u);
  ASSERT_EQ(put.rules.rules.size(), 3u);
  EXPECT_EQ(put.rules.rules[0].field, 0u);
  EXPECT_TRUE(put.rules.rules[1].on_type);
  EXPECT_EQ(put.rules.rules[2].name, "small");
  EXPECT_FALSE(put.rules.rules[2].field.has_value());
}

}  // namespace write_test
}  // namespace zerodb::sema
