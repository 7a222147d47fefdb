// Scope: how far an exploration goes. Threading: a plain value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "raft/configuration.h"
#include "raft/fault.h"

namespace zerodb::sim {

inline constexpr size_t kExplored = 3;
using Permutation = std::array<raft::NodeId, kExplored>;

// The one change of members that a leader may be asked for. Remove: of any of three voters. Promote
// and Replace begin with the voters 1 and 2 and the learner 3, which then votes beside them or
// instead of either.
enum class ScopeChange : uint8_t { None, Remove, Promote, Replace };

struct Scope {
  uint64_t terms = 2;
  // No log that is as long is given another one by a client. A new leader's own entry and the end
  // of a joint configuration come on top.
  uint64_t entries = 3;
  uint64_t crashes = 0;
  ScopeChange change = ScopeChange::None;
  // A write becomes durable by an action of its own, and a crash loses those that did not.
  bool has_slow_disk = false;
  bool has_heartbeats = false;
  // How many messages each link remembers, the newest ones.
  uint32_t window = 1;
  raft::Fault fault = raft::Fault::None;

  raft::Configuration first() const;
  // The voters and learners that may be asked for.
  std::vector<raft::Configuration> targets() const;
  // The renamings of nodes under which the scope is the same.
  std::vector<Permutation> symmetries() const;
};

}  // namespace zerodb::sim
