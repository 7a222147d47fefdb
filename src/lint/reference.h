// What the rules say, in full: for `zerodb explain` and for the reference page of all rules.
//
// Threading: free functions.
#pragma once

#include <string>

#include "lint/rule.h"

namespace zerodb::lint {

// Some lines for a terminal.
std::string explain_rule(const Rule& rule);
// docs/reference/lint.md.
std::string rule_reference_page();

}  // namespace zerodb::lint
