#include "explorer.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "machine.h"
#include "violation.h"

namespace zerodb::sim {

using raft::NodeId;

namespace {

// An input and the place of the member that got it, in one word.
constexpr uint32_t kPlaceBits = 2;

}  // namespace

Explorer::Explorer(const Scope& scope, uint64_t states_max)
    : scope_(scope), states_max_(states_max), symmetries_(scope.symmetries()), members_(scope) {
  require(scope.terms < kTermsMax && scope.entries <= 4, "scope", "too large to be remembered");
}

void Explorer::push(Level& level, const State& state) {
  static_assert(sizeof(Head) % sizeof(uint32_t) == 0);
  Head head = state.head;
  head.messages = static_cast<uint16_t>(state.messages.size());
  const size_t at = level.size();
  level.resize(at + sizeof(Head) / sizeof(uint32_t));
  std::memcpy(&level[at], &head, sizeof(Head));
  level.insert(level.end(), state.messages.begin(), state.messages.end());
}

// Where the next one begins.
size_t Explorer::load(const Level& level, size_t at, State& out) {
  std::memcpy(static_cast<void*>(&out.head), &level[at], sizeof(Head));
  const auto from = level.begin() + static_cast<std::ptrdiff_t>(at + sizeof(Head) / 4);
  out.messages.assign(from, from + out.head.messages);
  return at + sizeof(Head) / 4 + out.head.messages;
}

uint64_t Explorer::hash(const State& state) const {
  uint64_t least = UINT64_MAX;
  for (size_t s = 0; s < symmetries_.size(); ++s) {
    uint64_t sum = 0;
    for (size_t i = 0; i < state.messages.size(); ++i) {
      uint64_t younger = 0;
      for (size_t j = i + 1; j < state.messages.size(); ++j) {
        younger += members_.link(state.messages[i]) == members_.link(state.messages[j]) ? 1 : 0;
      }
      sum += mix(13 + younger, members_.message_hash(state.messages[i], s));
    }
    for (const StateId member : state.head.members) sum += mix(11, members_.hash(member, s));
    uint64_t hash = mix(sum, state.head.committed);
    hash = mix(hash, uint64_t{state.head.crashes} << 8 | state.head.changes);
    for (const uint8_t leader : state.head.leaders) {
      hash = mix(hash, raft::renamed(NodeId(leader), symmetries_[s]).value());
    }
    least = std::min(least, hash);
  }
  return std::max<uint64_t>(least, 1);
}

void Explorer::check_leader(State& state, const MemberStates::Facts& member) const {
  require(member.term < kTermsMax, "scope", "a term beyond it");
  uint8_t& leader = state.head.leaders[member.term];
  require(leader == 0 || leader == member.id.value(), "election safety", "two leaders in one term");
  leader = static_cast<uint8_t>(member.id.value());
  uint64_t committed = state.head.committed;
  for (size_t i = 0; committed != 0; ++i, committed >>= 8) {
    if ((committed & 15) >= member.term) continue;
    require(i < member.terms.size() && member.terms[i] == (committed >> 4 & 15),
            "leader completeness", "entry " + std::to_string(i + 1));
  }
}

void Explorer::check(State& state, size_t place) const {
  const MemberStates::Facts& member = members_.facts(state.head.members[place]);
  if (member.is_leader) check_leader(state, member);
  require(member.commit <= 8, "scope", "a log too long to be remembered");
  for (size_t i = 0; i < member.commit; ++i) {
    const uint64_t known = state.head.committed >> (8 * i) & 255;
    if (known == 0) state.head.committed |= (member.terms[i] << 4 | member.term) << (8 * i);
    require(known == 0 || known >> 4 == member.terms[i], "state machine safety",
            "entry " + std::to_string(i + 1));
  }
  for (const StateId other : state.head.members) {
    const MemberStates::Facts& theirs = members_.facts(other);
    const size_t common = std::min(member.terms.size(), theirs.terms.size());
    for (size_t i = 0; i < common; ++i) {
      require(member.terms[i] != theirs.terms[i] || member.chain[i] == theirs.chain[i],
              "log matching", "entry " + std::to_string(i + 1));
    }
  }
}

void Explorer::check_votes(const State& state) const {
  std::array<std::array<uint64_t, kExplored>, kTermsMax> votes{};
  for (const MessageId id : state.messages) {
    const raft::Message& message = members_.message(id);
    const auto* vote = std::get_if<raft::VoteReply>(&message.body);
    if (vote == nullptr || !vote->granted) continue;
    uint64_t& known = votes[message.term.value()][message.from.value() - 1];
    require(known == 0 || known == message.to.value(), "one vote a term", "");
    known = message.to.value();
  }
}

void Explorer::add(const State& state, size_t place, InputCode input) {
  const auto number = static_cast<uint32_t>(parents_.size());
  if (!seen_.insert(hash(state), number).second) return;
  parents_.push_back(state.head.parent);
  inputs_.push_back(input << kPlaceBits | static_cast<uint32_t>(place));
  push(next_level_, state);
}

void Explorer::try_input(const State& from, size_t place, InputCode input) {
  ++result_.transitions;
  const StateId before = from.head.members[place];
  try {
    const MemberStates::Effect& effect = members_.apply(before, input);
    State state = from;
    for (const MessageId id : effect.sent) send(state, id);
    if (effect.next == before && state.messages == from.messages) return;
    state.head.members[place] = effect.next;
    if (input == code_of(Act::Crash)) ++state.head.crashes;
    if (input >= code_of(Act::Change) && input < kDeliver) ++state.head.changes;
    check(state, place);
    if (!effect.sent.empty()) check_votes(state);
    add(state, place, input);
  } catch (const Violation& violation) {
    if (!result_.violation.empty()) return;
    result_.violation = way_to(from.head.parent);
    result_.violation.push_back("node " + std::to_string(place + 1) + " " +
                                members_.describe_input(input));
    result_.violation.push_back(violation.what());
  }
}

// The newest message of a link is the last one of it; the links are sorted.
void Explorer::send(State& state, MessageId id) const {
  std::vector<MessageId>& all = state.messages;
  std::erase(all, id);
  const auto precedes = [&](MessageId a, MessageId b) {
    return members_.link(a) < members_.link(b);
  };
  const auto [first, end] = std::equal_range(all.begin(), all.end(), id, precedes);
  const bool is_full = end - first >= static_cast<std::ptrdiff_t>(scope_.window);
  const std::ptrdiff_t oldest = first - all.begin();
  all.insert(end, id);
  if (is_full) all.erase(all.begin() + oldest);
}

// The head names the state itself as the parent of those that follow.
void Explorer::expand(const State& from) {
  for (const MessageId id : from.messages) {
    try_input(from, members_.message(id).to.value() - 1, deliver(id));
  }
  for (size_t place = 0; place < kExplored; ++place) {
    const MemberStates::Facts& member = members_.facts(from.head.members[place]);
    const bool may_grow = member.is_leader && member.terms.size() < scope_.entries;
    if (!member.is_leader && member.term < scope_.terms) {
      try_input(from, place, code_of(Act::Campaign));
    }
    if (may_grow) try_input(from, place, code_of(Act::Propose));
    if (may_grow && from.head.changes == 0) {
      for (uint32_t i = 0; i < scope_.targets().size(); ++i) {
        try_input(from, place, code_of(Act::Change, i));
      }
    }
    if (member.has_writes) try_input(from, place, code_of(Act::FinishWrite));
    if (from.head.crashes < scope_.crashes) try_input(from, place, code_of(Act::Crash));
  }
}

Exploration Explorer::run() {
  State state;
  for (size_t place = 0; place < kExplored; ++place) {
    state.head.members[place] = members_.first(NodeId(place + 1));
  }
  add(state, 0, 0);
  uint32_t expanded = 0;
  while (!next_level_.empty()) {
    const Level level = std::exchange(next_level_, {});
    for (size_t at = 0; at < level.size();) {
      at = load(level, at, state);
      state.head.parent = expanded++;
      expand(state);
      if (!result_.violation.empty() || parents_.size() >= states_max_) break;
    }
    if (report_ != nullptr) report_(result_.depth, parents_.size(), parents_.size() - expanded);
    if (!result_.violation.empty() || parents_.size() >= states_max_) break;
    ++result_.depth;
  }
  result_.is_complete = next_level_.empty() && result_.violation.empty();
  result_.states = parents_.size();
  result_.member_states = members_.states();
  result_.messages = members_.messages();
  result_.steps = members_.steps();
  return result_;
}

std::vector<std::string> Explorer::way_to(uint32_t state) const {
  std::vector<std::string> way;
  for (; state != 0; state = parents_[state]) {
    const uint32_t place = inputs_[state] & ((1U << kPlaceBits) - 1);
    way.push_back("node " + std::to_string(place + 1) + " " +
                  members_.describe_input(inputs_[state] >> kPlaceBits));
  }
  std::reverse(way.begin(), way.end());
  return way;
}

}  // namespace zerodb::sim
