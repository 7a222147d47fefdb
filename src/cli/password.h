// Where the password of a user comes from on the command line.
//
// Threading: free functions.
#pragma once

#include <string>

#include "base/result.h"

namespace zerodb::cli {

// What ZERODB_PASSWORD holds, or what is typed at the terminal, which does not show it. E0704
// without either.
Result<std::string> ask_password(const std::string& user);

}  // namespace zerodb::cli
