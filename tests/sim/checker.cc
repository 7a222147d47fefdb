#include "checker.h"

#include <algorithm>

#include "violation.h"

namespace zerodb::sim {

using raft::LogIndex;
using raft::LogPosition;
using raft::NodeId;
using raft::Presence;
using raft::Term;

namespace {

std::string text(LogIndex index) {
  return std::to_string(index.value());
}
std::string text(NodeId node) {
  return "node " + std::to_string(node.value());
}
std::string text(Term term) {
  return "term " + std::to_string(term.value());
}

}  // namespace

Checker::Checker(raft::Configuration first) {
  configurations_.push_back(std::move(first));
}

void Checker::note_start(NodeId node) {
  seen_.erase(node);
}

void Checker::note_append(std::span<const raft::Entry> entries, LogPosition previous) {
  for (const raft::Entry& entry : entries) {
    const uint64_t hash = hash_entry(entry);
    const auto [known, is_new] = entries_.try_emplace(
        entry.position(), Known{hash, previous.term, entry.kind, entry.payload});
    require(is_new || (known->second.hash == hash && known->second.previous == previous.term),
            "log matching", "two logs differ at or before " + text(entry.index));
    previous = entry.position();
  }
}

void Checker::note_sent(const raft::Message& message) {
  const auto* vote = std::get_if<raft::VoteReply>(&message.body);
  if (vote == nullptr || !vote->granted || vote->round != raft::VoteRound::Vote) return;
  const auto [known, is_new] = votes_.try_emplace({message.term, message.from}, message.to);
  require(is_new || known->second == message.to, "one vote a term",
          text(message.from) + " voted twice in " + text(message.term));
}

void Checker::check(const raft::Core& core) {
  core.check_invariants();
  const raft::View view = core.view();
  const auto [at, is_new] = seen_.try_emplace(view.id);
  Seen& seen = at->second;
  const LogIndex commit = view.log.commit();
  if (!is_new) {
    require(view.term >= seen.term, "term descends", text(view.id));
    require(commit >= seen.commit, "commit descends", text(view.id));
    require(view.log.applied() >= seen.applied, "applied descends", text(view.id));
    require(view.term > seen.term || seen.vote == raft::kNoNode || seen.vote == view.vote,
            "one vote a term", text(view.id) + " changed its vote");
  }
  if (is_new || commit > seen.commit) check_commit(view, is_new ? LogIndex() : seen.commit);
  if (view.role == raft::Role::Leader) check_leader(view, seen);
  seen.term = view.term;
  seen.vote = view.vote;
  seen.role = view.role;
  seen.commit = commit;
  seen.applied = view.log.applied();
  seen.last = view.log.last();
}

void Checker::check_commit(const raft::View& view, LogIndex from) {
  const raft::TermRuns& runs = view.log.runs();
  for (LogIndex at = next(std::max(from, runs.base().index)); at <= view.log.commit();
       at = next(at)) {
    const LogPosition position{at, runs.term(at).term};
    if (at > committed()) {
      add_committed(position, view.term);
      continue;
    }
    require(committed_[at.value() - 1].term == position.term, "state machine safety",
            text(view.id) + " committed another entry at " + text(at));
  }
}

void Checker::add_committed(LogPosition position, Term term) {
  const auto known = entries_.find(position);
  require(known != entries_.end(), "state machine safety",
          "an entry is committed that nobody wrote, at " + text(position.index));
  require(next(committed()) == position.index, "state machine safety",
          "a gap in what is committed");
  committed_.push_back({position.term, term, known->second.hash, 0});
  if (known->second.kind != raft::EntryKind::Config) return;
  raft::Configuration now = raft::Configuration::decode(known->second.payload.view()).value();
  const raft::Configuration& before = configurations_.back();
  const bool is_step = before.is_joint() ? now == before.left()
                                         : now.outgoing == before.voters ||
                                               (!now.is_joint() && now.voters == before.voters);
  require(is_step, "configuration rules",
          "from (" + before.to_string() + ") to (" + now.to_string() + ")");
  configurations_.push_back(std::move(now));
}

void Checker::check_leader(const raft::View& view, Seen& seen) {
  const auto [leader, is_first] = leaders_.try_emplace(view.term, view.id);
  require(leader->second == view.id, "election safety",
          text(leader->second) + " and " + text(view.id) + " lead " + text(view.term));
  const bool is_new = seen.role != raft::Role::Leader || seen.term != view.term;
  if (is_new) {
    seen.matches.clear();
    // Of leaders of later terms only: one of an earlier term may still be elected, by late votes,
    // and will not get anywhere. With log matching, holding the last such entry is holding all.
    LogIndex last = committed();
    while (last > LogIndex() && committed_[last.value() - 1].committed_in >= view.term)
      last = last - 1;
    if (last > view.log.runs().base().index) {
      require(view.log.runs().holds({last, committed_[last.value() - 1].term}),
              "leader completeness",
              text(view.id) + " leads " + text(view.term) + " without entry " + text(last));
    }
  } else {
    require(view.log.last() >= seen.last, "leader append-only", text(view.id));
  }
  // A member that was removed and added again starts from nothing.
  std::map<NodeId, LogIndex> matches;
  for (const raft::Progress& peer : view.peers) {
    const auto known = seen.matches.find(peer.id);
    require(known == seen.matches.end() || peer.match >= known->second, "match descends",
            text(peer.id) + " as seen by " + text(view.id) + " in " + text(view.term));
    matches[peer.id] = peer.match;
  }
  seen.matches = std::move(matches);
}

void Checker::note_applied(const raft::Entry& entry, const Machine& machine) {
  require(entry.index <= committed(), "state machine safety",
          "applied " + text(entry.index) + " before it was committed");
  Committed& known = committed_[entry.index.value() - 1];
  require(known.hash == hash_entry(entry), "state machine safety",
          "applied another entry at " + text(entry.index));
  if (known.machine_hash == 0) known.machine_hash = machine.hash;
  require(known.machine_hash == machine.hash, "state machine safety",
          "state machines differ after " + text(entry.index));
}

void Checker::check_read(LogIndex required, LogIndex granted) {
  require(granted >= required, "linearizable reads",
          "granted at " + text(granted) + " while " + text(required) + " had been committed");
}

}  // namespace zerodb::sim
