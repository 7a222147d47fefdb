// Elections: timeouts, campaigns and votes (Raft paper, sections 5.2 and 5.4.1;
// thesis, 6.4.1, 9.6).
#include <algorithm>

#include "base/assert.h"
#include "raft/core.h"

namespace zerodb::raft {

void Core::restart_election_timer() {
  timer_start_ = now_;
  timeout_ = options_.election_ticks + random_.below(options_.election_ticks);
}

void Core::become_follower(Term term, NodeId leader) {
  ASSERT(term >= term_);
  if (is_leader()) fail_reads();
  if (term > term_) {
    term_ = term;
    vote_ = kNoNode;
  }
  role_ = Role::Follower;
  leader_ = leader;
  peers_.clear();
  rounds_.clear();
  transfer_.reset();
  votes_.clear();
  restart_election_timer();
}

void Core::become_leader() {
  ASSERT(role_ == Role::Candidate);
  role_ = Role::Leader;
  leader_ = id();
  term_start_ = next(log_.last());
  if (!planted(Fault::LeakUncommittedBytes)) uncommitted_bytes_ = 0;
  uncommitted_.clear();
  round_ = proven_round_ = Round();
  rounds_.clear();
  round_at_ = counted_at_ = now_;
  has_ordered_transfer_ = false;
  // Before the entry: what the others may hold is at most what was there.
  sync_peers();
  const Status status = log_.append(term_, EntryKind::Noop, Payload());
  ASSERT(status.has_value());
}

bool Core::is_promotable() const {
  if (is_installing_) return false;
  if (planted(Fault::LearnerCampaigns)) return contains(all_members(), id());
  return is_voter_anywhere(id());
}

void Core::tick_election() {
  if (now_ - timer_start_ < timeout_) return;
  if (!is_promotable()) {
    restart_election_timer();
    return;
  }
  campaign(options_.pre_vote ? VoteRound::PreVote : VoteRound::Vote, Campaign::Timeout);
}

Status Core::on(const StartCampaign&) {
  if (is_leader() || !is_promotable()) return ok_status();
  campaign(options_.pre_vote ? VoteRound::PreVote : VoteRound::Vote, Campaign::Timeout);
  return ok_status();
}

void Core::campaign(VoteRound round, Campaign kind) {
  ASSERT(!is_leader());
  leader_ = kNoNode;
  campaign_ = kind;
  votes_.clear();
  is_own_vote_counted_ = false;
  restart_election_timer();
  Term wanted = next(term_);
  if (round == VoteRound::PreVote) {
    role_ = Role::PreCandidate;
  } else {
    role_ = Role::Candidate;
    term_ = wanted;
    vote_ = id();
  }
  // A vote request waits until the vote for oneself and the log it speaks of are durable: after a
  // crash the same node could campaign again in the same term with a shorter log, and be elected by
  // answers to the first campaign.
  const bool is_durable = round == VoteRound::Vote && !planted(Fault::VoteRequestBeforeDurable);
  for (const NodeId member : all_members()) {
    if (member == id() || !is_voter_anywhere(member)) continue;
    Message request{id(), member, wanted, VoteRequest{round, kind, log_.last_position()}};
    (is_durable ? next_.after_write : next_.now).push_back(std::move(request));
  }
  if (!is_durable) count_vote(id(), true);
}

void Core::count_own_vote() {
  if (role_ != Role::Candidate || is_own_vote_counted_) return;
  if (hard_durable_.term != term_ || hard_durable_.vote != id()) return;
  is_own_vote_counted_ = true;
  count_vote(id(), true);
}

void Core::count_vote(NodeId from, bool granted) {
  const auto has_voted = [&](const auto& vote) { return vote.first == from; };
  if (std::any_of(votes_.begin(), votes_.end(), has_voted)) return;
  votes_.emplace_back(from, granted);
  const auto said = [&](NodeId node, bool what) {
    return std::find(votes_.begin(), votes_.end(), std::pair(node, what)) != votes_.end();
  };
  if (has_quorum([&](NodeId node) { return said(node, true); })) {
    if (role_ == Role::PreCandidate) {
      campaign(VoteRound::Vote, campaign_);
    } else {
      become_leader();
    }
  } else if (!has_quorum([&](NodeId node) { return !said(node, false); })) {
    become_follower(term_, kNoNode);
  }
}

bool Core::is_bound_to_leader() const {
  if (!options_.check_quorum) return false;
  if (is_leader()) return true;
  const bool is_fresh = has_heard_leader_ && now_ - leader_heard_at_ < options_.election_ticks;
  // With leases the promise outlives that the node knows whom it gave it to.
  return is_fresh && (options_.lease_reads || leader_ != kNoNode);
}

bool Core::may_vote_for(const Message& message, const VoteRequest& request) const {
  const bool is_free = vote_ == message.from || (vote_ == kNoNode && leader_ == kNoNode) ||
                       (request.round == VoteRound::PreVote && message.term > term_) ||
                       planted(Fault::VoteTwice);
  return is_free && (log_.is_up_to_date(request.last) || planted(Fault::VoteForShorterLog));
}

VoteReply Core::answer_vote(const VoteRequest& request, bool granted) const {
  VoteReply reply{request.round, granted, {}};
  const LogIndex index = std::min(log_.commit(), request.last.index);
  const TermAnswer term = log_.runs().term(index);
  if (term.presence == Presence::Value) reply.committed = {index, term.term};
  return reply;
}

void Core::learn_committed(LogPosition position) {
  if (is_installing_ || !log_.runs().holds(position)) return;
  log_.commit_to(position.index);
}

// Whether this node counts itself among the voters does not matter: it may not know yet that it is
// one, and then its vote is needed.
Status Core::receive(const Message& message, const VoteRequest& request) {
  const bool is_granted = may_vote_for(message, request);
  if (!is_granted) {
    send(message.from, answer_vote(request, false));
    return ok_status();
  }
  if (request.round == VoteRound::PreVote) {
    next_.now.push_back({id(), message.from, message.term, answer_vote(request, true)});
    return ok_status();
  }
  vote_ = message.from;
  restart_election_timer();
  if (planted(Fault::VoteBeforeDurable)) {
    send(message.from, answer_vote(request, true));
  } else {
    send_durably(message.from, answer_vote(request, true));
  }
  return ok_status();
}

Status Core::receive(const Message& message, const VoteReply& reply) {
  const Role asking = reply.round == VoteRound::PreVote ? Role::PreCandidate : Role::Candidate;
  if (role_ != asking) return ok_status();
  // A grant of a PreVote names the term that was asked for.
  if (reply.round == VoteRound::PreVote && reply.granted && message.term != next(term_)) {
    return ok_status();
  }
  count_vote(message.from, reply.granted);
  return ok_status();
}

Status Core::receive(const Message&, const TimeoutNow&) {
  if (is_leader() || !is_promotable()) return ok_status();
  campaign(VoteRound::Vote, Campaign::Transfer);
  return ok_status();
}

Status Core::on(const ForgetLeader&) {
  // Leases rest on that followers remember.
  if (role_ == Role::Follower && !options_.lease_reads) leader_ = kNoNode;
  return ok_status();
}

}  // namespace zerodb::raft
