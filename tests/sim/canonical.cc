#include "canonical.h"

#include "machine.h"
#include "violation.h"

namespace zerodb::sim {

namespace {

using raft::Renaming;

uint64_t hash_position(raft::LogPosition position) {
  return mix(position.index.value(), position.term.value());
}

uint64_t hash_set(const raft::NodeSet& set, Renaming renaming) {
  uint64_t sum = set.size();
  for (const raft::NodeId node : set) sum += mix(17, raft::renamed(node, renaming).value());
  return sum;
}

uint64_t hash_runs(const std::vector<raft::TermRun>& runs) {
  uint64_t hash = runs.size();
  for (const raft::TermRun& run : runs) {
    hash = mix(mix(mix(hash, run.first.value()), run.last.value()), run.term.value());
  }
  return hash;
}

uint64_t hash_body(const raft::VoteRequest& request, Renaming) {
  const auto round = static_cast<uint64_t>(request.round);
  return mix(mix(round, static_cast<uint64_t>(request.campaign)), hash_position(request.last));
}
uint64_t hash_body(const raft::VoteReply& reply, Renaming) {
  const auto round = static_cast<uint64_t>(reply.round);
  return mix(mix(round, reply.granted ? 1 : 0), hash_position(reply.committed));
}
uint64_t hash_body(const raft::Append& append, Renaming renaming) {
  uint64_t hash = mix(append.seq.value(), hash_position(append.previous));
  hash = mix(mix(hash, append.commit.value()), append.is_probe ? 1 : 0);
  hash = mix(mix(hash, static_cast<uint64_t>(append.mode)), append.low.value());
  hash = mix(hash, hash_runs(append.runs));
  for (const raft::Entry& entry : append.entries) hash = mix(hash, canonical_hash(entry, renaming));
  return hash;
}
uint64_t hash_body(const raft::AppendReply& reply, Renaming) {
  uint64_t hash = mix(reply.seq.value(), reply.accepted ? 1 : 0);
  hash = mix(mix(hash, reply.match.value()), static_cast<uint64_t>(reply.disk));
  const raft::Refusal& refusal = reply.refusal;
  hash = mix(mix(hash, refusal.previous.value()), hash_position(refusal.last));
  hash = mix(mix(hash, refusal.commit.value()), hash_position(refusal.hint));
  hash = mix(mix(hash, refusal.bracket.low.value()), refusal.bracket.high.value());
  return mix(hash, hash_runs(refusal.runs));
}
uint64_t hash_body(const raft::Heartbeat& heartbeat, Renaming) {
  return mix(heartbeat.round.value(), heartbeat.commit.value());
}
uint64_t hash_body(const raft::HeartbeatReply& reply, Renaming) {
  const uint64_t hash = mix(reply.round.value(), reply.durable_commit.value());
  return mix(hash, static_cast<uint64_t>(reply.disk));
}
uint64_t hash_body(const raft::TimeoutNow&, Renaming) {
  return 1;
}
template <typename Other>
uint64_t hash_body(const Other&, Renaming) {
  throw Violation("scope", "a message that the explorer does not know");
}

}  // namespace

uint64_t canonical_hash(const raft::Entry& entry, Renaming renaming) {
  const uint64_t hash = mix(hash_position(entry.position()), static_cast<uint64_t>(entry.kind));
  if (entry.kind != raft::EntryKind::Config) return mix(hash, hash_bytes(entry.payload.view()));
  const auto members = raft::Configuration::decode(entry.payload.view()).value();
  const uint64_t voting =
      mix(hash_set(members.voters, renaming), hash_set(members.outgoing, renaming));
  return mix(mix(hash, voting), hash_set(members.learners, renaming));
}

uint64_t canonical_hash(const raft::Message& message, Renaming renaming) {
  const auto name = [&](raft::NodeId node) { return raft::renamed(node, renaming).value(); };
  const uint64_t way = mix(name(message.from), name(message.to));
  const uint64_t hash = mix(mix(way, message.term.value()), message.body.index());
  return mix(hash,
             std::visit([&](const auto& body) { return hash_body(body, renaming); }, message.body));
}

}  // namespace zerodb::sim
