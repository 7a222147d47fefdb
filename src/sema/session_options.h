// The settings of a session: SET, RESET, SHOW.
//
// Threading: immutable data.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "value/type.h"
#include "value/value.h"

namespace zerodb::sema {

struct SessionOption {
  std::string_view name;
  TypeKind type;
  std::span<const std::string_view> choices;  // of a string; empty: any value of the type
  std::string_view default_text;              // as zeroql; `none` where there is no limit
  bool admits_none = false;
};

std::span<const SessionOption> session_options();
const SessionOption* find_session_option(std::string_view name);
// Whether the option takes the value: a string among its choices, a duration or a number above
// zero.
bool accepts(const SessionOption& option, const Value& value);

}  // namespace zerodb::sema
