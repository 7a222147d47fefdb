// Versions against a list of histories: the model keeps every version of every key and answers for
// any timestamp.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/property_test.h"
#include "base/random.h"
#include "mvcc/collector.h"
#include "mvcc/commit.h"
#include "mvcc/reader.h"
#include "storage/test_engines.h"

namespace zerodb::mvcc {
namespace history_test {

using storage::EngineKind;
using storage::TestEngine;

struct ModelVersion {
  Timestamp at;
  std::optional<std::string> payload;
};
using History = std::vector<ModelVersion>;
using Model = std::map<std::string, History>;

const History kNoHistory;

std::optional<std::string> visible_at(const History& history, Timestamp at) {
  std::optional<std::string> seen;
  for (const ModelVersion& version : history) {
    if (version.at <= at) seen = version.payload;
  }
  return seen;
}

bool changed_after(const History& history, Timestamp at) {
  return !history.empty() && history.back().at > at;
}

// Two letters behind what they have in common, so that ranges hold some of them. The first one ends
// the id of a space.
constexpr std::string_view kCommon = "space-x";
constexpr uint64_t kSpaces = 4;
std::string random_key(Random& random) {
  std::string key(kCommon);
  key += static_cast<char>('a' + random.below(kSpaces));
  key += static_cast<char>('a' + random.below(6));
  return key;
}

class HistoryModel : public testing::TestWithParam<EngineKind> {
 protected:
  void check_reads(storage::Engine& engine, const Model& model, Timestamp at, Random& random) {
    SnapshotReader reader(engine, engine.snapshot(), at);
    std::string buffer;
    std::vector<std::string> keys;
    for (int i = 0; i < 6; ++i) keys.push_back(random_key(random));
    const std::vector<std::string_view> views(keys.begin(), keys.end());
    storage::ValueList values;
    std::vector<Presence> presences;
    ASSERT_TRUE(reader.multi_get(Family::Row, views, values, &presences).has_value());
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto found = model.find(keys[i]);
      const auto want = visible_at(found == model.end() ? kNoHistory : found->second, at);
      const Lookup got = reader.get(Family::Row, keys[i], buffer).value();
      ASSERT_EQ(got.presence == Presence::Visible, want.has_value()) << keys[i];
      ASSERT_EQ(got.presence, presences[i]);
      ASSERT_EQ(values.has(i), want.has_value());
      if (!want) continue;
      ASSERT_EQ(got.payload, *want);
      ASSERT_EQ(values[i], *want);
    }
    const Direction direction = random.below(2) == 0 ? Direction::Forward : Direction::Reverse;
    const Range range{random_key(random),
                      random.below(2) == 0 ? std::string() : random_key(random)};
    std::vector<std::pair<std::string, std::string>> want;
    for (const auto& [key, history] : model) {
      const auto payload = visible_at(history, at);
      if (payload && range.contains(key)) want.emplace_back(key, *payload);
    }
    if (direction == Direction::Reverse) std::reverse(want.begin(), want.end());
    const auto cursor = reader.scan(Family::Row, range, direction);
    for (const auto& [key, payload] : want) {
      const Entry* const entry = cursor->next();
      ASSERT_NE(entry, nullptr);
      ASSERT_EQ(entry->key, key);
      ASSERT_EQ(entry->value, payload);
    }
    ASSERT_EQ(cursor->next(), nullptr);
    ASSERT_TRUE(cursor->status().has_value());
    check_counts(reader, model, at);
  }

  // What is said of the number of records is exact; for the newest timestamp it is always said.
  static void check_counts(SnapshotReader& reader, const Model& model, Timestamp at) {
    for (uint64_t i = 0; i < kSpaces; ++i) {
      const std::string space = std::string(kCommon) + static_cast<char>('a' + i);
      uint64_t want = 0;
      bool was_changed = false;
      bool was_written = false;
      for (const auto& [key, history] : model) {
        if (!key.starts_with(space)) continue;
        want += visible_at(history, at).has_value() ? 1 : 0;
        was_written = was_written || !history.empty();
        was_changed = was_changed || changed_after(history, at);
      }
      const auto count = reader.row_count(space);
      ASSERT_TRUE(count.has_value());
      if (was_written && !was_changed) ASSERT_TRUE(count->has_value());
      if (*count) ASSERT_EQ(**count, want);
    }
  }

  // A request with random reads and writes; the model says whether it conflicts.
  void commit_some(Committer& committer, Model& model, Timestamp at, Timestamp read_at,
                   Random& random) {
    CommitRequest request;
    request.read_at = read_at;
    request.isolation = random.below(3) == 0 ? Isolation::Snapshot : Isolation::Serializable;
    bool conflicts = false;
    const auto is_changed = [&](const std::string& key) {
      const auto found = model.find(key);
      return found != model.end() && changed_after(found->second, read_at);
    };
    for (uint64_t i = random.below(random.below(4) == 0 ? 20 : 3); i > 0; --i) {
      const std::string key = random_key(random);
      request.read_keys.add(Family::Row, key, Presence::Visible);
      conflicts = conflicts || is_changed(key);
    }
    if (random.below(3) == 0) {
      const Range range{random_key(random), random_key(random)};
      request.read_ranges.push_back({Family::Row, range});
      for (const auto& [key, history] : model) {
        if (range.contains(key)) conflicts = conflicts || changed_after(history, read_at);
      }
    }
    std::map<std::string, std::optional<std::string>> writes;
    for (uint64_t i = 1 + random.below(3); i > 0; --i) {
      const bool is_delete = random.below(3) == 0;
      writes[random_key(random)] =
          is_delete
              ? std::nullopt
              : std::optional("v" + std::to_string(at.raw()) + std::string(random.below(30), 'x'));
    }
    for (const auto& [key, payload] : writes) {
      conflicts = conflicts || (request.isolation == Isolation::Snapshot && is_changed(key));
      request.writes.push_back({Family::Row, payload ? WriteKind::Put : WriteKind::Delete, false,
                                key, payload.value_or("")});
    }
    const Status applied = committer.apply(request, at);
    ASSERT_EQ(applied.has_value(), !conflicts);
    if (!applied) {
      ASSERT_EQ(applied.error().code(), ErrorCode::E0801);
      return;
    }
    for (const auto& [key, payload] : writes) {
      // Deleting what is not there leaves no version.
      if (!payload && !visible_at(model[key], at)) continue;
      model[key].push_back({at, payload});
    }
  }
};

TEST_P(HistoryModel, AgreesAtEveryTimestamp) {
  constexpr uint64_t kStepsPerStore = 1'000;
  for (uint64_t seed = 1; seed <= property_cases(100'000) / kStepsPerStore; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    TestEngine test(GetParam());
    std::optional<Committer> committer(Committer::open(*test.engine).value());
    Collector collector(*test.engine);
    Model model;
    uint64_t now = 10;
    uint64_t floor = 0;
    for (int step = 0; step < int{kStepsPerStore} && !HasFatalFailure(); ++step) {
      const uint64_t past = floor + random.below(now - floor + 1);
      switch (random.below(8)) {
        case 0: {
          floor = std::min(past, committer->last_commit().raw());
          ASSERT_TRUE(
              collector.step(*committer, Timestamp(floor), 1 + random.below(20)).has_value());
          break;
        }
        case 1:
          // The window of recent writes is lost with the process; verdicts must not change.
          if (random.below(4) == 0) committer.emplace(Committer::open(*test.engine).value());
          break;
        case 2:
        case 3:
        case 4: {
          const uint64_t read_at = random.below(2) == 0 ? now : past;
          commit_some(*committer, model, Timestamp(now + 1), Timestamp(std::max(read_at, floor)),
                      random);
          ++now;
          break;
        }
        default:
          check_reads(*test.engine, model, Timestamp(past), random);
      }
    }
    ASSERT_TRUE(test.engine->check_integrity().has_value());
    if (HasFailure()) return;
  }
}

CommitRequest write_one(Timestamp read_at, WriteKind kind, std::string key, std::string payload) {
  CommitRequest request;
  request.read_at = read_at;
  request.writes.push_back({Family::Row, kind, false, std::move(key), std::move(payload)});
  return request;
}

size_t count_entries(storage::Engine& engine, Family family) {
  const auto entries = engine.iterate(family, Range::all(), Direction::Forward, nullptr);
  size_t count = 0;
  while (entries->next() != nullptr) ++count;
  return count;
}

TEST_P(HistoryModel, CollectionLeavesOnlyTheNewestVersions) {
  TestEngine test(GetParam());
  Committer committer = Committer::open(*test.engine).value();
  Collector collector(*test.engine);
  uint64_t now = 1;
  for (int round = 0; round < 5; ++round) {
    for (const char* key : {"a", "b", "c"}) {
      ++now;
      ASSERT_TRUE(
          committer.apply(write_one(Timestamp(now - 1), WriteKind::Put, key, "x"), Timestamp(now))
              .has_value());
    }
  }
  ++now;
  ASSERT_TRUE(
      committer.apply(write_one(Timestamp(now - 1), WriteKind::Delete, "b", ""), Timestamp(now))
          .has_value());
  EXPECT_EQ(count_entries(*test.engine, Family::Row), 3U);
  EXPECT_EQ(count_entries(*test.engine, Family::History), 13U);
  // Below the floor of the tombstone nothing of it may go.
  ASSERT_TRUE(collector.step(committer, Timestamp(now - 1), 1000)->is_complete);
  EXPECT_EQ(count_entries(*test.engine, Family::Row), 3U);
  EXPECT_EQ(count_entries(*test.engine, Family::History), 1U);
  ASSERT_TRUE(collector.step(committer, Timestamp(now), 1000)->is_complete);
  EXPECT_EQ(count_entries(*test.engine, Family::Row), 2U);
  EXPECT_EQ(count_entries(*test.engine, Family::History), 0U);
  const Status late =
      committer.apply(write_one(Timestamp(now - 1), WriteKind::Put, "z", "x"), Timestamp(now + 1));
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().code(), ErrorCode::E0807);
}

TEST_P(HistoryModel, RemembersLastCommit) {
  TestEngine test(GetParam());
  {
    Committer committer = Committer::open(*test.engine).value();
    EXPECT_EQ(committer.last_commit(), Timestamp());
    ASSERT_TRUE(committer.apply(write_one(Timestamp(1), WriteKind::Put, "a", "x"), Timestamp(77))
                    .has_value());
  }
  EXPECT_EQ(Committer::open(*test.engine)->last_commit(), Timestamp(77));
}

TEST_P(HistoryModel, GroupMembersSeeEachOther) {
  TestEngine test(GetParam());
  Committer committer = Committer::open(*test.engine).value();
  CommitRequest first = write_one(Timestamp(1), WriteKind::Put, "a", "1");
  CommitRequest reader = write_one(Timestamp(1), WriteKind::Put, "b", "2");
  reader.read_keys.add(Family::Row, "a", Presence::Absent);
  CommitRequest blind = write_one(Timestamp(1), WriteKind::Put, "a", "3");
  ASSERT_EQ(committer.stage(first, Timestamp(2)).value(), Staged::Yes);
  const auto refused = committer.stage(reader, Timestamp(3));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::E0801);
  EXPECT_EQ(committer.stage(blind, Timestamp(4)).value(), Staged::NextBatch);
  ASSERT_TRUE(committer.write(storage::Durability::Synced).has_value());
  ASSERT_TRUE(committer.apply(blind, Timestamp(5)).has_value());
  std::string buffer;
  EXPECT_EQ(get_newest(*test.engine, Family::Row, "a", buffer)->payload, "3");
  SnapshotReader reader_at_2(*test.engine, test.engine->snapshot(), Timestamp(2));
  EXPECT_EQ(reader_at_2.get(Family::Row, "a", buffer)->payload, "1");
}

INSTANTIATE_TEST_SUITE_P(Engines, HistoryModel,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& chosen) { return storage::engine_name(chosen.param); });

}  // namespace history_test
}  // namespace zerodb::mvcc
