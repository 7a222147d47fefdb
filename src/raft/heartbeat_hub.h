// HeartbeatHub: one heartbeat a pair of nodes for all replica sets they share.
//
// It compresses the heartbeats that cores send, and nothing more: no set falls asleep, and no core
// knows of it. All heartbeats of one turn to one node travel together, and the receiver unpacks
// them. While they are what the receiver expects of an idle set (same leader, term and commit index
// as it has), a digest of them is enough, so that the message of a thousand idle sets has constant
// size; a digest that does not match is answered by a request for the whole list. The answers come
// back alike.
//
//   sender: beats of a turn -> Beats{list or digest} ------> receiver: digest equals that of its
//   own sets
//                                                              -> one Heartbeat a set -> core.step
//   sender: one HeartbeatReply a set -> core.step  <------ Answers{digest "all as asked", or list}
//
// The round that a beat stands for is the sender's business: it remembers which rounds its last
// turns carried. Sequence numbers count within an epoch, one life of the sender, so that an answer
// to an earlier life is not taken for one of this. Threading: belongs to the thread of a node's
// sets. Bounds: kTurnsMax remembered turns for each other node.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "raft/ids.h"
#include "raft/message.h"

namespace zerodb::raft {

// Of the place where members live, not of a member: a process of the database.
using HostId = StrongId<struct HostIdTag, uint64_t>;

// A heartbeat or an answer of one replica set, with the members it is between.
struct GroupBeat {
  GroupId group;
  NodeId from;
  NodeId to;
  Term term;
  Heartbeat beat;
};
struct GroupAnswer {
  GroupId group;
  NodeId from;
  NodeId to;
  Term term;
  HeartbeatReply answer;
};

// What travels between hosts. Without a list the digest stands for `count` beats.
struct Beats {
  uint64_t epoch = 0;
  uint64_t seq = 0;
  uint64_t count = 0;
  uint64_t digest = 0;
  std::vector<GroupBeat> list;
};
// AsAsked: each set answered that it follows, in the term asked, and durably knows what was
// committed. Unknown: the digest is not that of the receiver's sets; it wants the list.
enum class AnswerKind : uint8_t { AsAsked, Listed, Unknown };
struct Answers {
  uint64_t epoch = 0;
  uint64_t seq = 0;
  AnswerKind kind = AnswerKind::Unknown;
  std::vector<GroupAnswer> list;
};

class HeartbeatHub {
 public:
  // Turns whose answers may still come.
  static constexpr size_t kTurnsMax = 8;

  // The epoch must differ between two lives of this host.
  explicit HeartbeatHub(uint64_t epoch) : epoch_(epoch) {}

  // What a set of this host that follows a leader on another one would call an idle heartbeat: its
  // own term, and its commit index. Nothing for sets that do not.
  using Expect = std::function<std::optional<GroupBeat>(GroupId)>;
  // Gives one beat to the core of its set; the answer, if the core made one in this step.
  using Deliver = std::function<std::optional<GroupAnswer>(const GroupBeat&)>;

  // A heartbeat of a core to a member on `host`; it takes the place of an earlier one of its set
  // and turn.
  void add(HostId host, const GroupBeat& beat) { turns_[host][beat.group] = beat; }
  // What goes to each host now; ends the turn.
  std::vector<std::pair<HostId, Beats>> take();

  // The sets of this host whose leaders are on `host` are `followed`.
  Answers receive(const Beats& beats, const std::vector<GroupId>& followed, const Expect& expect,
                  const Deliver& deliver);
  // The answers for the cores of this host.
  std::vector<GroupAnswer> receive(HostId host, const Answers& answers);

 private:
  struct Turn {
    uint64_t seq = 0;
    std::vector<GroupBeat> beats;
  };
  struct Sent {
    uint64_t seq = 0;
    bool is_list_wanted = true;
    std::deque<Turn> turns;
  };
  uint64_t epoch_;
  std::map<HostId, std::map<GroupId, GroupBeat>> turns_;
  std::map<HostId, Sent> sent_;
};

}  // namespace zerodb::raft
