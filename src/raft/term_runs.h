// TermRuns: the terms of a whole log, as runs of entries of one term.
//
// Terms never descend in a log, and the entries of one term start at the same index in every log
// that holds some of them, because one leader wrote them in order (Log Matching). So two logs agree
// exactly up to the shorter end of the newest run they share, and a few runs say where that is.
// Threading: a plain value. Invariants: starts and terms ascend strictly; the base stands before
// the first run.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "raft/ids.h"
#include "raft/log_view.h"

namespace zerodb::raft {

// Entries [first, last], all of one term.
struct TermRun {
  LogIndex first;
  LogIndex last;
  Term term;
  bool operator==(const TermRun&) const = default;
};

// What is known about where two logs part: they agree up to `low`, and not after `high`.
struct Bracket {
  LogIndex low;
  LogIndex high;
  bool is_exact() const { return low == high; }
  bool operator==(const Bracket&) const = default;
};

class TermRuns {
 public:
  TermRuns() = default;
  explicit TermRuns(LogPosition base) : base_(base), last_(base.index) {}
  // Reads the runs of a stored log: O(runs * log(entries)) calls of term().
  static TermRuns of(const LogView& log);

  LogPosition base() const { return base_; }
  LogIndex first() const { return next(base_.index); }
  LogIndex last() const { return last_; }
  LogPosition last_position() const {
    return {last_, runs_.empty() ? base_.term : runs_.back().term};
  }
  size_t size() const { return runs_.size(); }

  TermAnswer term(LogIndex index) const;
  bool holds(LogPosition position) const { return term(position.index).is(position.term); }

  // Appends one entry of this term.
  void append(Term term) { append(term, 1); }
  void append(Term term, uint64_t count);
  // Drops the entries after `last`, which stands at or after the base.
  void truncate_after(LogIndex last);
  // Drops the entries up to `index`, which becomes the base.
  void compact(LogIndex index);

  // The last index of an entry with at most this term, at or before `from`; zero if it stands
  // before the log.
  LogIndex last_with_term_at_most(Term term, LogIndex from) const;

  // At most `count_max` (>= 8) runs that cover entries of (after, to], oldest first, cut to that
  // range: all if they fit, otherwise newest, oldest, exponentially spaced and the rest even.
  std::vector<TermRun> sample(LogIndex after, LogIndex to, size_t count_max) const;

  // Where this log and another one part, given `known` and some runs of the other one within it.
  Bracket intersect(Bracket known, const std::vector<TermRun>& other) const;

 private:
  struct Run {
    LogIndex start;
    Term term;
    bool operator==(const Run&) const = default;
  };
  LogIndex end_of(size_t run) const;
  // The number of the run that holds `index`, which stands in the log.
  size_t run_at(LogIndex index) const;
  std::optional<TermRun> find(Term term) const;

  LogPosition base_;
  LogIndex last_;
  std::vector<Run> runs_;
};

}  // namespace zerodb::raft
