// What the language has and this version does not run yet: the one list, and the one error that
// says so (E0601).
//
// A form that is checked whole but not run is recorded in its statement (require_feature): checking
// it finds nothing wrong, and whoever is about to run it asks availability_error(). A form of which
// not even the check is there is refused at once. Threading: free functions over their arguments.
#pragma once

#include <optional>

#include "sema/checking.h"

namespace zerodb::sema {

std::string_view feature_text(Feature feature);
// The statement needs it to run; the form itself is right.
void require_feature(Checking& c, Feature feature, Span span);
// Why the statement cannot run, if it cannot.
std::optional<Error> availability_error(const Statement& statement);
// Reports it; the result is poison.
ExprId refuse_unavailable(Checking& c, Feature feature, Span span);

}  // namespace zerodb::sema
