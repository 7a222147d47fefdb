#include "raft/term_runs.h"

#include <algorithm>

#include "base/assert.h"

namespace zerodb::raft {

namespace {

// How many of a sample are spaced exponentially from the newest: recent leaders are where logs
// mostly part.
constexpr size_t kExponentialSamples = 4;

// Positions of a sample of `count` runs, counted from the newest; ascending, without doubles.
std::vector<size_t> sample_positions(size_t count, size_t count_max) {
  std::vector<size_t> positions = {0, count - 1};
  for (size_t i = 0; i < kExponentialSamples; ++i) positions.push_back(size_t{1} << i);
  const size_t even = count_max - positions.size();
  for (size_t i = 1; i <= even; ++i) positions.push_back(i * (count - 1) / (even + 1));
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  return positions;
}

}  // namespace

TermRuns TermRuns::of(const LogView& log) {
  TermRuns out(log.base());
  const LogIndex end = log.last();
  while (out.last_ < end) {
    const LogIndex start = next(out.last_);
    const Term term = log.term(start).term;
    // The run reaches `known`; past `beyond` it does not.
    LogIndex known = start;
    LogIndex beyond = next(end);
    for (uint64_t step = 1; known + step < beyond; step *= 2) {
      if (!log.term(known + step).is(term)) {
        beyond = known + step;
        break;
      }
      known = known + step;
    }
    while (next(known) < beyond) {
      const LogIndex middle = known + distance(known, beyond) / 2;
      (log.term(middle).is(term) ? known : beyond) = middle;
    }
    out.append(term, distance(out.last_, known));
  }
  return out;
}

TermAnswer TermRuns::term(LogIndex index) const {
  if (index > last_) return {Presence::Missing, Term()};
  if (index < base_.index) return {Presence::Compacted, Term()};
  if (index == base_.index) return {Presence::Value, base_.term};
  return {Presence::Value, runs_[run_at(index)].term};
}

void TermRuns::append(Term term, uint64_t count) {
  ASSERT(term >= last_position().term);
  if (count == 0) return;
  if (runs_.empty() || runs_.back().term != term) runs_.push_back({next(last_), term});
  last_ = last_ + count;
}

void TermRuns::truncate_after(LogIndex last) {
  ASSERT(last >= base_.index);
  while (!runs_.empty() && runs_.back().start > last) runs_.pop_back();
  last_ = std::min(last_, last);
}

void TermRuns::compact(LogIndex index) {
  ASSERT(index >= base_.index);
  ASSERT(index <= last_);
  base_ = {index, term(index).term};
  size_t gone = 0;
  while (gone < runs_.size() && end_of(gone) <= index) ++gone;
  runs_.erase(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(gone));
  if (!runs_.empty()) runs_.front().start = std::max(runs_.front().start, next(index));
}

LogIndex TermRuns::last_with_term_at_most(Term term, LogIndex from) const {
  LogIndex index = std::min(from, last_);
  while (index > base_.index) {
    const Run& run = runs_[run_at(index)];
    if (run.term <= term) return index;
    index = run.start - 1;
  }
  return index == base_.index && base_.term <= term ? index : LogIndex();
}

std::vector<TermRun> TermRuns::sample(LogIndex after, LogIndex to, size_t count_max) const {
  ASSERT(count_max >= 8);
  after = std::max(after, base_.index);
  to = std::min(to, last_);
  std::vector<TermRun> out;
  if (after >= to) return out;
  const size_t oldest = run_at(next(after));
  const size_t newest = run_at(to);
  const size_t count = newest - oldest + 1;
  const auto add = [&](size_t run) {
    out.push_back(
        {std::max(runs_[run].start, next(after)), std::min(end_of(run), to), runs_[run].term});
  };
  if (count <= count_max) {
    for (size_t run = oldest; run <= newest; ++run) add(run);
    return out;
  }
  const std::vector<size_t> positions = sample_positions(count, count_max);
  for (auto position = positions.rbegin(); position != positions.rend(); ++position) {
    add(newest - *position);
  }
  return out;
}

Bracket TermRuns::intersect(Bracket known, const std::vector<TermRun>& other) const {
  known.high = std::min(known.high, last_);
  for (auto theirs = other.rbegin(); theirs != other.rend(); ++theirs) {
    const std::optional<TermRun> ours = find(theirs->term);
    if (!ours) {
      known.high = std::min(known.high, theirs->first - 1);
      continue;
    }
    // Where one of the runs ends first, there the logs part.
    const LogIndex shared = std::min(theirs->last, ours->last);
    known.low = std::max(known.low, std::min(shared, known.high));
    if (ours->last != theirs->last) known.high = std::min(known.high, shared);
    break;
  }
  known.high = std::max(known.high, known.low);
  return known;
}

LogIndex TermRuns::end_of(size_t run) const {
  return run + 1 < runs_.size() ? runs_[run + 1].start - 1 : last_;
}

size_t TermRuns::run_at(LogIndex index) const {
  const auto after = std::upper_bound(runs_.begin(), runs_.end(), index,
                                      [](LogIndex at, const Run& run) { return at < run.start; });
  ASSERT(after != runs_.begin());
  return static_cast<size_t>(after - runs_.begin()) - 1;
}

std::optional<TermRun> TermRuns::find(Term term) const {
  const auto at = std::lower_bound(runs_.begin(), runs_.end(), term,
                                   [](const Run& run, Term wanted) { return run.term < wanted; });
  if (at == runs_.end() || at->term != term) {
    // All that is left of the run may be the base.
    if (base_.term != term || base_.index == LogIndex()) return std::nullopt;
    return TermRun{base_.index, base_.index, term};
  }
  const auto run = static_cast<size_t>(at - runs_.begin());
  return TermRun{at->start, end_of(run), term};
}

}  // namespace zerodb::raft
