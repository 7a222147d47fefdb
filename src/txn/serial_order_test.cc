// Small histories of interleaved transactions, judged by trying every serial order: one of them has
// to explain everything that was read and what is left at the end.
//
// The judge knows nothing of timestamps or validation, and is itself tried on the anomalies that it
// has to find.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/property_test.h"
#include "base/random.h"
#include "storage/test_engines.h"
#include "txn/local_router.h"
#include "txn/transaction.h"

namespace zerodb::txn {
namespace serial_order_test {

using storage::EngineKind;
using storage::TestEngine;

using Contents = std::map<std::string, std::string>;

enum class Kind : uint8_t { Get, Scan, Put, Erase };

struct Step {
  Kind kind;
  std::string key;    // of a scan, where it begins
  std::string end;    // of a scan; empty: everything from `key` on
  std::string value;  // what is put
  Direction direction = Direction::Forward;
  size_t limit = SIZE_MAX;
  std::string seen;  // what a get or scan gave
};
// What one transaction did, in order.
using Script = std::vector<Step>;

std::string read_alone(const Step& step, const Contents& contents) {
  if (step.kind == Kind::Get) {
    const auto found = contents.find(step.key);
    return found == contents.end() ? "none" : found->second;
  }
  std::vector<std::string> parts;
  for (const auto& [key, value] : contents) {
    if (key >= step.key && (step.end.empty() || key < step.end))
      parts.push_back(key + "=" + value + " ");
  }
  if (step.direction == Direction::Reverse) std::reverse(parts.begin(), parts.end());
  parts.resize(std::min(parts.size(), step.limit));
  return std::accumulate(parts.begin(), parts.end(), std::string());
}

// Runs the transaction alone on the contents. False if it would have read something else.
bool run_alone(const Script& script, Contents& contents) {
  for (const Step& step : script) {
    switch (step.kind) {
      case Kind::Put:
        contents[step.key] = step.value;
        break;
      case Kind::Erase:
        contents.erase(step.key);
        break;
      default:
        if (read_alone(step, contents) != step.seen) return false;
    }
  }
  return true;
}

bool has_serial_order(const std::vector<Script>& committed, const Contents& before,
                      const Contents& after) {
  std::vector<size_t> order(committed.size());
  std::iota(order.begin(), order.end(), size_t{0});
  do {
    Contents contents = before;
    const bool agrees = std::all_of(order.begin(), order.end(), [&](size_t each) {
      return run_alone(committed[each], contents);
    });
    if (agrees && contents == after) return true;
  } while (std::next_permutation(order.begin(), order.end()));
  return false;
}

Step get_step(std::string key, std::string seen) {
  return {.kind = Kind::Get, .key = std::move(key), .seen = std::move(seen)};
}
Step put_step(std::string key, std::string value) {
  return {.kind = Kind::Put, .key = std::move(key), .value = std::move(value)};
}
Step scan_step(std::string begin, std::string end, std::string seen) {
  return {
      .kind = Kind::Scan, .key = std::move(begin), .end = std::move(end), .seen = std::move(seen)};
}

void check_judge(const std::vector<Script>& committed, const Contents& before,
                 const Contents& after, bool expected) {
  EXPECT_EQ(has_serial_order(committed, before, after), expected);
}

TEST(SerialOrderJudge, FindsALostUpdate) {
  const Script one = {get_step("n", "0"), put_step("n", "1")};
  const Script two = {get_step("n", "0"), put_step("n", "2")};
  const Script later = {get_step("n", "1"), put_step("n", "2")};
  check_judge({one, two}, {{"n", "0"}}, {{"n", "2"}}, false);
  check_judge({later, one}, {{"n", "0"}}, {{"n", "2"}}, true);
}

TEST(SerialOrderJudge, FindsWriteSkew) {
  const Script one = {get_step("x", "on"), get_step("y", "on"), put_step("x", "off")};
  const Script two = {get_step("x", "on"), get_step("y", "on"), put_step("y", "off")};
  const Script later = {get_step("x", "off"), get_step("y", "on")};
  const Contents before = {{"x", "on"}, {"y", "on"}};
  check_judge({one, two}, before, {{"x", "off"}, {"y", "off"}}, false);
  check_judge({later, one}, before, {{"x", "off"}, {"y", "on"}}, true);
}

TEST(SerialOrderJudge, FindsAPhantom) {
  const Script one = {scan_step("a", "b", "a1=x "), put_step("a2", "one")};
  const Script two = {scan_step("a", "b", "a1=x "), put_step("a3", "two")};
  const Script later = {scan_step("a", "b", "a1=x a2=one "), put_step("a3", "two")};
  const Contents after = {{"a1", "x"}, {"a2", "one"}, {"a3", "two"}};
  check_judge({one, two}, {{"a1", "x"}}, after, false);
  check_judge({later, one}, {{"a1", "x"}}, after, true);
}

TEST(SerialOrderJudge, FindsReadSkew) {
  const Script mover = {put_step("x", "0"), put_step("y", "100")};
  const Script torn = {get_step("x", "50"), get_step("y", "100")};
  const Script whole = {get_step("x", "50"), get_step("y", "50")};
  const Contents before = {{"x", "50"}, {"y", "50"}};
  const Contents after = {{"x", "0"}, {"y", "100"}};
  check_judge({mover, torn}, before, after, false);
  check_judge({mover, whole}, before, after, true);
}

TEST(SerialOrderJudge, FindsWhatIsLeftByNobody) {
  check_judge({{put_step("a", "1")}}, {}, {}, false);
  check_judge({{put_step("a", "1")}}, {}, {{"a", "1"}}, true);
}

class StillClock final : public Clock {
 public:
  int64_t wall_ns() override { return 1'700'000'000'000'000'000; }
  int64_t monotonic_ns() override { return 0; }
};

// One transaction while the history runs.
struct Actor {
  Transaction transaction;
  Script plan;
  Script done;
  bool is_over = false;
};

// Runs random histories in one store, each below a prefix of its own.
class HistoryRunner {
 public:
  HistoryRunner(EngineKind kind, Isolation isolation)
      : isolation_(isolation), engine_(kind), router_(open()) {}

  struct Verdict {
    bool has_serial_order = false;
    // Each transaction, also one that was refused, saw the state after some number of commits.
    bool sees_states = true;
    size_t committed = 0;
    size_t refused = 0;
  };

  Verdict run(uint64_t seed) {
    SeededRandom random(seed);
    prefix_.clear();
    put_be(prefix_, seed);
    const Contents before = fill(random);
    std::vector<Contents> states = {before};
    std::vector<Script> committed;
    Verdict verdict;
    std::vector<Actor> actors;
    for (uint64_t i = 2 + random.below(3); i > 0; --i)
      actors.push_back({begin(), make_plan(random), {}});
    for (size_t running = actors.size(); running > 0;) {
      Actor& actor = actors[random.below(actors.size())];
      if (actor.is_over) continue;
      if (random.below(20) == 0) EXPECT_TRUE(router_->collect().has_value());
      if (actor.done.size() < actor.plan.size()) {
        actor.done.push_back(perform(actor.transaction, actor.plan[actor.done.size()]));
        continue;
      }
      actor.is_over = true;
      --running;
      if (random.below(12) == 0) {
        actor.transaction.rollback();
        continue;
      }
      const Result<Timestamp> done = actor.transaction.commit();
      if (!done) {
        EXPECT_EQ(done.error().code(), ErrorCode::E0801);
        ++verdict.refused;
        continue;
      }
      committed.push_back(actor.done);
      states.push_back(contents());
    }
    for (const Actor& actor : actors) {
      const bool sees_one = std::any_of(states.begin(), states.end(), [&](Contents state) {
        return run_alone(actor.done, state);
      });
      verdict.sees_states = verdict.sees_states && sees_one;
    }
    verdict.committed = committed.size();
    verdict.has_serial_order = has_serial_order(committed, before, states.back());
    return verdict;
  }

 private:
  std::unique_ptr<LocalRouter> open() {
    return LocalRouter::open(*engine_.engine, clock_, {.collect_after_versions = 0}).value();
  }
  Transaction begin() {
    return Transaction::begin(*router_,
                              {.isolation = isolation_, .durability = Durability::Relaxed});
  }
  std::string full(std::string_view key) const { return prefix_ + std::string(key); }

  static std::string random_key(Random& random) {
    return std::string(1, static_cast<char>('a' + random.below(4)));
  }

  static Script make_plan(Random& random) {
    Script plan;
    for (uint64_t i = 1 + random.below(4); i > 0; --i) {
      Step step;
      step.kind = static_cast<Kind>(random.below(4));
      step.key = random_key(random);
      if (step.kind == Kind::Put) step.value = std::to_string(random.below(1000));
      if (step.kind == Kind::Scan) {
        if (random.below(2) == 0)
          step.end = std::string(1, static_cast<char>(step.key[0] + 1 + random.below(3)));
        if (random.below(2) == 0) step.direction = Direction::Reverse;
        if (random.below(2) == 0) step.limit = 1 + random.below(2);
      }
      plan.push_back(std::move(step));
    }
    return plan;
  }

  Contents fill(Random& random) {
    Transaction transaction = begin();
    Contents out;
    for (const char* key : {"a", "b", "c", "d"}) {
      if (random.below(2) == 0) continue;
      out[key] = "first";
      EXPECT_TRUE(transaction.put(Family::Row, full(key), "first").has_value());
    }
    EXPECT_TRUE(transaction.commit().has_value());
    return out;
  }

  Step perform(Transaction& transaction, Step step) const {
    if (step.kind == Kind::Put) {
      EXPECT_TRUE(transaction.put(Family::Row, full(step.key), step.value).has_value());
    } else if (step.kind == Kind::Erase) {
      EXPECT_TRUE(transaction.erase(Family::Row, full(step.key)).has_value());
    } else if (step.kind == Kind::Get) {
      std::string buffer;
      step.seen = transaction.get(Family::Row, full(step.key), buffer).value().value_or("none");
    } else {
      step.seen = scan(transaction, step);
    }
    return step;
  }

  std::string scan(Transaction& transaction, const Step& step) const {
    Range range = Range::prefix(prefix_);
    range.begin = full(step.key);
    if (!step.end.empty()) range.end = full(step.end);
    const auto cursor = transaction.scan(Family::Row, range, step.direction);
    std::string out;
    const Entry* entry = nullptr;
    for (size_t i = 0; i < step.limit && (entry = cursor->next()) != nullptr; ++i)
      out.append(entry->key.substr(prefix_.size())).append("=").append(entry->value).append(" ");
    EXPECT_TRUE(cursor->status().has_value());
    return out;
  }

  Contents contents() {
    Transaction transaction = Transaction::begin(*router_, {.access = Access::ReadOnly});
    const auto cursor = transaction.scan(Family::Row, Range::prefix(prefix_), Direction::Forward);
    Contents out;
    while (const Entry* entry = cursor->next())
      out.emplace(entry->key.substr(prefix_.size()), entry->value);
    EXPECT_TRUE(cursor->status().has_value());
    return out;
  }

  Isolation isolation_;
  TestEngine engine_;
  StillClock clock_;
  std::unique_ptr<LocalRouter> router_;
  std::string prefix_;
};

// What was collected slows the walks of RocksDB until it compacts.
constexpr uint64_t kCasesPerStore = 500;

class SerialOrder : public testing::TestWithParam<EngineKind> {
 protected:
  // Both engines run the same validation; on disk fewer histories do.
  static uint64_t cases(uint64_t full) {
    return property_cases(GetParam() == EngineKind::Memory ? full : full / 5);
  }
};

TEST_P(SerialOrder, ExplainsEveryHistory) {
  std::optional<HistoryRunner> runner;
  const uint64_t count = cases(100'000);
  size_t committed = 0;
  size_t refused = 0;
  for (uint64_t seed = 0; seed < count && !HasFailure(); ++seed) {
    if (seed % kCasesPerStore == 0) runner.emplace(GetParam(), Isolation::Serializable);
    const auto verdict = runner->run(seed);
    ASSERT_TRUE(verdict.has_serial_order) << "seed " << seed;
    ASSERT_TRUE(verdict.sees_states) << "seed " << seed;
    committed += verdict.committed;
    refused += verdict.refused;
  }
  EXPECT_GT(committed, count);
  EXPECT_GT(refused, count / 10);
}

// What is promised less also shows that the judge finds anomalies of real transactions.
TEST_P(SerialOrder, MayBeMissingUnderSnapshotIsolation) {
  std::optional<HistoryRunner> runner;
  const uint64_t count = cases(20'000);
  size_t skewed = 0;
  for (uint64_t seed = 0; seed < count && !HasFailure(); ++seed) {
    if (seed % kCasesPerStore == 0) runner.emplace(GetParam(), Isolation::Snapshot);
    const auto verdict = runner->run(seed);
    ASSERT_TRUE(verdict.sees_states) << "seed " << seed;
    if (!verdict.has_serial_order) ++skewed;
  }
  EXPECT_GT(skewed, count / 1000);
}

INSTANTIATE_TEST_SUITE_P(Engines, SerialOrder,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& chosen) { return storage::engine_name(chosen.param); });

}  // namespace serial_order_test
}  // namespace zerodb::txn
