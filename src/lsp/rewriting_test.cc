// Queries written another way: what is offered, and what it makes of the script.
#include "lsp/client_test.h"

namespace zerodb::lsp {
namespace rewriting_test {

// What an action makes of the script; empty if it is not offered.
std::string rewritten(const std::string& script, std::string_view title) {
  Client client;
  client.open(script);
  Json parameters = client.at_cursor();
  const Json place = parameters["position"];
  parameters.set("range", Json::object({{"start", place}, {"end", place}}));
  const Json actions = client.call("textDocument/codeAction", parameters);
  for (const Json& each : actions.as_array()) {
    if (each["title"].as_string() == title) return client.apply(each["edit"]["changes"][kUri]);
  }
  return "";
}

TEST(Refactoring, WritesTheColumnsOfAStar) {
  constexpr std::string_view kTitle = "Write the columns that * stands for";
  EXPECT_EQ(rewritten("SELECT *| FROM company WHERE name = 'a'", kTitle),
            "SELECT id, name, city FROM company WHERE name = 'a'");
  EXPECT_EQ(rewritten("SELECT 1 AS one, c.*|, 2 AS two FROM company AS c", kTitle),
            "SELECT 1 AS one, c.id, c.name, c.city, 2 AS two FROM company AS c");
  EXPECT_EQ(rewritten("SELECT *| OMIT (city) FROM company", kTitle),
            "SELECT id, name FROM company");
  EXPECT_EQ(rewritten("SELECT *| REPLACE (upper(name) AS name) FROM company", kTitle), "");
  EXPECT_EQ(rewritten("DEFINE TABLE doc; SELECT *| FROM doc:a", kTitle), "");
  EXPECT_EQ(rewritten("SELECT *| FROM nothing", kTitle), "");
  EXPECT_EQ(rewritten("SELECT | name FROM company", kTitle), "");
}

TEST(Refactoring, PutsFromFirstAndBack) {
  const std::string first = "FROM company AS c SELECT c.name, c.city WHERE c.name = 'a'";
  const std::string second = "SELECT c.name, c.city FROM company AS c WHERE c.name = 'a'";
  EXPECT_EQ(rewritten("|" + second, "Write FROM first"), first);
  EXPECT_EQ(rewritten("|" + first, "Write SELECT first"), second);
  EXPECT_EQ(rewritten("|SELECT name -- why\nFROM company", "Write FROM first"), "");
}

TEST(Refactoring, TakesAQueryOutOfFrom) {
  constexpr std::string_view kTitle = "Extract `c` as a common table";
  EXPECT_EQ(rewritten("SELECT c.n FROM (SELECT |name AS n FROM company) AS c", kTitle),
            "WITH c AS (SELECT name AS n FROM company) SELECT c.n FROM c");
  EXPECT_EQ(rewritten("WITH a AS (SELECT 1 AS x) SELECT 1 FROM a JOIN (SELECT| 2) AS c (y) ON true",
                      kTitle),
            "WITH a AS (SELECT 1 AS x), c (y) AS (SELECT 2) SELECT 1 FROM a JOIN c ON true");
  // Where the name is taken, or the query sees what stands before it.
  EXPECT_EQ(
      rewritten("SELECT 1 FROM (SELECT| 1) AS company", "Extract `company` as a common table"), "");
  EXPECT_EQ(rewritten("SELECT 1 FROM person AS p CROSS JOIN LATERAL (SELECT| p.name) AS c", kTitle),
            "");
  // Of a subquery's own.
  EXPECT_EQ(rewritten("SELECT (SELECT max(n) FROM (SELECT |name AS n FROM company) AS c)", kTitle),
            "SELECT (WITH c AS (SELECT name AS n FROM company) SELECT max(n) FROM c)");
}

TEST(Refactoring, PutsACommonTableWhereItIsRead) {
  constexpr std::string_view kTitle = "Write `c` where it is read";
  EXPECT_EQ(rewritten("WITH c| (n) AS (SELECT name FROM company) SELECT c.n FROM c", kTitle),
            "SELECT c.n FROM (SELECT name FROM company) AS c (n)");
  EXPECT_EQ(rewritten("WITH a AS (SELECT 1 AS x), c AS (SELECT x FROM a) SELECT d.x FROM |c AS d",
                      kTitle),
            "WITH a AS (SELECT 1 AS x) SELECT d.x FROM (SELECT x FROM a) AS d");
  EXPECT_EQ(rewritten("WITH c| AS (SELECT 1 AS x), a AS (SELECT x FROM c) SELECT x FROM a", kTitle),
            "WITH a AS (SELECT x FROM (SELECT 1 AS x) AS c) SELECT x FROM a");
  // Read twice, read for each row, or read by itself.
  EXPECT_EQ(rewritten("WITH c| AS (SELECT 1 AS x) SELECT 1 FROM c CROSS JOIN c AS d", kTitle), "");
  EXPECT_EQ(
      rewritten("WITH c| AS (SELECT 1 AS x) SELECT (SELECT max(x) FROM c) FROM person", kTitle),
      "");
  EXPECT_EQ(rewritten("WITH RECURSIVE c| AS (SELECT 1 AS x) SELECT x FROM c", kTitle), "");
  EXPECT_EQ(rewritten("WITH c| /* why */ AS (SELECT 1 AS x) SELECT x FROM c", kTitle), "");
}

TEST(Refactoring, NamesTablesAndColumns) {
  EXPECT_EQ(
      rewritten("SELECT person.name, age FROM |person WHERE person.age > 1", "Call `person` p"),
      "SELECT p.name, age FROM person AS p WHERE p.age > 1");
  EXPECT_EQ(rewritten("SELECT p.name FROM |person JOIN company AS p ON true", "Call `person` pe"),
            "SELECT p.name FROM person AS pe JOIN company AS p ON true");
  EXPECT_EQ(rewritten("SELECT name FROM |person AS q", "Call `person` p"), "");
  EXPECT_EQ(rewritten("SELECT count|(*), 1 AS x FROM person", "Name the column `count`"),
            "SELECT count(*) AS count, 1 AS x FROM person");
  EXPECT_EQ(rewritten("SELECT 1 +| 2, 3 AS value", "Name the column `value2`"),
            "SELECT 1 + 2 AS value2, 3 AS value");
  EXPECT_EQ(rewritten("SELECT na|me FROM person", "Name the column `name`"), "");
}

TEST(Refactoring, FollowsALinkInsteadOfJoining) {
  constexpr std::string_view kTitle = "Follow `p.employer` instead of joining";
  EXPECT_EQ(rewritten("SELECT p.name, c.city FROM person AS p LEFT |JOIN company AS c ON c.id = "
                      "p.employer WHERE c.name = 'a'",
                      kTitle),
            "SELECT p.name, p.employer?.city FROM person AS p WHERE p.employer?.name = 'a'");
  // Rows without a company would come up; the id is there also where the company is not.
  EXPECT_EQ(
      rewritten("SELECT c.city FROM person AS p |JOIN company AS c ON c.id = p.employer", kTitle),
      "");
  EXPECT_EQ(rewritten("SELECT c.id FROM person AS p LEFT |JOIN company AS c ON c.id = p.employer",
                      kTitle),
            "");
  EXPECT_EQ(
      rewritten("SELECT c.* FROM person AS p LEFT |JOIN company AS c ON c.id = p.employer", kTitle),
      "");
  EXPECT_EQ(rewritten("SELECT c.city FROM person AS p LEFT |JOIN company AS c ON c.id = p.id",
                      "Follow `p.id` instead of joining"),
            "");
}

}  // namespace rewriting_test
}  // namespace zerodb::lsp
