// crypto:: functions, on OpenSSL.
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "function/domains.h"
#include "function/kernel.h"
#include "function/password.h"

namespace zerodb::function {
namespace {

Result<Value> digest(const EVP_MD* algorithm, std::string_view data) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(data.data(), data.size(), out, &size, algorithm, nullptr) != 1) {
    return Error(ErrorCode::E0623,
                 "this digest is not offered by the cryptographic library of the machine");
  }
  return Value::bytes({reinterpret_cast<const char*>(out), size});
}

Result<Value> md5(Args args, CallContext&) {
  return digest(EVP_md5(), args[0].as_bytes());
}
Result<Value> sha1(Args args, CallContext&) {
  return digest(EVP_sha1(), args[0].as_bytes());
}
Result<Value> sha256(Args args, CallContext&) {
  return digest(EVP_sha256(), args[0].as_bytes());
}
Result<Value> sha512(Args args, CallContext&) {
  return digest(EVP_sha512(), args[0].as_bytes());
}

const EVP_MD* algorithm_of(std::string_view name) {
  if (name == "sha256") return EVP_sha256();
  if (name == "sha512") return EVP_sha512();
  if (name == "sha1") return EVP_sha1();
  return name == "md5" ? EVP_md5() : nullptr;
}

Result<Value> hmac(Args args, CallContext&) {
  const EVP_MD* algorithm = algorithm_of(args[2].as_string());
  if (algorithm == nullptr)
    return bad_argument("the algorithm must be sha256, sha512, sha1 or md5");
  const std::string_view key = args[0].as_bytes();
  const std::string_view data = args[1].as_bytes();
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (key.size() > INT32_MAX || HMAC(algorithm, key.data(), static_cast<int>(key.size()),
                                     reinterpret_cast<const unsigned char*>(data.data()),
                                     data.size(), out, &size) == nullptr) {
    return bad_argument("this digest is not offered by the cryptographic library of the machine");
  }
  return Value::bytes({reinterpret_cast<const char*>(out), size});
}

Result<Value> equal(Args args, CallContext&) {
  const std::string_view a = args[0].as_bytes();
  const std::string_view b = args[1].as_bytes();
  return Value::boolean(a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

Result<Value> password_hash(Args args, CallContext& context) {
  if (context.random == nullptr)
    return Error(ErrorCode::E0610, "there is no source of randomness here");
  return Value::string(TRY(hash_password(args[0].as_string(), *context.random)));
}

Result<Value> password_verify(Args args, CallContext&) {
  const auto verified = verify_password(args[0].as_string(), std::string(args[1].as_string()));
  return verified ? Value::boolean(*verified) : Result<Value>(unreadable("not an Argon2id hash"));
}

constexpr Declaration kCryptoFunctions[] = {
    {"crypto::md5(x: string | bytes) -> bytes", kExact, kNone, 100,
     "The MD5 digest; not for security.",
     "encoding::hex(crypto::md5('a')) = '0cc175b9c0f1b6a831c399e269772661'", md5},
    {"crypto::sha1(x: string | bytes) -> bytes", kExact, kNone, 100,
     "The SHA-1 digest; not for security.",
     "encoding::hex(crypto::sha1('a')) = '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'", sha1},
    {"crypto::sha256(x: string | bytes) -> bytes", kExact, kNone, 120, "The SHA-256 digest.",
     "encoding::hex(crypto::sha256('a')) = "
     "'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'",
     sha256},
    {"crypto::sha512(x: string | bytes) -> bytes", kExact, kNone, 150, "The SHA-512 digest.",
     "length(crypto::sha512('a')) = 64", sha512},
    {"crypto::hmac(key: string | bytes, text: string | bytes, algorithm: string = 'sha256') -> "
     "bytes",
     kExact, kNone, 250, "A keyed digest.",
     "encoding::hex(crypto::hmac('key', 'text', algorithm => 'sha256')) = "
     "'6afa9046a9579cad143a384c1b564b9a250d27d6f6a63f9f20bf3a7594c9e2c6'",
     hmac},
    {"crypto::equal(a: string | bytes, b: string | bytes) -> bool", kExact, kNone, 5,
     "Whether two secrets are equal, in a time that does not depend on where they differ.",
     "crypto::equal(b'a', b'a') = true", equal},
    {"crypto::password_hash(password: string) -> string", Volatility::Volatile, kNone, 1'000'000,
     "An Argon2id hash to store in place of a password.",
     "crypto::password_verify('s', crypto::password_hash('s')) = true", password_hash},
    {"crypto::password_verify(password: string, hash: string) -> bool", kExact, kNone, 1'000'000,
     "Whether a password belongs to an Argon2id hash.",
     "crypto::password_verify('t', crypto::password_hash('s')) = false", password_verify},
};

}  // namespace

std::span<const Declaration> crypto_functions() {
  return kCryptoFunctions;
}

}  // namespace zerodb::function
