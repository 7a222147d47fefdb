// Did-you-mean: the known name that a misspelled one most resembles.
//
// Threading: free functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace zerodb::zeroql {

// Insertions, deletions, replacements and swaps of neighbours, over bytes; stops counting above
// `limit` and gives limit + 1.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit);

// The nearest of `candidates` within a third of the length of `name`, without regard to case; the
// first among equals.
std::optional<std::string> suggest(std::string_view name, std::span<const std::string> candidates);
std::optional<std::string> suggest(std::string_view name,
                                   std::span<const std::string_view> candidates);

}  // namespace zerodb::zeroql
