// sqlite_differential [--seed N] [--queries N] [--print 1] [--turns 1]
//
// Asks random queries of ten zerodb sessions (interpreter and wasm, on tables without and with
// indexes and statistics, and with operators that move all but a few rows to disk) and of SQLite,
// over the same random data, which changes between the queries. Every answer must be the same.
// Every fourth query is one that must agree with its own parts, however the tables are read. Prints
// the seed and each query that differs; with --print each statement of SQLite and its answer as a
// line of JSON for other peers (peer_differential.py). With --turns a query goes to one database
// beside the plain one, for long runs.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "contest.h"

int main(int argc, char** argv) {
  zerodb::differential::Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const uint64_t number = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--print") options.prints = number != 0;
    if (name == "--turns") options.takes_turns = number != 0;
    if (name == "--seed") options.seed = number;
    if (name == "--queries") options.queries = number;
  }
  std::fprintf(options.prints ? stderr : stdout, "seed %llu\n",
               static_cast<unsigned long long>(options.seed));
  zerodb::differential::Contest contest(options);
  const uint64_t wrong = contest.run(options.queries);
  std::fprintf(options.prints ? stderr : stdout, "%llu queries, %llu differ\n",
               static_cast<unsigned long long>(options.queries),
               static_cast<unsigned long long>(wrong));
  const auto& plans = contest.plans();
  std::fprintf(options.prints ? stderr : stdout, "plans with merges: %llu, with streams: %llu\n",
               static_cast<unsigned long long>(plans.merged),
               static_cast<unsigned long long>(plans.streamed));
  // A contest that does not reach an operator says nothing of it.
  constexpr uint64_t kEnough = 5000;
  const bool is_blind = options.queries >= kEnough && (plans.merged == 0 || plans.streamed == 0);
  return wrong == 0 && !is_blind ? 0 : 1;
}
