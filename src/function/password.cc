#include "function/password.h"

#include <argon2.h>

namespace zerodb::function {
namespace {

constexpr uint32_t kPasses = 2;
constexpr uint32_t kMemoryKib = 19 * 1024;
constexpr uint32_t kLanes = 1;
constexpr size_t kSaltBytes = 16;
constexpr size_t kHashBytes = 32;

}  // namespace

Result<std::string> hash_password(std::string_view password, Random& random) {
  uint64_t salt[kSaltBytes / 8];
  for (uint64_t& part : salt) part = random.next();
  char encoded[256];
  const int code =
      argon2id_hash_encoded(kPasses, kMemoryKib, kLanes, password.data(), password.size(), salt,
                            kSaltBytes, kHashBytes, encoded, sizeof(encoded));
  if (code != ARGON2_OK)
    return Error(ErrorCode::E0623,
                 std::string("password cannot be hashed: ") + argon2_error_message(code));
  return std::string(encoded);
}

std::optional<bool> verify_password(std::string_view password, const std::string& hash) {
  const int code = argon2id_verify(hash.c_str(), password.data(), password.size());
  if (code != ARGON2_OK && code != ARGON2_VERIFY_MISMATCH) return std::nullopt;
  return code == ARGON2_OK;
}

}  // namespace zerodb::function
