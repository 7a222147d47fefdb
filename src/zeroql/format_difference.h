// What the formatter must not change: the tokens, the comments between them, and the tree.
//
// Tokens are the same if their texts are, apart from the case of keywords and from commas that end
// a list. Two comments are the same if their texts are, apart from blanks at the end of a line, and
// if as many tokens stand before them, such commas apart. Threading: free function.
#pragma once

#include <optional>
#include <string>

#include "zeroql/tree.h"

namespace zerodb::zeroql {

struct FormatDifference {
  std::string what;
  Span span;  // in the source of the first tree
};

// The first difference, if there is one. Takes time linear in the length.
std::optional<FormatDifference> format_difference(const Tree& before, const Tree& after);

}  // namespace zerodb::zeroql
