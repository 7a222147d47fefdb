// LIVE and KILL: the rows that are there, and every change in the order of commits.

#include "database/live_query.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "base/random.h"
#include "database/sessions_test.h"

namespace zerodb::database {
namespace live_query_test {

class LiveQueryTest : public testing::TestWithParam<EngineKind> {};

constexpr int64_t kSecond = 1'000'000'000;

class SteppedClock final : public Clock {
 public:
  int64_t wall_ns() override { return now_; }
  int64_t monotonic_ns() override { return now_; }
  void advance_ns(int64_t by) { now_ += by; }

 private:
  std::atomic<int64_t> now_ = 1'700'000'000 * kSecond;
};

std::shared_ptr<LiveQuery> live(Session& session, std::string_view text,
                                const Parameters& parameters = {}) {
  const Outcome outcome = run(session, text, parameters);
  EXPECT_EQ(outcome.code, "") << text;
  if (outcome.rows.size() != 1) return nullptr;
  return session.live_query(outcome.rows[0][0].as_uuid());
}

// "update thing:1 (1, 'a') {n: 1}"
std::string text_of(const LiveQuery& query, const LiveEvent& event) {
  std::string out =
      fmt::format("{} {} (", text_of(event.kind), literal_text(event.id, query.names()));
  for (size_t i = 0; i < event.row.size(); ++i)
    out += (i == 0 ? "" : ", ") + literal_text(event.row[i], query.names());
  out += ")";
  if (!event.difference.is_none()) out += " " + literal_text(event.difference, query.names());
  return out;
}

// All events that are there.
std::vector<std::string> events(LiveQuery& query) {
  std::vector<std::string> out;
  while (true) {
    auto event = query.next(0);
    if (!event) {
      out.push_back(std::string(code_name(event.error().code())));
      return out;
    }
    if (!*event) return out;
    out.push_back(text_of(query, **event));
  }
}

using Texts = std::vector<std::string>;

void define(Session& session) {
  check(session, "DEFINE TABLE thing SCHEMAFULL (n int, name string?)");
  check(session, "CREATE thing:1 SET n = 1");
  check(session, "CREATE thing:2 SET n = 20");
}

TEST_P(LiveQueryTest, GivesTheRowsAndThenTheChanges) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  const auto other = opened.session();
  define(*session);
  const auto query = live(*session, "LIVE SELECT n, name FROM thing WHERE n > 10");
  ASSERT_NE(query, nullptr);
  EXPECT_EQ(query->columns().size(), 2U);
  EXPECT_EQ(events(*query), Texts{"row thing:2 (20, none)"});
  check(*other, "CREATE thing:3 SET n = 30, name = 'c'");
  check(*other, "CREATE thing:4 SET n = 4");
  check(*other, "UPDATE thing:3 SET name = 'd'");
  check(*other, "UPDATE thing:4 SET n = 40");
  check(*other, "UPDATE thing:2 SET n = 2");
  check(*other, "DELETE thing:3");
  EXPECT_EQ(events(*query), (Texts{"create thing:3 (30, 'c')", "update thing:3 (30, 'd')",
                                   "create thing:4 (40, none)", "delete thing:2 (20, none)",
                                   "delete thing:3 (30, 'd')"}));
  EXPECT_TRUE(events(*query).empty());
}

TEST_P(LiveQueryTest, DiffTellsWhatIsDifferent) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  define(*session);
  const auto query =
      live(*session, "LIVE DIFF SELECT id, n AS number, upper(name) AS up FROM thing");
  ASSERT_NE(query, nullptr);
  EXPECT_EQ(events(*query).size(), 2U);
  check(*session, "UPDATE thing:1 SET n = 5");
  check(*session, "UPDATE thing:1 SET name = 'x'");
  check(*session, "UPDATE thing:1 SET name = 'X'");  // looks the same
  EXPECT_EQ(events(*query), (Texts{"update thing:1 (thing:1, 5, none) {number: 5}",
                                   "update thing:1 (thing:1, 5, 'X') {up: 'X'}"}));
}

TEST_P(LiveQueryTest, ATransactionIsSeenAsAWholeOrNotAtAll) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  const auto other = opened.session();
  define(*session);
  const auto query = live(*session, "LIVE SELECT n FROM thing");
  ASSERT_NE(query, nullptr);
  events(*query);
  check(*other, "BEGIN");
  check(*other, "UPDATE thing SET n += 1 WHERE true");
  EXPECT_TRUE(events(*query).empty());
  check(*other, "CREATE thing:9 SET n = 9");
  check(*other, "COMMIT");
  EXPECT_EQ(events(*query),
            (Texts{"update thing:1 (2)", "update thing:2 (21)", "create thing:9 (9)"}));
  check(*other, "BEGIN");
  check(*other, "DELETE thing WHERE true");
  check(*other, "ROLLBACK");
  EXPECT_TRUE(events(*query).empty());
}

TEST_P(LiveQueryTest, ParametersKeepTheirValues) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  define(*session);
  check(*session, "LET $least = 10");
  const auto query = live(*session, "LIVE SELECT n FROM thing WHERE n > $least AND n < $most",
                          {{"most", Value::int64(100)}});
  ASSERT_NE(query, nullptr);
  check(*session, "UPDATE thing:1 SET n = 50");
  check(*session, "UPDATE thing:2 SET n = 150");
  EXPECT_EQ(events(*query),
            (Texts{"row thing:2 (20)", "create thing:1 (50)", "delete thing:2 (20)"}));
}

TEST_P(LiveQueryTest, OneRecordOrARangeCanBeWatched) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  define(*session);
  const auto one = live(*session, "LIVE SELECT n FROM thing:1");
  const auto range = live(*session, "LIVE SELECT n FROM thing:2..5");
  ASSERT_NE(one, nullptr);
  ASSERT_NE(range, nullptr);
  check(*session, "UPDATE thing SET n += 1 WHERE true");
  check(*session, "CREATE thing:4 SET n = 4");
  check(*session, "CREATE thing:5 SET n = 5");
  EXPECT_EQ(events(*one), (Texts{"row thing:1 (1)", "update thing:1 (2)"}));
  EXPECT_EQ(events(*range),
            (Texts{"row thing:2 (20)", "update thing:2 (21)", "create thing:4 (4)"}));
}

TEST_P(LiveQueryTest, EndsByKillAndWithItsSession) {
  const Opened opened(GetParam());
  auto session = opened.session();
  const auto other = opened.session();
  define(*session);
  const auto first = live(*session, "LIVE SELECT n FROM thing");
  const auto second = live(*session, "LIVE SELECT n FROM thing");
  check(*other, "KILL $id", "", {{"id", Value::uuid(first->id())}});
  check(*other, "KILL $id", "E0207", {{"id", Value::uuid(first->id())}});
  check(*other, "KILL 7", "E0306");
  check(*other, "KILL $id", "E0306", {{"id", Value::string("x")}});
  EXPECT_TRUE(first->is_ended());
  EXPECT_EQ(session->live_query(first->id()), nullptr);
  EXPECT_EQ(session->live_queries().size(), 1U);
  EXPECT_EQ(other->live_query(second->id()), nullptr);
  session.reset();
  EXPECT_TRUE(second->is_ended());
  check(*other, "CREATE thing:7 SET n = 7");
}

TEST_P(LiveQueryTest, StandsOutsideOfTransactions) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  define(*session);
  check(*session, "BEGIN");
  check(*session, "LIVE SELECT n FROM thing", "E0811");
  check(*session, "ROLLBACK");
  check(*session, "LIVE SELECT count(*) FROM thing", "E0407");
  check(*session, "LIVE SELECT 1 / 0 AS x FROM thing", "E0902");
  EXPECT_TRUE(session->live_queries().empty());
}

// A reader that does not read loses the query, not the store its memory.
TEST_P(LiveQueryTest, ASlowReaderLosesTheQuery) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  define(*session);
  const auto query = live(*session, "LIVE SELECT n FROM thing");
  check(*session, fmt::format("INSERT INTO thing (n) SELECT i FROM series(0..{}) AS r (i)",
                              LiveQuery::kWaitingMax + 1));
  EXPECT_TRUE(query->is_ended());
  EXPECT_EQ(events(*query), (Texts{"row thing:1 (1)", "row thing:2 (20)", "E1111"}));
  EXPECT_EQ(events(*query), Texts{"E1111"});
}

TEST_P(LiveQueryTest, UnreadChangesDoNotHoldOldVersionsForEver) {
  SteppedClock clock;
  const Opened opened(GetParam(), &clock);
  const auto session = opened.session();
  define(*session);
  check(*session, "DEFINE TABLE busy SCHEMALESS");
  const auto query = live(*session, "LIVE SELECT n FROM thing");
  check(*session, "UPDATE thing:1 SET n = 2");
  check(*session, "CREATE busy:1");
  EXPECT_FALSE(query->is_ended());
  clock.advance_ns((LiveQuery::kBehindMaxMs + 1000) * 1'000'000);
  check(*session, "CREATE busy:2");
  EXPECT_TRUE(query->is_ended());
}

TEST_P(LiveQueryTest, SurvivesDefinitionsThatItCanSurvive) {
  const Opened opened(GetParam());
  const auto session = opened.session();
  define(*session);
  const auto query = live(*session, "LIVE SELECT n FROM thing");
  events(*query);
  check(*session, "DEFINE TABLE other SCHEMALESS");
  check(*session, "DEFINE FIELD more ON thing TYPE int DEFAULT 3");
  events(*query);  // what the default filled in
  check(*session, "UPDATE thing:1 SET n = 3, more = 4");
  EXPECT_EQ(events(*query), Texts{"update thing:1 (3)"});
  check(*session, "REMOVE TABLE thing");
  EXPECT_EQ(events(*query), Texts{"E0201"});
  EXPECT_EQ(events(*query), Texts{"E0201"});
  EXPECT_TRUE(query->is_ended());
}

// Whoever applies all events has the table, whenever the query began.
TEST_P(LiveQueryTest, EventsAddUpToTheTable) {
  const uint64_t seed = SystemRandom().next();
  SCOPED_TRACE(seed);
  const Opened opened(GetParam());
  const auto session = opened.session();
  check(*session, "DEFINE TABLE thing SCHEMAFULL (n int)");
  constexpr int kWriters = 3;
  constexpr int kWrites = 300;
  std::atomic<int> left = kWriters;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      SeededRandom random(seed + static_cast<uint64_t>(writer));
      const auto own = opened.session();
      for (int i = 0; i < kWrites; ++i) {
        const uint64_t key = random.below(40);
        const uint64_t value = random.below(100);
        switch (random.below(4)) {
          case 0:
            run(*own, fmt::format("DELETE thing:{}", key));
            break;
          case 1:
            run(*own, fmt::format("UPDATE thing SET n = {} WHERE n = {}", value, value + 1));
            break;
          default:
            run(*own, fmt::format("UPSERT thing:{} SET n = {}", key, value));
            break;
        }
      }
      --left;
    });
  }
  const auto query = live(*session, "LIVE SELECT n FROM thing WHERE n % 3 = 0");
  ASSERT_NE(query, nullptr);
  std::map<std::string, std::string> rows;
  Timestamp last;
  const auto apply = [&](const LiveEvent& event) {
    EXPECT_LE(last, event.at);
    last = event.at;
    const std::string key = literal_text(event.id);
    const bool was_there = rows.contains(key);
    EXPECT_EQ(was_there,
              event.kind == LiveEvent::Kind::Update || event.kind == LiveEvent::Kind::Delete);
    if (event.kind == LiveEvent::Kind::Delete) {
      rows.erase(key);
    } else {
      rows[key] = literal_text(event.row[0]);
    }
  };
  while (true) {
    const bool is_over = left.load() == 0;
    const auto event = query->next(is_over ? 0 : kSecond / 100);
    ASSERT_TRUE(event.has_value()) << event.error().to_string();
    if (*event) {
      apply(**event);
    } else if (is_over) {
      break;
    }
  }
  for (std::thread& each : writers) each.join();
  std::map<std::string, std::string> expected;
  for (const auto& row : run(*session, "SELECT id, n FROM thing WHERE n % 3 = 0").rows)
    expected[literal_text(row[0])] = literal_text(row[1]);
  EXPECT_EQ(rows, expected);
}

INSTANTIATE_TEST_SUITE_P(Engines, LiveQueryTest,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& info) {
                           return info.param == EngineKind::Memory ? "Memory" : "Rocks";
                         });

}  // namespace live_query_test
}  // namespace zerodb::database
