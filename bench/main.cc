// zerodb_bench [NAME...]: all benchmarks, or the named ones.
#include <cstdio>
#include <string_view>

#include "contest.h"

int main(int argc, char** argv) {
  using namespace zerodb::bench;
  struct Benchmark {
    std::string_view name;
    void (*run)();
  };
  // The one of memory comes first: it forks, and the threads that RocksDB keeps for all of its
  // stores would be missing in its processes.
  constexpr Benchmark kAll[] = {{"resident_memory", resident_memory},
                                {"point_read", point_read},
                                {"durable_writes", durable_writes},
                                {"bulk_load", bulk_load},
                                {"copy_csv", copy_csv},
                                {"filter_count", filter_count},
                                {"queries", queries},
                                {"compile_latency", compile_latency},
                                {"clear_table", clear_table},
                                {"front_end", front_end}};
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  for (const Benchmark& benchmark : kAll) {
    bool wanted = argc == 1;
    for (int i = 1; i < argc; ++i) wanted = wanted || benchmark.name == argv[i];
    if (wanted) benchmark.run();
  }
  return 0;
}
