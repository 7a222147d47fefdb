// Statistics: what happened in one simulation or in many.
//
// Threading: a plain value.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "disk_file.h"
#include "network.h"
#include "plan.h"

namespace zerodb::sim {

struct Statistics {
  uint64_t events = 0;
  uint64_t messages = 0;
  uint64_t committed = 0;
  uint64_t elections = 0;
  uint64_t reads = 0;
  uint64_t crashes = 0;
  uint64_t snapshots = 0;
  uint64_t configurations = 0;
  // Heartbeats of sets, and the messages between hosts that carried them.
  uint64_t beats = 0;
  uint64_t beat_messages = 0;
  // Virtual time, and the same once for each replica set.
  Time lasted = 0;
  Time group_time = 0;
  // Faults that took effect, by ActionKind.
  std::array<uint64_t, kActionKinds> faults{};
  NetworkCounts network;
  DiskCounts disk;

  void add(const Statistics& other);
  // Lines for a person.
  std::string to_string() const;
  // The faults of which there was none, or nothing.
  std::string missing_faults() const;
};

}  // namespace zerodb::sim
