// JSON Patch (RFC 6902): the operations that lead from one value to another, found and applied.
//
// Objects are the objects of the language, arrays its arrays; all else is taken whole. A none that
// is stored is JSON's null. Threading: pure functions.
#pragma once

#include "base/result.h"
#include "value/value.h"

namespace zerodb::function {

// An array of {op, path, value?} that makes `to` of `from`: only 'add', 'remove' and 'replace'.
// Elements of arrays are matched by their common begin and end.
Result<Value> json_diff(const Value& from, const Value& to);

// The value after all operations of the array `patch`. E0623 for an operation that is malformed or
// does not apply, or a 'test' that fails; E0626 for a path that is no JSON Pointer.
Result<Value> json_patched(const Value& value, const Value& patch);

}  // namespace zerodb::function
