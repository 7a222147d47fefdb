// What the language has and this version does not run yet: the one list, and the one error that
// says so (E0601).
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/checking.h"

namespace zerodb::sema {

enum class Feature : uint8_t {
#define ZERODB_FEATURE(name, text) name,
#include "sema/availability.def"
#undef ZERODB_FEATURE
};

std::string_view feature_text(Feature feature);
// Reports it; the result is poison.
ExprId refuse_unavailable(Checking& c, Feature feature, Span span);

}  // namespace zerodb::sema
