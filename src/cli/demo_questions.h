// The demo's questions: each a few statements, and the answer as it follows from the input without
// the database.
//
// Threading: plain values.
#pragma once

#include <string>
#include <vector>

#include "cli/demo_loader.h"
#include "cli/demo_packages.h"
#include "value/value.h"

namespace zerodb::cli {

struct Question {
  std::string title;
  // Run in order; the rows of the last one that gives rows are the answer.
  std::vector<std::string> statements;
  std::vector<std::vector<Value>> expected;
};

std::vector<Question> make_questions(const PackageUniverse& universe,
                                     const std::vector<Dependency>& dependencies);

}  // namespace zerodb::cli
