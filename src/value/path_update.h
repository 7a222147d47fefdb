// Changing a part of a document: a new value in which everything else is as before.
//
// A path creates the objects it lacks; a position may be the length of the array, which appends,
// and a list that is not there is an empty array. An entry that a hash map lacks is added. Errors:
// E0905 for a position beyond the length, E0904 for a member of a value that has none, and those of
// the builders (E0611, E1103). Threading: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "base/result.h"
#include "value/value.h"

namespace zerodb {

// A key of an object, a position in an array, tuple or vector, or a key of a hash map, which may
// also be written as one of the others.
using PathSegment = std::variant<std::string, int64_t, Value>;

// The segment as a key of a hash map.
Value map_key(const PathSegment& segment);

Result<Value> set_path(const Value& root, std::span<const PathSegment> path, const Value& value);
// What is not there stays away without an error. An element of an array is taken out, the later
// ones move up.
Result<Value> unset_path(const Value& root, std::span<const PathSegment> path);
// Objects deeply, anything else is replaced.
Result<Value> merge(const Value& target, const Value& patch);

}  // namespace zerodb
