// Result<T>: a value or an Error. Status is Result<void>. TRY unwraps or returns the error from the
// enclosing function.
//
// The class derives from std::expected because an ignored plain std::expected draws no warning from
// the compilers in use. Threading: a plain value.
#pragma once

#include <expected>
#include <utility>

#include "base/assert.h"
#include "base/error.h"

namespace zerodb {

template <typename T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  Result(Error error) : std::expected<T, Error>(std::unexpected<Error>(std::move(error))) {}
};

template <>
class [[nodiscard]] Result<void> : public std::expected<void, Error> {
 public:
  using std::expected<void, Error>::expected;
  Result(Error error) : std::expected<void, Error>(std::unexpected<Error>(std::move(error))) {}
};

using Status = Result<void>;

// The Status of success.
inline Status ok_status() {
  return Status();
}

}  // namespace zerodb

// Evaluates a Result; gives its value, or returns its Error from the enclosing function. Never nest
// one TRY in another.
#define TRY(expression)                         \
  __extension__({                               \
    auto try_result = (expression);             \
    if (!try_result.has_value()) [[unlikely]] { \
      return std::move(try_result).error();     \
    }                                           \
    std::move(try_result).value();              \
  })
