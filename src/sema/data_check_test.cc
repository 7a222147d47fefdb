#include "sema/data_check.h"

#include <gtest/gtest.h>

#include "sema/test_session.h"

namespace zerodb::sema {
namespace data_check_test {

const std::string kSchema = R"(
DEFINE TABLE man SCHEMAFULL (name string, age int?);
DEFINE TABLE doc SCHEMALESS;
DEFINE ROLE reader;
DEFINE FUNCTION plus(a: int) RETURNS int AS a + 1)";

void check(std::initializer_list<Case> cases) {
  EXPECT_EQ(failing_cases(kSchema, std::span<const Case>(cases.begin(), cases.size())), "");
}

TEST(DataCheck, CopyAndAnalyze) {
  check({
      {"ANALYZE", "ok"},
      {"ANALYZE man", "ok"},
      {"ANALYZE men", "E0201"},
      {"COPY man FROM 'a.csv' WITH (format = 'csv', header = true)", "ok"},
      {"COPY men FROM 'a.csv'", "E0201"},
      {"COPY man (name, age) TO STDOUT", "ok"},
      {"COPY man (name, years) TO STDOUT", "E0202"},
      {"COPY doc (anything) TO STDOUT", "ok"},
      {"COPY man (name, name) TO STDOUT", "E0412"},
      {"COPY man TO STDOUT WITH (fmt = 'csv')", "E0210"},
      {"COPY man TO STDOUT WITH (format = 'xml')", "E0317"},
      {"COPY man TO STDOUT WITH (format = 'ndjson')", "ok"},
      {"COPY man TO STDOUT WITH (header = 1)", "E0317"},
      {"COPY man TO STDOUT WITH (delimiter = ';;')", "E0317"},
      {"COPY man TO STDOUT WITH (delimiter = ';')", "ok"},
      {"COPY man TO STDOUT WITH (header = true, header = true)", "E0412"},
      {"COPY (SELECT name FROM man) TO STDOUT", "ok"},
      {"COPY man FROM 'a.csv' WITH (format = 'json', rejects = 'b')", "ok"},
      {"COPY man FROM 'a.csv' WITH (rejects = 1)", "E0317"},
      {"COPY man TO 'a.csv' WITH (rejects = 'b')", "E0210"},
      {"COPY doc TO 'a.csv'", "E0413"},
      {"COPY doc TO 'a.json'", "ok"},
      {"COPY doc FROM 'a.csv' WITH (header = false)", "E0413"},
      {"COPY (SELECT nosuch FROM man) TO STDOUT", "E0202"},
  });
}

TEST(DataCheck, Live) {
  check({
      {"LIVE SELECT name FROM man WHERE age > 3", "(id uuid)"},
      {"LIVE DIFF SELECT * FROM doc", "(id uuid)"},
      {"LIVE SELECT nosuch FROM man", "E0202"},
      {"LIVE SELECT a.name FROM man AS a JOIN man AS b ON a.name = b.name", "E0407"},
      {"LIVE SELECT DISTINCT name FROM man", "E0407"},
      {"LIVE SELECT name FROM man WHERE EXISTS(SELECT 1 FROM man AS m WHERE m.name = 'x')",
       "E0407"},
      {"LIVE SELECT name FROM man ORDER BY name", "E0407"},
      {"LIVE SELECT name FROM man LIMIT 1", "E0407"},
      {"LIVE SELECT count(*) FROM man", "E0407"},
      {"LIVE SELECT name FROM man GROUP BY name", "E0407"},
      {"LIVE SELECT 1", "E0407"},
      {"KILL u'00000000-0000-0000-0000-000000000000'", "ok"},
      {"KILL nosuch", "E0202"},
      {"KILL 7", "E0306"},
  });
}

TEST(DataCheck, Grants) {
  check({
      {"GRANT SELECT ON TABLE man (name) TO reader", "ok"},
      {"GRANT SELECT ON TABLE men TO reader", "E0201"},
      {"GRANT SELECT ON TABLE man (years) TO reader", "E0202"},
      {"GRANT SELECT ON TABLE man (name, name) TO reader", "E0412"},
      {"GRANT SELECT ON TABLE man TO readers", "E0207"},
      {"GRANT SELECT ON TABLE man TO reader WHERE name = $auth.name", "ok"},
      {"GRANT SELECT ON TABLE man TO reader WHERE years > 3", "E0202"},
      {"GRANT SELECT ON TABLE man TO reader WHERE name", "E0302"},
      {"GRANT SELECT ON TABLE man TO reader WHERE name = $who", "E0204"},
      {"GRANT EXECUTE ON TABLE man TO reader", "E0101"},
      {"GRANT SELECT ON FUNCTION plus TO reader", "E0101"},
      {"GRANT EXECUTE ON FUNCTION plus (name) TO reader", "E0101"},
      {"GRANT ALL ON ROLE reader TO reader", "E0101"},
      {"GRANT ALL ON DATABASE main.main TO reader", "ok"},
      {"GRANT ALL ON DATABASE nosuch TO reader", "E0206"},
      {"GRANT SELECT ON TABLE man (age) TO reader; ALTER TABLE man DROP FIELD age", "E0211"},
      {"GRANT SELECT ON TABLE man TO reader WHERE age > 3; "
       "ALTER TABLE man RENAME FIELD age TO years",
       "E0211"},
      {"DEFINE USER ann WITH (roles = ['reader']); REMOVE ROLE reader", "E0211"},
      {"GRANT EXECUTE ON FUNCTION plus TO reader", "ok"},
      {"GRANT EXECUTE ON FUNCTION minus TO reader", "E0601"},
      {"GRANT ALL ON NAMESPACE nosuch TO reader", "E0206"},
      {"GRANT ALL ON SEQUENCE nosuch TO reader", "E0207"},
      {"REVOKE SELECT ON TABLE man FROM reader", "ok"},
      {"REVOKE SELECT ON TABLE man FROM boss", "E0207"},
      {"REVOKE SELECT ON TABLE men FROM reader", "E0201"},
  });
}

}  // namespace data_check_test
}  // namespace zerodb::sema
