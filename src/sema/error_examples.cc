#include "sema/error_examples.h"

#include <algorithm>
#include <array>

namespace zerodb::sema {
namespace {

constexpr std::string_view kSchema = R"(DEFINE ENUM color AS (red, green);
DEFINE TABLE t SCHEMAFULL ( a int, b string?, ok bool, maybe bool?, tags array<string>, price decimal?, twice int COMPUTED a * 2 );
DEFINE TABLE u SCHEMAFULL ( x int, owner record<t>?, paint color?, mix int | string );
DEFINE TABLE loose SCHEMALESS;
DEFINE EDGE e FROM t TO t ( w int );
DEFINE EDGE likes FROM t TO u;
)";

constexpr std::array kExamples{
    // clang-format off
    ErrorExample{ErrorCode::E0001, R"(SELECT 1 @ 2)",
     R"(SELECT 1 + 2)"},
    ErrorExample{ErrorCode::E0002, R"(SELECT 'abc)",
     R"(SELECT 'abc')"},
    ErrorExample{ErrorCode::E0003, R"(SELECT 1 /* open)",
     R"(SELECT 1 /* closed */)"},
    ErrorExample{ErrorCode::E0004, R"(SELECT 'it\'s')",
     R"(SELECT 'it''s')"},
    ErrorExample{ErrorCode::E0005, R"(SELECT 1abc)",
     R"(SELECT 1)"},
    ErrorExample{ErrorCode::E0006, R"(SELECT d'2026-13-01')",
     R"(SELECT d'2026-12-01')"},
    ErrorExample{ErrorCode::E0101, R"(SELECT 1 +)",
     R"(SELECT 1 + 1)"},
    ErrorExample{ErrorCode::E0102, R"(SELECT 1 AS select)",
     R"(SELECT 1 AS `select`)"},
    ErrorExample{ErrorCode::E0103, R"(SELECT a b FROM t)",
     R"(SELECT a AS b FROM t)"},
    ErrorExample{ErrorCode::E0104, R"(SELECT a FROM t LIMIT 10 WHERE a > 3)",
     R"(SELECT a FROM t WHERE a > 3 LIMIT 10)"},
    ErrorExample{ErrorCode::E0105, R"(SELECT 1 < 2 < 3)",
     R"(SELECT 1 < 2 AND 2 < 3)"},
    ErrorExample{ErrorCode::E0106, R"(SELECT a FROM "t")",
     R"(SELECT a FROM `t`)"},
    ErrorExample{ErrorCode::E0107, R"(SELECT t.a FROM t, u)",
     R"(SELECT t.a FROM t CROSS JOIN u)"},
    ErrorExample{ErrorCode::E0108, R"(SELECT q.a FROM MATCH t -[e]-> t AS q)",
     R"(SELECT q.a FROM MATCH t -> e -> t AS q)"},
    ErrorExample{ErrorCode::E0109, R"(DEFINE TABLE v IF NOT EXISTS)",
     R"(DEFINE TABLE IF NOT EXISTS v)"},
    ErrorExample{ErrorCode::E0110, R"(SELECT a FROM t WHERE a == 1)",
     R"(SELECT a FROM t WHERE a = 1)"},
    ErrorExample{ErrorCode::E0111, R"(DROP TABLE loose)",
     R"(REMOVE TABLE loose)"},
    ErrorExample{ErrorCode::E0112, R"(IF true THEN SELECT 1 END)",
     R"(SELECT CASE WHEN true THEN 1 END)"},
    ErrorExample{ErrorCode::E0113, R"(SET $x = 1)",
     R"(LET $x = 1)"},
    ErrorExample{ErrorCode::E0114, R"(SELECT a FROM t LIMIT 5, 10)",
     R"(SELECT a FROM t LIMIT 10 OFFSET 5)"},
    ErrorExample{ErrorCode::E0115, R"(DEFINE TABLE v SCHEMAFULL ( a int NOT NULL ))",
     R"(DEFINE TABLE v SCHEMAFULL ( a int ))"},
    ErrorExample{ErrorCode::E0116, R"(SELECT * FROM t: one)",
     R"(SELECT * FROM t:one)"},
    ErrorExample{ErrorCode::E0117, R"(SELECT (1 + 2)",
     R"(SELECT (1 + 2))"},
    ErrorExample{ErrorCode::E0201, R"(SELECT a FROM tt)",
     R"(SELECT a FROM t)"},
    ErrorExample{ErrorCode::E0202, R"(SELECT aa FROM t)",
     R"(SELECT a FROM t)"},
    ErrorExample{ErrorCode::E0203, R"(SELECT a FROM t AS l JOIN t AS r ON l.id = r.id)",
     R"(SELECT l.a FROM t AS l JOIN t AS r ON l.id = r.id)"},
    ErrorExample{ErrorCode::E0205, R"(SELECT CAST(1 AS number))",
     R"(SELECT CAST(1 AS float))"},
    ErrorExample{ErrorCode::E0206, R"(USE nowhere.app)",
     R"(USE main.main)"},
    ErrorExample{ErrorCode::E0207, R"(SELECT a FROM t WITH INDEX (by_a))",
     R"(SELECT a FROM t WITH NO INDEX)"},
    ErrorExample{ErrorCode::E0208, R"(DEFINE TABLE t SCHEMALESS)",
     R"(DEFINE TABLE IF NOT EXISTS t SCHEMALESS)"},
    ErrorExample{ErrorCode::E0209, R"(SELECT t.a FROM t JOIN t ON true)",
     R"(SELECT l.a FROM t AS l JOIN t AS r ON true)"},
    ErrorExample{ErrorCode::E0210, R"(SET exec.tear = 'wasm')",
     R"(SET exec.tier = 'wasm')"},
    ErrorExample{ErrorCode::E0211, R"(REMOVE ENUM color)",
     R"(REMOVE TABLE loose)"},
    ErrorExample{ErrorCode::E0212, R"(BEGIN; ROLLBACK TO one)",
     R"(BEGIN; SAVEPOINT one; ROLLBACK TO one)"},
    ErrorExample{ErrorCode::E0301, R"(SELECT a FROM t WHERE a = 'x')",
     R"(SELECT a FROM t WHERE a = 1)"},
    ErrorExample{ErrorCode::E0302, R"(SELECT a FROM t WHERE a)",
     R"(SELECT a FROM t WHERE a > 0)"},
    ErrorExample{ErrorCode::E0303, R"(SELECT a FROM t WHERE maybe)",
     R"(SELECT a FROM t WHERE maybe ?? false)"},
    ErrorExample{ErrorCode::E0304, R"(SELECT owner.a FROM u)",
     R"(SELECT owner?.a FROM u)"},
    ErrorExample{ErrorCode::E0305, R"(SELECT ok + 1 FROM t)",
     R"(SELECT a + 1 FROM t)"},
    ErrorExample{ErrorCode::E0306, R"(UPDATE t SET a = 'x' WHERE true)",
     R"(UPDATE t SET a = 1 WHERE true)"},
    ErrorExample{ErrorCode::E0307, R"(UPDATE t SET a = a * 1.5 WHERE true)",
     R"(UPDATE t SET a = CAST(a * 1.5 AS int) WHERE true)"},
    ErrorExample{ErrorCode::E0308, R"(SELECT 1.5dec * sqrt(2))",
     R"(SELECT 1.5dec * CAST(sqrt(2) AS decimal))"},
    ErrorExample{ErrorCode::E0309, R"(SELECT CAST(true AS datetime))",
     R"(SELECT CAST('2026-01-01' AS datetime))"},
    ErrorExample{ErrorCode::E0310, R"(SELECT 1 UNION SELECT 1, 2)",
     R"(SELECT 1 UNION SELECT 2)"},
    ErrorExample{ErrorCode::E0311, R"(SELECT mix + 1 FROM u)",
     R"(SELECT mix + 1 AS n FROM u WHERE mix IS int)"},
    ErrorExample{ErrorCode::E0313, R"(SELECT ok(1) + 1)",
     R"(SELECT unwrap(ok(1)) + 1)"},
    ErrorExample{ErrorCode::E0314, R"(DEFINE TABLE v SCHEMAFULL ( a stream<int> ))",
     R"(DEFINE TABLE v SCHEMAFULL ( a array<int> ))"},
    ErrorExample{ErrorCode::E0315, R"(DEFINE TABLE v SCHEMAFULL ( a hashmap<int> ))",
     R"(DEFINE TABLE v SCHEMAFULL ( a hashmap<string, int> ))"},
    ErrorExample{ErrorCode::E0316, R"(SELECT 9223372036854775808)",
     R"(SELECT 9223372036854775808u64)"},
    ErrorExample{ErrorCode::E0317, R"(SET exec.tier = 5)",
     R"(SET exec.tier = 'auto')"},
    ErrorExample{ErrorCode::E0401, R"(SELECT a FROM t WHERE count(*) > 1)",
     R"(SELECT a FROM t GROUP BY a HAVING count(*) > 1)"},
    ErrorExample{ErrorCode::E0402, R"(SELECT a, count(*) FROM t)",
     R"(SELECT a, count(*) FROM t GROUP BY a)"},
    ErrorExample{ErrorCode::E0403, R"(SELECT a FROM t WHERE row_number() OVER (ORDER BY a) = 1)",
     R"(SELECT a FROM t QUALIFY row_number() OVER (ORDER BY a) = 1)"},
    ErrorExample{ErrorCode::E0404, R"(SELECT a FROM t ORDER BY 1)",
     R"(SELECT a FROM t ORDER BY a)"},
    ErrorExample{ErrorCode::E0405, R"(SELECT (SELECT 1, 2))",
     R"(SELECT (SELECT 1))"},
    ErrorExample{ErrorCode::E0407, R"(LIVE SELECT l.a FROM t AS l JOIN t AS r ON l.a = r.a)",
     R"(LIVE SELECT a FROM t WHERE a > 1)"},
    ErrorExample{ErrorCode::E0408, R"(WITH RECURSIVE n (i) AS (SELECT i + 1 FROM n) SELECT i FROM n)",
     R"(WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n)"},
    ErrorExample{ErrorCode::E0409, R"(SELECT s.x FROM t AS l CROSS JOIN (SELECT l.a AS x) AS s)",
     R"(SELECT s.x FROM t AS l CROSS JOIN LATERAL (SELECT l.a AS x) AS s)"},
    ErrorExample{ErrorCode::E0410, R"(DELETE FROM t)",
     R"(DELETE FROM t WHERE true)"},
    ErrorExample{ErrorCode::E0411, R"(SELECT ARRAY(SELECT 1 AS x, 2 AS x))",
     R"(SELECT ARRAY(SELECT 1 AS x, 2 AS y))"},
    ErrorExample{ErrorCode::E0412, R"(DEFINE TABLE v SCHEMAFULL ( a int, a int ))",
     R"(DEFINE TABLE v SCHEMAFULL ( a int, b int ))"},
    ErrorExample{ErrorCode::E0413, R"(INSERT INTO loose VALUES (1))",
     R"(INSERT INTO loose (x) VALUES (1))"},
    ErrorExample{ErrorCode::E0414, R"(INSERT INTO u (x, mix) VALUES (1))",
     R"(INSERT INTO u (x, mix) VALUES (1, 'a'))"},
    ErrorExample{ErrorCode::E0415, R"(SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM t)",
     R"(SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t)"},
    ErrorExample{ErrorCode::E0417, R"(DEFINE TABLE v SCHEMAFULL ( a int ) KEY (k string) PARTITION BY hash(a) PARTITIONS 4)",
     R"(DEFINE TABLE v SCHEMAFULL ( a int ) KEY (k string) PARTITION BY hash(k) PARTITIONS 4)"},
    ErrorExample{ErrorCode::E0418, R"(DEFINE TABLE v SCHEMALESS KEY (k int) PARTITION BY range(k) (low VALUES BELOW (10), mid VALUES BELOW (5)))",
     R"(DEFINE TABLE v SCHEMALESS KEY (k int) PARTITION BY range(k) (low VALUES BELOW (10), mid VALUES BELOW (50)))"},
    ErrorExample{ErrorCode::E0419, R"(SELECT a FROM t LIMIT 1 APPROX)",
     R"(SELECT a FROM t LIMIT 1)"},
    ErrorExample{ErrorCode::E0501, R"(SELECT q.x FROM MATCH t -> e -> u AS q)",
     R"(SELECT q.x FROM MATCH t -> likes -> u AS q)"},
    ErrorExample{ErrorCode::E0502, R"(SELECT q.a FROM MATCH WALK t -> e+ -> t AS q)",
     R"(SELECT q.a FROM MATCH WALK t -> e{1,3} -> t AS q)"},
    ErrorExample{ErrorCode::E0503, R"(SELECT q.a FROM MATCH t -> u -> t AS q)",
     R"(SELECT q.a FROM MATCH t -> e -> t AS q)"},
    ErrorExample{ErrorCode::E0504, R"(UPDATE e SET src = t:1 WHERE true)",
     R"(UPDATE e SET w = 1 WHERE true)"},
    ErrorExample{ErrorCode::E0505, R"(SELECT l.w + 1 AS n FROM MATCH t -> [e AS l]{1,2} -> t)",
     R"(SELECT l[*].w AS n FROM MATCH t -> [e AS l]{1,2} -> t)"},
    ErrorExample{ErrorCode::E0601, R"(SELECT len('a'))",
     R"(SELECT length('a'))"},
    ErrorExample{ErrorCode::E0602, R"(SELECT upper(1))",
     R"(SELECT upper('a'))"},
    ErrorExample{ErrorCode::E0604, R"(SELECT round(1.5, places => 1))",
     R"(SELECT round(1.5, digits => 1))"},
    ErrorExample{ErrorCode::E0605, R"(SELECT x FROM upper('a') AS x)",
     R"(SELECT x FROM unnest(['a']) AS x)"},
    ErrorExample{ErrorCode::E0606, R"(SELECT upper(DISTINCT b) FROM t)",
     R"(SELECT count(DISTINCT b) FROM t)"},
    ErrorExample{ErrorCode::E0607,
                 R"(SELECT r.x FROM t AS q CROSS JOIN read_csv(q.b) AS r)",
                 R"(SELECT r.x FROM read_csv('rows.csv') AS r)"},
    ErrorExample{ErrorCode::E0608, R"(DEFINE FUNCTION upper(x: string) RETURNS string AS x)",
     R"(DEFINE FUNCTION shout(x: string) RETURNS string AS upper(x))"},
    ErrorExample{ErrorCode::E0609, R"(DEFINE TABLE v SCHEMAFULL ( a float COMPUTED rand::float() ))",
     R"(DEFINE TABLE v SCHEMAFULL ( a float DEFAULT rand::float() ))"},
    ErrorExample{ErrorCode::E0803, R"(COMMIT)",
     R"(BEGIN; COMMIT)"},
    ErrorExample{ErrorCode::E0804, R"(BEGIN; BEGIN)",
     R"(BEGIN; COMMIT; BEGIN)"},
    ErrorExample{ErrorCode::E0623, R"(SELECT q.a FROM MATCH t -> e{4,1} -> t AS q)",
     R"(SELECT q.a FROM MATCH t -> e{1,4} -> t AS q)"},
    ErrorExample{ErrorCode::E0905, R"(SELECT a FROM t LIMIT -1)",
     R"(SELECT a FROM t LIMIT 1)"},
    ErrorExample{ErrorCode::E1005, R"(UPDATE t SET twice = 3 WHERE true)",
     R"(UPDATE t SET a = 3 WHERE true)"},
    ErrorExample{ErrorCode::E1112, R"(SELECT 1 AS x GROUP BY CUBE (x, 2 * x, 3 * x, 4 * x, 5 * x, 6 * x, 7 * x, 8 * x, 9 * x, 10 * x, 11 * x))",
     R"(SELECT 1 AS x GROUP BY CUBE (x, 2 * x))"},
    // clang-format on
};

// Codes of the language that no script shows, and why.
constexpr std::array kUnshown{
    UnshownCode{ErrorCode::E0007, "an example would not be text"},
    UnshownCode{ErrorCode::E0204, "a script leaves parameters to the client that runs it"},
    UnshownCode{ErrorCode::E0312, "a parameter without a use that tells its type is `any`"},
    UnshownCode{ErrorCode::E0406, "only the rows tell"},
    UnshownCode{ErrorCode::E0416, "only the rows tell"},
    UnshownCode{ErrorCode::E0603, "no two functions of the library fit one call equally"},
};

}  // namespace

std::string_view error_example_schema() {
  return kSchema;
}

std::span<const ErrorExample> error_examples() {
  return kExamples;
}

std::span<const UnshownCode> unshown_codes() {
  return kUnshown;
}

const ErrorExample* find_error_example(ErrorCode code) {
  const auto found = std::find_if(kExamples.begin(), kExamples.end(),
                                  [&](const ErrorExample& each) { return each.code == code; });
  return found == kExamples.end() ? nullptr : &*found;
}

}  // namespace zerodb::sema
