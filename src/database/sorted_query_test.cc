// Operators over sorted inputs: merge joins and streaming aggregations give what joins by hash and
// aggregations by hash give.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/property_test.h"
#include "base/random.h"
#include "database/sessions_test.h"
#include "value/json.h"

namespace zerodb::database {
namespace sorted_query_test {

// One database that joins by hash, two that merge: in memory and with so little of it that rows of
// one key go to disk.
struct Databases {
  std::unique_ptr<Database> databases[3];
  std::unique_ptr<Session> hashing;
  std::unique_ptr<Session> merging;
  std::unique_ptr<Session> spilling;

  Databases() {
    const auto open = [&](int i, DatabaseOptions options) {
      options.memory_budget = 16 << 20;
      options.threads = 3;
      options.morsel_rows = 50;
      databases[i] = Database::open_memory(options).value();
      return databases[i]->create_session().value();
    };
    hashing = open(0, {});
    merging = open(1, {.prefers_merge = true});
    spilling = open(2, {.operator_memory = 100, .prefers_merge = true});
  }

  void all(const std::string& text) const {
    for (Session* session : {hashing.get(), merging.get(), spilling.get()}) check(*session, text);
  }
};

std::vector<std::string> lines_of(const Outcome& outcome) {
  std::vector<std::string> lines;
  for (const auto& row : outcome.rows) {
    std::string& line = lines.emplace_back();
    for (const Value& value : row) line += to_json(value) + " ";
  }
  return lines;
}

std::vector<std::string> sorted_lines(const Outcome& outcome) {
  std::vector<std::string> lines = lines_of(outcome);
  std::ranges::sort(lines);
  return lines;
}

std::string plan_of(Session& session, const std::string& query, bool runs = false) {
  const Outcome outcome = run(session, (runs ? "EXPLAIN ANALYZE " : "EXPLAIN ") + query);
  EXPECT_EQ(outcome.code, "") << query;
  std::string text;
  for (const auto& row : outcome.rows) text += std::string(row[0].as_string()) + "\n";
  return text;
}

bool says(const std::string& text, const std::string& wanted) {
  return text.find(wanted) != std::string::npos;
}

// Values that are equal across types, that sort at the edges, or that are none.
std::string random_value(Random& random) {
  static const std::vector<std::string> kValues = {"none",
                                                   "1",
                                                   "1.0",
                                                   "1.00dec",
                                                   "2",
                                                   "2.5",
                                                   "2.5dec",
                                                   "-3",
                                                   "0",
                                                   "-0.0",
                                                   "'a'",
                                                   "'b'",
                                                   "''",
                                                   "true",
                                                   "[1]",
                                                   "9007199254740993",
                                                   "'a long text that does not fit into a cell'",
                                                   "CAST('NaN' AS float)",
                                                   "9007199254740992.0"};
  return kValues[random.next() % kValues.size()];
}

// Tables with a field of each kind of key, whose rows have many partners or none.
void fill(const Databases& databases, uint64_t seed, const std::string& table, size_t rows) {
  SeededRandom random(seed);
  databases.all("DEFINE TABLE " + table +
                " SCHEMAFULL (i int, o int?, f float?, t string, d decimal?, x any) KEY (n int)");
  std::string text = "INSERT INTO " + table + " (n, i, o, f, t, d, x) VALUES ";
  for (size_t row = 0; row < rows; ++row) {
    const auto digit = [&](uint64_t below) { return std::to_string(random.next() % below); };
    const auto or_none = [&](const std::string& value) {
      return random.next() % 5 == 0 ? std::string("none") : value;
    };
    text += (row == 0 ? "(" : ", (") + std::to_string(row * 2 + random.next() % 2) + ", " +
            digit(9) + ", " + or_none(digit(6)) + ", " +
            or_none(random.next() % 6 == 0 ? "CAST('NaN' AS float)" : digit(4) + ".5") + ", '" +
            std::string(random.next() % 3 * 12, 'x') + digit(3) + "', " +
            or_none(digit(4) + ".50dec") + ", " + random_value(random) + ")";
  }
  if (rows > 0) databases.all(text);
}

std::string sorted(const std::string& table, const std::string& order) {
  return "(SELECT * FROM " + table + " ORDER BY " + order + ")";
}

void check_join(const Databases& databases, const std::string& query) {
  const Outcome wanted = run(*databases.hashing, query);
  ASSERT_EQ(wanted.code, "") << query;
  for (Session* session : {databases.merging.get(), databases.spilling.get()}) {
    EXPECT_TRUE(says(plan_of(*session, query), "merge ")) << query << plan_of(*session, query);
    const Outcome given = run(*session, query);
    EXPECT_EQ(given.code, "") << query;
    EXPECT_EQ(sorted_lines(given), sorted_lines(wanted)) << query;
  }
  EXPECT_FALSE(says(plan_of(*databases.hashing, query), "merge ")) << query;
}

TEST(MergeJoin, GivesWhatAJoinByHashGives) {
  const Databases databases;
  fill(databases, 1, "a", 150);
  fill(databases, 2, "b", 90);
  fill(databases, 3, "nobody", 0);
  struct Keys {
    std::string left_order;
    std::string right_order;
    std::string on;
  };
  const std::vector<Keys> keys = {
      {"n", "n", "l.n = r.n"},
      {"n DESC", "n DESC", "l.n = r.n"},
      {"i", "o", "l.i = r.o"},
      {"o", "o", "l.o = r.o"},
      {"o NULLS FIRST", "o NULLS FIRST", "l.o = r.o"},
      {"o DESC", "o DESC", "l.o = r.o"},
      {"f", "f", "l.f = r.f"},
      {"f DESC", "d DESC", "l.f = r.d"},
      {"t", "t", "l.t = r.t"},
      {"t DESC", "t DESC", "l.t = r.t"},
      {"x", "x", "l.x = r.x"},
      {"x DESC NULLS FIRST", "x DESC NULLS FIRST", "l.x = r.x"},
      {"i", "x", "l.i = r.x"},
      {"i, t DESC", "i, t DESC", "l.t = r.t AND r.i = l.i"},
      {"o, f DESC, t", "o, f DESC, t", "l.t = r.t AND r.o = l.o AND r.f = l.f"}};
  const std::vector<std::string> kinds = {"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"};
  const std::vector<std::string> rests = {"", " AND l.n < r.n", " AND (l.n + r.n) % 7 = 0",
                                          " AND l.n < 0"};
  size_t turn = 0;
  for (const Keys& each : keys) {
    for (const std::string& kind : kinds) {
      for (const std::string& rest : rests) {
        if (kIsSanitized && ++turn % 3 != 0) continue;
        check_join(databases, "SELECT l.n, l.x, r.n AS rn, r.x AS rx FROM " +
                                  sorted("a", each.left_order) + " AS l " + kind + " " +
                                  sorted("b", each.right_order) + " AS r ON " + each.on + rest);
      }
      for (const auto& [left, right] :
           {std::pair("a", "nobody"), std::pair("nobody", "a"), std::pair("nobody", "nobody")}) {
        check_join(databases, "SELECT l.n, r.n AS rn FROM " + sorted(left, each.left_order) +
                                  " AS l " + kind + " " + sorted(right, each.right_order) +
                                  " AS r ON " + each.on);
      }
    }
  }
}

TEST(MergeJoin, MarksWhatHasAMatch) {
  const Databases databases;
  fill(databases, 4, "a", 150);
  fill(databases, 5, "b", 90);
  const std::string left = "SELECT l.n, l.o FROM " + sorted("a", "o") + " AS l WHERE ";
  const std::string right = "(SELECT * FROM " + sorted("b", "o") + " AS r WHERE ";
  check_join(databases, left + "EXISTS " + right + "r.o = l.o)");
  check_join(databases, left + "NOT EXISTS " + right + "r.o = l.o)");
  check_join(databases, left + "EXISTS " + right + "r.o = l.o AND r.n > l.n)");
  check_join(databases, left + "NOT EXISTS " + right + "r.o = l.o AND r.n < l.n AND r.i = 3)");
  for (const std::string is : {"IN", "NOT IN"}) {
    check_join(databases, left + "l.o " + is + " (SELECT o FROM b ORDER BY o)");
    check_join(databases, "SELECT n FROM a WHERE n " + is + " (SELECT n FROM b)");
  }
  check_join(databases, "SELECT l.n, (SELECT max(r.i) FROM " + sorted("b", "o") +
                            " AS r WHERE r.o = l.o) AS s FROM " + sorted("a", "o") + " AS l");
}

// More rows of a key than a batch has, on either side.
TEST(MergeJoin, TakesManyRowsOfOneKey) {
  const Databases databases;
  databases.all("DEFINE TABLE a SCHEMAFULL (k int, t string) KEY (n int)");
  databases.all("DEFINE TABLE b SCHEMAFULL (k int, t string) KEY (n int)");
  databases.all(
      "INSERT INTO a SELECT x AS n, CASE WHEN x < 300 THEN 1 WHEN x < 2900 THEN 2 ELSE x END AS k, "
      "'text of some length ' || CAST(x % 11 AS string) AS t FROM series(1..=3000) AS x");
  databases.all(
      "INSERT INTO b SELECT x AS n, CASE WHEN x < 2500 THEN 2 WHEN x < 5500 THEN 7 ELSE x END AS "
      "k, "
      "'text of some length ' || CAST(x % 7 AS string) AS t FROM series(1..=6000) AS x");
  const std::string sides = sorted("a", "k") + " AS l ";
  const std::string right = sorted("b", "k") + " AS r ON l.k = r.k";
  const std::string counts = "SELECT count(*), count(l.n), count(r.n), sum(l.n), sum(r.n) FROM ";
  for (const std::string kind : {"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"}) {
    for (const std::string rest : {"", " AND l.t != r.t AND l.n % 5 > r.n % 3"})
      check_join(databases, counts + sides + kind + " " + right + rest);
  }
  check_join(databases, "SELECT count(*), sum(l.n) FROM " + sides + "WHERE EXISTS (SELECT * FROM " +
                            sorted("b", "k") + " AS r WHERE r.k = l.k AND r.n > l.n + 100)");
  EXPECT_TRUE(
      says(plan_of(*databases.spilling, counts + sides + "JOIN " + right, true), "spilled"));
}

// A join by hash that does not fit goes on as a merge where it can.
TEST(MergeJoin, TakesOverWhereATableDoesNotFit) {
  DatabaseOptions options;
  options.operator_memory = 20'000;
  const auto database = Database::open_memory(options).value();
  const auto session = database->create_session().value();
  check(*session, "DEFINE TABLE a SCHEMAFULL (v int) KEY (n int)");
  check(*session, "INSERT INTO a SELECT x AS n, x % 10 AS v FROM series(1..=3000) AS x");
  for (const std::string kind : {"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"}) {
    const std::string query = "SELECT count(*), sum(l.v), sum(r.v) FROM a AS l " + kind +
                              " (SELECT n, v FROM a WHERE n % 2 = 0 ORDER BY n) AS r ON l.n = r.n";
    const Outcome given = run(*session, query);
    ASSERT_EQ(given.code, "");
    const bool keeps_left = kind == "LEFT JOIN" || kind == "FULL JOIN";
    EXPECT_EQ(lines_of(given)[0], keeps_left ? "3000 13500 6000 " : "1500 6000 6000 ") << kind;
  }
}

TEST(MergeJoin, EndsWithItsStatement) {
  const Databases databases;
  fill(databases, 8, "a", 100);
  const std::string query =
      "SELECT count(*) FROM a AS l JOIN a AS r ON l.n = r.n JOIN a AS s ON "
      "s.n = r.n";
  EXPECT_EQ(number(*databases.merging, query), 100);
  // Few rows read few.
  const std::string few = "SELECT l.n FROM a AS l JOIN a AS r ON l.n = r.n LIMIT 3";
  EXPECT_EQ(run(*databases.merging, few).rows.size(), 3u);
}

// The same value, of which the planner knows no order.
std::string unknown(const std::string& key) {
  return "(CASE WHEN q.n >= 0 THEN q." + key + " END)";
}

void check_groups(const Databases& databases, const std::string& table, const std::string& order,
                  const std::vector<std::string>& keys, const std::string& aggregates) {
  std::string streamed = "SELECT ";
  std::string hashed = "SELECT ";
  std::string streamed_keys;
  std::string hashed_keys;
  for (const std::string& key : keys) {
    streamed_keys += (streamed_keys.empty() ? "q." : ", q.") + key;
    hashed_keys += (hashed_keys.empty() ? "" : ", ") + unknown(key);
  }
  const std::string from = ", " + aggregates + " FROM " + sorted(table, order) + " AS q ";
  streamed += streamed_keys + from + "GROUP BY " + streamed_keys;
  hashed += hashed_keys + from + "GROUP BY " + hashed_keys;
  EXPECT_FALSE(says(plan_of(*databases.hashing, hashed), "streaming")) << hashed;
  const Outcome wanted = run(*databases.hashing, hashed);
  ASSERT_EQ(wanted.code, "") << hashed;
  for (const std::string tier : {"interpreter", "wasm"}) {
    for (Session* session : {databases.hashing.get(), databases.spilling.get()}) {
      check(*session, "SET exec.tier = '" + tier + "'");
      EXPECT_TRUE(says(plan_of(*session, streamed), "streaming aggregate")) << streamed;
      // In the same order, with the same representatives.
      EXPECT_EQ(lines_of(run(*session, streamed)), lines_of(wanted)) << streamed;
      check(*session, "RESET exec.tier");
    }
  }
}

TEST(StreamingAggregate, GivesWhatOneByHashGives) {
  const Databases databases;
  fill(databases, 6, "a", 400);
  const std::vector<std::string> aggregates = {
      "count(*), sum(i), min(f), max(t), avg(n)",
      "sum(d), count(DISTINCT x), array_agg(n), array_agg(t ORDER BY n DESC)",
      "count(*) FILTER (WHERE i > 3), array_agg(DISTINCT i ORDER BY i), max(x), min(d)"};
  const std::vector<std::pair<std::string, std::vector<std::string>>> keys = {
      {"n", {"n"}},
      {"i DESC", {"i"}},
      {"o", {"o"}},
      {"f DESC", {"f"}},
      {"t", {"t"}},
      {"d", {"d"}},
      {"x", {"x"}},
      {"x DESC", {"x"}},
      {"i, x", {"x", "i"}},
      {"o, f, t", {"f", "o"}},
      {"t, i DESC, o", {"o", "t", "i"}}};
  for (const auto& [order, names] : keys) {
    for (const std::string& each : aggregates) check_groups(databases, "a", order, names, each);
  }
  fill(databases, 7, "nobody", 0);
  check_groups(databases, "nobody", "i", {"i"}, aggregates[0]);
}

// Groups that begin, end and go on in every way where batches meet.
TEST(StreamingAggregate, CarriesGroupsFromBatchToBatch) {
  const Databases databases;
  databases.all("DEFINE TABLE a SCHEMAFULL (k int, t string) KEY (n int)");
  databases.all(
      "INSERT INTO a SELECT x AS n, CASE WHEN x < 2040 THEN x DIV 3 WHEN x < 6200 THEN 4000 ELSE x "
      "DIV 5 + 4000 END AS k, 'text of some length ' || CAST(x % 11 AS string) AS t FROM "
      "series(1..=7000) AS x");
  check_groups(databases, "a", "n, k", {"n", "k"}, "count(*)");
  check_groups(databases, "a", "k", {"k"}, "count(*), sum(n), max(t), avg(n)");
  check_groups(databases, "a", "k", {"k"},
               "count(DISTINCT t), array_agg(n)[2], array_agg(t ORDER BY n DESC)[1], count(*)");
}

TEST(StreamingAggregate, EndsWithALimit) {
  const Databases databases;
  databases.all("DEFINE TABLE a SCHEMAFULL (v int) KEY (g int, n int)");
  databases.all(
      "INSERT INTO a SELECT x DIV 10 AS g, x AS n, x % 7 AS v FROM series(0..50000) AS x");
  const std::string query = "SELECT g, sum(v) FROM a GROUP BY g LIMIT 4";
  EXPECT_EQ(lines_of(run(*databases.hashing, query)),
            (std::vector<std::string>{"0 24 ", "1 33 ", "2 28 ", "3 30 "}));
  const std::string told = plan_of(*databases.hashing, query, true);
  EXPECT_TRUE(says(told, "streaming aggregate")) << told;
  EXPECT_FALSE(says(told, "was 50000 rows")) << told;
  // Rows of a group that comes later are not even looked at.
  EXPECT_EQ(
      run(*databases.hashing, "SELECT g, sum(10 DIV (n - 40000)) FROM a GROUP BY g LIMIT 2").code,
      "");
  EXPECT_EQ(run(*databases.hashing, "SELECT DISTINCT g FROM a LIMIT 2").rows.size(), 2u);
}

TEST(StreamingDistinct, GivesWhatOneByHashGives) {
  const Databases databases;
  fill(databases, 9, "a", 300);
  for (const std::string key : {"i", "o", "f", "t", "d", "x"}) {
    const std::string from = " FROM " + sorted("a", key) + " AS q";
    const std::string streamed = "SELECT DISTINCT q." + key + from;
    const std::string hashed = "SELECT DISTINCT " + unknown(key) + from;
    for (Session* session : {databases.hashing.get(), databases.spilling.get()}) {
      EXPECT_TRUE(says(plan_of(*session, streamed), "streaming distinct")) << streamed;
      EXPECT_EQ(lines_of(run(*session, streamed)), lines_of(run(*databases.hashing, hashed)))
          << streamed;
    }
  }
}

}  // namespace sorted_query_test
}  // namespace zerodb::database
