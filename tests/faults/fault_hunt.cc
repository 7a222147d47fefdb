// Plants one mistake after the other into the store and runs the test that has to find it, each in
// a process of its own. Fails if one lives, or if a test fails without a mistake.
//
//   store_fault_hunt [--all] [--only NAME]
//
// --all runs every test for every mistake and prints all that find it.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/store_fault.h"

namespace zerodb {
namespace {

struct Planted {
  StoreFault fault;
  std::string name;
  std::string killer;
};

std::vector<Planted> all_faults() {
  return {
#define ZERODB_STORE_FAULT(name, meaning, killer) {StoreFault::name, #name, killer},
#include "base/store_fault.def"
#undef ZERODB_STORE_FAULT
  };
}

enum class Outcome : uint8_t { Passed, Failed, Crashed, NoTest };

// A mistake may also make the store stop itself, or wait for ever.
constexpr unsigned kSecondsMax = 120;

Outcome run(StoreFault fault, const std::string& filter) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(kSecondsMax);
    if (std::freopen("/dev/null", "w", stdout) == nullptr ||
        (fault != StoreFault::None && std::freopen("/dev/null", "w", stderr) == nullptr))
      ::_exit(2);
    planted_store_fault = fault;
    testing::GTEST_FLAG(filter) = filter;
    const int result = RUN_ALL_TESTS();
    ::_exit(testing::UnitTest::GetInstance()->test_to_run_count() == 0 ? 2 : result);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return Outcome::NoTest;
  if (!WIFEXITED(status)) return WTERMSIG(status) == SIGALRM ? Outcome::Passed : Outcome::Crashed;
  if (WEXITSTATUS(status) == 2) return Outcome::NoTest;
  return WEXITSTATUS(status) == 0 ? Outcome::Passed : Outcome::Failed;
}

std::vector<std::string> all_tests() {
  std::vector<std::string> out;
  const testing::UnitTest& tests = *testing::UnitTest::GetInstance();
  for (int i = 0; i < tests.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *tests.GetTestSuite(i);
    for (int k = 0; k < suite.total_test_count(); ++k)
      out.push_back(std::string(suite.name()) + "." + suite.GetTestInfo(k)->name());
  }
  return out;
}

bool is_sound(const std::string& filter) {
  if (run(StoreFault::None, filter) == Outcome::Passed) return true;
  std::printf("%s fails, or is no test, where nothing is planted\n", filter.c_str());
  return false;
}

int hunt(const std::string& only, bool tries_all) {
  int alive = 0;
  std::string killers;
  for (const Planted& planted : all_faults()) {
    if (!only.empty() && planted.name != only) continue;
    const Outcome outcome = run(planted.fault, planted.killer);
    const bool is_found = outcome == Outcome::Failed || outcome == Outcome::Crashed;
    alive += is_found ? 0 : 1;
    killers += (killers.empty() ? "" : ":") + planted.killer;
    std::printf("%-22s %s %s\n", planted.name.c_str(), is_found ? "found by" : "NOT FOUND by",
                planted.killer.c_str());
    if (!tries_all) continue;
    for (const std::string& test : all_tests()) {
      const Outcome each = run(planted.fault, test);
      if (each == Outcome::Failed || each == Outcome::Crashed)
        std::printf("%-22s   also by %s\n", "", test.c_str());
    }
  }
  const bool all_sound = is_sound(killers);
  std::printf("%zu faults planted, %d not found\n", all_faults().size(), alive);
  return alive == 0 && all_sound ? 0 : 1;
}

}  // namespace
}  // namespace zerodb

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::string only;
  bool tries_all = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--all") tries_all = true;
    if (name == "--only" && i + 1 < argc) only = argv[++i];
  }
  return zerodb::hunt(only, tries_all);
}
