#include <gtest/gtest.h>

#include "sema/test_session.h"

namespace zerodb::sema {
namespace table_function_test {

const std::string kSchema = R"(
DEFINE TABLE doc SCHEMAFULL (title string, body string?, tags array<string>, n int))";

void check(std::initializer_list<Case> cases) {
  EXPECT_EQ(failing_cases(kSchema, std::span<const Case>(cases.begin(), cases.size())), "");
}

TEST(TableFunctionCheck, Series) {
  check({
      {"SELECT x FROM series(1..=9, 3) AS x", "(x int)"},
      {"SELECT x, i FROM series(1..9) AS t (x) AT i", "(x int, i int)"},
      {"SELECT x FROM series(d'2026-01-01'..d'2026-02-01', 1d) AS x", "(x datetime)"},
      {"SELECT x FROM series(d'2026-01-01'..d'2026-02-01', 'month', zone => 'UTC') AS x",
       "(x datetime)"},
      {"SELECT x FROM series(1..9, 1d) AS x", "E0602"},
      {"SELECT x FROM series(d'2026-01-01'..d'2026-02-01', 3) AS x", "E0602"},
      {"SELECT x FROM series(5) AS x", "E0602"},
      {"SELECT x FROM series() AS x", "E0602"},
      {"SELECT x FROM series(1..9, 1, 'UTC') AS x", "E0602"},
      {"SELECT x FROM series(1..9, zon => 'UTC') AS x", "E0604"},
      {"SELECT x FROM series(1..9, step => 2, 3) AS x", "E0604"},
      {"SELECT x FROM series(1..9, range => 1..2) AS x", "E0604"},
      {"SELECT x FROM serie(1..9) AS x", "E0605"},
  });
}

TEST(TableFunctionCheck, DocumentsAndFiles) {
  check({
      {"SELECT e.path, e.value FROM json::each({a: 1}) AS e", "(path string, value any)"},
      {"SELECT e.path FROM json::each({a: 1}, deep => true) AS e", "(path string)"},
      {"SELECT e.path FROM json::each({a: 1}, deep => 1) AS e", "E0602"},
      {"SELECT e.nope FROM json::each({a: 1}) AS e", "E0202"},
      {"SELECT r.name FROM read_csv('a.csv', delimiter => ';') AS r", "(name any)"},
      {"SELECT r.name FROM doc AS d CROSS JOIN read_csv(d.title) AS r", "E0607"},
      {"SELECT r.name FROM read_json(5) AS r", "E0602"},
      {"SELECT v.x FROM unnest([{x: 1}, {x: none}]) AS v", "(x int?)"},
      {"SELECT v.z FROM unnest([{x: 1}, {x: none}]) AS v", "E0202"},
      {"SELECT d.title, t FROM doc AS d CROSS JOIN unnest(d.tags) AS t",
       "(title string, t string)"},
      {"SELECT x FROM unnest() AS x", "E0602"},
  });
}

TEST(TableFunctionCheck, SystemTables) {
  check({
      {"SELECT name FROM system::tables() AS t WHERE name = 'doc'", "(name string)"},
      {"SELECT name, schemafull FROM system::tables", "(name string, schemafull bool)"},
      {"SELECT * FROM system::users() AS u", "(name string, roles array<string>)"},
      {"SELECT j.progress, j.error FROM system::jobs() AS j", "(progress float, error string?)"},
      {"SELECT t.nam FROM system::tables() AS t", "E0202"},
      {"SELECT t.name FROM system::table() AS t", "E0201"},
      {"SELECT t.name FROM system::tables(1) AS t", "E0602"},
  });
}

TEST(TableFunctionCheck, Matches) {
  check({
      {"SELECT id FROM doc WHERE title MATCHES 'fox'", "(id record<doc>)"},
      {"SELECT id FROM doc WHERE body MATCHES 'fox' AND NOT tags MATCHES 'dog'",
       "(id record<doc>)"},
      {"SELECT id FROM doc WHERE n MATCHES 'fox'", "E0305"},
      {"SELECT id FROM doc WHERE title MATCHES 5", "E0305"},
      {"SELECT id FROM doc WHERE titel MATCHES 5", "E0202"},
  });
}

TEST(TableFunctionCheck, Approximate) {
  check({
      {"SELECT id FROM doc LIMIT 3 APPROX", "E0419"},
      {"SELECT id FROM doc ORDER BY n LIMIT 3 APPROX", "E0419"},
      {"SELECT id FROM doc ORDER BY n LIMIT 3 APPROX (fe = 5)", "E0210"},
  });
}

}  // namespace table_function_test
}  // namespace zerodb::sema
