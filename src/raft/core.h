// Core: one member of one replica set, as a pure state machine of the Raft protocol.
//
// It has no clock, thread, socket, disk or randomness of its own: step() takes one input, take()
// gives what is to be done since (Ready tells the caller's duties). Equal inputs and seeds give
// equal outputs. Many inputs may be stepped before one take(): appends, heartbeats and read rounds
// are made there, once for all.
//
//              silence            a quorum would vote          a quorum voted, all durable
//   Follower ----------> PreCandidate -----------> Candidate ---------------------> Leader
//      ^   TimeoutNow: straight to Candidate           |                              |
//      +----- a leader of this term, a higher term, a quorum refuses -----------------+
//                             (a leader also: no quorum heard, removed from the members)
//
// Invariants, checked by the simulator after every event: at most one leader a term; a leader only
// appends; logs that share an entry are equal up to it; a committed entry is in every later
// leader's log; term, commit and applied never descend.
//
// Members: a decision needs a quorum of the applied configuration and of each one in the log that
// is not applied. That includes the newest in the log, which is what the paper requires; and the
// applied one, so that old voters count until the change is known to be committed.
//
// Threading: belongs to one thread at a time. An error of step() other than a refused request
// (Propose, ReadIndex, ChangeMembers, Transfer) or a malformed message is final: the state of the
// member is damaged, and every later step() gives it again.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "raft/input.h"
#include "raft/log_view.h"
#include "raft/options.h"
#include "raft/progress.h"
#include "raft/raft_log.h"
#include "raft/ready.h"

namespace zerodb::raft {

// What a member is like now. The references last until the next step() or take().
struct View {
  NodeId id;
  Term term;
  NodeId vote;
  Role role = Role::Follower;
  NodeId leader;
  const RaftLog& log;
  const Configuration& configuration;
  // Where this is the leader; by id.
  const std::vector<Progress>& peers;
  // Commit has reached an entry of the leader's own term.
  bool is_settled = false;
  bool is_transferring = false;
  bool is_installing = false;
  // A leader knows that the applied configuration will outlive any crash: those who are no members
  // of it may be destroyed.
  bool is_membership_settled = false;
};

class Core {
 public:
  // `log` and `snapshots` outlive the core. E0210 for options that do not fit each other, E1205 for
  // a state that does not fit the log. The seed must differ between two lives of a node.
  static Result<Core> open(Options options, const Persisted& persisted, const LogView& log,
                           const SnapshotView& snapshots, uint64_t seed);

  Status step(const Input& input);
  Ready take();
  View view() const;

  // What a snapshot of the state machine, or the state machine itself, records beside its contents.
  LogPosition applied_position() const { return log_.applied_position(); }
  const Configuration& applied_configuration() const { return configuration_; }

  // A copy that reads another copy of the storage.
  Core copy_over(const LogView& log, const SnapshotView& snapshots) const;
  // Equal for states that go on equally, time, randomness and the payloads of entries aside; for
  // explorers too. With a renaming it is that of a world whose nodes have other ids.
  uint64_t fingerprint(Renaming renaming = {}) const;
  // Asserts what must hold between two steps.
  void check_invariants() const;

 private:
  struct Read {
    NodeId from;
    uint64_t nonce = 0;
    uint64_t context = 0;
    // Set when the round that will prove it begins.
    Round round;
    LogIndex index;
  };
  // Snapshot bytes that come in.
  struct Incoming {
    SnapshotMeta meta;
    uint64_t received = 0;
    uint64_t stored = 0;
    bool is_asked_to_install = false;
  };
  struct HardWrite {
    IoSeq seq;
    HardState hard;
  };
  struct RoundStart {
    Round round;
    uint64_t at = 0;
  };
  struct Transferring {
    NodeId to;
    uint64_t until = 0;
    bool is_ordered = false;
  };
  struct Output {
    std::vector<Entry> append;
    std::vector<SnapshotChunk> chunks;
    std::vector<Message> now;
    std::vector<Message> after_write;
    std::vector<Entry> apply;
    std::vector<ReadGrant> reads;
    std::optional<SnapshotMeta> install;
  };

  Core(Options options, const Persisted& persisted, RaftLog log, const SnapshotView& snapshots,
       uint64_t seed);
  bool planted(Fault fault) const { return kFaultsPlanted && options_.fault == fault; }

  // core.cc: dispatch.
  Status dispatch(const Input& input);
  Status on(const Message& message);
  Status on(const Tick& tick);
  Status on(const StartCampaign& input);
  Status on(const Propose& propose);
  Status on(const ReadIndex& read);
  Status on(const ChangeMembers& change);
  Status on(const Transfer& transfer);
  Status on(const ForgetLeader& input);
  Status on(const WriteDone& done);
  Status on(const ApplyDone& done);
  Status on(const ChunkStored& stored);
  Status on(const InstallDone& done);
  Status on(const Compacted& compacted);
  Status on(const Unreachable& unreachable);
  Status on(const DiskState& state);
  Status check_shape(const Message& message) const;
  // Whether the message is one of this term after terms were compared.
  bool settle_term(const Message& message);
  void answer_old_term(const Message& message);
  void advance_clock(uint64_t now);
  void send(NodeId to, MessageBody body) {
    next_.now.push_back({id(), to, term_, std::move(body)});
  }
  void send_durably(NodeId to, MessageBody body) {
    next_.after_write.push_back({id(), to, term_, std::move(body)});
  }
  void fail(Error error) {
    if (!failure_) failure_ = std::move(error);
  }

  // core.cc: what take() collects.
  void collect_write(Ready& ready);
  void collect_apply();

  // election.cc
  void become_follower(Term term, NodeId leader);
  void become_leader();
  void campaign(VoteRound round, Campaign kind);
  void restart_election_timer();
  void tick_election();
  bool is_promotable() const;
  bool is_bound_to_leader() const;
  bool may_vote_for(const Message& message, const VoteRequest& request) const;
  Status receive(const Message& message, const VoteRequest& request);
  Status receive(const Message& message, const VoteReply& reply);
  Status receive(const Message& message, const TimeoutNow& order);
  VoteReply answer_vote(const VoteRequest& request, bool granted) const;
  void learn_committed(LogPosition position);
  void count_vote(NodeId from, bool granted);
  void count_own_vote();

  // follower.cc
  Status receive(const Message& message, const Append& append);
  Status receive(const Message& message, const Heartbeat& heartbeat);
  Status receive(const Message& message, const SnapshotChunk& chunk);
  Status follow(const Message& message);
  Status refuse_append(NodeId leader, const Append& append);
  void accept_append(NodeId leader, AppendSeq seq, LogIndex match);
  Status begin_installation();

  // leader.cc
  Status receive(const Message& message, const AppendReply& reply);
  Status receive(const Message& message, const HeartbeatReply& reply);
  Status receive(const Message& message, const ChunkReply& reply);
  void tick_leader();
  void lead();
  void advance_commit();
  void check_quorum();
  void on_accepted(Progress& peer, const AppendReply& reply);
  void on_refused(Progress& peer, const AppendReply& reply);
  void follow_outcome(Progress& peer, NextIndexSearch::Outcome outcome);
  void replicate_to(Progress& peer);
  void send_probe(Progress& peer);
  bool send_entries(Progress& peer);
  void send_chunks(Progress& peer);
  void begin_probe(Progress& peer, Bracket known);
  void begin_replicate(Progress& peer, LogIndex next_index);
  void begin_snapshot(Progress& peer);
  void sync_peers();
  void continue_transfer();
  bool is_short_of_disk() const;
  Progress* find_peer(NodeId id);
  const Progress* find_peer(NodeId id) const;

  // read.cc
  Status receive(const Message& message, const ReadForward& read);
  Status receive(const Message& message, const ReadForwardReply& reply);
  void start_round();
  void prove_round();
  void start_read_round();
  void grant_reads();
  void grant(const Read& read, bool granted);
  void fail_reads();
  bool has_lease() const;

  // membership.cc
  Status append_configuration(const Configuration& configuration);
  void adopt_applied_configuration();
  void advance_membership();
  void leave_office_when_removed();
  bool is_membership_settled() const;
  LogIndex durable_commit() const;
  bool is_voter_anywhere(NodeId id) const;
  NodeSet all_members() const;
  template <typename Has>
  bool has_quorum(Has has) const;
  template <typename Value, typename Of>
  Value quorum_value(Of of) const;

  NodeId id() const { return options_.id; }
  bool is_leader() const { return role_ == Role::Leader; }
  bool is_settled() const;
  LogIndex own_match() const;

  Options options_;
  RaftLog log_;
  const SnapshotView* snapshots_;
  SeededRandom random_;
  uint64_t nonce_;
  std::optional<Error> failure_;

  Term term_;
  NodeId vote_;
  Role role_ = Role::Follower;
  NodeId leader_;
  Configuration configuration_;
  LogIndex configuration_index_;
  DiskLevel disk_ = DiskLevel::Normal;

  // In ticks.
  uint64_t now_ = 0;
  bool has_clock_ = false;
  uint64_t timer_start_ = 0;
  uint64_t timeout_ = 0;
  uint64_t leader_heard_at_ = 0;
  bool has_heard_leader_ = false;

  // Writes under way.
  IoSeq last_seq_;
  IoSeq done_seq_;
  HardState hard_taken_;
  HardState hard_durable_;
  std::deque<HardWrite> hard_writes_;

  // Candidate.
  std::vector<std::pair<NodeId, bool>> votes_;
  Campaign campaign_ = Campaign::Timeout;
  bool is_own_vote_counted_ = false;

  // Leader.
  std::vector<Progress> peers_;
  LogIndex term_start_;
  uint64_t uncommitted_bytes_ = 0;
  std::deque<std::pair<LogIndex, uint64_t>> uncommitted_;
  Round round_;
  Round proven_round_;
  uint64_t round_at_ = 0;
  uint64_t counted_at_ = 0;
  std::deque<RoundStart> rounds_;
  std::deque<Read> reads_;
  std::optional<Transferring> transfer_;
  bool has_ordered_transfer_ = false;

  // Reads that were forwarded, with the tick at which they are given up.
  std::deque<std::pair<uint64_t, uint64_t>> forwarded_;
  std::optional<Incoming> incoming_;
  bool is_installing_ = false;

  SoftState soft_taken_;
  // What the next take() gives, and what the last one gave.
  Output next_;
  Output taken_;
};

template <typename Has>
bool Core::has_quorum(Has has) const {
  if (!configuration_.has_quorum(has)) return false;
  if (planted(Fault::IgnorePendingConfiguration)) return true;
  for (const RaftLog::PendingConfiguration& pending : log_.pending()) {
    if (!pending.configuration.has_quorum(has)) return false;
  }
  return true;
}

template <typename Value, typename Of>
Value Core::quorum_value(Of of) const {
  Value value = configuration_.quorum_value<Value>(of);
  if (planted(Fault::IgnorePendingConfiguration)) return value;
  for (const RaftLog::PendingConfiguration& pending : log_.pending()) {
    value = std::min(value, pending.configuration.quorum_value<Value>(of));
  }
  return value;
}

}  // namespace zerodb::raft
