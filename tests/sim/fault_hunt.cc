// Plants one mistake after the other into the core, and looks for it by simulation, by exploration
// of a small scope and by the scripts. Prints which invariant gave each away, and how many events
// or states that took; fails if one lives.
//
//   fault_hunt [--worlds N] [--states N] [--only NAME]
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "explorer.h"
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

struct Effort {
  uint64_t worlds = 40;
  uint64_t states = 60'000;
};

// By how many states, breadth first, an exploration found it, and with which invariant.
std::string explore(raft::Fault fault, uint64_t states) {
  for (const bool has_slow_disk : {false, true}) {
    Scope scope;
    scope.change = ScopeChange::Remove;
    scope.crashes = 1;
    scope.has_slow_disk = has_slow_disk;
    scope.fault = fault;
    const Exploration result = Explorer(scope, states).run();
    if (result.violation.empty()) continue;
    return "exploration, " + result.violation.back() + " after " + std::to_string(result.states) +
           " states";
  }
  return {};
}

std::string simulate(raft::Fault fault, uint64_t worlds) {
  uint64_t events = 0;
  for (uint64_t seed = 1; seed <= worlds; ++seed) {
    Setup setup = random_setup(seed, 120 * kSecond);
    setup.fault = fault;
    const Outcome outcome = run_world(setup, random_plan(setup));
    events += outcome.statistics.events;
    if (outcome.is_good()) continue;
    return "simulation, " + outcome.rule + " after " + std::to_string(events) + " events (seed " +
           std::to_string(seed) + ")";
  }
  return {};
}

// What found it, or nothing.
std::string hunt(const Planted& planted, const Effort& effort) {
  const std::string scenario = first_failing_scenario(planted.fault);
  const std::string exploration = explore(planted.fault, effort.states);
  // What nothing else finds is looked for longer.
  const bool is_found = !scenario.empty() || !exploration.empty();
  std::string found = simulate(planted.fault, is_found ? effort.worlds : 4 * effort.worlds);
  const auto append = [&](const std::string& finder) {
    if (!finder.empty()) found += (found.empty() ? "" : "; ") + finder;
  };
  append(exploration);
  append(scenario.empty() ? "" : "scenario " + scenario);
  return found;
}

int hunt_all(const Effort& effort, const std::string& only) {
  int alive = 0;
  for (const Planted& planted : kPlanted) {
    if (!only.empty() && only != planted.name) continue;
    const std::string found = hunt(planted, effort);
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
  zerodb::sim::Effort effort;
  std::string only;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--worlds") effort.worlds = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--states") effort.states = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--only") only = argv[i + 1];
  }
  return zerodb::sim::hunt_all(effort, only);
}
