// Visits every state of a small scope (explorer.h), or as many as it is told to.
//
//   raft_explore [--terms T] [--entries E] [--crashes C] [--remove | --promote | --replace]
//                [--slow-disk] [--heartbeats] [--states N] [--must-complete] [--verbose]
//
// Prints the shortest way to a state that breaks an invariant, and then fails; with --must-complete
// also if the scope was not visited wholly.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "explorer.h"

namespace {

struct Arguments {
  zerodb::sim::Scope scope;
  uint64_t states_max = UINT32_MAX - 1;
  bool must_complete = false;
  bool is_verbose = false;
};

bool parse(int count, char** values, Arguments& out) {
  using zerodb::sim::ScopeChange;
  for (int i = 1; i < count; ++i) {
    const std::string name = values[i];
    const auto number = [&] { return i + 1 < count ? std::strtoull(values[++i], nullptr, 10) : 0; };
    if (name == "--states") {
      out.states_max = number();
    } else if (name == "--terms") {
      out.scope.terms = number();
    } else if (name == "--entries") {
      out.scope.entries = number();
    } else if (name == "--crashes") {
      out.scope.crashes = number();
    } else if (name == "--window") {
      out.scope.window = static_cast<uint32_t>(number());
    } else if (name == "--remove") {
      out.scope.change = ScopeChange::Remove;
    } else if (name == "--promote") {
      out.scope.change = ScopeChange::Promote;
    } else if (name == "--replace") {
      out.scope.change = ScopeChange::Replace;
    } else if (name == "--slow-disk") {
      out.scope.has_slow_disk = true;
    } else if (name == "--heartbeats") {
      out.scope.has_heartbeats = true;
    } else if (name == "--must-complete") {
      out.must_complete = true;
    } else if (name == "--verbose") {
      out.is_verbose = true;
    } else {
      std::fprintf(stderr, "unknown argument %s\n", name.c_str());
      return false;
    }
  }
  return true;
}

void report(uint64_t depth, uint64_t states, uint64_t level) {
  std::fprintf(stderr, "depth %llu: %llu states, %llu to expand\n",
               static_cast<unsigned long long>(depth), static_cast<unsigned long long>(states),
               static_cast<unsigned long long>(level));
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse(argc, argv, arguments)) return 2;
  zerodb::sim::Explorer explorer(arguments.scope, arguments.states_max);
  if (arguments.is_verbose) explorer.report_to(report);
  const zerodb::sim::Exploration result = explorer.run();
  for (const std::string& line : result.violation) std::printf("%s\n", line.c_str());
  const auto count = [](uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf(
      "%llu states, %llu transitions, depth %llu, %s, %s (%llu states of one member, %llu "
      "messages, "
      "%llu steps of the core)\n",
      count(result.states), count(result.transitions), count(result.depth),
      result.is_complete ? "complete" : "cut off",
      result.violation.empty() ? "no violation" : "VIOLATION", count(result.member_states),
      count(result.messages), count(result.steps));
  const bool is_short = arguments.must_complete && !result.is_complete;
  return result.violation.empty() && !is_short ? 0 : 1;
}
