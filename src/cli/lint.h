// `zerodb lint`: runs the rules of the linter over scripts, and mends what can be mended.
//
// Threading: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lint/finding.h"

namespace zerodb::cli {

struct LintOptions {
  enum class Format : uint8_t { Human, Json, Sarif };

  std::vector<std::string> files;    // scripts, folders of *.zql, or - for standard input
  std::vector<std::string> schemas;  // scripts whose definitions the others see; not reported on
  std::string config;                // empty: zerodb.toml of this folder or of the nearest above it
  Format format = Format::Human;
  bool fix = false;  // writes the files; standard input goes to standard output
  lint::Severity fail_on = lint::Severity::Warning;
};

// Prints what was found to standard output. Exit code: kExitOk, kExitStatement where a script has
// errors or findings that weigh as much as `fail_on`, kExitUsage where a file cannot be read or
// written.
int run_lint(const LintOptions& options);

}  // namespace zerodb::cli
