// Simulates replica sets for as long as it is told to, each from its own seed.
//
//   raft_sim [--seconds N | --worlds N] [--seed S] [--minutes M] [--groups G]
//            [--all-faults]                               many worlds of M virtual minutes
//   raft_sim --replay S [--minutes M] [--groups G] [--verbose] [--minimise] [--trace]      one
//   world again
//
// With --groups a world is that many sets on a few hosts (fleet.h). With --all-faults it fails when
// a kind of fault never took effect. Real time only decides how many worlds are run, never what
// happens in one. Every tenth world is run twice and has to leave the same trace. A failure prints
// the command that repeats it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "run.h"

namespace zerodb::sim {
namespace {

struct Arguments {
  uint64_t seconds = 20;
  uint64_t worlds = 0;
  uint64_t seed = 1;
  uint64_t minutes = 10;
  bool is_replay = false;
  bool is_verbose = false;
  bool is_minimising = false;
  bool is_tracing = false;
  bool needs_all_faults = false;
  uint32_t groups = 0;

  Setup setup(uint64_t of_seed) const {
    const Time lasts = minutes * 60 * kSecond;
    return groups > 0 ? random_fleet_setup(of_seed, lasts, groups) : random_setup(of_seed, lasts);
  }
};

bool parse(int count, char** values, Arguments& out) {
  for (int i = 1; i < count; ++i) {
    const std::string name = values[i];
    const auto number = [&] { return i + 1 < count ? std::strtoull(values[++i], nullptr, 10) : 0; };
    if (name == "--seconds") {
      out.seconds = number();
    } else if (name == "--worlds") {
      out.worlds = number();
    } else if (name == "--seed") {
      out.seed = number();
    } else if (name == "--minutes") {
      out.minutes = number();
    } else if (name == "--groups") {
      out.groups = static_cast<uint32_t>(number());
    } else if (name == "--all-faults") {
      out.needs_all_faults = true;
    } else if (name == "--replay") {
      out.is_replay = true;
      out.seed = number();
    } else if (name == "--verbose") {
      out.is_verbose = true;
    } else if (name == "--trace") {
      out.is_tracing = true;
    } else if (name == "--minimise") {
      out.is_minimising = true;
    } else {
      std::fprintf(stderr, "unknown argument %s\n", name.c_str());
      return false;
    }
  }
  if (out.groups == 0 || !(out.is_verbose || out.is_tracing)) return true;
  std::fprintf(stderr, "only a single set can be followed step by step\n");
  return false;
}

void print_failure(const Setup& setup, const Outcome& outcome, uint64_t minutes) {
  const auto number = [](uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf("seed %llu (%s): %s\nrepeat with: raft_sim --replay %llu --minutes %llu --minimise",
              number(setup.seed), setup.to_string().c_str(), outcome.detail.c_str(),
              number(setup.seed), number(minutes));
  if (setup.groups > 0) std::printf(" --groups %llu", number(setup.groups));
  std::printf("\n");
  std::fflush(stdout);
}

// What happens in it, for a person or, as lines of JSON, for a checker.
void print_world(const Setup& setup, const std::vector<Action>& plan, bool is_tracing) {
  World world(setup, plan);
  const auto print = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
  is_tracing ? world.trace_to(print) : world.log_to(print);
  try {
    world.run();
  } catch (const std::exception& failure) {
    std::printf("%s\n", failure.what());
  }
}

int replay(const Arguments& arguments) {
  const Setup setup = arguments.setup(arguments.seed);
  std::vector<Action> plan = random_plan(setup);
  if (arguments.is_tracing) {
    print_world(setup, plan, true);
    return 0;
  }
  Outcome outcome = run_world(setup, plan);
  std::printf("seed %llu: %s\ntrace %016llx, %s\n", static_cast<unsigned long long>(setup.seed),
              setup.to_string().c_str(), static_cast<unsigned long long>(outcome.trace_hash),
              outcome.is_good() ? "no violation" : outcome.detail.c_str());
  if (arguments.is_minimising && !outcome.is_good()) {
    plan = minimise(setup, plan, outcome.rule, 400);
    std::printf("%zu faults suffice:\n", plan.size());
    for (const Action& action : plan) std::printf("  %s\n", action.to_string().c_str());
  }
  if (arguments.is_verbose) print_world(setup, plan, false);
  return outcome.is_good() ? 0 : 1;
}

struct Totals {
  Statistics sum;
  uint64_t worlds = 0;
  uint64_t failures = 0;
  uint64_t repeated = 0;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print_totals(const Totals& totals, double seconds) {
  const double hours = static_cast<double>(totals.sum.lasted) / kSecond / 3600;
  const auto count = [](uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf(
      "%llu worlds, %.1f cluster-hours (%.1f hours of replica sets) in %.0f s (%.0f times real "
      "time)\n%s\n"
      "%llu worlds repeated bit by bit, %llu failed\n",
      count(totals.worlds), hours, static_cast<double>(totals.sum.group_time) / kSecond / 3600,
      seconds, hours * 3600 / seconds, totals.sum.to_string().c_str(), count(totals.repeated),
      count(totals.failures));
  std::fflush(stdout);
}

// Whether everything happened that is asked for.
bool has_all(const Arguments& arguments, const Totals& totals) {
  const std::string missing = totals.sum.missing_faults();
  if (arguments.needs_all_faults && !missing.empty()) {
    std::printf("never happened: %s\n", missing.c_str());
    return false;
  }
  return true;
}

int run_many(const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  Totals totals;
  for (uint64_t i = 0;; ++i) {
    const bool is_over = arguments.worlds > 0
                             ? i == arguments.worlds
                             : seconds_since(start) >= static_cast<double>(arguments.seconds);
    if (is_over) break;
    const Setup setup = arguments.setup(arguments.seed + i);
    const Outcome outcome = run_world(setup, random_plan(setup));
    ++totals.worlds;
    totals.sum.add(outcome.statistics);
    if (!outcome.is_good()) {
      ++totals.failures;
      print_failure(setup, outcome, arguments.minutes);
      if (totals.failures >= 10) break;
    }
    if (i % 10 != 0) continue;
    ++totals.repeated;
    if (run_world(setup, random_plan(setup)).trace_hash == outcome.trace_hash) continue;
    ++totals.failures;
    std::printf("seed %llu leaves another trace when it is run again\n",
                static_cast<unsigned long long>(setup.seed));
  }
  std::printf("seeds from %llu; ", static_cast<unsigned long long>(arguments.seed));
  print_totals(totals, seconds_since(start));
  return has_all(arguments, totals) && totals.failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace zerodb::sim

int main(int argc, char** argv) {
  zerodb::sim::Arguments arguments;
  if (!zerodb::sim::parse(argc, argv, arguments)) return 2;
  return arguments.is_replay ? zerodb::sim::replay(arguments) : zerodb::sim::run_many(arguments);
}
