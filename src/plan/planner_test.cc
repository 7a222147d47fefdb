#include "plan/planner.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plan/explain.h"
#include "sema/test_session.h"

namespace zerodb::plan {
namespace planner_test {

constexpr const char* kSchema = R"(
DEFINE TABLE city SCHEMAFULL (name string);
DEFINE TABLE man SCHEMAFULL (name string, age int, nick string?, city record<city>?);
DEFINE INDEX by_name ON man (name);
DEFINE INDEX by_age ON man (age, nick);
DEFINE TABLE doc SCHEMALESS;
DEFINE INDEX by_city ON doc (address.city);
DEFINE INDEX by_tag ON doc (tags[*]);
DEFINE INDEX by_sku ON doc (items[*].sku);
DEFINE INDEX by_lower ON doc ((lower(name)), n DESC);
DEFINE INDEX open ON doc (n) WHERE status = 'open' AND n > 10 AND mail IS NOT none;
DEFINE TABLE line SCHEMAFULL (v int) KEY (page int, at string, n int);
DEFINE EDGE likes FROM man TO man (since datetime?))";

std::shared_ptr<const Plan> plan_of(const std::string& text) {
  sema::TestSession session;
  session.run(kSchema);
  auto results = session.run(text);
  if (results.empty() || !results.back().ok()) {
    ADD_FAILURE() << text << "\n" << session.explanation(text);
    return nullptr;
  }
  auto statement = std::make_shared<const sema::Statement>(std::move(results.back().statement));
  auto plan = make_plan(statement);
  if (!plan) ADD_FAILURE() << text << ": " << plan.error().to_string();
  return plan ? *plan : nullptr;
}

// The operators, without estimates.
std::string shape(const std::string& text) {
  const auto plan = plan_of(text);
  if (plan == nullptr) return "";
  std::string explained = explain_text(*plan, {"interpreter", {}, {}});
  for (size_t begin; (begin = explained.find("  (about")) != std::string::npos;) {
    explained.erase(begin, explained.find('\n', begin) - begin);
  }
  return explained.substr(0, explained.rfind("tier:"));
}

void check(const std::string& text, const std::string& expected) {
  EXPECT_EQ(shape(text), expected) << text;
}

TEST(Planner, RecordIdsAndRangesAreNotScanned) {
  check("SELECT name FROM man:1", "project\n  point read man (man:1)\n");
  check("SELECT name FROM man WHERE id = man:1", "filter and project\n  point read man (man:1)\n");
  check("SELECT name FROM man:1..5", "project\n  key range of man (key >= 1, key < 5)\n");
}

TEST(Planner, ColumnsOfTheKeyBoundAScan) {
  check("SELECT v FROM line WHERE page = 1 AND at > 'a' ORDER BY at, n LIMIT 1",
        "limit 1\n  filter and project\n    key range of line (page = 1, at > 'a')\n");
  check("SELECT v FROM line WHERE page IN (1, 2)",
        "filter and project\n  key range of line (page in (1, 2))\n");
  check("SELECT v FROM line WHERE page = 1 ORDER BY at DESC, n DESC",
        "filter and project\n  key range of line (page = 1) backwards\n");
  check("SELECT v FROM line WHERE page = 1 ORDER BY id",
        "filter and project\n  key range of line (page = 1)\n");
  check("SELECT v FROM line WHERE page = 1 ORDER BY at, n DESC",
        "drop sort columns\n  sort by column 2 column 3 desc\n"
        "    filter and project\n      key range of line (page = 1)\n");
  check("SELECT v FROM line WHERE at = 'a'", "filter and project\n  scan line\n");
  check("SELECT name FROM man WHERE id > man:5 ORDER BY id LIMIT 3",
        "limit 3\n  filter and project\n    key range of man (key > man:5)\n");
}

TEST(Planner, PathsElementsAndExpressionsAreFoundInIndexes) {
  check("SELECT n FROM doc WHERE address.city = 'x'",
        "filter and project\n  index scan by_city on doc (address.city = 'x')\n");
  check("SELECT n FROM doc WHERE address.city IN ('x', 'y')",
        "filter and project\n  index scan by_city on doc (address.city in ('x', 'y'))\n");
  // A link on the way would have to be followed to know where it lies.
  check("SELECT n FROM doc WHERE address.city > 'x'", "filter and project\n  scan doc\n");
  check("SELECT n FROM doc WHERE tags CONTAINS 'x'",
        "filter and project\n  index scan by_tag on doc (tags[*] = 'x')\n");
  check("SELECT n FROM doc WHERE 'x' IN items[*].sku",
        "filter and project\n  index scan by_sku on doc (items[*].sku = 'x')\n");
  check("SELECT n FROM doc WHERE 'x' = lower(name) AND n < 3 ORDER BY n DESC LIMIT 2",
        "limit 2\n  filter and project\n"
        "    index scan by_lower on doc (lower(name) = 'x', n < 3)\n");
  check("SELECT n FROM doc WHERE upper(name) = 'X'", "filter and project\n  scan doc\n");
}

TEST(Planner, APartialIndexIsUsedWhereItHasAllRows) {
  const std::string used = "filter and project\n  index scan open on doc";
  check("SELECT id FROM doc WHERE status = 'open' AND n > 10 AND mail IS NOT none",
        used + " (n > 10)\n");
  check("SELECT id FROM doc WHERE n = 11 AND 'open' = status AND mail > 'a'", used + " (n = 11)\n");
  check("SELECT id FROM doc WHERE n IN (12, 11) AND status IN ('open') AND mail = 'a'",
        used + " (n in (12, 11))\n");
  const std::string unused = "filter and project\n  scan doc\n";
  check("SELECT id FROM doc WHERE status = 'open' AND n >= 10 AND mail IS NOT none", unused);
  check("SELECT id FROM doc WHERE status = 'open' AND n > 11", unused);
  check("SELECT id FROM doc WHERE status != 'open' AND n > 10 AND mail IS NOT none", unused);
  check("SELECT id FROM doc WHERE status = 'open' AND n IN (9, 11) AND mail = 'a'", unused);
}

TEST(Planner, AFewRowsFindWhatBelongsToThemOneByOne) {
  check("SELECT m.name, l.v FROM man:1 AS m JOIN line AS l ON l.page = m.age AND l.v > 3",
        "project\n  lateral join\n    point read man as m (man:1)\n"
        "    key range of line as l (page = outer)\n");
  check(
      "SELECT m.name, n.name FROM man AS m LEFT JOIN man AS n ON n.name = m.nick WHERE m.name = "
      "'x'",
      "project\n  lateral join\n    filter and project\n"
      "      index scan by_name on man as m (name = 'x')\n"
      "    index scan by_name on man as n (name = outer)\n");
  check("SELECT m.name, l.v FROM man AS m JOIN line AS l ON l.page = m.age",
        "project\n  hash inner join\n    scan man as m\n    scan line as l\n");
}

TEST(Planner, SubqueriesOfManyRowsAreJoined) {
  check("SELECT name FROM man WHERE EXISTS (SELECT v FROM line WHERE line.v = man.age)",
        "filter and project\n  hash join for whether there is a match\n    scan man\n    scan "
        "line\n");
  check("SELECT name FROM man WHERE age NOT IN (SELECT v FROM line) AND name > 'a'",
        "filter and project\n  hash join for whether there is a match\n"
        "    filter and project\n      index scan by_name on man (name > 'a')\n"
        "    project\n      scan line\n");
  check("SELECT name, (SELECT sum(v) FROM line WHERE v = man.age) AS s FROM man",
        "project\n  hash join with groups\n    scan man\n"
        "    project\n      aggregate (1 keys, 1 aggregates)\n        scan line\n"
        "subquery 1\n  project\n    aggregate (0 keys, 1 aggregates)\n      0 given rows\n");
  // A few rows ask an index.
  check(
      "SELECT name FROM man WHERE name = 'x' AND EXISTS (SELECT v FROM line WHERE page = man.age)",
      "filter and project\n  filter and project\n    index scan by_name on man (name = 'x')\n"
      "subquery 1 (for each row)\n  filter and project\n    key range of line (page = outer)\n");
  // What can fail must not be asked of rows that are not concerned.
  check("SELECT name FROM man WHERE EXISTS (SELECT v FROM line WHERE v = man.age AND 1 / v > 0)",
        "filter and project\n  scan man\n"
        "subquery 1 (for each row)\n  filter and project\n    scan line\n");
}

TEST(Planner, AnIndexThatLeadsWithAFilteredFieldIsUsed) {
  check("SELECT age FROM man WHERE name = 'x'",
        "filter and project\n  index scan by_name on man (name = 'x')\n");
  check("SELECT name FROM man WHERE age = 5 AND nick > 'a'",
        "filter and project\n  index scan by_age on man (age = 5, nick > 'a')\n");
  check("SELECT name FROM man WHERE age > 5 AND age <= 9",
        "filter and project\n  index scan by_age on man (age > 5, age <= 9)\n");
  // Not the leading column.
  check("SELECT name FROM man WHERE nick = 'a'", "filter and project\n  scan man\n");
  // A value that depends on the row is no bound.
  check("SELECT name FROM man WHERE name = nick", "filter and project\n  scan man\n");
  check("SELECT name FROM man WITH NO INDEX WHERE name = 'x'", "filter and project\n  scan man\n");
}

TEST(Planner, AnIndexGivesTheOrderOfAShortList) {
  check("SELECT name FROM man ORDER BY age LIMIT 3",
        "limit 3\n  project\n    index scan by_age on man\n");
  check("SELECT name FROM man ORDER BY age DESC LIMIT 3",
        "limit 3\n  project\n    index scan by_age on man backwards\n");
  check("SELECT name FROM man ORDER BY id DESC", "project\n  scan man backwards\n");
  // None must come last, but stands first when the index is walked backwards.
  check("SELECT name FROM man ORDER BY nick DESC LIMIT 3",
        "drop sort columns\n  limit 3\n    top 3 by column 2 desc\n      project\n        scan "
        "man\n");
}

TEST(Planner, JoinsAndHops) {
  check("SELECT m.name, c.name AS town FROM man AS m JOIN city AS c ON c.id = m.city",
        "project\n  fetch city as c by id\n    scan man as m\n");
  check("SELECT a.name FROM man AS a JOIN man AS b ON a.name = b.nick",
        "project\n  hash inner join\n    scan man as a\n    scan man as b\n");
  check("SELECT q.name FROM MATCH man:1 -> likes -> man AS q",
        "project\n  fetch man as q by id\n    hop over likes by index\n      point read man "
        "(man:1)\n");
}

TEST(Planner, APatternIsFollowedFromTheEndThatIsGiven) {
  check("SELECT p.id FROM MATCH man AS p -> likes -> man:1",
        "project\n  fetch man as p by id\n    hop over likes by index\n      filter and "
        "project\n        point read man (man:1)\n");
  // Both ends given: as it is written.
  check("SELECT l.since FROM MATCH man:2 -> [likes AS l] -> man:1",
        "project\n  filter and project\n    fetch man by id\n      hop over likes as l by index\n  "
        "      point read man (man:2)\n");
}

TEST(Planner, WritesNameTheirAccessPath) {
  check("UPDATE man SET age = 3 WHERE name = 'x'",
        "update man\n  filter and project\n    index scan by_name on man (name = 'x')\n");
}

// The program of the topmost stage.
std::string program_of(const std::string& text) {
  const auto plan = plan_of(text);
  return plan == nullptr ? "" : to_string(*plan->node(plan->root).program);
}

TEST(Lowering, StatementsThatDifferInLiteralsHaveEqualPrograms) {
  EXPECT_EQ(program_of("SELECT age + 1 AS x FROM man WHERE age > 5"),
            program_of("SELECT age + 2 AS x FROM man WHERE age > 77"));
}

TEST(Lowering, WhatWhereRemovesIsMaskedOut) {
  EXPECT_EQ(program_of("SELECT 10 DIV age AS x FROM man WITH NO INDEX WHERE age > 0"),
            "r0:i64 = input 0\n"
            "r1:i64 = parameter 1048576\n"
            "r3:i64 = parameter 1048577\n"
            "r2:bool = greater r0 r1\n"
            "r4:i64 = int_divide r3 r0 if r2\n"
            "where r2\n"
            "give r4\n");
}

TEST(Lowering, TheRightSideOfAndIsAskedOnlyWhereTheLeftHolds) {
  const std::string program = program_of("SELECT (age > 0 AND 10 DIV age > 2) AS x FROM man");
  EXPECT_NE(program.find("int_divide r3 r0 if r2"), std::string::npos) << program;
  EXPECT_NE(program.find("mask_and r2 "), std::string::npos) << program;
}

TEST(Planner, JoinsCarryWhatIsReadAboveThem) {
  const auto plan = plan_of(
      "SELECT a.name FROM man AS a JOIN man AS b ON a.age = b.age + 1 JOIN man AS c ON b.nick = "
      "c.nick");
  ASSERT_NE(plan, nullptr);
  std::vector<std::ptrdiff_t> read;
  for (const Node& node : plan->nodes) {
    if (node.kind == Node::Kind::Join) read.push_back(std::ranges::count(node.dead, false));
  }
  // A name and the key of the join above; the name.
  EXPECT_EQ(read, (std::vector<std::ptrdiff_t>{2, 1}));
  const auto all = plan_of("SELECT * FROM man AS a JOIN man AS b ON a.age = b.age");
  ASSERT_NE(all, nullptr);
  for (const Node& node : all->nodes) EXPECT_EQ(std::ranges::count(node.dead, true), 0);
}

}  // namespace planner_test
}  // namespace zerodb::plan
