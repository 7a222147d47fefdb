// Two cores look for the end of the agreement of their logs, in each mode. Round trips are counted
// until the leader knows the next index; the table is printed.
#include "raft/next_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "base/random.h"
#include "raft/core.h"
#include "raft/memory_storage.h"

namespace zerodb::raft {
namespace next_index_test {

constexpr std::array kModes = {NextIndexMode::EtcdHint, NextIndexMode::Gallop,
                               NextIndexMode::RunVector};

// A log that exists as runs only, so that a million entries cost nothing; entries are empty.
class RunLog final : public LogView, public SnapshotView {
 public:
  explicit RunLog(TermRuns runs) : runs_(std::move(runs)) {}
  LogPosition base() const override { return runs_.base(); }
  LogIndex last() const override { return runs_.last(); }
  TermAnswer term(LogIndex index) const override { return runs_.term(index); }
  EntriesAnswer entries(LogIndex from, LogIndex to, uint64_t bytes_max) const override {
    if (from <= runs_.base().index) return {Presence::Compacted, {}};
    if (to > last() || from > to) return {Presence::Missing, {}};
    EntriesAnswer answer{Presence::Value, {}};
    for (uint64_t bytes = 0; from <= to; from = next(from)) {
      bytes += kEntryOverheadBytes;
      if (bytes > bytes_max && !answer.entries.empty()) break;
      answer.entries.push_back({from, runs_.term(from).term, EntryKind::Normal, {}});
    }
    return answer;
  }
  std::optional<SnapshotMeta> latest() const override { return std::nullopt; }
  Presence read(uint64_t, uint64_t, uint64_t, std::string&) const override {
    return Presence::Compacted;
  }
  const TermRuns& runs() const { return runs_; }

 private:
  TermRuns runs_;
};

struct Case {
  TermRuns leader;
  TermRuns follower;
  // Where they part, and what the follower knows to be committed.
  LogIndex shared;
  LogIndex commit;
};

Core open_core(const RunLog& log, NodeId id, NextIndexMode mode, LogIndex commit) {
  Options options;
  options.id = id;
  options.pre_vote = false;
  options.next_index = mode;
  Persisted persisted;
  persisted.hard = {Term(1 << 20), kNoNode, commit};
  persisted.configuration.voters = {NodeId(1), NodeId(2), NodeId(3)};
  return Core::open(options, persisted, log, log, id.value()).value();
}

// Makes `core`, which is node 1, the leader by the vote of node 3.
std::vector<Message> elect(Core& core) {
  EXPECT_TRUE(core.step(StartCampaign{}).has_value());
  const IoSeq vote = core.take().seq;
  EXPECT_TRUE(core.step(WriteDone{vote}).has_value());
  const Message grant{NodeId(3), NodeId(1), core.view().term, VoteReply{VoteRound::Vote, true, {}}};
  EXPECT_TRUE(core.step(grant).has_value());
  const Ready ready = core.take();
  return {ready.send_now.begin(), ready.send_now.end()};
}

const Progress& follower_of(const Core& leader) {
  return leader.view().peers.front();
}

// How many round trips it takes.
uint32_t round_trips(const Case& one, NextIndexMode mode) {
  const RunLog leader_log(one.leader);
  const RunLog follower_log(one.follower);
  Core leader = open_core(leader_log, NodeId(1), mode, LogIndex());
  Core follower = open_core(follower_log, NodeId(2), mode, one.commit);
  std::vector<Message> sent = elect(leader);
  EXPECT_EQ(leader.view().role, Role::Leader);
  uint32_t trips = 0;
  while (follower_of(leader).state == PeerState::Probe) {
    std::vector<Message> replies;
    for (const Message& message : sent) {
      if (message.to != NodeId(2) || !std::holds_alternative<Append>(message.body)) continue;
      ++trips;
      EXPECT_TRUE(follower.step(message).has_value());
      const Ready ready = follower.take();
      replies.insert(replies.end(), ready.send_now.begin(), ready.send_now.end());
      replies.insert(replies.end(), ready.send_after_write.begin(), ready.send_after_write.end());
      EXPECT_TRUE(follower.step(WriteDone{ready.seq}).has_value());
    }
    for (const Message& reply : replies) {
      if (std::holds_alternative<AppendReply>(reply.body)) {
        EXPECT_TRUE(leader.step(reply).has_value());
      }
    }
    const Ready ready = leader.take();
    sent.assign(ready.send_now.begin(), ready.send_now.end());
    if (trips > 100'000) break;
  }
  EXPECT_EQ(follower_of(leader).state, PeerState::Replicate);
  // The first append after the search goes on exactly where the logs part.
  const LogIndex agreed = follower_of(leader).search.probe();
  if (mode == NextIndexMode::EtcdHint) {
    EXPECT_LE(agreed, one.shared);
  } else {
    EXPECT_EQ(agreed, one.shared);
  }
  return trips;
}

// Logs of five nodes under random elections: a leader appends, and others take some of it.
class History {
 public:
  explicit History(uint64_t seed) : random_(seed), logs_(5), commits_(5) {}

  // Goes on for a term and compares the leader with each other node.
  template <typename Use>
  void turn(Use use) {
    ++term_;
    const size_t leader = random_.below(logs_.size());
    if (!can_lead(leader)) return;
    for (size_t node = 0; node < logs_.size(); ++node) {
      if (node == leader) continue;
      use(Case{runs_of(leader), runs_of(node), LogIndex(shared(leader, node)),
               LogIndex(commits_[node])});
    }
    logs_[leader].insert(logs_[leader].end(), 1 + random_.below(20), term_);
    size_t copies = 1;
    for (size_t node = 0; node < logs_.size(); ++node) {
      if (node == leader || random_.below(2) == 0) continue;
      copies += replicate(leader, node);
    }
    if (2 * copies > logs_.size()) commits_[leader] = logs_[leader].size();
    for (size_t node = 0; node < logs_.size(); ++node) {
      if (random_.below(4) != 0) continue;
      commits_[node] = std::max(commits_[node], std::min(commits_[leader], shared(leader, node)));
    }
  }

 private:
  bool can_lead(size_t candidate) const {
    size_t votes = 0;
    for (const auto& log : logs_) {
      const uint64_t last = log.empty() ? 0 : log.back();
      const uint64_t ours = logs_[candidate].empty() ? 0 : logs_[candidate].back();
      votes += ours > last || (ours == last && logs_[candidate].size() >= log.size()) ? 1 : 0;
    }
    return 2 * votes > logs_.size();
  }
  uint64_t shared(size_t a, size_t b) const {
    const auto [end, _] =
        std::mismatch(logs_[a].begin(), logs_[a].end(), logs_[b].begin(), logs_[b].end());
    return static_cast<uint64_t>(end - logs_[a].begin());
  }
  // Whether the node has everything afterwards.
  size_t replicate(size_t leader, size_t node) {
    const uint64_t from = shared(leader, node);
    const uint64_t to = from + random_.below(logs_[leader].size() - from + 1);
    if (to == from) return 0;
    logs_[node].assign(logs_[leader].begin(),
                       logs_[leader].begin() + static_cast<std::ptrdiff_t>(to));
    return to == logs_[leader].size() ? 1 : 0;
  }
  TermRuns runs_of(size_t node) const {
    TermRuns runs;
    for (const uint64_t term : logs_[node]) runs.append(Term(term));
    return runs;
  }

  SeededRandom random_;
  uint64_t term_ = 0;
  std::vector<std::vector<uint64_t>> logs_;
  std::vector<uint64_t> commits_;
};

uint64_t runs_in_question(const TermRuns& runs, LogIndex low) {
  uint64_t count = 0;
  Term last;
  for (LogIndex at = next(low); at <= runs.last(); at = next(at)) {
    count += runs.term(at).term != last ? 1 : 0;
    last = runs.term(at).term;
  }
  return count;
}

uint32_t gallop_bound(const Case& one) {
  const LogIndex top = std::max(one.leader.last(), one.follower.last());
  const auto divergence = static_cast<double>(std::max<uint64_t>(distance(one.shared, top), 1));
  return 2 * static_cast<uint32_t>(std::ceil(std::log2(divergence))) + 2;
}

void print_row(const char* name, const std::array<double, 3>& values) {
  std::printf("%-44s etcd %9.2f   gallop %6.2f   runs %5.2f\n", name, values[0], values[1],
              values[2]);
}

TEST(NextIndex, RandomDivergence) {
  std::array<std::vector<uint32_t>, 3> trips;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    History history(seed);
    for (int turn = 0; turn < 60; ++turn) {
      history.turn([&](const Case& one) {
        for (size_t mode = 0; mode < kModes.size(); ++mode) {
          trips[mode].push_back(round_trips(one, kModes[mode]));
        }
        EXPECT_LE(trips[1].back(), gallop_bound(one));
        const bool is_small = std::min(runs_in_question(one.leader, one.commit),
                                       runs_in_question(one.follower, one.commit)) <= kRunsMax;
        if (is_small) {
          EXPECT_EQ(trips[2].back(), 1u);
        }
      });
    }
  }
  std::array<double, 3> mean{};
  std::array<double, 3> percentile{};
  std::array<double, 3> most{};
  for (size_t mode = 0; mode < kModes.size(); ++mode) {
    std::sort(trips[mode].begin(), trips[mode].end());
    double sum = 0;
    for (const uint32_t count : trips[mode]) sum += count;
    mean[mode] = sum / static_cast<double>(trips[mode].size());
    percentile[mode] = trips[mode][trips[mode].size() * 99 / 100];
    most[mode] = trips[mode].back();
  }
  std::printf("%zu pairs of logs from random elections\n", trips[0].size());
  print_row("random divergence, mean", mean);
  print_row("random divergence, 99th percentile", percentile);
  print_row("random divergence, most", most);
  EXPECT_GT(trips[0].size(), 4000u);
}

std::array<double, 3> check_row(const char* name, const Case& one) {
  std::array<double, 3> trips{};
  for (size_t mode = 0; mode < kModes.size(); ++mode) trips[mode] = round_trips(one, kModes[mode]);
  EXPECT_LE(trips[1], gallop_bound(one));
  print_row(name, trips);
  return trips;
}

TermRuns runs_of_terms(uint64_t shared_entries, uint64_t first_term, uint64_t step,
                       uint64_t count) {
  TermRuns runs;
  runs.append(Term(1), shared_entries);
  for (uint64_t i = 0; i < count; ++i) runs.append(Term(first_term + i * step), 1);
  return runs;
}

TEST(NextIndex, InterleavedTerms) {
  const Case one{runs_of_terms(100, 3, 2, 10'000), runs_of_terms(100, 2, 2, 10'000), LogIndex(100),
                 LogIndex()};
  const auto trips = check_row("interleaved terms, d = 10,000", one);
  EXPECT_GE(trips[0], 10'000);
  EXPECT_EQ(trips[2], 1);
}

TEST(NextIndex, ManySharedAndManyDivergentRuns) {
  SeededRandom random(7);
  std::array<double, 3> sum{};
  constexpr int kRounds = 5;
  for (int round = 0; round < kRounds; ++round) {
    Case one;
    uint64_t term = 1;
    for (int i = 0; i < 5000; ++i) one.leader.append(Term(++term), 1 + random.below(3));
    one.follower = one.leader;
    one.shared = one.leader.last();
    for (int i = 0; i < 5000; ++i) {
      term += 2;
      if (random.below(4) != 0) one.leader.append(Term(term), 1 + random.below(3));
      if (random.below(4) != 0) one.follower.append(Term(term + 1), 1 + random.below(3));
    }
    one.leader.append(Term(term + 2), 1);
    for (size_t mode = 0; mode < kModes.size(); ++mode) {
      sum[mode] += round_trips(one, kModes[mode]) / static_cast<double>(kRounds);
    }
  }
  print_row("5,000 shared and 5,000 divergent runs, mean", sum);
  EXPECT_LE(sum[2], 2);
}

TEST(NextIndex, StaleTailOfOneTerm) {
  Case one{runs_of_terms(5000, 3, 1, 5000), runs_of_terms(5000, 3, 1, 0), LogIndex(5000),
           LogIndex()};
  one.follower.append(Term(2), 200'000);
  const auto trips = check_row("200,000 stale entries of one term", one);
  EXPECT_EQ(trips[2], 1);
}

TEST(NextIndex, MillionBehind) {
  Case one{runs_of_terms(2'000'000, 2, 1, 0), runs_of_terms(1'000'000, 2, 1, 0),
           LogIndex(1'000'000), LogIndex()};
  const auto trips = check_row("1,000,000 behind, clean", one);
  EXPECT_EQ(trips[0], 2);
  EXPECT_EQ(trips[1], 1);
  EXPECT_EQ(trips[2], 1);
}

TEST(NextIndex, EmptyFollower) {
  const Case one{runs_of_terms(10, 2, 1, 10), TermRuns(), LogIndex(), LogIndex()};
  check_row("an empty log", one);
}

TEST(NextIndex, AgreementBelowACompactedLog) {
  for (const NextIndexMode mode : kModes) {
    TermRuns leader = runs_of_terms(100, 11, 2, 100);
    leader.compact(LogIndex(150));
    const TermRuns follower = runs_of_terms(100, 2, 2, 100);
    NextIndexSearch search;
    search.start(mode, {LogIndex(), leader.last()}, leader);
    auto outcome = NextIndexSearch::Outcome::Searching;
    for (int step = 0; step < 500 && outcome == NextIndexSearch::Outcome::Searching; ++step) {
      const LogPosition asked{search.probe(), leader.term(search.probe()).term};
      ASSERT_FALSE(follower.holds(asked));
      const auto runs = leader.sample(search.known().low, asked.index, kRunsMax);
      outcome = search.refused(refuse(follower, LogIndex(), asked, mode, search.known().low, runs),
                               leader);
    }
    EXPECT_EQ(outcome, NextIndexSearch::Outcome::BelowLog);
  }
}

}  // namespace next_index_test
}  // namespace zerodb::raft
