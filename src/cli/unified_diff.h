// A unified diff of two texts, as `diff -u` and `patch` know it.
//
// Lines that are unique in both texts are matched first, in the longest rising sequence (patience
// diff, B. Cohen), and the gaps between them the same way. Threading: free function.
#pragma once

#include <string>
#include <string_view>

namespace zerodb::cli {

// Empty if the texts are the same. `name` stands in the header.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view name);

}  // namespace zerodb::cli
