// The state of a core as one number, for explorers that visit each state once.
#include "raft/core.h"

namespace zerodb::raft {

namespace {

class Mixer {
 public:
  void add(uint64_t value) {
    hash_ ^= value + 0x9e3779b97f4a7c15 + (hash_ << 6) + (hash_ >> 2);
    hash_ ^= hash_ >> 32;
    hash_ *= 0xd6e8feb86659fd93;
  }
  template <typename Tag>
  void add(StrongId<Tag, uint64_t> id) {
    add(id.value());
  }
  void add(LogPosition position) {
    add(position.index);
    add(position.term);
  }
  void add(const NodeSet& set) {
    add(set.size());
    for (const NodeId id : set) add(id);
  }
  void add(const Configuration& configuration) {
    add(configuration.voters);
    add(configuration.outgoing);
    add(configuration.learners);
  }
  uint64_t hash() const { return hash_; }

 private:
  uint64_t hash_ = 0;
};

void add_peer(Mixer& mixer, const Progress& peer) {
  mixer.add(peer.id);
  mixer.add(static_cast<uint64_t>(peer.state));
  mixer.add(peer.match);
  mixer.add(peer.agreed);
  mixer.add(peer.next);
  mixer.add(peer.commit_known);
  mixer.add(peer.commit_sent);
  mixer.add(peer.search.probe());
  mixer.add(peer.search.known().low);
  mixer.add(peer.search.known().high);
  mixer.add(peer.window.bytes());
  mixer.add(peer.last_seq);
  mixer.add(peer.stale_seq);
  mixer.add(peer.acknowledged_round);
  mixer.add(peer.is_waiting ? 1 : 0);
  mixer.add(peer.stream ? peer.stream->acknowledged + 1 : 0);
}

}  // namespace

uint64_t RaftLog::fingerprint() const {
  Mixer mixer;
  mixer.add(runs_.base());
  for (LogIndex at = runs_.first(); at <= last(); at = next(at)) mixer.add(runs_.term(at).term);
  for (const LogIndex index : {durable_, written_, commit_, handed_out_, applied_})
    mixer.add(index);
  for (const Write& write : writes_) {
    mixer.add(write.seq);
    mixer.add(write.last);
  }
  for (const PendingConfiguration& pending : pending_) {
    mixer.add(pending.index);
    mixer.add(pending.configuration);
  }
  return mixer.hash();
}

uint64_t Core::fingerprint() const {
  Mixer mixer;
  mixer.add(log_.fingerprint());
  mixer.add(term_);
  mixer.add(vote_);
  mixer.add(static_cast<uint64_t>(role_));
  mixer.add(leader_);
  mixer.add(configuration_);
  mixer.add(configuration_index_);
  mixer.add(last_seq_);
  mixer.add(done_seq_);
  mixer.add(hard_durable_.term);
  mixer.add(hard_durable_.vote);
  mixer.add(hard_durable_.commit);
  mixer.add(hard_writes_.size());
  for (const auto& [node, granted] : votes_) {
    mixer.add(node);
    mixer.add(granted ? 1 : 0);
  }
  for (const Progress& peer : peers_) add_peer(mixer, peer);
  mixer.add(term_start_);
  mixer.add(round_);
  mixer.add(reads_.size());
  mixer.add(transfer_ ? transfer_->to : kNoNode);
  mixer.add(is_installing_ ? 1 : 0);
  return mixer.hash();
}

}  // namespace zerodb::raft
