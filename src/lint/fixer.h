// Applies the fixes of findings to a script until none is left.
//
// A fix that would make an error of something that was none is left out. Threading: free functions.
#pragma once

#include "lint/linter.h"

namespace zerodb::lint {

struct FixedScript {
  std::string text;
  size_t applied = 0;
};

// `linter` knows what stands before the script; it is copied for every look at the text.
FixedScript apply_fixes(const Linter& linter, std::string text);

// The text with edits that do not overlap, in any order.
std::string edited(std::string_view text, std::vector<zeroql::Fix> edits);

}  // namespace zerodb::lint
