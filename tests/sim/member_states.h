// MemberStates: every state that one member of a small replica set gets into, once each, and what
// each input makes of it.
//
// A core is deterministic, so one step of the real core a state and input is enough, however many
// states of the whole set it is part of; those are then tuples of numbers. States are told apart by
// 64-bit hashes. What speaks of one member alone is checked here. Throws Violation.
// Threading: belongs to one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "flat_table.h"
#include "raft/core.h"
#include "raft/memory_storage.h"
#include "scope.h"

namespace zerodb::sim {

using StateId = uint32_t;
using MessageId = uint32_t;

// What can happen to a member: one of these, or the delivery of a message.
enum class Act : uint32_t { Campaign, Propose, FinishWrite, Crash, Change };
inline constexpr uint32_t kChanges = 4;
inline constexpr uint32_t kDeliver = static_cast<uint32_t>(Act::Change) + kChanges;
using InputCode = uint32_t;
constexpr InputCode code_of(Act act, uint32_t argument = 0) {
  return static_cast<uint32_t>(act) + argument;
}
constexpr InputCode deliver(MessageId message) {
  return kDeliver + message;
}

class MemberStates {
 public:
  // What the whole set needs to know of a member.
  struct Facts {
    raft::NodeId id;
    uint64_t term = 0;
    bool is_leader = false;
    bool has_writes = false;
    uint64_t commit = 0;
    // Of each entry, the first one at 0: its term, and a hash of everything up to it.
    std::vector<uint64_t> terms;
    std::vector<uint64_t> chain;
  };
  struct Effect {
    StateId next = 0;
    std::vector<MessageId> sent;
  };

  explicit MemberStates(const Scope& scope);

  StateId first(raft::NodeId node);
  // The reference stays good.
  const Effect& apply(StateId state, InputCode input);
  const Facts& facts(StateId state) const { return members_[state]->facts; }
  uint64_t hash(StateId state, size_t symmetry) const { return members_[state]->hashes[symmetry]; }
  const raft::Message& message(MessageId id) const { return messages_[id].message; }
  uint64_t message_hash(MessageId id, size_t symmetry) const {
    return messages_[id].hashes[symmetry];
  }
  // A number for the pair of sender and receiver.
  uint64_t link(MessageId id) const { return messages_[id].link; }
  size_t states() const { return members_.size(); }
  size_t messages() const { return messages_.size(); }
  size_t steps() const { return effects_.size(); }
  std::string describe_input(InputCode input) const;

 private:
  struct Write {
    std::optional<raft::HardState> hard;
    raft::IoSeq seq;
    std::vector<raft::Entry> entries;
    std::vector<raft::Message> after;
  };
  struct Member {
    raft::MemoryStorage storage;
    std::optional<raft::Core> core;
    std::deque<Write> writes;
    raft::IoSeq seq_given;
    raft::LogIndex applied;
    raft::Configuration configuration;
    Facts facts;
    std::vector<uint64_t> hashes;
  };
  struct Known {
    raft::Message message;
    uint64_t link = 0;
    std::vector<uint64_t> hashes;
  };

  void start(Member& member);
  void step(Member& member, const raft::Input& input, std::vector<MessageId>& sent);
  void finish_write(Member& member, std::vector<MessageId>& sent);
  void perform(Member& member, InputCode input, std::vector<MessageId>& sent);
  void note_sent(const raft::Message& message, std::vector<MessageId>& sent);
  void check_step(const Facts& before, const Facts& after) const;
  uint64_t hash(const Member& member, const Permutation& names) const;
  Facts facts_of(const Member& member) const;
  StateId intern(std::unique_ptr<Member> member);

  Scope scope_;
  std::vector<raft::Configuration> targets_;
  std::vector<Permutation> symmetries_;
  std::vector<std::unique_ptr<Member>> members_;
  FlatTable state_ids_;
  std::deque<Known> messages_;
  FlatTable message_ids_;
  std::deque<Effect> effects_;
  FlatTable effect_ids_;
};

}  // namespace zerodb::sim
