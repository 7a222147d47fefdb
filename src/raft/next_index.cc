#include "raft/next_index.h"

#include <algorithm>

#include "base/assert.h"

namespace zerodb::raft {

void NextIndexSearch::start(NextIndexMode mode, Bracket known, const TermRuns& leader) {
  ASSERT(known.low <= known.high);
  ASSERT(known.high <= leader.last());
  *this = NextIndexSearch();
  mode_ = mode;
  known_ = known;
  probe_ = std::max(known.high, leader.base().index);
  known_.high = probe_;
}

NextIndexSearch::Outcome NextIndexSearch::accepted(const TermRuns& leader) {
  ++round_trips_;
  narrow(probe_, known_.high);
  // Without bisection the first index that is accepted is good enough.
  if (mode_ != NextIndexMode::Gallop) return Outcome::Found;
  is_bisecting_ = true;
  return conclude(leader);
}

NextIndexSearch::Outcome NextIndexSearch::refused(const Refusal& refusal, const TermRuns& leader) {
  ++round_trips_;
  if (mode_ == NextIndexMode::EtcdHint) return follow_hint(refusal.hint, leader);
  narrow(refusal.commit, std::min(probe_ - 1, refusal.last.index));
  if (leader.holds(refusal.last)) {
    // Equal at the follower's end, so equal all the way.
    narrow(refusal.last.index, refusal.last.index);
  } else if (refusal.last.index == known_.high) {
    narrow(known_.low, known_.high - 1);
  }
  if (mode_ == NextIndexMode::RunVector && known_.high > known_.low) {
    narrow(refusal.bracket.low, refusal.bracket.high);
    if (known_.high > known_.low) {
      known_ = leader.intersect(known_, refusal.runs);
    }
  }
  return conclude(leader);
}

NextIndexSearch::Outcome NextIndexSearch::conclude(const TermRuns& leader) {
  if (known_.high < leader.base().index) return Outcome::BelowLog;
  if (known_.is_exact()) {
    probe_ = known_.low;
    return Outcome::Found;
  }
  const LogIndex wanted = mode_ == NextIndexMode::Gallop ? gallop_or_bisect() : known_.high;
  probe_ = std::max(wanted, leader.base().index);
  return Outcome::Searching;
}

NextIndexSearch::Outcome NextIndexSearch::follow_hint(LogPosition hint, const TermRuns& leader) {
  narrow(known_.low, probe_ - 1);
  const LogIndex next_probe = leader.last_with_term_at_most(hint.term, hint.index);
  known_.high = std::clamp(next_probe, known_.low, known_.high);
  probe_ = known_.high;
  return probe_ < leader.base().index ? Outcome::BelowLog : Outcome::Searching;
}

void NextIndexSearch::narrow(LogIndex low, LogIndex high) {
  known_.low = std::max(known_.low, low);
  known_.high = std::max(known_.low, std::min(known_.high, high));
}

LogIndex NextIndexSearch::gallop_or_bisect() {
  const uint64_t width = distance(known_.low, known_.high);
  if (!is_bisecting_) {
    if (stride_ == 0) anchor_ = known_.high;
    const uint64_t back = stride_;
    stride_ = 2 * stride_ + 1;
    if (back < distance(known_.low, anchor_)) return std::min(anchor_ - back, known_.high);
    is_bisecting_ = true;
  }
  return known_.low + (width + 1) / 2;
}

Refusal refuse(const TermRuns& follower, LogIndex commit, LogPosition previous, NextIndexMode mode,
               LogIndex low, const std::vector<TermRun>& runs) {
  Refusal out;
  out.previous = previous.index;
  out.last = follower.last_position();
  out.commit = commit;
  if (mode == NextIndexMode::EtcdHint) {
    const LogIndex from = std::min(previous.index, out.last.index);
    out.hint.index = follower.last_with_term_at_most(previous.term, from);
    out.hint.term = follower.term(out.hint.index).term;
  }
  if (mode == NextIndexMode::RunVector) {
    const LogIndex agreed = std::max(low, commit);
    const LogIndex high = std::max(agreed, previous.index - 1);
    out.bracket = follower.intersect({agreed, high}, runs);
    if (!out.bracket.is_exact()) {
      out.runs = follower.sample(out.bracket.low, out.bracket.high, kRunsMax);
    }
  }
  return out;
}

}  // namespace zerodb::raft
