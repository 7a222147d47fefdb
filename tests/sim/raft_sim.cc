// Simulates replica sets for as long as it is told to, each from its own seed.
//
//   raft_sim [--seconds N | --worlds N] [--seed S] [--minutes M] [--jobs J]   many worlds of M
//   virtual minutes raft_sim --replay S [--minutes M] [--verbose] [--minimise]               one
//   world again
//
// Real time only decides how many worlds are run, never what happens in one. Every tenth world is
// run twice and has to leave the same trace. A failure prints the command that repeats it.
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
    } else if (name == "--replay") {
      out.is_replay = true;
      out.seed = number();
    } else if (name == "--verbose") {
      out.is_verbose = true;
    } else if (name == "--minimise") {
      out.is_minimising = true;
    } else {
      std::fprintf(stderr, "unknown argument %s\n", name.c_str());
      return false;
    }
  }
  return true;
}

void print_failure(const Setup& setup, const Outcome& outcome, uint64_t minutes) {
  std::printf("seed %llu (%s): %s\nrepeat with: raft_sim --replay %llu --minutes %llu --minimise\n",
              static_cast<unsigned long long>(setup.seed), setup.to_string().c_str(),
              outcome.detail.c_str(), static_cast<unsigned long long>(setup.seed),
              static_cast<unsigned long long>(minutes));
  std::fflush(stdout);
}

int replay(const Arguments& arguments) {
  const Setup setup = random_setup(arguments.seed, arguments.minutes * 60 * kSecond);
  std::vector<Action> plan = random_plan(setup);
  Outcome outcome = run_world(setup, plan);
  std::printf("seed %llu: %s\ntrace %016llx, %s\n", static_cast<unsigned long long>(setup.seed),
              setup.to_string().c_str(), static_cast<unsigned long long>(outcome.trace_hash),
              outcome.is_good() ? "no violation" : outcome.detail.c_str());
  if (arguments.is_minimising && !outcome.is_good()) {
    plan = minimise(setup, plan, outcome.rule, 400);
    std::printf("%zu faults suffice:\n", plan.size());
    for (const Action& action : plan) std::printf("  %s\n", action.to_string().c_str());
  }
  if (arguments.is_verbose) {
    World world(setup, plan);
    world.log_to([](const std::string& line) { std::printf("%s\n", line.c_str()); });
    try {
      world.run();
    } catch (const std::exception& failure) {
      std::printf("%s\n", failure.what());
    }
  }
  return outcome.is_good() ? 0 : 1;
}

struct Totals {
  Statistics sum;
  uint64_t worlds = 0;
  uint64_t failures = 0;
  uint64_t repeated = 0;

  void add(const Statistics& one) {
    ++worlds;
    sum.events += one.events;
    sum.messages += one.messages;
    sum.committed += one.committed;
    sum.elections += one.elections;
    sum.reads += one.reads;
    sum.crashes += one.crashes;
    sum.snapshots += one.snapshots;
    sum.configurations += one.configurations;
    sum.lasted += one.lasted;
  }
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print_totals(const Totals& totals, double seconds) {
  const double hours = static_cast<double>(totals.sum.lasted) / kSecond / 3600;
  const auto count = [](uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf(
      "%llu worlds, %.1f cluster-hours in %.0f s (%.0f times real time), %llu events, %llu "
      "messages\n"
      "%llu entries committed, %llu elections, %llu reads, %llu crashes, %llu snapshots installed, "
      "%llu "
      "configurations\n%llu worlds repeated bit by bit, %llu failed\n",
      count(totals.worlds), hours, seconds, hours * 3600 / seconds, count(totals.sum.events),
      count(totals.sum.messages), count(totals.sum.committed), count(totals.sum.elections),
      count(totals.sum.reads), count(totals.sum.crashes), count(totals.sum.snapshots),
      count(totals.sum.configurations), count(totals.repeated), count(totals.failures));
  std::fflush(stdout);
}

int run_many(const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  Totals totals;
  for (uint64_t i = 0;; ++i) {
    const bool is_over = arguments.worlds > 0
                             ? i == arguments.worlds
                             : seconds_since(start) >= static_cast<double>(arguments.seconds);
    if (is_over) break;
    const Setup setup = random_setup(arguments.seed + i, arguments.minutes * 60 * kSecond);
    const Outcome outcome = run_world(setup, random_plan(setup));
    totals.add(outcome.statistics);
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
  return totals.failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace zerodb::sim

int main(int argc, char** argv) {
  zerodb::sim::Arguments arguments;
  if (!zerodb::sim::parse(argc, argv, arguments)) return 2;
  return arguments.is_replay ? zerodb::sim::replay(arguments) : zerodb::sim::run_many(arguments);
}
