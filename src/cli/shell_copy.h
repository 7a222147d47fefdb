// \copy: COPY as it is typed, with a file of the folder that the shell is in.
//
// Threading: free functions.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace zerodb::cli {

// The statement for `person FROM data.csv WITH (..)`: the file needs no quotes, and is looked for
// in the folder. Nothing if there is no FROM or TO with a file behind it.
std::optional<std::string> copy_statement(std::string_view arguments,
                                          const std::filesystem::path& folder);

}  // namespace zerodb::cli
