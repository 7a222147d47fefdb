#include "member_states.h"

#include <algorithm>
#include <utility>

#include "canonical.h"
#include "describe.h"
#include "machine.h"
#include "violation.h"

namespace zerodb::sim {

using raft::LogIndex;
using raft::NodeId;

namespace {

uint64_t hash_hard(const raft::HardState& hard, const Permutation& names) {
  const uint64_t vote = raft::renamed(hard.vote, names).value();
  return mix(mix(hard.term.value(), vote), hard.commit.value());
}

uint64_t hash_entries(const raft::EntriesAnswer& answer, const Permutation& names) {
  uint64_t hash = 0;
  for (const raft::Entry& entry : answer.entries) hash = mix(hash, canonical_hash(entry, names));
  return hash;
}

// Never zero, which stands for none.
uint64_t key_of(uint64_t hash) {
  return hash == 0 ? 1 : hash;
}

}  // namespace

raft::Configuration Scope::first() const {
  const bool is_whole = change == ScopeChange::None || change == ScopeChange::Remove;
  raft::Configuration first{{NodeId(1), NodeId(2)}, {}, {}};
  (is_whole ? first.voters : first.learners).push_back(NodeId(3));
  return first;
}

std::vector<raft::Configuration> Scope::targets() const {
  const NodeId one(1);
  const NodeId two(2);
  const NodeId three(3);
  switch (change) {
    case ScopeChange::None:
      return {};
    case ScopeChange::Remove:
      return {{{two, three}, {}, {}}, {{one, three}, {}, {}}, {{one, two}, {}, {}}};
    case ScopeChange::Promote:
      return {{{one, two, three}, {}, {}}};
    case ScopeChange::Replace:
      return {{{one, three}, {}, {}}, {{two, three}, {}, {}}};
  }
  std::unreachable();
}

std::vector<Permutation> Scope::symmetries() const {
  std::vector<Permutation> out;
  Permutation names = {NodeId(1), NodeId(2), NodeId(3)};
  const bool is_whole = first().learners.empty();
  const auto precedes = [](NodeId a, NodeId b) { return a < b; };
  do {
    if (is_whole || names[2] == NodeId(3)) out.push_back(names);
  } while (std::next_permutation(names.begin(), names.end(), precedes));
  return out;
}

MemberStates::MemberStates(const Scope& scope)
    : scope_(scope), targets_(scope.targets()), symmetries_(scope.symmetries()) {
  require(targets_.size() <= kChanges, "scope", "too many changes of members");
}

StateId MemberStates::first(NodeId node) {
  auto member = std::make_unique<Member>();
  member->facts.id = node;
  member->configuration = scope_.first();
  start(*member);
  return intern(std::move(member));
}

void MemberStates::start(Member& member) {
  raft::Options options;
  options.id = member.facts.id;
  options.pre_vote = options.check_quorum = false;
  options.fault = scope_.fault;
  const raft::Persisted persisted{member.storage.hard(), member.applied, member.configuration, {}};
  auto core = raft::Core::open(options, persisted, member.storage, member.storage, 1);
  require(core.has_value(), "restart", core.has_value() ? "" : core.error().to_string());
  member.core.emplace(std::move(core).value());
  member.writes.clear();
  member.seq_given = raft::IoSeq();
}

void MemberStates::note_sent(const raft::Message& message, std::vector<MessageId>& sent) {
  const bool is_beat = std::holds_alternative<raft::Heartbeat>(message.body) ||
                       std::holds_alternative<raft::HeartbeatReply>(message.body);
  if (is_beat && !scope_.has_heartbeats) return;
  // The receiver may campaign at any time anyway.
  if (std::holds_alternative<raft::TimeoutNow>(message.body)) return;
  std::vector<uint64_t> hashes;
  for (const Permutation& names : symmetries_) hashes.push_back(canonical_hash(message, names));
  const auto number = static_cast<MessageId>(messages_.size());
  const auto [id, is_new] = message_ids_.insert(key_of(hashes.front()), number);
  if (is_new) {
    // Heartbeats travel beside the rest, which would displace them at once.
    const uint64_t link = (is_beat ? 64 : 0) + message.from.value() * 8 + message.to.value();
    messages_.push_back({message, link, std::move(hashes)});
  }
  sent.push_back(id);
}

void MemberStates::step(Member& member, const raft::Input& input, std::vector<MessageId>& sent) {
  const Status status = member.core->step(input);
  require(status.has_value() || status.error().code() == ErrorCode::E1201 ||
              status.error().code() == ErrorCode::E1209,
          "final error", status.has_value() ? "" : status.error().to_string());
  const raft::Ready ready = member.core->take();
  for (const raft::Message& message : ready.send_now) note_sent(message, sent);
  if (ready.seq > member.seq_given || !ready.send_after_write.empty()) {
    member.seq_given = ready.seq;
    member.writes.push_back({ready.hard,
                             ready.seq,
                             {ready.append.begin(), ready.append.end()},
                             {ready.send_after_write.begin(), ready.send_after_write.end()}});
  }
  member.core->check_invariants();
  const std::vector<raft::Entry> apply(ready.apply.begin(), ready.apply.end());
  for (const raft::Entry& entry : apply) {
    require(entry.index == next(member.applied), "apply order",
            std::to_string(entry.index.value()));
    member.applied = entry.index;
    if (entry.kind == raft::EntryKind::Config) {
      member.configuration = raft::Configuration::decode(entry.payload.view()).value();
    }
  }
  if (!apply.empty()) step(member, raft::ApplyDone{apply.back().index}, sent);
  while (!scope_.has_slow_disk && !member.writes.empty()) finish_write(member, sent);
}

void MemberStates::finish_write(Member& member, std::vector<MessageId>& sent) {
  const Write write = std::move(member.writes.front());
  member.writes.pop_front();
  if (write.hard) member.storage.set_hard(*write.hard);
  member.storage.append(write.entries);
  for (const raft::Message& message : write.after) note_sent(message, sent);
  step(member, raft::WriteDone{write.seq}, sent);
}

void MemberStates::perform(Member& member, InputCode input, std::vector<MessageId>& sent) {
  if (input >= kDeliver) {
    step(member, message(input - kDeliver), sent);
  } else if (input >= code_of(Act::Change)) {
    const raft::Configuration& target = targets_[input - code_of(Act::Change)];
    step(member, raft::ChangeMembers{target.voters, target.learners}, sent);
  } else if (input == code_of(Act::Campaign)) {
    step(member, raft::StartCampaign{}, sent);
  } else if (input == code_of(Act::Propose)) {
    step(member, raft::Propose{raft::Payload("x")}, sent);
  } else if (input == code_of(Act::FinishWrite)) {
    finish_write(member, sent);
  } else {
    start(member);
  }
}

const MemberStates::Effect& MemberStates::apply(StateId state, InputCode input) {
  const auto number = static_cast<uint32_t>(effects_.size());
  const auto [id, is_new] = effect_ids_.insert(key_of(mix(mix(3, state), input)), number);
  if (!is_new) return effects_[id];
  auto member = std::make_unique<Member>(*members_[state]);
  member->core.emplace(members_[state]->core->copy_over(member->storage, member->storage));
  Effect effect;
  perform(*member, input, effect.sent);
  const bool is_same_life = input != code_of(Act::Crash);
  effect.next = intern(std::move(member));
  if (is_same_life) check_step(facts(state), facts(effect.next));
  return effects_.emplace_back(std::move(effect));
}

// Within one life.
void MemberStates::check_step(const Facts& before, const Facts& after) const {
  require(after.term >= before.term, "term descends", "");
  require(after.commit >= before.commit, "commit descends", "");
  for (size_t i = 0; i < before.commit; ++i) {
    require(after.chain[i] == before.chain[i], "commit descends", "a committed entry is replaced");
  }
  if (!before.is_leader || !after.is_leader || before.term != after.term) return;
  const bool is_longer = after.chain.size() >= before.chain.size() &&
                         std::equal(before.chain.begin(), before.chain.end(), after.chain.begin());
  require(is_longer, "leader append-only", "");
}

uint64_t MemberStates::hash(const Member& member, const Permutation& names) const {
  const raft::RaftLog& log = member.core->view().log;
  uint64_t hash = member.core->fingerprint(names);
  const raft::LogIndex first(1);
  hash = mix(hash, hash_entries(log.entries(first, log.last(), UINT64_MAX), names));
  hash = mix(hash,
             hash_entries(member.storage.entries(first, member.storage.last(), UINT64_MAX), names));
  hash = mix(hash, hash_hard(member.storage.hard(), names));
  hash = mix(hash, member.applied.value());
  const raft::Entry members{
      {}, {}, raft::EntryKind::Config, raft::Payload(member.configuration.encode())};
  hash = mix(hash, canonical_hash(members, names));
  for (const Write& write : member.writes) {
    hash = mix(hash, write.hard ? hash_hard(*write.hard, names) : 5);
    hash = mix(hash, hash_entries({raft::Presence::Value, write.entries}, names));
    uint64_t after = 0;
    for (const raft::Message& message : write.after) after += canonical_hash(message, names);
    hash = mix(hash, after);
  }
  return hash;
}

MemberStates::Facts MemberStates::facts_of(const Member& member) const {
  const raft::View view = member.core->view();
  Facts facts{.id = view.id,
              .term = view.term.value(),
              .is_leader = view.role == raft::Role::Leader,
              .has_writes = !member.writes.empty(),
              .commit = view.log.commit().value(),
              .terms = {},
              .chain = {}};
  uint64_t chain = 0;
  for (const raft::Entry& entry :
       view.log.entries(LogIndex(1), view.log.last(), UINT64_MAX).entries) {
    chain = mix(chain, canonical_hash(entry, {}));
    facts.terms.push_back(entry.term.value());
    facts.chain.push_back(chain);
  }
  return facts;
}

StateId MemberStates::intern(std::unique_ptr<Member> member) {
  const auto number = static_cast<StateId>(members_.size());
  const uint64_t own = mix(hash(*member, symmetries_.front()), member->facts.id.value());
  const auto [id, is_new] = state_ids_.insert(key_of(own), number);
  if (!is_new) return id;
  member->facts = facts_of(*member);
  member->hashes.clear();
  for (const Permutation& names : symmetries_) member->hashes.push_back(hash(*member, names));
  members_.push_back(std::move(member));
  return id;
}

std::string MemberStates::describe_input(InputCode input) const {
  if (input >= kDeliver) return "receives " + describe(message(input - kDeliver));
  if (input >= code_of(Act::Change)) {
    return "is asked for members " + targets_[input - code_of(Act::Change)].to_string();
  }
  constexpr std::array<const char*, 4> kNames = {"campaigns", "is given an entry",
                                                 "finishes a write", "crashes and starts"};
  return kNames[input];
}

}  // namespace zerodb::sim
