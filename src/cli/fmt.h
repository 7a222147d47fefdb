// `zerodb fmt`: gives scripts the one layout of zeroql.
//
// Threading: one thread.
#pragma once

#include <string>
#include <vector>

#include "zeroql/format.h"

namespace zerodb::cli {

struct FmtOptions {
  std::vector<std::string> files;  // scripts, folders of *.zql; none or - for standard input
  zeroql::FormatOptions layout;
  bool check = false;  // write nothing, name what would change
  bool diff = false;   // write nothing, show what would change
};

// Exit code: kExitOk; kExitUsage where a file cannot be read, written or formatted, or with
// `check` would change; else kExitStatement where statements have mistakes and so stay as they are.
int run_fmt(const FmtOptions& options);

}  // namespace zerodb::cli
