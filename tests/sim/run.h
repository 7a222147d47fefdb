// Runs simulations: one, many, or a failing one again and again until few faults of its plan are
// left.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan.h"
#include "world.h"

namespace zerodb::sim {

struct Outcome {
  Statistics statistics;
  uint64_t trace_hash = 0;
  // Of the violation, if there was one.
  std::string rule;
  std::string detail;

  bool is_good() const { return rule.empty(); }
};

// A World, or a Fleet where the setup has groups.
Outcome run_world(const Setup& setup, std::vector<Action> plan);

// A part of `plan`, in order, that breaks the same rule; by delta debugging (Zeller, Hildebrandt:
// Simplifying and Isolating Failure-Inducing Input, 2002). At most `runs_max` runs.
std::vector<Action> minimise(const Setup& setup, std::vector<Action> plan, const std::string& rule,
                             uint32_t runs_max);

}  // namespace zerodb::sim
