// Texts that the user names: whole files and standard input.
//
// Threading: free functions.
#pragma once

#include <optional>
#include <string>

namespace zerodb::cli {

// Nothing if the file cannot be read; a folder cannot.
std::optional<std::string> read_file(const std::string& path);
// To the end of standard input.
std::string read_standard_input();

}  // namespace zerodb::cli
