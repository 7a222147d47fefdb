// Linearizable reads: a read may be answered from the commit index at which a heartbeat round began
// that a quorum confirmed (Raft thesis, section 6.4). Rounds are numbered, and a read is granted
// only by one that began after it came; repeated and late answers prove nothing more.
#include <algorithm>

#include "base/assert.h"
#include "base/error.h"
#include "raft/core.h"

namespace zerodb::raft {

namespace {

// How many rounds without an answer are remembered for the lease.
constexpr size_t kRoundsMax = 64;
constexpr uint64_t kForwardTimeouts = 2;

}  // namespace

void Core::start_round() {
  round_ = next(round_);
  round_at_ = now_;
  rounds_.push_back({round_, now_});
  if (rounds_.size() > kRoundsMax) rounds_.pop_front();
  for (Progress& peer : peers_) {
    LogIndex commit = std::min(log_.commit(), peer.match);
    if (planted(Fault::CommitBeyondMatch)) commit = log_.commit();
    send(peer.id, Heartbeat{round_, commit});
  }
}

Status Core::on(const ReadIndex& read) {
  advance_clock(read.now);
  if (is_leader()) {
    if (reads_.size() >= options_.reads_max) {
      return Error(ErrorCode::E1109, "too many reads wait for a leader's round");
    }
    reads_.push_back({id(), 0, read.context, Round(), LogIndex()});
    return ok_status();
  }
  if (leader_ == kNoNode) return Error(ErrorCode::E1201, "the replica set has no leader");
  if (forwarded_.size() >= options_.reads_max) {
    return Error(ErrorCode::E1109, "too many reads wait for the leader");
  }
  forwarded_.emplace_back(read.context, now_ + kForwardTimeouts * options_.election_ticks);
  send(leader_, ReadForward{nonce_, read.context});
  return ok_status();
}

Status Core::receive(const Message& message, const ReadForward& read) {
  if (!is_leader() || reads_.size() >= options_.reads_max) {
    send(message.from, ReadForwardReply{read.nonce, read.context, false, LogIndex()});
    return ok_status();
  }
  reads_.push_back({message.from, read.nonce, read.context, Round(), LogIndex()});
  return ok_status();
}

Status Core::receive(const Message&, const ReadForwardReply& reply) {
  if (reply.nonce != nonce_) return ok_status();
  const auto at = std::find_if(forwarded_.begin(), forwarded_.end(), [&](const auto& forwarded) {
    return forwarded.first == reply.context;
  });
  if (at == forwarded_.end()) return ok_status();
  forwarded_.erase(at);
  next_.reads.push_back({reply.context, reply.granted, reply.index});
  return ok_status();
}

bool Core::has_lease() const {
  if (!options_.lease_reads || rounds_.empty()) return false;
  // An order to campaign that is under way would be followed in spite of the lease.
  if (has_ordered_transfer_ && !planted(Fault::LeaseAfterTransfer)) return false;
  const RoundStart& proven = rounds_.front();
  return proven.round <= proven_round_ && now_ - proven.at < options_.lease_ticks;
}

void Core::prove_round() {
  const auto proven = quorum_value<Round>([&](NodeId node) {
    if (node == id()) return round_;
    const Progress* peer = find_peer(node);
    return peer != nullptr ? peer->acknowledged_round : Round();
  });
  proven_round_ = std::max(proven_round_, proven);
}

void Core::start_read_round() {
  prove_round();
  while (rounds_.size() > 1 && rounds_[1].round <= proven_round_) rounds_.pop_front();
  // Until an entry of its term is committed a leader does not know what is (thesis, 6.4).
  if (!is_settled() && !planted(Fault::ReadBeforeTermCommit)) return;
  // Reads that have a round stand before those that have none.
  const auto waiting = std::find_if(reads_.begin(), reads_.end(),
                                    [](const Read& read) { return read.round == Round(); });
  if (waiting == reads_.end()) return;
  if (has_lease() || planted(Fault::ReadWithoutRound)) {
    for (auto read = waiting; read != reads_.end(); ++read) {
      read->index = log_.commit();
      grant(*read, true);
    }
    reads_.erase(waiting, reads_.end());
    return;
  }
  if (!planted(Fault::ReadWithOldRound)) start_round();
  for (auto read = waiting; read != reads_.end(); ++read) {
    read->index = log_.commit();
    read->round = round_;
  }
}

void Core::grant_reads() {
  // A lone voter is its own quorum, for the round that began just now too.
  prove_round();
  while (!reads_.empty() && reads_.front().round != Round() &&
         reads_.front().round <= proven_round_) {
    grant(reads_.front(), true);
    reads_.pop_front();
  }
}

void Core::grant(const Read& read, bool granted) {
  const LogIndex index = granted ? read.index : LogIndex();
  if (read.from == id()) {
    next_.reads.push_back({read.context, granted, index});
  } else {
    send(read.from, ReadForwardReply{read.nonce, read.context, granted, index});
  }
}

void Core::fail_reads() {
  for (const Read& read : reads_) grant(read, false);
  reads_.clear();
}

}  // namespace zerodb::raft
