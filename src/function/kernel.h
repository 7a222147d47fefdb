// What kernels share: short names, and errors that say the function's name.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "function/context.h"
#include "function/library.h"
#include "value/value.h"

namespace zerodb::function {

using Args = std::span<const Value>;

inline Error domain_error(std::string what) {
  return Error(ErrorCode::E0620, std::move(what));
}
inline Error bad_argument(std::string what) {
  return Error(ErrorCode::E0623, std::move(what));
}
inline Error unreadable(std::string what) {
  return Error(ErrorCode::E0624, std::move(what));
}
inline Error too_large() {
  return Error(ErrorCode::E0611, "result is larger than 64 MiB");
}

// A string result, refused beyond the limit of one value.
inline Result<Value> text_result(std::string_view text) {
  if (text.size() > limits::kValueBytesMax) return too_large();
  return Value::string(text);
}

}  // namespace zerodb::function
