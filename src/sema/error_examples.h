// For each error code of the language a statement that gives it, and one close to it that is right.
//
// They explain the code to people (`zerodb explain`, the reference) and test the checker: each
// wrong one gives its code and nothing else, each right one nothing. Threading: pure data.
#pragma once

#include <span>
#include <string_view>

#include "base/error.h"

namespace zerodb::sema {

struct ErrorExample {
  ErrorCode code;
  std::string_view wrong;
  std::string_view right;
};

// A code below E0610 that no example can show.
struct UnshownCode {
  ErrorCode code;
  std::string_view reason;
};

// The definitions that the examples need.
std::string_view error_example_schema();
std::span<const ErrorExample> error_examples();
std::span<const UnshownCode> unshown_codes();
// Null for a code without example.
const ErrorExample* find_error_example(ErrorCode code);

}  // namespace zerodb::sema
