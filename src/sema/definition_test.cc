#include <gtest/gtest.h>
#include "sema/definition_text.h"

#include "sema/test_session.h"

namespace zerodb::sema {
namespace definition_test {

const std::string kSchema = R"(
DEFINE ENUM color AS (red, green);
DEFINE TYPE mail AS string ASSERT $value ~ re'@';
DEFINE TABLE firm SCHEMAFULL (name string);
DEFINE TABLE man SCHEMAFULL (name string UNIQUE, age int?, firm record<firm>? REFERENCE ON DELETE UNSET, shade color?, mail mail?,
  adult ASSERT (age IS none OR age >= 18), UNIQUE (name, age));
DEFINE TABLE doc SCHEMALESS;
DEFINE EDGE likes FROM man TO man;
DEFINE INDEX by_age ON man (age DESC);
DEFINE PARAM $limit TYPE int VALUE 5)";

void check(std::initializer_list<Case> cases) {
  EXPECT_EQ(failing_cases(kSchema, std::span<const Case>(cases.begin(), cases.size())), "");
}

TEST(Definition, Tables) {
  check({
      {"DEFINE TABLE t (a int, b string?)", "ok"},
      {"DEFINE TABLE man SCHEMALESS", "E0208"},
      {"DEFINE TABLE IF NOT EXISTS man SCHEMALESS", "ok"},
      {"DEFINE TABLE t (a int, a string)", "E0412"},
      {"DEFINE TABLE t (id int)", "E0412"},
      {"DEFINE TABLE t (a nosuch)", "E0205"},
      {"DEFINE TABLE t (a record<nosuch>)", "E0201"},
      {"DEFINE TABLE t (a record<t>?)", "ok"},
      {"DEFINE TABLE t (a int DEFAULT 'x')", "E0306"},
      {"DEFINE TABLE t (a int DEFAULT b)", "E0202"},
      {"DEFINE TABLE t (a int ASSERT $value)", "E0302"},
      {"DEFINE TABLE t (a int ASSERT $value > 0, b int COMPUTED a + 1)", "ok"},
      {"DEFINE TABLE t (a int, big ASSERT (a > 0), big ASSERT (a > 1))", "E0209"},
      {"DEFINE TABLE t (a int, ASSERT (b > 0))", "E0202"},
      {"DEFINE TABLE t (a int, UNIQUE (b))", "E0202"},
      {"DEFINE TABLE t (a int REFERENCE)", "E0314"},
      {"DEFINE TABLE t (a record<firm> REFERENCE ON DELETE UNSET)", "E1004"},
      {"DEFINE TABLE t (a stream<int>)", "E0314"},
      {"DEFINE TABLE t (a object UNIQUE)", "E0314"},
      {"DEFINE TABLE t (a string UNIQUE)", "ok"},
      {"DEFINE TABLE t (a int DEFAULT 1 DEFAULT 2)", "E0412"},
      {"DEFINE TABLE t (a int DEFAULT 1 COMPUTED 2)", "E0412"},
      {"DEFINE TABLE t (a uuid COMPUTED uuid::v4())", "E0609"},
      {"DEFINE TABLE t (a uuid DEFAULT uuid::v4())", "ok"},
      {"DEFINE TABLE t (v float) KEY (a string, at datetime)", "ok"},
      {"DEFINE TABLE t (v float) KEY (v string)", "E0412"},
      {"DEFINE TABLE t (v float) KEY (a object)", "E0314"},
      {"DEFINE TABLE t SCHEMALESS WITH (consistency = 'strong')", "E0210"},
      {"DEFINE TABLE t SCHEMALESS WITH (ttl = 90d)", "ok"},
      {"DEFINE TABLE t (a array<mail>)", "ok"},
      {"DEFINE TABLE int SCHEMALESS", "ok"},
      {"DEFINE TABLE t SCHEMALESS KEY (a int) PARTITION BY hash(a) PARTITIONS 4", "ok"},
  });
}

TEST(Definition, EdgesAndIndexes) {
  check({
      {"DEFINE EDGE e FROM man TO firm (since datetime?) WITH (unique = true)", "ok"},
      {"DEFINE EDGE e FROM nosuch TO firm", "E0201"},
      {"DEFINE EDGE e FROM man TO firm (src int)", "E0412"},
      {"DEFINE EDGE e FROM man TO firm WITH (unique = 1)", "E0317"},
      {"DEFINE EDGE likes FROM man TO firm", "E0208"},
      {"DEFINE INDEX i ON man (name, age DESC) UNIQUE", "ok"},
      {"DEFINE INDEX i ON man (nme)", "E0202"},
      {"DEFINE INDEX i ON nosuch (a)", "E0201"},
      {"DEFINE INDEX by_age ON man (age)", "E0208"},
      {"DEFINE INDEX IF NOT EXISTS by_age ON man (age)", "ok"},
      {"DEFINE OR REPLACE INDEX by_age ON man (name)", "ok"},
      {"DEFINE INDEX i ON doc (tags[*], a.b)", "ok"},
      {"DEFINE INDEX i ON doc ((lower(name)))", "ok"},
      {"DEFINE INDEX i ON doc (a) WHERE a > 1", "ok"},
      {"DEFINE INDEX i ON doc (a) USING hnsw", "ok"},
      {"DEFINE FIELD extra ON man TYPE int DEFAULT 0", "ok"},
      {"DEFINE FIELD age ON man TYPE int", "E0208"},
      {"DEFINE FIELD a.b ON doc TYPE int", "ok"},
  });
}

TEST(Definition, TypesParametersAndDatabases) {
  check({
      {"DEFINE ENUM size AS (s, m, l)", "ok"},
      {"DEFINE ENUM color AS (a)", "E0208"},
      {"DEFINE ENUM size AS (s, s)", "E0209"},
      {"DEFINE ENUM int AS (a)", "E0608"},
      {"DEFINE TYPE mail AS string", "E0208"},
      {"DEFINE TYPE tree AS { left: tree?, right: tree? }", "E0315"},
      {"DEFINE TYPE tree AS { left: three? }", "E0205"},
      {"DEFINE TYPE spot AS { x: float, y?: float }", "ok"},
      {"DEFINE TYPE age AS int ASSERT $value >= 0", "ok"},
      {"DEFINE TYPE age AS int ASSERT $value ~ re'x'", "E0305"},
      {"DEFINE PARAM $top VALUE 10", "ok"},
      {"DEFINE PARAM $limit VALUE 10", "E0208"},
      {"DEFINE PARAM $bad TYPE int VALUE 'x'", "E0306"},
      {"SELECT $limit AS l", "(l int)"},
      {"DEFINE NAMESPACE other", "ok"},
      {"DEFINE NAMESPACE main", "E0208"},
      {"DEFINE NAMESPACE other WITH (consistency = 'odd')", "E0317"},
      {"DEFINE NAMESPACE other WITH (consistencies = 'strong')", "E0210"},
      {"DEFINE NAMESPACE other; DEFINE DATABASE other.app; USE other.app", "ok"},
      {"DEFINE DATABASE nowhere.app", "E0206"},
      {"DEFINE SEQUENCE s", "ok"},
      {"DEFINE USER u WITH (password = 'x')", "ok"},
      {"DEFINE VIEW v AS SELECT name FROM man", "ok"},
  });
}

TEST(Definition, Removing) {
  check({
      {"REMOVE TABLE doc; SELECT a FROM doc", "E0201"},
      {"REMOVE TABLE nosuch", "E0201"},
      {"REMOVE TABLE IF EXISTS nosuch", "ok"},
      {"REMOVE TABLE firm", "E0211"},
      {"REMOVE TABLE man", "E0211"},
      {"REMOVE EDGE likes; REMOVE TABLE man", "ok"},
      {"REMOVE EDGE man", "E0503"},
      {"REMOVE INDEX by_age ON man", "ok"},
      {"REMOVE INDEX nosuch ON man", "E0207"},
      {"REMOVE INDEX IF EXISTS nosuch ON man", "ok"},
      {"REMOVE INDEX unique_name ON man", "E0211"},
      {"REMOVE ENUM color", "E0211"},
      {"REMOVE TYPE mail", "E0211"},
      {"REMOVE PARAM $limit; SELECT $limit", "E0204"},
      {"REMOVE PARAM $nosuch", "E0204"},
      {"REMOVE NAMESPACE main", "E0211"},
  });
}

TEST(Definition, Altering) {
  check({
      {"ALTER TABLE man ADD FIELD nick string?; SELECT nick FROM man", "(nick string?)"},
      {"ALTER TABLE man ADD FIELD age int", "E0208"},
      {"ALTER TABLE man ADD FIELD n int DEFAULT 'x'", "E0306"},
      {"ALTER TABLE man DROP FIELD age", "E0211"},
      {"ALTER TABLE man DROP CONSTRAINT adult; ALTER TABLE man DROP CONSTRAINT unique_name_age; "
       "REMOVE INDEX by_age ON man; "
       "ALTER TABLE man DROP FIELD age; SELECT age FROM man",
       "E0202"},
      {"ALTER TABLE man DROP CONSTRAINT nosuch", "E0207"},
      {"ALTER TABLE man ALTER FIELD age TYPE float?; SELECT age FROM man", "(age float?)"},
      {"ALTER TABLE man ALTER FIELD nosuch TYPE int", "E0202"},
      {"ALTER TABLE man ALTER FIELD age SET DEFAULT 1", "ok"},
      {"ALTER TABLE man ALTER FIELD age SET DEFAULT 'x'", "E0306"},
      {"ALTER TABLE man ALTER FIELD name DROP UNIQUE", "ok"},
      {"ALTER TABLE man ALTER FIELD age DROP UNIQUE", "E0207"},
      {"ALTER TABLE man ADD old ASSERT (age > 100)", "ok"},
      {"ALTER TABLE man ADD adult ASSERT (age > 100)", "E0208"},
      {"ALTER TABLE man ADD UNIQUE (age)", "ok"},
      {"ALTER TABLE nosuch ADD UNIQUE (age)", "E0201"},
      {"ALTER EDGE likes DROP FIELD src", "E0504"},
      {"ALTER TABLE man COMMENT 'people', SCHEMALESS; SELECT nosuch FROM man", "(nosuch any)"},
      {"ALTER ENUM color ADD VARIANT blue; SELECT color::blue AS a", "(a color)"},
      {"ALTER ENUM color ADD VARIANT red", "E0208"},
      {"ALTER INDEX by_age ON man RENAME TO by_years; REMOVE INDEX by_years ON man", "ok"},
      {"ALTER INDEX nosuch ON man REBUILD", "E0207"},
      {"ALTER TABLE man RENAME FIELD age TO years; SELECT years FROM man", "(years int?)"},
      {"ALTER TABLE man RENAME FIELD age TO years; SELECT age FROM man", "E0202"},
      {"ALTER TABLE man RENAME FIELD age TO name", "E0208"},
      {"ALTER TABLE man RENAME FIELD nosuch TO years", "E0202"},
      {"ALTER EDGE likes RENAME FIELD src TO origin", "E0504"},
      {"ALTER TABLE man RENAME TO people", "E0211"},
  });
}

TEST(Definition, OldLayoutsStayReadable) {
  TestSession session;
  session.run("DEFINE TABLE t (a int, b string?)");
  session.run("ALTER TABLE t ADD FIELD c int?; ALTER TABLE t DROP FIELD b");
  const catalog::Table& table = *session.schema().find_table("t");
  ASSERT_EQ(table.layouts.size(), 3u);
  EXPECT_EQ(table.layout(1)->slots.size(), 2u);
  EXPECT_EQ(table.layout(2)->slots.size(), 3u);
  ASSERT_EQ(table.layout().slots.size(), 2u);
  EXPECT_EQ(table.layout().slots[1].name, "c");
  EXPECT_EQ(table.layout().slots[1].field, FieldId(3));
}

TEST(Definition, RenamingFollowsIntoRulesAndIndexes) {
  TestSession session;
  session.run(kSchema);
  session.run("ALTER TABLE man RENAME FIELD age TO `order`");
  const catalog::Table& table = *session.schema().find_table("man");
  EXPECT_EQ(table.rules.front().condition_text, "`order` IS none OR `order` >= 18");
  EXPECT_EQ(table.index("by_age")->columns.front().field, table.field_position("order"));
  EXPECT_EQ(table.layout().slots[1].name, "order");
}

TEST(Definition, VersionsRiseAndIdsAreNotReused) {
  TestSession session;
  const auto before = session.schema().version();
  session.run("DEFINE TABLE a SCHEMALESS; DEFINE TABLE b SCHEMALESS");
  EXPECT_EQ(session.schema().version().value(), before.value() + 2);
  const TableId b = session.schema().find_table("b")->id;
  session.run("REMOVE TABLE b; DEFINE TABLE b SCHEMALESS");
  EXPECT_GT(session.schema().find_table("b")->id, b);
}

TEST(Definition, WhatIsDescribedCanBeDefinedAgain) {
  TestSession session;
  session.run(kSchema);
  for (const char* name : {"firm", "man", "doc", "likes"}) {
    const std::string text = definition_text(session.schema(), *session.schema().find_table(name));
    TestSession again;
    again.run(
        "DEFINE ENUM color AS (red, green); DEFINE TYPE mail AS string ASSERT $value ~ re'@'");
    if (std::string(name) != "firm") again.run("DEFINE TABLE firm SCHEMAFULL (name string)");
    if (std::string(name) == "likes") again.run("DEFINE TABLE man SCHEMALESS");
    EXPECT_EQ(again.verdict(text), "ok") << text << again.explanation(text);
    const catalog::Table* made = again.schema().find_table(name);
    ASSERT_NE(made, nullptr) << text;
    EXPECT_EQ(definition_text(again.schema(), *made), text);
  }
}

TEST(Definition, Describing) {
  check({
      {"DESCRIBE TABLE man", "(definition any)"},
      {"DESCRIBE TABLE nosuch", "E0201"},
      {"DESCRIBE TABLES", "(database any, name any, kind any, schemafull any, comment any)"},
      {"DESCRIBE FIELDS ON man",
       "(table any, name any, type any, default any, computed any, assert any, readonly any, "
       "comment any)"},
      {"DESCRIBE FIELDS ON nosuch", "E0201"},
      {"DESCRIBE INDEX by_age ON man", "(definition any)"},
      {"DESCRIBE INDEX nosuch ON man", "E0207"},
      {"DESCRIBE NAMESPACES", "(name any, consistency any, comment any)"},
      {"DESCRIBE KEYSPACE man", "(level any, name any, bounds any, placement any)"},
  });
  TestSession session;
  session.run(kSchema);
  const auto results = session.run("DESCRIBE INDEXES ON man");
  const auto& rows = std::get<DescribeStatement>(results.front().statement.body).rows;
  EXPECT_EQ(rows.size(), 4u);
}

}  // namespace definition_test
}  // namespace zerodb::sema
