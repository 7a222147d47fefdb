// Following a leader: appends, heartbeats and snapshots (Raft paper, sections 5.3 and 7).
#include <algorithm>

#include "base/assert.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "raft/core.h"

namespace zerodb::raft {

Status Core::follow(const Message& message) {
  if (is_leader() || (leader_ != kNoNode && leader_ != message.from)) {
    return Error(ErrorCode::E1299, "two members of a replica set lead it in one term");
  }
  if (role_ != Role::Follower) become_follower(term_, message.from);
  leader_ = message.from;
  timer_start_ = leader_heard_at_ = now_;
  has_heard_leader_ = true;
  return ok_status();
}

Status Core::receive(const Message& message, const Append& append) {
  TRY(follow(message));
  // The log is about to be replaced.
  if (is_installing_) return ok_status();
  if (append.previous.index < log_.commit()) {
    // What is committed here is what the leader has, whatever became of its terms in a snapshot.
    accept_append(message.from, append.seq, log_.commit());
    return ok_status();
  }
  const bool is_unchecked =
      planted(Fault::SkipPreviousCheck) && append.previous.index <= log_.last();
  if (!log_.runs().holds(append.previous) && !is_unchecked) {
    return refuse_append(message.from, append);
  }
  TRY(log_.merge(append.entries));
  const LogIndex match = append.previous.index + append.entries.size();
  log_.commit_to(std::min({append.commit, match, log_.last()}));
  accept_append(message.from, append.seq, match);
  return ok_status();
}

Status Core::refuse_append(NodeId leader, const Append& append) {
  AppendReply reply;
  reply.seq = append.seq;
  reply.disk = disk_;
  reply.refusal =
      refuse(log_.runs(), log_.commit(), append.previous, append.mode, append.low, append.runs);
  send(leader, std::move(reply));
  return ok_status();
}

void Core::accept_append(NodeId leader, AppendSeq seq, LogIndex match) {
  AppendReply reply;
  reply.seq = seq;
  reply.accepted = true;
  reply.match = match;
  reply.disk = disk_;
  if (planted(Fault::AcknowledgeBeforeDurable)) {
    send(leader, std::move(reply));
  } else {
    send_durably(leader, std::move(reply));
  }
}

Status Core::receive(const Message& message, const Heartbeat& heartbeat) {
  TRY(follow(message));
  // The leader names no index above what it knows this member to hold.
  if (!is_installing_) log_.commit_to(std::min(heartbeat.commit, log_.last()));
  send(message.from, HeartbeatReply{heartbeat.round, durable_commit(), disk_});
  return ok_status();
}

Status Core::receive(const Message& message, const SnapshotChunk& chunk) {
  TRY(follow(message));
  const LogPosition position = chunk.meta.position;
  if (is_installing_) return ok_status();
  if (position.index <= log_.commit() || log_.runs().holds(position)) {
    // The log reaches the snapshot by itself.
    incoming_.reset();
    log_.commit_to(std::max(position.index, log_.commit()));
    accept_append(message.from, AppendSeq(), log_.commit());
    return ok_status();
  }
  if (crc32c(chunk.bytes) != chunk.crc) return ok_status();
  if (!incoming_ || incoming_->meta.uid != chunk.meta.uid) incoming_ = Incoming{chunk.meta};
  if (chunk.offset != incoming_->received || incoming_->is_asked_to_install) {
    send(message.from, ChunkReply{chunk.meta.uid, incoming_->stored});
    return ok_status();
  }
  incoming_->received += chunk.bytes.size();
  if (!chunk.bytes.empty()) {
    next_.chunks.push_back(chunk);
    return ok_status();
  }
  send(message.from, ChunkReply{chunk.meta.uid, incoming_->stored});
  return begin_installation();
}

Status Core::on(const ChunkStored& stored) {
  if (!incoming_ || incoming_->meta.uid != stored.uid) return ok_status();
  if (stored.end > incoming_->received) {
    return Error(ErrorCode::E1299, "more of a snapshot is stored than was received");
  }
  incoming_->stored = std::max(incoming_->stored, stored.end);
  if (leader_ != kNoNode && !is_leader()) {
    send(leader_, ChunkReply{stored.uid, incoming_->stored});
  }
  return begin_installation();
}

Status Core::begin_installation() {
  if (incoming_->stored < incoming_->meta.bytes || incoming_->is_asked_to_install) {
    return ok_status();
  }
  if (incoming_->meta.position.index <= log_.commit()) {
    incoming_.reset();
    return ok_status();
  }
  // Whoever leads or campaigns has a log that it may be elected for; it keeps it.
  if (role_ != Role::Follower) return ok_status();
  incoming_->is_asked_to_install = true;
  is_installing_ = true;
  next_.install = incoming_->meta;
  return ok_status();
}

Status Core::on(const InstallDone& done) {
  if (!is_installing_ || incoming_->meta.uid != done.uid) {
    return Error(ErrorCode::E1299, "a snapshot is installed that was never asked for");
  }
  const SnapshotMeta meta = incoming_->meta;
  incoming_.reset();
  is_installing_ = false;
  if (done.result == Installation::Failed) return ok_status();
  log_.reset(meta.position);
  if (!planted(Fault::StaleSnapshotConfiguration)) configuration_ = meta.configuration;
  configuration_index_ = meta.position.index;
  if (leader_ != kNoNode) accept_append(leader_, AppendSeq(), meta.position.index);
  return ok_status();
}

}  // namespace zerodb::raft
