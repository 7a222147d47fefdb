#include "describe.h"

namespace zerodb::sim {

namespace {

std::string number(auto id) {
  return std::to_string(id.value());
}

std::string body(const raft::VoteRequest& request) {
  return std::string(request.round == raft::VoteRound::PreVote ? ", would you" : "") +
         (request.campaign == raft::Campaign::Transfer ? ", by order" : "") + ", last " +
         describe(request.last);
}
std::string body(const raft::VoteReply& reply) {
  return std::string(reply.round == raft::VoteRound::PreVote ? ", would" : "") +
         (reply.granted ? ", granted" : ", refused");
}
std::string body(const raft::Append& append) {
  std::string out = append.is_probe ? ", probe" : "";
  out += ", previous " + describe(append.previous) + ", commit " + number(append.commit);
  if (append.entries.empty()) return out;
  out += ", entries";
  for (const raft::Entry& entry : append.entries) out += " " + describe(entry.position());
  return out;
}
std::string body(const raft::AppendReply& reply) {
  if (reply.accepted) return ", match " + number(reply.match);
  const raft::Refusal& refusal = reply.refusal;
  return ", refused " + number(refusal.previous) + ", last " + describe(refusal.last);
}
std::string body(const raft::Heartbeat& heartbeat) {
  return ", round " + number(heartbeat.round) + ", commit " + number(heartbeat.commit);
}
std::string body(const raft::HeartbeatReply& reply) {
  return ", round " + number(reply.round);
}
std::string body(const raft::SnapshotChunk& chunk) {
  return ", snapshot " + describe(chunk.meta.position) + ", bytes " + std::to_string(chunk.offset) +
         "+" + std::to_string(chunk.bytes.size()) + " of " + std::to_string(chunk.meta.bytes);
}
std::string body(const raft::ChunkReply& reply) {
  return ", next byte " + std::to_string(reply.offset);
}
std::string body(const raft::TimeoutNow&) {
  return "";
}
std::string body(const raft::ReadForward& read) {
  return ", context " + std::to_string(read.context);
}
std::string body(const raft::ReadForwardReply& reply) {
  return ", context " + std::to_string(reply.context) +
         (reply.granted ? ", granted at " + number(reply.index) : ", not granted");
}

}  // namespace

std::string describe(raft::LogPosition position) {
  return number(position.index) + "/" + number(position.term);
}

std::string describe(const raft::Message& message) {
  return number(message.from) + "->" + number(message.to) + " " +
         std::string(name_of(message.body)) + ", term " + number(message.term) +
         std::visit([](const auto& value) { return body(value); }, message.body);
}

}  // namespace zerodb::sim
