// Plants one mistake after the other into the core and simulates until one is noticed. Prints which
// invariant gave each away, and how many events that took; fails if one lives.
//
//   fault_hunt [--worlds N] [--only NAME]
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "raft/fault.h"
#include "run.h"
#include "scenario.h"

namespace zerodb::sim {
namespace {

struct Planted {
  raft::Fault fault;
  const char* name;
  const char* meaning;
};

constexpr std::array kPlanted = {
#define ZERODB_RAFT_FAULT(name, meaning) Planted{raft::Fault::name, #name, meaning},
#include "raft/fault.def"
#undef ZERODB_RAFT_FAULT
};

// What found it, or nothing.
std::string hunt(const Planted& planted, uint64_t worlds) {
  uint64_t events = 0;
  std::string found;
  const std::string scenario = first_failing_scenario(planted.fault);
  // What no script finds is looked for longer.
  if (scenario.empty()) worlds *= 4;
  for (uint64_t seed = 1; seed <= worlds; ++seed) {
    Setup setup = random_setup(seed, 120 * kSecond);
    setup.fault = planted.fault;
    const Outcome outcome = run_world(setup, random_plan(setup));
    events += outcome.statistics.events;
    if (outcome.is_good()) continue;
    found = "simulation, " + outcome.rule + " after " + std::to_string(events) + " events (seed " +
            std::to_string(seed) + ")";
    break;
  }
  if (!scenario.empty()) found += (found.empty() ? "" : "; ") + ("scenario " + scenario);
  return found;
}

int hunt_all(uint64_t worlds, const std::string& only) {
  int alive = 0;
  for (const Planted& planted : kPlanted) {
    if (!only.empty() && only != planted.name) continue;
    const std::string found = hunt(planted, worlds);
    alive += found.empty() ? 1 : 0;
    std::printf("%-28s %s\n", planted.name, found.empty() ? "NOT FOUND" : found.c_str());
    std::fflush(stdout);
  }
  std::printf("%zu faults planted, %d not found\n", kPlanted.size(), alive);
  return alive == 0 ? 0 : 1;
}

}  // namespace
}  // namespace zerodb::sim

int main(int argc, char** argv) {
  uint64_t worlds = 40;
  std::string only;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--worlds") worlds = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--only") only = argv[i + 1];
  }
  return zerodb::sim::hunt_all(worlds, only);
}
