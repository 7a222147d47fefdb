// The scripts that a name on the command line stands for.
//
// Threading: free functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace zerodb::cli {

// A file, - for standard input, or the *.zql files below a folder in the order of their names.
// Nothing if a folder cannot be read whole. Links to folders are not followed.
std::optional<std::vector<std::string>> scripts_of(const std::string& name);

}  // namespace zerodb::cli
