// Members: learners, joint configurations and the leader's own removal (Raft paper, section 6).
#include <algorithm>
#include <iterator>

#include "base/assert.h"
#include "base/error.h"
#include "raft/core.h"

namespace zerodb::raft {

bool Core::is_voter_anywhere(NodeId node) const {
  if (configuration_.is_voter(node)) return true;
  return std::any_of(log_.pending().begin(), log_.pending().end(),
                     [&](const auto& pending) { return pending.configuration.is_voter(node); });
}

NodeSet Core::all_members() const {
  NodeSet all = configuration_.members();
  for (const auto& pending : log_.pending()) {
    NodeSet united;
    const NodeSet members = pending.configuration.members();
    std::set_union(all.begin(), all.end(), members.begin(), members.end(),
                   std::back_inserter(united));
    all = std::move(united);
  }
  return all;
}

Status Core::on(const ChangeMembers& change) {
  if (!is_leader() || transfer_) {
    return Error(ErrorCode::E1201, "this replica does not lead its set");
  }
  const bool is_changing = !log_.pending().empty() || configuration_.is_joint() || !is_settled();
  if (is_changing && !planted(Fault::ChangeWhilePending)) {
    return Error(ErrorCode::E1201, "another change of the replica set's members is under way");
  }
  Configuration target = configuration_.towards(change.voters, change.learners);
  if (planted(Fault::SkipJoint)) target.outgoing.clear();
  if (target.voters.empty()) return Error(ErrorCode::E1209, "a replica set needs a voter");
  for (const NodeId voter : target.voters) {
    if (voter == kNoNode || contains(target.learners, voter)) {
      return Error(ErrorCode::E1209, "a member of a replica set votes or learns, not both");
    }
    if (configuration_.is_voter(voter)) continue;
    // A voter that cannot acknowledge for long would keep everyone from committing.
    const Progress* peer = find_peer(voter);
    const bool has_caught_up = peer != nullptr && contains(configuration_.learners, voter) &&
                               distance(peer->match, log_.last()) <= options_.promotion_lag_max;
    if (!has_caught_up) {
      return Error(ErrorCode::E1209, "a new voter has to learn first and to catch up");
    }
  }
  if (target == configuration_) return ok_status();
  return append_configuration(target);
}

Status Core::append_configuration(const Configuration& configuration) {
  TRY(log_.append(term_, EntryKind::Config, Payload(configuration.encode())));
  sync_peers();
  return ok_status();
}

void Core::adopt_applied_configuration() {
  std::optional<RaftLog::PendingConfiguration> applied = log_.take_applied_configuration();
  if (!applied) return;
  configuration_ = std::move(applied->configuration);
  configuration_index_ = applied->index;
  if (is_leader()) sync_peers();
}

void Core::advance_membership() {
  if (planted(Fault::LeaveJointEarly) && log_.pending().size() == 1 &&
      log_.pending().front().configuration.is_joint()) {
    const Configuration left = log_.pending().front().configuration.left();
    static_cast<void>(append_configuration(left));
    return;
  }
  if (!log_.pending().empty() || !is_settled()) return;
  if (configuration_.is_joint()) {
    const Status status = append_configuration(configuration_.left());
    ASSERT(status.has_value());
    return;
  }
  leave_office_when_removed();
}

LogIndex Core::durable_commit() const {
  const bool is_recorded = hard_durable_.commit >= log_.committed_configuration();
  return is_recorded ? log_.commit() : hard_durable_.commit;
}

bool Core::is_membership_settled() const {
  if (configuration_.is_joint() || !log_.pending().empty()) return false;
  return configuration_.has_quorum([&](NodeId node) {
    if (node == id()) return durable_commit() >= configuration_index_;
    const Progress* peer = find_peer(node);
    return peer != nullptr && peer->commit_known >= configuration_index_;
  });
}

// A leader that is no voter any more goes on until a quorum of the new voters knows that they are
// the voters: until then they may need its vote.
void Core::leave_office_when_removed() {
  if (configuration_.is_voter(id()) || !is_membership_settled()) return;
  const Progress* heir = nullptr;
  for (const Progress& peer : peers_) {
    if (!configuration_.is_voter(peer.id)) continue;
    if (heir == nullptr || peer.match > heir->match) heir = &peer;
  }
  if (heir != nullptr) send(heir->id, TimeoutNow{});
  become_follower(term_, kNoNode);
}

}  // namespace zerodb::raft
