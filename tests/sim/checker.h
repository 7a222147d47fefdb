// Checker: the invariants of Raft over all nodes of one replica set, judged from outside the cores
// after every event.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "machine.h"
#include "raft/core.h"

namespace zerodb::sim {

class Checker {
 public:
  explicit Checker(raft::Configuration first);

  // A node starts (again); its commit index may be lower than before, what it applied may not.
  void note_start(raft::NodeId node);
  // Entries enter a node's log, in this order.
  void note_append(std::span<const raft::Entry> entries, raft::LogPosition previous);
  void note_sent(const raft::Message& message);
  // Looks at a node after an event.
  void check(const raft::Core& core);
  void note_applied(const raft::Entry& entry, const Machine& machine);
  // The commit index that is known anywhere.
  raft::LogIndex committed() const { return raft::LogIndex(committed_.size()); }
  void check_read(raft::LogIndex required, raft::LogIndex granted);

  uint64_t elections() const { return leaders_.size(); }
  uint64_t configurations() const { return configurations_.size(); }

 private:
  struct Committed {
    raft::Term term;
    // In which it was committed, or a later one.
    raft::Term committed_in;
    uint64_t hash = 0;
    // Of the machine after it; zero while nobody applied it.
    uint64_t machine_hash = 0;
  };
  // What a node showed last.
  struct Seen {
    raft::Term term;
    raft::NodeId vote;
    raft::Role role = raft::Role::Follower;
    raft::LogIndex commit;
    raft::LogIndex applied;
    raft::LogIndex last;
    std::map<raft::NodeId, raft::LogIndex> matches;
  };
  struct PositionHash {
    size_t operator()(const raft::LogPosition& p) const {
      return mix(p.index.value(), p.term.value());
    }
  };
  struct Known {
    uint64_t hash = 0;
    raft::Term previous;
    raft::EntryKind kind = raft::EntryKind::Normal;
    raft::Payload payload;
  };
  void check_commit(const raft::View& view, raft::LogIndex from);
  void check_leader(const raft::View& view, Seen& seen);
  void add_committed(raft::LogPosition position, raft::Term term);

  std::unordered_map<raft::LogPosition, Known, PositionHash> entries_;
  std::map<raft::Term, raft::NodeId> leaders_;
  std::map<std::pair<raft::Term, raft::NodeId>, raft::NodeId> votes_;
  std::vector<Committed> committed_;
  std::map<raft::NodeId, Seen> seen_;
  std::vector<raft::Configuration> configurations_;
};

}  // namespace zerodb::sim
