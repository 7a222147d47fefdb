// Explorer: visits every state that a replica set of three reaches within a scope, breadth first,
// over the real core.
//
// Each link remembers its newest messages (Scope::window). They may be delivered at any time, in
// any order, any number of times, or never, until newer ones take their places: loss, delay and
// duplication need no actions of their own. A state is the states of the members (MemberStates),
// the links, and what the invariants remember: who led which term, what is committed. States that
// differ by a renaming of the nodes under which the scope is the same count once. States are told
// apart by 64-bit hashes: with n states, the chance that one was missed is about n² / 2⁶⁵.
//
// Threading: belongs to one thread. Memory: about 30 bytes a state, and what two levels of the
// search hold.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "flat_table.h"
#include "member_states.h"
#include "scope.h"

namespace zerodb::sim {

struct Exploration {
  uint64_t states = 0;
  uint64_t transitions = 0;
  uint64_t depth = 0;
  uint64_t member_states = 0;
  uint64_t messages = 0;
  uint64_t steps = 0;
  bool is_complete = false;
  // The shortest way to a state that breaks an invariant, and which; empty if there is none.
  std::vector<std::string> violation;
};

class Explorer {
 public:
  Explorer(const Scope& scope, uint64_t states_max);

  Exploration run();
  // Called with the depth, the states so far and those of the level, when one is done.
  void report_to(void (*report)(uint64_t, uint64_t, uint64_t)) { report_ = report; }

 private:
  static constexpr size_t kTermsMax = 4;
  // A state as it waits in a level: these words, then the messages in order.
  struct Head {
    std::array<StateId, kExplored> members{};
    uint32_t parent = 0;
    // Who led each term, from 0; the counts of crashes and changes.
    std::array<uint8_t, kTermsMax> leaders{};
    uint8_t crashes = 0;
    uint8_t changes = 0;
    uint16_t messages = 0;
    // Of each committed entry: its term and the term in which it was committed, four bits each.
    uint64_t committed = 0;
  };
  struct State {
    Head head;
    std::vector<MessageId> messages;
  };
  using Level = std::vector<uint32_t>;

  static void push(Level& level, const State& state);
  static size_t load(const Level& level, size_t at, State& out);
  void send(State& state, MessageId id) const;
  void expand(const State& from);
  void try_input(const State& from, size_t place, InputCode input);
  // Updates what the invariants remember, and throws Violation.
  void check(State& state, size_t place) const;
  void check_leader(State& state, const MemberStates::Facts& member) const;
  void check_votes(const State& state) const;
  uint64_t hash(const State& state) const;
  void add(const State& state, size_t place, InputCode input);
  std::vector<std::string> way_to(uint32_t state) const;

  Scope scope_;
  uint64_t states_max_;
  std::vector<Permutation> symmetries_;
  MemberStates members_;
  FlatTable seen_;
  Level next_level_;
  // By state: from which one it was reached, and how.
  std::vector<uint32_t> parents_;
  std::vector<uint32_t> inputs_;
  Exploration result_;
  void (*report_)(uint64_t, uint64_t, uint64_t) = nullptr;
};

}  // namespace zerodb::sim
