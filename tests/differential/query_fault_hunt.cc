// query_fault_hunt [--queries N] [--only NAME] [--seed N]
//
// Plants each mistake of base/query_fault.def into plans and operators and lets the contest with
// SQLite run, in a process of its own, until it is found. Prints after how many queries; fails if
// one is not found, or if anything is found where nothing is planted.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/query_fault.h"
#include "contest.h"

namespace zerodb::differential {
namespace {

constexpr unsigned kSecondsMax = 300;

struct Planted {
  QueryFault fault;
  const char* name;
  const char* meaning;
};

constexpr Planted kPlanted[] = {
    {QueryFault::None, "None", "nothing is planted"},
#define ZERODB_QUERY_FAULT(name, meaning) {QueryFault::name, #name, meaning},
#include "base/query_fault.def"
#undef ZERODB_QUERY_FAULT
};

// What a child tells its parent.
struct Finding {
  volatile uint64_t asked = 0;
};

bool find(const Planted& planted, uint64_t seed, uint64_t queries, Finding& finding) {
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    alarm(kSecondsMax);
    planted_query_fault = planted.fault;
    Contest contest({.seed = seed});
    uint64_t wrong = 0;
    while (wrong == 0 && contest.asked() < queries) {
      wrong = contest.run(1);
      finding.asked = contest.asked();
    }
    _exit(wrong == 0 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status != 0;
}

int hunt(uint64_t seed, uint64_t queries, std::string_view only) {
  void* shared =
      mmap(nullptr, sizeof(Finding), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 2;
  auto* finding = new (shared) Finding;
  int failures = 0;
  for (const Planted& planted : kPlanted) {
    if (!only.empty() && only != planted.name) continue;
    finding->asked = 0;
    const bool is_found = find(planted, seed, queries, *finding);
    const bool is_right = is_found == (planted.fault != QueryFault::None);
    std::printf("%-24s %s %6llu queries%s  %s\n", planted.name,
                is_found ? "found after" : "not found in",
                static_cast<unsigned long long>(finding->asked), is_right ? "" : "  WRONG",
                planted.meaning);
    failures += is_right ? 0 : 1;
  }
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace zerodb::differential

int main(int argc, char** argv) {
  uint64_t queries = 3000;
  uint64_t seed = 7;
  std::string_view only;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string_view(argv[i]) == "--queries") queries = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::string_view(argv[i]) == "--seed") seed = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::string_view(argv[i]) == "--only") only = argv[i + 1];
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  return zerodb::differential::hunt(seed, queries, only);
}
