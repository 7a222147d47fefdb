// Passwords of users as Argon2id hashes.
//
// Threading: pure functions but for the randomness.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace zerodb::function {

// An encoded Argon2id hash with the parameters that OWASP advises: 19 MiB, two passes, one lane.
// `random` must be a cryptographic source outside tests. E0623.
Result<std::string> hash_password(std::string_view password, Random& random);
// Whether the password belongs to the hash; nothing for what is no such hash.
std::optional<bool> verify_password(std::string_view password, const std::string& hash);

}  // namespace zerodb::function
