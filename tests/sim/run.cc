#include "run.h"

#include <algorithm>

#include "fleet.h"
#include "violation.h"

namespace zerodb::sim {

namespace {

template <typename World>
Outcome run(const Setup& setup, std::vector<Action> plan) {
  Outcome outcome;
  World world(setup, std::move(plan));
  try {
    world.run();
  } catch (const Violation& violation) {
    outcome.rule = violation.rule();
    outcome.detail = violation.what();
  }
  outcome.statistics = world.statistics();
  outcome.trace_hash = world.trace_hash();
  return outcome;
}

}  // namespace

Outcome run_world(const Setup& setup, std::vector<Action> plan) {
  return setup.groups > 0 ? run<Fleet>(setup, std::move(plan)) : run<World>(setup, std::move(plan));
}

std::vector<Action> minimise(const Setup& setup, std::vector<Action> plan, const std::string& rule,
                             uint32_t runs_max) {
  size_t parts = 2;
  while (plan.size() > 1 && runs_max > 0) {
    const size_t size = (plan.size() + parts - 1) / parts;
    bool is_smaller = false;
    for (size_t from = 0; from < plan.size() && runs_max > 0; from += size) {
      std::vector<Action> rest(plan.begin(), plan.begin() + static_cast<std::ptrdiff_t>(from));
      const size_t to = std::min(plan.size(), from + size);
      rest.insert(rest.end(), plan.begin() + static_cast<std::ptrdiff_t>(to), plan.end());
      --runs_max;
      if (run_world(setup, rest).rule != rule) continue;
      plan = std::move(rest);
      parts = std::max<size_t>(parts - 1, 2);
      is_smaller = true;
      break;
    }
    if (is_smaller) continue;
    if (size == 1) break;
    parts = std::min(plan.size(), parts * 2);
  }
  return plan;
}

}  // namespace zerodb::sim
