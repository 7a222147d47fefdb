// NextIndexSearch: finds the last index up to which a follower's log equals the leader's.
//
// "Equal up to i" is true up to some index and false after it, so it can be searched. The lower end
// is proven: the follower's commit index, because a leader holds every committed entry. Three ways:
//
// EtcdHint: one step a reply, over a whole term where the follower's hint allows it.
// Gallop: back from the end by 1, 2, 4, .. until a probe is accepted, then bisection; at most
//   2 * ceil(log2 d) + 2 round trips for a divergence of d entries.
// RunVector: leader and follower exchange runs of their terms; one round trip when either has at
// most
//   kRunsMax of them in question, otherwise their number shrinks by about kRunsMax each way.
//
// Threading: a plain value. Invariant: low <= agreement <= high while searching.
#pragma once

#include <cstdint>
#include <vector>

#include "raft/ids.h"
#include "raft/term_runs.h"

namespace zerodb::raft {

enum class NextIndexMode : uint8_t { EtcdHint, Gallop, RunVector };

inline constexpr size_t kRunsMax = 16;

// Why a follower did not take an append, and all it knows about where the logs part.
struct Refusal {
  // The position that it was asked about.
  LogIndex previous;
  LogPosition last;
  LogIndex commit;
  // EtcdHint: its last entry, at or before `previous`, of at most the term asked about.
  LogPosition hint;
  // RunVector.
  Bracket bracket;
  std::vector<TermRun> runs;
};

class NextIndexSearch {
 public:
  // Looks within (low, high] for the end of agreement; up to `low` it is proven. Only entries from
  // the base of `leader` on can be asked about.
  void start(NextIndexMode mode, Bracket known, const TermRuns& leader);

  // The index to ask about next.
  LogIndex probe() const { return probe_; }
  Bracket known() const { return known_; }
  NextIndexMode mode() const { return mode_; }
  // Replies since start().
  uint32_t round_trips() const { return round_trips_; }
  uint64_t fingerprint() const;

  // Found: probe() is the end of agreement. BelowLog: it stands before the leader's log.
  enum class Outcome : uint8_t { Searching, Found, BelowLog };
  Outcome refused(const Refusal& refusal, const TermRuns& leader);
  Outcome accepted(const TermRuns& leader);

 private:
  Outcome follow_hint(LogPosition hint, const TermRuns& leader);
  Outcome conclude(const TermRuns& leader);
  void narrow(LogIndex low, LogIndex high);
  LogIndex gallop_or_bisect();

  NextIndexMode mode_ = NextIndexMode::RunVector;
  Bracket known_;
  LogIndex probe_;
  // Gallop: where it started and how far it reached back; zero once a probe was accepted.
  LogIndex anchor_;
  uint64_t stride_ = 0;
  bool is_bisecting_ = false;
  uint32_t round_trips_ = 0;
};

// The follower's side: why an append at `previous` is refused. `low` and `runs` are the leader's.
Refusal refuse(const TermRuns& follower, LogIndex commit, LogPosition previous, NextIndexMode mode,
               LogIndex low, const std::vector<TermRun>& runs);

}  // namespace zerodb::raft
