// `zerodb check`: says what is wrong with scripts without running them.
//
// Threading: one thread.
#pragma once

#include <string>
#include <vector>

namespace zerodb::cli {

struct CheckOptions {
  std::vector<std::string> files;    // scripts, folders of *.zql, or - for standard input
  std::vector<std::string> schemas;  // scripts whose definitions the others see; not reported on
  bool json = false;
};

// Prints what was found to standard output. Exit code: kExitOk, kExitStatement where a script has
// errors (warnings alone are none), kExitUsage where a file cannot be read.
int run_check(const CheckOptions& options);

}  // namespace zerodb::cli
