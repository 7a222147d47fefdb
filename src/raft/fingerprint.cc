// The state of a core as one number, for explorers that visit each state once. What is kept in the
// order of node ids, or of arrival, is summed, so that a renaming of the nodes needs no sorting.
#include "raft/core.h"

namespace zerodb::raft {

namespace {

class Mixer {
 public:
  explicit Mixer(Renaming renaming) : renaming_(renaming) {}

  void add(uint64_t value) {
    hash_ ^= value + 0x9e3779b97f4a7c15 + (hash_ << 6) + (hash_ >> 2);
    hash_ ^= hash_ >> 32;
    hash_ *= 0xd6e8feb86659fd93;
  }
  template <typename Tag>
  void add(StrongId<Tag, uint64_t> id) {
    add(id.value());
  }
  void add(NodeId node) { add(renamed(node, renaming_).value()); }
  void add(LogPosition position) {
    add(position.index);
    add(position.term);
  }
  void add(const NodeSet& set) {
    uint64_t sum = set.size();
    for (const NodeId node : set) sum += hash_of([&](Mixer& one) { one.add(node); });
    add(sum);
  }
  void add(const Configuration& configuration) {
    add(configuration.voters);
    add(configuration.outgoing);
    add(configuration.learners);
  }
  void add(const HardState& hard) {
    add(hard.term);
    add(hard.vote);
    add(hard.commit);
  }
  template <typename Each>
  uint64_t hash_of(Each each) const {
    Mixer one(renaming_);
    each(one);
    return one.hash_;
  }
  uint64_t hash() const { return hash_; }

 private:
  Renaming renaming_;
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
  // A search that is over is started anew before it is used.
  if (peer.state == PeerState::Probe) mixer.add(peer.search.fingerprint());
  mixer.add(peer.window.fingerprint());
  mixer.add(peer.last_seq);
  mixer.add(peer.stale_seq);
  mixer.add(peer.acknowledged_round);
  mixer.add(static_cast<uint64_t>(peer.disk));
  mixer.add(peer.is_waiting ? 1 : 0);
  mixer.add(peer.is_active ? 1 : 0);
  mixer.add(peer.stream ? peer.stream->acknowledged + 1 : 0);
  mixer.add(peer.stream ? peer.stream->sent + 1 : 0);
}

}  // namespace

uint64_t Window::fingerprint() const {
  Mixer mixer({});
  for (const InFlight& append : appends_) {
    mixer.add(append.last);
    mixer.add(append.bytes);
  }
  return mixer.hash();
}

uint64_t NextIndexSearch::fingerprint() const {
  Mixer mixer({});
  mixer.add(static_cast<uint64_t>(mode_));
  mixer.add(known_.low);
  mixer.add(known_.high);
  mixer.add(probe_);
  mixer.add(anchor_);
  mixer.add(stride_);
  mixer.add(is_bisecting_ ? 1 : 0);
  return mixer.hash();
}

uint64_t RaftLog::fingerprint(IoSeq done, Renaming renaming) const {
  Mixer mixer(renaming);
  mixer.add(runs_.base());
  for (LogIndex at = runs_.first(); at <= last(); at = next(at)) mixer.add(runs_.term(at).term);
  for (const LogIndex index :
       {durable_, written_, commit_, handed_out_, applied_, committed_configuration_})
    mixer.add(index);
  // Writes are told apart by their order alone.
  for (const Write& write : writes_) {
    mixer.add(write.seq.value() - done.value());
    mixer.add(write.last);
  }
  for (const PendingConfiguration& pending : pending_) {
    mixer.add(pending.index);
    mixer.add(pending.configuration);
  }
  mixer.add(applied_configuration_ ? applied_configuration_->index : LogIndex());
  return mixer.hash();
}

uint64_t Core::fingerprint(Renaming renaming) const {
  Mixer mixer(renaming);
  mixer.add(id());
  mixer.add(log_.fingerprint(done_seq_, renaming));
  mixer.add(term_);
  mixer.add(vote_);
  mixer.add(static_cast<uint64_t>(role_));
  mixer.add(leader_);
  mixer.add(configuration_);
  mixer.add(configuration_index_);
  mixer.add(static_cast<uint64_t>(disk_));
  mixer.add(last_seq_.value() - done_seq_.value());
  mixer.add(hard_taken_);
  mixer.add(hard_durable_);
  for (const HardWrite& write : hard_writes_) {
    mixer.add(write.seq.value() - done_seq_.value());
    mixer.add(write.hard);
  }
  if (role_ == Role::Candidate || role_ == Role::PreCandidate) {
    uint64_t votes = 0;
    for (const auto& [node, granted] : votes_) {
      votes += mixer.hash_of([&](Mixer& one) {
        one.add(node);
        one.add(granted ? 1 : 0);
      });
    }
    mixer.add(votes);
    mixer.add(static_cast<uint64_t>(campaign_));
    mixer.add(is_own_vote_counted_ ? 1 : 0);
  }
  mixer.add(has_heard_leader_ ? 1 : 0);
  mixer.add(is_installing_ ? 1 : 0);
  mixer.add(incoming_ ? incoming_->meta.uid : 0);
  mixer.add(incoming_ ? incoming_->stored + 1 : 0);
  if (!is_leader()) return mixer.hash();
  uint64_t peers = 0;
  for (const Progress& peer : peers_) {
    peers += mixer.hash_of([&](Mixer& one) { add_peer(one, peer); });
  }
  mixer.add(peers);
  mixer.add(term_start_);
  mixer.add(uncommitted_bytes_);
  mixer.add(round_);
  mixer.add(proven_round_);
  mixer.add(reads_.size());
  mixer.add(transfer_ ? transfer_->to : kNoNode);
  mixer.add(transfer_ && transfer_->is_ordered ? 1 : 0);
  mixer.add(has_ordered_transfer_ ? 1 : 0);
  return mixer.hash();
}

}  // namespace zerodb::raft
