// RaftLog: a member's log as its core sees it: what storage holds, what is on its way there, and
// how far it is committed and applied.
//
// The terms of all entries are in memory as runs. Entries that storage has not acknowledged are in
// memory whole; the others are read through LogView. Storage acknowledges writes in the order it
// got them, by number: an index alone could be that of an entry which was replaced since.
//
// Threading: belongs to one core. Invariants: base <= applied <= handed out to apply <= commit <=
// last; durable <= last; what is handed out to apply is durable.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "raft/configuration.h"
#include "raft/entry.h"
#include "raft/fault.h"
#include "raft/ids.h"
#include "raft/log_view.h"
#include "raft/term_runs.h"

namespace zerodb::raft {

class RaftLog {
 public:
  // A configuration entry that is not applied.
  struct PendingConfiguration {
    LogIndex index;
    Configuration configuration;
  };

  // The log must reach from at most `applied`; E1205 where it holds a malformed configuration.
  static Result<RaftLog> open(const LogView& stored, LogIndex applied, LogIndex commit_hint);

  const TermRuns& runs() const { return runs_; }
  LogIndex last() const { return runs_.last(); }
  LogPosition last_position() const { return runs_.last_position(); }
  LogIndex durable() const { return durable_; }
  LogIndex commit() const { return commit_; }
  LogIndex applied() const { return applied_; }
  LogPosition applied_position() const { return {applied_, runs_.term(applied_).term}; }
  const std::deque<PendingConfiguration>& pending() const { return pending_; }

  // Whether a log that ends so holds at least as much as this one (paper, section 5.4.1).
  bool is_up_to_date(LogPosition other) const;

  // Three-state as LogView, over entries in memory and stored ones.
  EntriesAnswer entries(LogIndex from, LogIndex to, uint64_t bytes_max) const;

  // A leader's own entry, at the end. E1205 for a malformed configuration, with no change.
  Status append(Term term, EntryKind kind, Payload payload);
  // A follower's entries after a position that it holds: skips those it has, replaces its tail from
  // the first that differs. E1299 if that one is committed, E1205 as above.
  Status merge(const std::vector<Entry>& entries);
  void commit_to(LogIndex index);
  // The newest configuration entry of this life that is committed, or zero.
  LogIndex committed_configuration() const { return committed_configuration_; }

  bool has_unwritten() const { return written_ < last(); }
  // The entries that storage was not given yet: they are part of the write `seq`.
  void begin_write(IoSeq seq, std::vector<Entry>& out);
  // The writes up to `seq` are durable.
  void finish_write(IoSeq seq);
  // Entries to apply, at most `bytes_max` not reported as applied; Missing where storage fails.
  Presence take_committed(uint64_t bytes_max, std::vector<Entry>& out);
  bool has_committed(uint64_t bytes_max) const;
  // The state machine holds everything up to `index`.
  void note_applied(LogIndex index);
  // Moves out the newest configuration that has been applied, if any since the last call.
  std::optional<PendingConfiguration> take_applied_configuration();

  // Storage dropped, or will drop, what stands at or before `index`, which is applied.
  void compact(LogIndex index);
  // The log is replaced by a snapshot.
  void reset(LogPosition snapshot);

  // For explorers that copy whole worlds.
  void read_from(const LogView& stored) { stored_ = &stored; }
  // Writes count from `done`. Payloads are left out.
  uint64_t fingerprint(IoSeq done, Renaming renaming) const;
  void plant(Fault fault) { fault_ = fault; }
  void check_invariants() const;

 private:
  bool planted(Fault fault) const { return kFaultsPlanted && fault_ == fault; }
  RaftLog(const LogView& stored, TermRuns runs) : stored_(&stored), runs_(std::move(runs)) {}
  Status read_pending();
  Status note_configuration(const Entry& entry);
  void note_committed_configurations();
  Status push(Entry entry);
  void truncate_after(LogIndex last);
  // The last entry that may be applied.
  LogIndex applicable() const;

  const LogView* stored_;
  TermRuns runs_;
  // Writes that storage has not acknowledged; `last` is how far the log ends with what they hold
  // and nothing replaced since.
  struct Write {
    IoSeq seq;
    LogIndex last;
  };
  std::deque<Write> writes_;
  // Entries after durable_.
  std::deque<Entry> tail_;
  LogIndex durable_;
  LogIndex written_;
  LogIndex commit_;
  LogIndex handed_out_;
  LogIndex committed_configuration_;
  LogIndex applied_;
  // What is handed out and not applied, with its costs.
  struct HandedOut {
    LogIndex last;
    uint64_t bytes;
  };
  std::deque<HandedOut> applying_;
  uint64_t applying_bytes_ = 0;
  std::deque<PendingConfiguration> pending_;
  std::optional<PendingConfiguration> applied_configuration_;
  Fault fault_ = Fault::None;
};

}  // namespace zerodb::raft
