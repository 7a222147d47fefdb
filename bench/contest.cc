#include "contest.h"

#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

namespace zerodb::bench {

double now_ns() {
  return static_cast<double>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                 std::chrono::steady_clock::now().time_since_epoch())
                                 .count());
}

void fail(const std::string& what) {
  std::fprintf(stderr, "bench: %s\n", what.c_str());
  std::exit(1);
}

void hold(const Contest& contest) {
  std::vector<std::vector<double>> times(contest.contestants.size());
  for (int run = 0; run <= contest.runs; ++run) {
    for (size_t i = 0; i < contest.contestants.size(); ++i) {
      const Contestant& contestant = contest.contestants[i];
      const double time = contestant.run() /
                          (contestant.operations > 0 ? contestant.operations : contest.operations);
      if (run > 0) times[i].push_back(time);
    }
  }
  std::printf("\n%s\n", contest.title.c_str());
  std::printf("  %-44s %14s %24s %8s\n", "", ("ns/" + contest.unit).c_str(), "least .. most",
              "ratio");
  double ours = 0;
  for (size_t i = 0; i < times.size(); ++i) {
    std::sort(times[i].begin(), times[i].end());
    const double median = times[i][times[i].size() / 2];
    if (i == 0) ours = median;
    char spread[64];
    std::snprintf(spread, sizeof(spread), "%.1f .. %.1f", times[i].front(), times[i].back());
    char ratio[32] = "";
    if (i > 0) std::snprintf(ratio, sizeof(ratio), "%.2f", ours / median);
    std::printf("  %-44s %14.1f %24s %8s\n", contest.contestants[i].name.c_str(), median, spread,
                ratio);
  }
  std::printf("  (ratio: our time divided by theirs; median of %d runs after a warm-up)\n",
              contest.runs);
  std::fflush(stdout);
}

Scratch::Scratch()
    : folder_((std::filesystem::temp_directory_path() / "zerodb-bench-XXXXXX").string()) {
  if (mkdtemp(folder_.data()) == nullptr) fail("cannot make a folder");
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace zerodb::bench
