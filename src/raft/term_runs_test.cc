// TermRuns against a plain list of terms, on random logs that one history of leaders could have
// made.
#include "raft/term_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"
#include "raft/memory_storage.h"

namespace zerodb::raft {
namespace term_runs_test {

using Terms = std::vector<uint64_t>;

TermRuns runs_of(const Terms& terms) {
  TermRuns runs;
  for (const uint64_t term : terms) runs.append(Term(term));
  return runs;
}

// Two logs with `shared` entries in common; after them no term of one is in the other, except that
// one of them may go on with the last shared term.
struct Pair {
  Terms ours;
  Terms theirs;
  uint64_t shared = 0;
};

Pair random_pair(SeededRandom& random) {
  Pair pair;
  uint64_t term = 1;
  const auto extend = [&](Terms& log, uint64_t step) {
    for (uint64_t i = random.below(30); i > 0; --i) {
      term += step * random.below(2);
      log.push_back(term);
    }
  };
  extend(pair.ours, 1);
  pair.theirs = pair.ours;
  pair.shared = pair.ours.size();
  const uint64_t last = term;
  if (random.below(2) == 0) pair.ours.insert(pair.ours.end(), random.below(5), last);
  term = 2 * last + 2;
  extend(pair.ours, 2);
  term = 2 * last + 3;
  extend(pair.theirs, 2);
  return pair;
}

TEST(TermRuns, AnswersLikeAListOfTerms) {
  SeededRandom random(1);
  for (int round = 0; round < 2000; ++round) {
    const Terms terms = random_pair(random).ours;
    TermRuns runs = runs_of(terms);
    const uint64_t base = random.below(terms.size() + 1);
    const uint64_t end = base + random.below(terms.size() - base + 1);
    runs.truncate_after(LogIndex(end));
    runs.compact(LogIndex(base));
    ASSERT_EQ(runs.last(), LogIndex(end));
    for (uint64_t i = 0; i <= terms.size() + 1; ++i) {
      const TermAnswer answer = runs.term(LogIndex(i));
      const Presence expected = i < base   ? Presence::Compacted
                                : i <= end ? Presence::Value
                                           : Presence::Missing;
      ASSERT_EQ(answer.presence, expected);
      if (expected == Presence::Value && i > 0) {
        ASSERT_EQ(answer.term, Term(terms[i - 1]));
      }
      uint64_t at_most = std::min(i, end);
      while (at_most > base && terms[at_most - 1] > 3) --at_most;
      if (at_most < base || (at_most == base && base > 0 && terms[base - 1] > 3)) at_most = 0;
      ASSERT_EQ(runs.last_with_term_at_most(Term(3), LogIndex(i)), LogIndex(at_most));
    }
  }
}

TEST(TermRuns, ReadsThemFromAStoredLog) {
  SeededRandom random(2);
  for (int round = 0; round < 500; ++round) {
    const Terms terms = random_pair(random).ours;
    MemoryStorage stored;
    std::vector<Entry> entries;
    for (const uint64_t term : terms) {
      entries.push_back({LogIndex(entries.size() + 1), Term(term), EntryKind::Normal, {}});
    }
    stored.append(entries);
    TermRuns expected = runs_of(terms);
    const LogIndex base(random.below(terms.size() + 1));
    stored.compact(base);
    expected.compact(base);
    const TermRuns runs = TermRuns::of(stored);
    ASSERT_EQ(runs.size(), expected.size());
    for (uint64_t i = 0; i <= terms.size(); ++i) {
      ASSERT_EQ(runs.term(LogIndex(i)).term, expected.term(LogIndex(i)).term);
    }
  }
}

TEST(TermRuns, SamplesOldestAndNewestWithinTheRange) {
  TermRuns runs;
  for (uint64_t term = 1; term <= 1000; ++term) runs.append(Term(term), 1 + term % 3);
  for (uint64_t after = 0; after < 900; after += 13) {
    const LogIndex to = runs.last() - after / 2;
    const std::vector<TermRun> sample = runs.sample(LogIndex(after), to, 16);
    ASSERT_LE(sample.size(), 16u);
    ASSERT_GE(sample.size(), 12u);
    EXPECT_EQ(sample.front().first, LogIndex(after + 1));
    EXPECT_EQ(sample.back().last, to);
    for (size_t i = 1; i < sample.size(); ++i) EXPECT_LT(sample[i - 1].last, sample[i].first);
  }
}

TEST(TermRuns, BracketsWhereLogsPart) {
  SeededRandom random(3);
  for (int round = 0; round < 20000; ++round) {
    const Pair pair = random_pair(random);
    TermRuns ours = runs_of(pair.ours);
    const TermRuns theirs = runs_of(pair.theirs);
    const LogIndex low(random.below(pair.shared + 1));
    const LogIndex high(pair.theirs.size());
    // Both know that they agree up to `low`, so it may be the base of one.
    if (random.below(2) == 0) ours.compact(low);
    const std::vector<TermRun> sample = theirs.sample(low, high, 8);
    const Bracket bracket = ours.intersect({low, std::max(low, high)}, sample);
    ASSERT_LE(bracket.low.value(), pair.shared);
    ASSERT_GE(bracket.high.value(), pair.shared);
    const bool is_complete = theirs.sample(low, high, 1000).size() <= 8;
    if (is_complete) {
      ASSERT_EQ(bracket.low.value(), pair.shared);
      ASSERT_TRUE(bracket.is_exact());
    }
  }
}

TEST(TermRuns, NarrowsNothingForNonsense) {
  TermRuns runs = runs_of({1, 1, 2, 2, 5});
  const std::vector<TermRun> nonsense = {{LogIndex(90), LogIndex(7), Term(2)},
                                         {LogIndex(0), LogIndex(0), Term(9)}};
  const Bracket bracket = runs.intersect({LogIndex(3), LogIndex(5)}, nonsense);
  EXPECT_LE(bracket.low, bracket.high);
}

}  // namespace term_runs_test
}  // namespace zerodb::raft
