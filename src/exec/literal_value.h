// The text of a literal as the value that it stands for: what value/text.h writes of keys and
// ranges, read back.
//
// Scalars, arrays, tuples, ranges, enum variants and record ids; not the marks of other containers.
// Threading: pure functions.
#pragma once

#include <string_view>

#include "base/result.h"
#include "catalog/schema.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb::exec {

// E0903. A number with a point is a float, but a decimal where the type (or that of the range's
// ends) is one.
Result<Value> value_of_literal(std::string_view text, const Type& type,
                               const catalog::Schema& schema);

}  // namespace zerodb::exec
