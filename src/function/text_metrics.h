// How alike two texts are.
//
// Threading: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace zerodb::function {

// Texts longer than this are not compared: time grows with the product of the lengths.
inline constexpr size_t kComparedLengthMax = 10'000;

// Nothing when both are too long.
std::optional<int64_t> levenshtein(std::string_view a, std::string_view b);
std::optional<double> jaro_winkler(std::string_view a, std::string_view b);
// Words are padded with two blanks before and one behind, as PostgreSQL's pg_trgm does; case is the
// caller's to fold.
double trigram_similarity(std::string_view a, std::string_view b);

}  // namespace zerodb::function
