#include "raft/core.h"

#include <algorithm>
#include <variant>

#include "base/assert.h"
#include "base/error.h"

namespace zerodb::raft {

namespace {

// A message that only the leader of its term sends.
bool is_from_leader(const MessageBody& body) {
  return std::holds_alternative<Append>(body) || std::holds_alternative<Heartbeat>(body) ||
         std::holds_alternative<SnapshotChunk>(body);
}

// Entries follow each other from `previous`, and no term is above the sender's.
bool is_sequence(const Append& append, Term term) {
  LogPosition at = append.previous;
  for (const Entry& entry : append.entries) {
    if (entry.index != next(at.index) || entry.term < at.term || entry.term > term) return false;
    at = entry.position();
  }
  return true;
}

Error malformed(const Message& message) {
  return Error(ErrorCode::E1211,
               "malformed " + std::string(name_of(message.body)) + " of a member of a replica set");
}

}  // namespace

Status Options::check() const {
  const bool is_good = id != kNoNode && heartbeat_ticks > 0 && election_ticks > heartbeat_ticks &&
                       append_bytes_max > 0 && inflight_messages_max > 0 && chunk_bytes > 0 &&
                       chunk_window_bytes >= chunk_bytes && reads_max > 0 && apply_bytes_max > 0;
  if (!is_good) return Error(ErrorCode::E0210, "options of a replica that do not fit each other");
  if (lease_reads && !(check_quorum && lease_ticks < election_ticks)) {
    return Error(ErrorCode::E0210,
                 "reads by lease need check_quorum and a lease below the timeout");
  }
  return ok_status();
}

Result<Core> Core::open(Options options, const Persisted& persisted, const LogView& log,
                        const SnapshotView& snapshots, uint64_t seed) {
  TRY(options.check());
  auto raft_log = TRY(RaftLog::open(log, persisted.applied, persisted.hard.commit));
  if (raft_log.last_position().term > persisted.hard.term) {
    return Error(ErrorCode::E1205, "the log of a replica has entries of a term that it never had");
  }
  return Core(options, persisted, std::move(raft_log), snapshots, seed);
}

Core::Core(Options options, const Persisted& persisted, RaftLog log, const SnapshotView& snapshots,
           uint64_t seed)
    : options_(options),
      log_(std::move(log)),
      snapshots_(&snapshots),
      random_(seed),
      nonce_(random_.next()),
      term_(persisted.hard.term),
      vote_(persisted.hard.vote),
      configuration_(persisted.configuration),
      configuration_index_(persisted.applied),
      hard_taken_(persisted.hard),
      hard_durable_(persisted.hard) {
  log_.plant(options_.fault);
  if (persisted.partial) {
    incoming_ = Incoming{persisted.partial->meta, persisted.partial->stored_bytes,
                         persisted.partial->stored_bytes};
  }
  soft_taken_.term = term_;
  // Whom this node promised to stay with before it restarted is not known; it waits that out.
  has_heard_leader_ = options_.lease_reads;
  restart_election_timer();
}

Core Core::copy_over(const LogView& log, const SnapshotView& snapshots) const {
  Core copy = *this;
  copy.log_.read_from(log);
  copy.snapshots_ = &snapshots;
  return copy;
}

Status Core::step(const Input& input) {
  if (failure_) return *failure_;
  Status status = dispatch(input);
  if (failure_) return *failure_;
  return status;
}

Status Core::dispatch(const Input& input) {
  return std::visit([this](const auto& value) { return on(value); }, input);
}

Status Core::check_shape(const Message& message) const {
  if (message.from == kNoNode || message.from == id()) return malformed(message);
  if (const auto* append = std::get_if<Append>(&message.body)) {
    if (!is_sequence(*append, message.term)) return malformed(message);
    if (append->runs.size() > kRunsMax) return malformed(message);
  }
  if (const auto* reply = std::get_if<AppendReply>(&message.body)) {
    const Refusal& refusal = reply->refusal;
    if (refusal.runs.size() > kRunsMax) return malformed(message);
    if (is_leader() && message.term == term_) {
      const LogIndex claimed = std::max({reply->match, refusal.commit, refusal.bracket.low});
      if (claimed > log_.last()) return malformed(message);
    }
  }
  if (const auto* chunk = std::get_if<SnapshotChunk>(&message.body)) {
    const uint64_t total = chunk->meta.bytes;
    if (chunk->offset > total || chunk->bytes.size() > total - chunk->offset) {
      return malformed(message);
    }
  }
  return ok_status();
}

Status Core::on(const Message& message) {
  // A message to another incarnation of this node is none of its business.
  if (message.to != id()) return ok_status();
  TRY(check_shape(message));
  if (!settle_term(message)) return ok_status();
  return std::visit(
      [&](const auto& body) {
        Status status = receive(message, body);
        // What a follower or a leader refuses here would break its log.
        if (!status.has_value()) fail(status.error());
        return status;
      },
      message.body);
}

bool Core::settle_term(const Message& message) {
  const auto* request = std::get_if<VoteRequest>(&message.body);
  const auto* vote = std::get_if<VoteReply>(&message.body);
  // What is committed stays so, whatever the term.
  if (vote != nullptr) learn_committed(vote->committed);
  if (message.term > term_) {
    if (request != nullptr && request->campaign != Campaign::Transfer && is_bound_to_leader()) {
      return false;
    }
    // These speak of a term in which nobody campaigns yet.
    const bool is_hypothetical =
        (request != nullptr && request->round == VoteRound::PreVote) ||
        (vote != nullptr && vote->round == VoteRound::PreVote && vote->granted);
    if (is_hypothetical) return true;
    if (planted(Fault::ForgetContactAtHigherTerm)) has_heard_leader_ = false;
    become_follower(message.term, is_from_leader(message.body) ? message.from : kNoNode);
    return true;
  }
  if (message.term == term_) return true;
  if (std::holds_alternative<ReadForwardReply>(message.body)) return true;
  answer_old_term(message);
  return false;
}

void Core::answer_old_term(const Message& message) {
  if (is_from_leader(message.body)) {
    // Without an answer a leader whom nobody else deposed would not learn of this term.
    send(message.from, AppendReply{});
  } else if (const auto* request = std::get_if<VoteRequest>(&message.body)) {
    if (planted(Fault::PreVoteSilence)) return;
    send(message.from, answer_vote(*request, false));
  }
}

void Core::advance_clock(uint64_t now) {
  if (!has_clock_) {
    now_ = timer_start_ = leader_heard_at_ = now;
    has_clock_ = true;
  }
  now_ = std::max(now_, now);
}

Status Core::on(const Tick& tick) {
  advance_clock(tick.now);
  while (!forwarded_.empty() && forwarded_.front().second <= now_) {
    next_.reads.push_back({forwarded_.front().first, false, LogIndex()});
    forwarded_.pop_front();
  }
  if (is_leader()) {
    tick_leader();
  } else {
    tick_election();
  }
  return ok_status();
}

Status Core::on(const Propose& propose) {
  if (!is_leader()) return Error(ErrorCode::E1201, "this replica does not lead its set");
  if (transfer_ && !planted(Fault::AcceptWhileTransferring)) {
    return Error(ErrorCode::E1201, "this replica hands its office over");
  }
  if (propose.payload.size() > options_.entry_bytes_max) {
    return Error(ErrorCode::E1106, "an entry of a replica set is too big");
  }
  if (propose.admission == Admission::Normal && is_short_of_disk()) {
    return Error(ErrorCode::E1204, "disks of the replica set are nearly full");
  }
  const uint64_t cost = kEntryOverheadBytes + propose.payload.size();
  if (uncommitted_bytes_ > 0 && uncommitted_bytes_ + cost > options_.uncommitted_bytes_max) {
    return Error(ErrorCode::E1109, "too many entries of a replica set wait for their commit");
  }
  TRY(log_.append(term_, EntryKind::Normal, propose.payload));
  uncommitted_bytes_ += cost;
  uncommitted_.push_back({log_.last(), cost});
  return ok_status();
}

Status Core::on(const WriteDone& done) {
  if (done.seq > last_seq_)
    return Error(ErrorCode::E1299, "a write is done that was never asked for");
  if (done.seq <= done_seq_) return ok_status();
  done_seq_ = done.seq;
  log_.finish_write(done.seq);
  while (!hard_writes_.empty() && hard_writes_.front().seq <= done.seq) {
    hard_durable_ = hard_writes_.front().hard;
    hard_writes_.pop_front();
  }
  count_own_vote();
  return ok_status();
}

Status Core::on(const ApplyDone& done) {
  log_.note_applied(done.index);
  adopt_applied_configuration();
  return ok_status();
}

Status Core::on(const Compacted& compacted) {
  log_.compact(compacted.index);
  return ok_status();
}

Status Core::on(const DiskState& state) {
  disk_ = state.level;
  return ok_status();
}

Ready Core::take() {
  Ready ready;
  if (!failure_ && is_leader()) lead();
  if (!failure_) collect_apply();
  taken_ = std::move(next_);
  next_ = Output();
  if (failure_) taken_ = Output();
  if (!failure_) collect_write(ready);
  ready.append = taken_.append;
  ready.chunks = taken_.chunks;
  ready.install = taken_.install;
  ready.send_now = taken_.now;
  ready.send_after_write = taken_.after_write;
  ready.apply = taken_.apply;
  ready.reads = taken_.reads;
  const SoftState soft{role_, leader_, term_};
  if (soft != soft_taken_) ready.soft = soft_taken_ = soft;
  return ready;
}

void Core::collect_write(Ready& ready) {
  // That a configuration is committed must survive: the members before it may be gone by the time
  // this one starts again, and it would ask them.
  const bool is_hard_new = hard_taken_.term != term_ || hard_taken_.vote != vote_ ||
                           hard_taken_.commit < log_.committed_configuration();
  if (is_hard_new || log_.has_unwritten()) {
    last_seq_ = next(last_seq_);
    log_.begin_write(last_seq_, taken_.append);
    // Otherwise the commit index goes along because it shortens the next start.
    hard_taken_ = {term_, vote_, log_.commit()};
    hard_writes_.push_back({last_seq_, hard_taken_});
    ready.hard = hard_taken_;
  }
  ready.seq = last_seq_;
  if (done_seq_ < last_seq_) return;
  // Everything is durable that these messages follow from.
  taken_.now.insert(taken_.now.end(), std::make_move_iterator(taken_.after_write.begin()),
                    std::make_move_iterator(taken_.after_write.end()));
  taken_.after_write.clear();
}

void Core::collect_apply() {
  if (is_installing_) return;
  if (log_.take_committed(options_.apply_bytes_max, next_.apply) != Presence::Value) {
    fail(Error(ErrorCode::E1205, "entries of the log of a replica are missing"));
  }
}

View Core::view() const {
  return {.id = id(),
          .term = term_,
          .vote = vote_,
          .role = role_,
          .leader = leader_,
          .log = log_,
          .configuration = configuration_,
          .peers = peers_,
          .is_settled = is_leader() && is_settled(),
          .is_transferring = transfer_.has_value(),
          .is_installing = is_installing_,
          .is_membership_settled = is_leader() && is_membership_settled()};
}

void Core::check_invariants() const {
  log_.check_invariants();
  ASSERT(log_.last_position().term <= term_);
  ASSERT(done_seq_ <= last_seq_);
  ASSERT(is_leader() == (leader_ == id()));
  ASSERT(is_leader() || peers_.empty());
  ASSERT(role_ != Role::Candidate || vote_ == id());
  for (const Progress& peer : peers_) {
    ASSERT(peer.match <= peer.agreed || peer.state != PeerState::Replicate);
    ASSERT(peer.state != PeerState::Replicate || peer.agreed < peer.next);
    ASSERT(peer.match <= log_.last());
    ASSERT(peer.next <= next(log_.last()));
    ASSERT(peer.state == PeerState::Replicate || peer.window.is_empty());
  }
}

}  // namespace zerodb::raft
