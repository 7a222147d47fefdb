// JSON Pointers (RFC 6901): the steps of `/a/0`, and what they lead to.
//
// Threading: pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "value/value.h"

namespace zerodb::function {

// E0626 for a text that is no pointer.
Result<std::vector<std::string>> pointer_steps(std::string_view text);
// A step with `~` and `/` written as RFC 6901 wants it, behind a slash.
void append_step(std::string& pointer, std::string_view step);
// The position that a step names; nothing for a step that is no number in its shortest form.
std::optional<int64_t> position_of(std::string_view step);
// The part that the steps lead to; nothing if there is none.
std::optional<Value> descend(Value value, std::span<const std::string> steps);

}  // namespace zerodb::function
