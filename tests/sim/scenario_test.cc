// Runs the scripts of src/raft/testdata and compares what they print.
//
//   raft_scenarios [--update]      --update writes what they print now; the difference is for
//   review
#include <cstdio>
#include <cstring>
#include <fstream>

#include "scenario.h"

int main(int argc, char** argv) {
  using namespace zerodb::sim;
  const bool is_update = argc > 1 && std::strcmp(argv[1], "--update") == 0;
  int failures = 0;
  const auto files = script_files();
  for (const std::string& file : files) {
    const std::vector<Block> expected = expected_script(file);
    const std::vector<Block> found = run_script(file, zerodb::raft::Fault::None);
    if (is_update) {
      std::ofstream(file) << print_script(found);
      continue;
    }
    for (size_t i = 0; i < expected.size(); ++i) {
      if (expected[i].expected == found[i].expected) continue;
      ++failures;
      std::printf("%s, block %zu:\n%s---- expected\n%s---- found\n%s\n", file.c_str(), i + 1,
                  expected[i].commands.c_str(), expected[i].expected.c_str(),
                  found[i].expected.c_str());
    }
  }
  std::printf("%zu scripts, %d differences\n", files.size(), failures);
  return failures == 0 && !files.empty() ? 0 : 1;
}
