// Functions of other databases under the names people type, and what to write instead.
#pragma once

#include <optional>
#include <string_view>

namespace zerodb::function {

// For a name in lower case; nothing for one that is not known to be foreign.
std::optional<std::string_view> foreign_rewrite(std::string_view name);

}  // namespace zerodb::function
