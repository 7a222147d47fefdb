#include "sema/partition.h"

#include <gtest/gtest.h>

#include "sema/test_session.h"

namespace zerodb::sema {
namespace partition_test {

const std::string kSchema = "DEFINE PLACEMENT eu; DEFINE TABLE plain SCHEMAFULL ( a int )";

// A Case whose statement is put together by the test.
struct Built {
  std::string statement;
  const char* verdict;
};

void check(std::initializer_list<Built> built) {
  std::vector<Case> cases;
  for (const Built& one : built) cases.push_back({one.statement.c_str(), one.verdict});
  EXPECT_EQ(failing_cases(kSchema, cases), "");
}

// A table with one level, and what is done to it.
std::string table(const std::string& level) {
  return "DEFINE TABLE t SCHEMAFULL ( v int ) KEY (k int, at datetime) PARTITION BY " + level;
}

TEST(Partition, Methods) {
  check({
      {table("hash(k) PARTITIONS 4"), "ok"},
      {table("hash(k, at) PARTITIONS 1"), "ok"},
      {table("hash(k % 10) PARTITIONS 4"), "ok"},
      {table("hash(k)"), "E0418"},
      {table("hash(k) PARTITIONS 0"), "E0418"},
      {table("hash(k) PARTITIONS 4 (a VALUES IN (1))"), "E0418"},
      {table("hash(v) PARTITIONS 4"), "E0417"},
      {table("hash(1) PARTITIONS 4"), "E0417"},
      {table("hash(k + rand::int(1..5)) PARTITIONS 4"), "E0609"},
      {table("hash(nosuch) PARTITIONS 4"), "E0202"},
      {table("heap(k) PARTITIONS 4"), "E0207"},
      {table("range(k) (low VALUES BELOW (10), high DEFAULT)"), "ok"},
      {table("range(k, at) (low VALUES BELOW (10, d'2026-01-01'), high DEFAULT)"), "ok"},
      {table("range(k) (low VALUES BELOW (10, 20))"), "E0414"},
      {table("range(k) (low VALUES BELOW ('x'))"), "E0306"},
      {table("range(k) (low VALUES BELOW (10), mid VALUES BELOW (10))"), "E0418"},
      {table("range(k) (rest DEFAULT, mid VALUES BELOW (10))"), "E0418"},
      {table("range(k) (low VALUES IN (10))"), "E0418"},
      {table("range(k)"), "E0418"},
      {table("list(k) (a VALUES IN (1, 2), b VALUES IN (3), c DEFAULT)"), "ok"},
      {table("list(k) (a VALUES IN (1, 2), b VALUES IN (2))"), "E0418"},
      {table("list(k) (a VALUES IN (1), a VALUES IN (2))"), "E0209"},
      {table("list(k) (a DEFAULT, b DEFAULT)"), "E0418"},
      {table("list(k) (a VALUES IN (1) WITH (placement = 'eu'))"), "ok"},
      {table("list(k) (a VALUES IN (1) WITH (placement = 'mars'))"), "E0207"},
      {table("list(k) (a VALUES IN (1) WITH (plaement = 'eu'))"), "E0210"},
      {table("time(at, 1d)"), "ok"},
      {table("time(at, 1d, retention => 90d, ahead => 3)"), "ok"},
      {table("time(k, 1d)"), "E0306"},
      {table("time(at)"), "E0602"},
      {table("time(at, 0s)"), "E0317"},
      {table("time(at, 1d, ahead => -1)"), "E0317"},
      {table("time(at, 1d, retained => 90d)"), "E0604"},
      {table("list(k) (a VALUES IN (1)) THEN BY time(at, 7d)"), "ok"},
  });
}

TEST(Partition, Changes) {
  const std::string list = table("list(k) (a VALUES IN (1), b VALUES IN (2), c DEFAULT)") + "; ";
  const std::string range = table("range(k) (low VALUES BELOW (10), high DEFAULT)") + "; ";
  const std::string three =
      table("range(k) (low VALUES BELOW (10), mid VALUES BELOW (20), high DEFAULT)") + "; ";
  const std::string hash = table("hash(k) PARTITIONS 4") + "; ";
  check({
      {list + "ALTER TABLE t ADD PARTITION d VALUES IN (4)", "ok"},
      {list + "ALTER TABLE t ADD PARTITION d VALUES IN (2)", "E0418"},
      {list + "ALTER TABLE t ADD PARTITION c VALUES IN (4)", "E0209"},
      {list + "ALTER TABLE t DROP PARTITION a", "ok"},
      {list + "ALTER TABLE t DROP PARTITION a; ALTER TABLE t ADD PARTITION d VALUES IN (1)", "ok"},
      {list + "ALTER TABLE t DROP PARTITION nosuch", "E0207"},
      {list + "ALTER TABLE t MOVE PARTITION a TO PLACEMENT eu", "ok"},
      {list + "ALTER TABLE t MOVE PARTITION a TO PLACEMENT mars", "E0207"},
      {list + "ALTER TABLE t MOVE PARTITION a TO REPLICA SET 7", "ok"},
      {list + "ALTER TABLE t MERGE PARTITIONS (a, b) INTO d", "ok"},
      {list + "ALTER TABLE t MERGE PARTITIONS (a, b) INTO c", "E0209"},
      {range + "ALTER TABLE t SPLIT PARTITION low INTO (l1 VALUES BELOW (5), l2 VALUES BELOW (10))",
       "ok"},
      {range + "ALTER TABLE t SPLIT PARTITION low INTO (l1 VALUES BELOW (5), l2 VALUES BELOW (5))",
       "E0418"},
      // A split takes exactly what the old part took.
      {range + "ALTER TABLE t SPLIT PARTITION low INTO (l1 VALUES BELOW (5), l2 VALUES BELOW (9))",
       "E0418"},
      {range + "ALTER TABLE t SPLIT PARTITION low INTO (l1 VALUES BELOW (5), l2 DEFAULT)", "E0418"},
      {range + "ALTER TABLE t SPLIT PARTITION high INTO (h1 VALUES BELOW (50), h2 DEFAULT)", "ok"},
      {range + "ALTER TABLE t SPLIT PARTITION high INTO (h1 VALUES BELOW (5), h2 DEFAULT)",
       "E0418"},
      {range + "ALTER TABLE t SPLIT PARTITION low INTO (high VALUES BELOW (10))", "E0209"},
      {list + "ALTER TABLE t MERGE PARTITIONS (a, b) INTO d; "
              "ALTER TABLE t SPLIT PARTITION d INTO (a VALUES IN (2), b VALUES IN (1))",
       "ok"},
      {list + "ALTER TABLE t SPLIT PARTITION a INTO (a1 VALUES IN (1, 9))", "E0418"},
      {list + "ALTER TABLE t SPLIT PARTITION a INTO (a1 VALUES IN (2))", "E0418"},
      {list + "ALTER TABLE t SPLIT PARTITION a INTO (a1 VALUES IN (1), a2 DEFAULT)", "E0418"},
      {list + "ALTER TABLE t SPLIT PARTITION c INTO (c1 VALUES IN (7), c2 DEFAULT)", "ok"},
      {list + "ALTER TABLE t SPLIT PARTITION c INTO (c1 VALUES IN (7))", "E0418"},
      // Bounds have the type of the key also here.
      {list + "ALTER TABLE t ADD PARTITION d VALUES IN ('x')", "E0306"},
      {range + "ALTER TABLE t SPLIT PARTITION low INTO (l1 VALUES BELOW ('x'), l2 VALUES BELOW "
               "(10))",
       "E0306"},
      {range + "ALTER TABLE t ADD PARTITION mid VALUES BELOW (50)", "ok"},
      {range + "ALTER TABLE t ADD PARTITION mid VALUES BELOW (5)", "E0418"},
      {range + "ALTER TABLE t ADD PARTITION rest DEFAULT", "E0418"},
      {list + "ALTER TABLE t ADD PARTITION rest DEFAULT", "E0418"},
      {list + "ALTER TABLE t ADD PARTITION d VALUES BELOW (7)", "E0418"},
      {hash + "ALTER TABLE t ADD PARTITION d VALUES IN (7)", "E0418"},
      // A list may have its DEFAULT anywhere.
      {table("list(k) (c DEFAULT, a VALUES IN (1))") +
           "; ALTER TABLE t ADD PARTITION d VALUES IN (1)",
       "E0418"},
      {list + "ALTER TABLE t MERGE PARTITIONS (a, a) INTO d", "E0412"},
      {list + "ALTER TABLE t MERGE PARTITIONS (c, a) INTO d; "
              "ALTER TABLE t ADD PARTITION e DEFAULT",
       "E0418"},
      {three + "ALTER TABLE t MERGE PARTITIONS (mid, low) INTO d; "
               "ALTER TABLE t SPLIT PARTITION d INTO (low VALUES BELOW (5), mid VALUES BELOW (20))",
       "ok"},
      {three + "ALTER TABLE t MERGE PARTITIONS (low, high) INTO d", "E0418"},
      {"ALTER TABLE plain DROP PARTITION a", "E0207"},
      {list + "DESCRIBE KEYSPACE t", "(level any, name any, bounds any, placement any)"},
      {"DESCRIBE KEYSPACE nosuch", "E0201"},
  });
}

TEST(Partition, OptionsOfTables) {
  check({
      {"DEFINE TABLE t SCHEMALESS WITH (ttl = 90d, placement = 'eu')", "ok"},
      {"DEFINE TABLE t SCHEMALESS WITH (ttl = 90)", "E0317"},
      {"DEFINE TABLE t SCHEMALESS WITH (ttl = 90d, ttl = 9d)", "E0412"},
      {"DEFINE TABLE t SCHEMALESS WITH (placement = 'mars')", "E0207"},
      {"ALTER TABLE plain SET (ttl = 1d)", "ok"},
      {"ALTER TABLE plain SET (tl = 1d)", "E0210"},
      {"ALTER NAMESPACE main SET (storage_max = 1_000)", "ok"},
      {"ALTER NAMESPACE main SET (storage_max = 'much')", "E0317"},
      {"ALTER DATABASE main COMMENT 'all'", "ok"},
      {"ALTER DATABASE nosuch COMMENT 'all'", "E0206"},
  });
}

TEST(Partition, IndexesOfOtherKinds) {
  check({
      {"DEFINE TABLE d ( s string, v vector<f32, 3>? ); DEFINE INDEX i ON d (s) USING fulltext "
       "(analyzer = 'english')",
       "ok"},
      {"DEFINE TABLE d ( s string ); DEFINE INDEX i ON d (s) USING fulltext (analyzer = 'nosuch')",
       "E0207"},
      {"DEFINE TABLE d ( v vector<f32, 3>? ); DEFINE INDEX i ON d (v) USING hnsw (metric = 'l2', m "
       "= 16)",
       "ok"},
      {"DEFINE TABLE d ( v vector<f32, 3>? ); DEFINE INDEX i ON d (v) USING hnsw (metric = 'l9')",
       "E0317"},
      {"DEFINE INDEX i ON plain (a) USING hnsw", "E0314"},
      {"DEFINE INDEX i ON plain (a) USING bitmap", "E0207"},
      {"DEFINE INDEX i ON plain (a) WHERE a", "E0302"},
      {"DEFINE INDEX i ON plain (a) WHERE nosuch = 1", "E0202"},
      {"DEFINE INDEX i ON plain ((a + rand::int(1..5)))", "E0609"},
  });
}

}  // namespace partition_test
}  // namespace zerodb::sema
