// Warnings: what a statement may do, though its author will seldom want it.
//
// A warning has the code of the error that it would be elsewhere, never stops a statement, and is
// given once for a place. Threading: one thread.
#pragma once

#include "sema/checking.h"

namespace zerodb::sema {

// A constant cannot be worked out. That is an error only when a row reaches it.
void warn_of_failure(Checking& c, const Error& error, Span span);

// A whole number of 64 bits becomes a float and may lose its last digits; a constant warns only if
// it does. `value` is what becomes of type `to`. Comparisons are exact and need no warning.
void warn_of_loss(Checking& c, ExprId value, const Type& to);

}  // namespace zerodb::sema
