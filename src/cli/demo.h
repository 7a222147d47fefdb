// The demo: the Debian package universe of the machine, loaded and questioned.
#pragma once

#include "cli/options.h"

namespace zerodb::cli {

// Loads the packages once into a database on disk, answers questions about them, and checks every
// count against the input. Gives the exit code.
int run_demo(const Options& options);

}  // namespace zerodb::cli
