// Ids and positions of the consensus core, in the words of the Raft paper (Ongaro, Ousterhout: In
// Search of an Understandable Consensus Algorithm, 2014).
//
// A NodeId names one incarnation of one replica: a node that lost its state comes back under
// another id, because under the old one it could break promises that it no longer remembers. Zero
// is "none" in every one of these types. Threading: plain values.
#pragma once

#include <cstdint>
#include <span>

#include "base/strong_id.h"

namespace zerodb::raft {

using NodeId = StrongId<struct NodeIdTag, uint64_t>;
using GroupId = StrongId<struct GroupIdTag, uint64_t>;
using Term = StrongId<struct TermTag, uint64_t>;
// Positions in the log count from 1.
using LogIndex = StrongId<struct LogIndexTag, uint64_t>;
// Writes that a core asks its storage for, in order.
using IoSeq = StrongId<struct IoSeqTag, uint64_t>;
// Heartbeat rounds of one leader in one term.
using Round = StrongId<struct RoundTag, uint64_t>;
// Appends of one leader to one follower in one term.
using AppendSeq = StrongId<struct AppendSeqTag, uint64_t>;

constexpr LogIndex operator+(LogIndex index, uint64_t count) {
  return LogIndex(index.value() + count);
}
// Stops at zero.
constexpr LogIndex operator-(LogIndex index, uint64_t count) {
  return LogIndex(index.value() > count ? index.value() - count : 0);
}
// How many positions lie after `from` up to `to`; zero where `to` stands before it.
constexpr uint64_t distance(LogIndex from, LogIndex to) {
  return to > from ? to.value() - from.value() : 0;
}

template <typename Tag>
constexpr StrongId<Tag, uint64_t> next(StrongId<Tag, uint64_t> id) {
  return StrongId<Tag, uint64_t>(id.value() + 1);
}

constexpr NodeId kNoNode;

// New ids of the nodes 1, 2, ... in this order; others keep theirs. For explorers, to whom states
// that differ by the nodes' names alone are one.
using Renaming = std::span<const NodeId>;
constexpr NodeId renamed(NodeId node, Renaming renaming) {
  const bool is_named = node != kNoNode && node.value() <= renaming.size();
  return is_named ? renaming[node.value() - 1] : node;
}

// An entry of the log without its contents: two logs that share one are equal up to it (Log
// Matching).
struct LogPosition {
  LogIndex index;
  Term term;
  constexpr bool operator==(const LogPosition&) const = default;
};

}  // namespace zerodb::raft
