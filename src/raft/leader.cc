// Leading: replication, commit, quorum checks, snapshots for those who are far behind, and handing
// the office over.
#include <algorithm>

#include "base/assert.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "raft/core.h"

namespace zerodb::raft {

Progress* Core::find_peer(NodeId node) {
  const auto at = std::lower_bound(peers_.begin(), peers_.end(), node,
                                   [](const Progress& peer, NodeId id) { return peer.id < id; });
  return at != peers_.end() && at->id == node ? &*at : nullptr;
}

const Progress* Core::find_peer(NodeId node) const {
  return const_cast<Core*>(this)->find_peer(node);
}

LogIndex Core::own_match() const {
  return planted(Fault::CountSelfBeforeDurable) ? log_.last() : log_.durable();
}

bool Core::is_settled() const {
  return log_.commit() >= term_start_;
}

void Core::sync_peers() {
  std::vector<Progress> peers;
  for (const NodeId member : all_members()) {
    if (member == id()) continue;
    if (Progress* known = find_peer(member)) {
      peers.push_back(std::move(*known));
      continue;
    }
    Progress peer;
    peer.id = member;
    peer.is_active = true;
    begin_probe(peer, {LogIndex(), log_.last()});
    peers.push_back(std::move(peer));
  }
  peers_ = std::move(peers);
}

void Core::tick_leader() {
  if (transfer_ && now_ >= transfer_->until) transfer_.reset();
  if (now_ - round_at_ >= options_.heartbeat_ticks) start_round();
  if (options_.check_quorum && now_ - counted_at_ >= options_.election_ticks) check_quorum();
}

void Core::check_quorum() {
  counted_at_ = now_;
  const bool has_majority = has_quorum([&](NodeId node) {
    const Progress* peer = find_peer(node);
    return node == id() || (peer != nullptr && peer->is_active);
  });
  if (!has_majority) {
    become_follower(term_, kNoNode);
    return;
  }
  for (Progress& peer : peers_) peer.is_active = false;
}

// Everything that a leader does on its own, once for all inputs since the last time.
void Core::lead() {
  if (round_ == Round()) start_round();
  advance_commit();
  advance_membership();
  if (!is_leader()) return;
  start_read_round();
  grant_reads();
  for (Progress& peer : peers_) replicate_to(peer);
  continue_transfer();
}

void Core::advance_commit() {
  LogIndex reached = quorum_value<LogIndex>([&](NodeId node) {
    if (node == id()) return own_match();
    const Progress* peer = find_peer(node);
    return peer != nullptr ? peer->match : LogIndex();
  });
  if (planted(Fault::CommitWithoutQuorum)) reached = own_match();
  // Copies of an entry of an earlier term prove nothing (paper, section 5.4.2).
  const bool is_own_term = log_.runs().term(reached).is(term_);
  if (reached <= log_.commit() || !(is_own_term || planted(Fault::CommitEarlierTerm))) return;
  log_.commit_to(reached);
  while (!uncommitted_.empty() && uncommitted_.front().first <= reached) {
    uncommitted_bytes_ -= uncommitted_.front().second;
    uncommitted_.pop_front();
  }
}

bool Core::is_short_of_disk() const {
  if (disk_ != DiskLevel::Normal) return true;
  // An entry needs room on a quorum.
  return !has_quorum([&](NodeId node) {
    if (node == id()) return true;
    const Progress* peer = find_peer(node);
    return peer == nullptr || peer->disk == DiskLevel::Normal;
  });
}

void Core::begin_probe(Progress& peer, Bracket known) {
  peer.state = PeerState::Probe;
  peer.window.clear();
  peer.stream.reset();
  peer.stale_seq = peer.last_seq;
  peer.heard();
  known.high = std::max(known.low, std::min(known.high, log_.last()));
  peer.search.start(options_.next_index, known, log_.runs());
}

void Core::begin_replicate(Progress& peer, LogIndex next_index) {
  peer.state = PeerState::Replicate;
  peer.window.clear();
  peer.stream.reset();
  peer.stale_seq = peer.last_seq;
  peer.heard();
  peer.next = std::max(next_index, next(peer.match));
  peer.agreed = std::max(peer.match, peer.next - 1);
}

void Core::begin_snapshot(Progress& peer) {
  peer.state = PeerState::Snapshot;
  peer.window.clear();
  peer.stream.reset();
  peer.stale_seq = peer.last_seq;
  peer.heard();
}

void Core::follow_outcome(Progress& peer, NextIndexSearch::Outcome outcome) {
  peer.stale_seq = peer.last_seq;
  peer.heard();
  if (outcome == NextIndexSearch::Outcome::Found) begin_replicate(peer, next(peer.search.probe()));
  if (outcome == NextIndexSearch::Outcome::BelowLog) begin_snapshot(peer);
}

void Core::replicate_to(Progress& peer) {
  switch (peer.state) {
    case PeerState::Probe:
      if (peer.may_send(now_)) send_probe(peer);
      return;
    case PeerState::Replicate:
      if (!peer.window.is_empty() && peer.is_active && now_ >= peer.resend_at) {
        // What was sent or its answer is lost; start again from what is durable there.
        begin_probe(peer, {peer.match, peer.match});
        send_probe(peer);
        return;
      }
      while (send_entries(peer)) {
      }
      return;
    case PeerState::Snapshot:
      send_chunks(peer);
      return;
  }
}

void Core::send_probe(Progress& peer) {
  const LogIndex previous = peer.search.probe();
  const TermAnswer term = log_.runs().term(previous);
  if (term.presence != Presence::Value) {
    begin_snapshot(peer);
    send_chunks(peer);
    return;
  }
  Append append;
  append.seq = peer.last_seq = next(peer.last_seq);
  append.previous = {previous, term.term};
  append.commit = std::min(log_.commit(), previous);
  append.is_probe = true;
  append.mode = options_.next_index;
  append.low = peer.search.known().low;
  if (options_.next_index == NextIndexMode::RunVector) {
    append.runs = log_.runs().sample(append.low, previous, kRunsMax);
  }
  // The entry that opens the term costs nothing and commits a round trip earlier.
  if (next(previous) == term_start_) {
    append.entries = log_.entries(term_start_, term_start_, options_.append_bytes_max).entries;
  }
  send(peer.id, std::move(append));
  peer.wait(now_, std::max<uint64_t>(options_.heartbeat_ticks / 4, 1), options_.heartbeat_ticks);
}

// One append; whether another one may follow.
bool Core::send_entries(Progress& peer) {
  const bool has_entries = peer.next <= log_.last();
  if (!has_entries && peer.commit_sent >= log_.commit()) return false;
  if (peer.window.is_full(options_.inflight_messages_max, options_.inflight_bytes_max))
    return false;
  const TermAnswer term = log_.runs().term(peer.next - 1);
  Append append;
  uint64_t bytes = 0;
  if (has_entries && term.presence == Presence::Value) {
    EntriesAnswer answer = log_.entries(peer.next, log_.last(), options_.append_bytes_max);
    if (answer.presence == Presence::Missing) {
      fail(Error(ErrorCode::E1205, "entries of the log of a replica are missing"));
      return false;
    }
    append.entries = std::move(answer.entries);
    for (const Entry& entry : append.entries) bytes += cost_bytes(entry);
  }
  if (term.presence != Presence::Value || (has_entries && append.entries.empty())) {
    begin_snapshot(peer);
    send_chunks(peer);
    return false;
  }
  append.seq = peer.last_seq = next(peer.last_seq);
  append.previous = {peer.next - 1, term.term};
  append.commit = peer.commit_sent = log_.commit();
  append.mode = options_.next_index;
  peer.next = peer.next + append.entries.size();
  if (!append.entries.empty()) {
    if (peer.window.is_empty()) peer.resend_at = now_ + options_.election_ticks;
    peer.window.add(peer.next - 1, bytes);
  }
  send(peer.id, std::move(append));
  return has_entries && peer.next <= log_.last();
}

void Core::send_chunks(Progress& peer) {
  if (!peer.stream || next(peer.stream->meta.position.index) < log_.runs().first()) {
    const std::optional<SnapshotMeta> latest = snapshots_->latest();
    // One that does not reach the log would not help; a newer one will be there later.
    if (!latest || next(latest->position.index) < log_.runs().first()) return;
    peer.stream = SnapshotStream{*latest};
    peer.heard();
  }
  SnapshotStream& stream = *peer.stream;
  const bool is_due = peer.may_send(now_);
  if (is_due && peer.is_waiting && planted(Fault::StuckInSnapshot)) return;
  if (is_due) stream.sent = stream.acknowledged;
  bool has_sent = false;
  const auto send_chunk = [&](std::string bytes) {
    const uint32_t crc = crc32c(bytes);
    const uint64_t offset = stream.sent;
    stream.sent += bytes.size();
    send(peer.id, SnapshotChunk{stream.meta, offset, std::move(bytes), crc});
    has_sent = true;
  };
  while (stream.sent < stream.meta.bytes &&
         stream.sent - stream.acknowledged < options_.chunk_window_bytes) {
    std::string bytes;
    const Presence presence =
        snapshots_->read(stream.meta.uid, stream.sent, options_.chunk_bytes, bytes);
    if (presence == Presence::Compacted) {
      peer.stream.reset();
      return;
    }
    if (presence == Presence::Missing || bytes.empty()) break;
    send_chunk(std::move(bytes));
  }
  // Asks for the answer that tells that the snapshot is in place, should the first one be lost.
  if (is_due && !has_sent && stream.acknowledged == stream.meta.bytes) send_chunk(std::string());
  if (has_sent) {
    peer.wait(now_, std::max<uint64_t>(options_.election_ticks / 2, 1),
              2 * options_.election_ticks);
  }
}

Status Core::receive(const Message& message, const AppendReply& reply) {
  Progress* peer = is_leader() ? find_peer(message.from) : nullptr;
  if (peer == nullptr) return ok_status();
  peer->is_active = true;
  peer->disk = reply.disk;
  if (reply.accepted) {
    on_accepted(*peer, reply);
  } else {
    on_refused(*peer, reply);
  }
  return ok_status();
}

void Core::on_accepted(Progress& peer, const AppendReply& reply) {
  const bool is_new = reply.match > peer.match;
  peer.match = std::max(peer.match, reply.match);
  peer.agreed = std::max(peer.agreed, peer.match);
  switch (peer.state) {
    case PeerState::Probe:
      if (reply.match >= peer.search.known().high) {
        begin_replicate(peer, next(peer.match));
      } else if (reply.seq > peer.stale_seq && reply.match >= peer.search.probe()) {
        follow_outcome(peer, peer.search.accepted(log_.runs()));
      }
      return;
    case PeerState::Replicate:
      if (planted(Fault::LeakInflightBytes)) peer.window.leak(is_new ? kEntryOverheadBytes : 0);
      peer.window.release(peer.match);
      peer.next = std::max(peer.next, next(peer.match));
      if (is_new) peer.resend_at = now_ + options_.election_ticks;
      return;
    case PeerState::Snapshot:
      // Whatever made its log reach ours, the snapshot or another one, is good.
      if (peer.match >= log_.runs().base().index) begin_replicate(peer, next(peer.match));
      return;
  }
}

void Core::on_refused(Progress& peer, const AppendReply& reply) {
  if (planted(Fault::TrustStaleRefusal) && reply.refusal.previous != LogIndex()) {
    peer.match = std::min(peer.match, reply.refusal.previous - 1);
  } else if (reply.seq <= peer.stale_seq || peer.state == PeerState::Snapshot) {
    return;
  }
  const Refusal& refusal = reply.refusal;
  const bool is_searching = peer.state == PeerState::Probe;
  if (is_searching && refusal.previous != peer.search.probe()) return;
  if (!is_searching || refusal.last.index < peer.search.known().low) {
    // Appends were lost; or the follower lost what it had not made durable when it said that it
    // agreed.
    begin_probe(peer, {peer.match, std::max(peer.match, refusal.previous)});
  }
  peer.agreed = peer.match;
  follow_outcome(peer, peer.search.refused(refusal, log_.runs()));
}

Status Core::receive(const Message& message, const HeartbeatReply& reply) {
  Progress* peer = is_leader() ? find_peer(message.from) : nullptr;
  if (peer == nullptr) return ok_status();
  peer->is_active = true;
  peer->disk = reply.disk;
  peer->commit_known = std::max(peer->commit_known, reply.durable_commit);
  if (reply.round <= round_) {
    peer->acknowledged_round = std::max(peer->acknowledged_round, reply.round);
  }
  return ok_status();
}

Status Core::receive(const Message& message, const ChunkReply& reply) {
  Progress* peer = is_leader() ? find_peer(message.from) : nullptr;
  if (peer == nullptr) return ok_status();
  peer->is_active = true;
  if (!peer->stream || peer->stream->meta.uid != reply.uid) return ok_status();
  SnapshotStream& stream = *peer->stream;
  if (reply.offset > stream.meta.bytes) return ok_status();
  // Ahead of what was sent: the follower had a part already. Behind what it acknowledged: it lost
  // it.
  const bool is_progress = reply.offset > stream.acknowledged;
  if (reply.offset < stream.acknowledged) stream.sent = reply.offset;
  stream.acknowledged = reply.offset;
  stream.sent = std::max(stream.sent, reply.offset);
  if (stream.acknowledged == stream.meta.bytes) return ok_status();
  if (stream.sent == stream.acknowledged) {
    peer->heard();
  } else if (is_progress) {
    peer->resend_at = now_ + std::max<uint64_t>(options_.election_ticks / 2, 1);
  }
  return ok_status();
}

Status Core::on(const Unreachable& unreachable) {
  Progress* peer = is_leader() ? find_peer(unreachable.node) : nullptr;
  if (peer != nullptr && peer->state == PeerState::Replicate) {
    begin_probe(*peer, {peer->match, peer->match});
  }
  return ok_status();
}

Status Core::on(const Transfer& transfer) {
  if (!is_leader()) return Error(ErrorCode::E1201, "this replica does not lead its set");
  if (transfer.to == id()) return ok_status();
  if (find_peer(transfer.to) == nullptr || !is_voter_anywhere(transfer.to)) {
    return Error(ErrorCode::E1209, "the office cannot go to a node that does not vote");
  }
  if (transfer_ && transfer_->to == transfer.to) return ok_status();
  transfer_ = Transferring{transfer.to, now_ + options_.election_ticks};
  return ok_status();
}

void Core::continue_transfer() {
  if (!transfer_ || transfer_->is_ordered) return;
  const Progress* peer = find_peer(transfer_->to);
  if (peer == nullptr) {
    transfer_.reset();
    return;
  }
  if (peer->match < log_.last()) return;
  transfer_->is_ordered = true;
  // The order may arrive at any later time, and then nobody is bound to this leader any more.
  has_ordered_transfer_ = true;
  send(peer->id, TimeoutNow{});
}

}  // namespace zerodb::raft
