// What the language has and this version does not run yet: the one list, and the one error that
// says so (E0601).
//
// Every form of the language is checked whole. One that is not run yet is recorded in its statement
// (require_feature): checking it finds nothing wrong, and whoever is about to run it asks
// availability_error(). Threading: free functions over their arguments.
#pragma once

#include <optional>

#include "sema/checking.h"

namespace zerodb::sema {

std::string_view feature_text(Feature feature);
// The statement needs it to run; the form itself is right.
void require_feature(Checking& c, Feature feature, Span span);
// Why the statement cannot run, if it cannot.
std::optional<Error> availability_error(const Statement& statement);

}  // namespace zerodb::sema
