// Plan: the faults of one simulation, drawn from its seed before it begins, so that some of them
// can be left out when a failing run is minimised.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "raft/fault.h"
#include "raft/next_index.h"

namespace zerodb::sim {

// Virtual time in microseconds.
using Time = uint64_t;
inline constexpr Time kMillisecond = 1000;
inline constexpr Time kSecond = 1000 * kMillisecond;

enum class ActionKind : uint8_t {
  Crash,         // one node, for a while
  CrashInWrite,  // one node, while its next write is under way
  CrashAll,      // every node at once, for a while
  Pause,         // a node does nothing; its messages wait
  Split,         // two sides that do not hear each other
  Deafen,        // one node does not hear the others
  Mute,          // the others do not hear one node
  Lose,          // messages are lost at a rate
  Duplicate,     // messages arrive twice at a rate
  Clog,          // what one node sends arrives late
  SlowDisk,      // one node's writes take long
  FailSync,      // one node's next sync fails: the node stops
  Wipe,          // a node loses everything and comes back under a new id
  JumpClock,     // a node's clock jumps ahead
  Transfer,      // a leader is told to hand over
  Churn,         // a change of members is asked for
  FillDisk,      // a node's disk is nearly full for a while, as it reports
  NoSpace,       // a node's disk takes no more writes for a while: the node stops
  Forget,        // a follower is told to forget its leader
  Campaign,      // a node is told to campaign
};
inline constexpr uint32_t kActionKinds = 20;
const char* name_of(ActionKind kind);
// Whether it ends after a while.
bool is_undone_later(ActionKind kind);

struct Action {
  Time at = 0;
  ActionKind kind = ActionKind::Crash;
  Time lasts = 0;
  uint32_t node = 0;
  uint64_t amount = 0;

  std::string to_string() const;
};

// Whether a Split, Deafen or Mute cuts this way.
bool is_blocked(const Action& action, uint32_t from, uint32_t to);

struct Setup {
  uint64_t seed = 1;
  uint32_t nodes = 3;
  // Not zero: so many sets of three members on as many hosts as there are nodes (fleet.h).
  uint32_t groups = 0;
  Time lasts = 120 * kSecond;
  raft::NextIndexMode next_index = raft::NextIndexMode::RunVector;
  bool pre_vote = true;
  bool check_quorum = true;
  bool lease_reads = false;
  // How long a write takes, at most and but for exceptions.
  Time write_takes = 5 * kMillisecond;
  // Mean time between faults.
  Time calm = 4 * kSecond;
  raft::Fault fault = raft::Fault::None;

  std::string to_string() const;
};

// Independent streams of randomness of one seed.
inline uint64_t mix_seed(uint64_t seed, uint64_t stream) {
  return (seed + 1) * 0x9e3779b97f4a7c15 ^ stream * 0xd1342543de82ef95;
}

// A setup and the faults for a seed.
Setup random_setup(uint64_t seed, Time lasts);
Setup random_fleet_setup(uint64_t seed, Time lasts, uint32_t groups);
std::vector<Action> random_plan(const Setup& setup);

}  // namespace zerodb::sim
