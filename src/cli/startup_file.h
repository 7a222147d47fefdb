// The file of commands and statements that a shell runs before its first prompt.
//
// Threading: main thread.
#pragma once

#include <string>

namespace zerodb::cli {

// ~/.config/zerodb/shell.zql, or below XDG_CONFIG_HOME; empty where there is no home.
std::string startup_path();

}  // namespace zerodb::cli
