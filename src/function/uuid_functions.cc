// uuid:: functions.
#include <openssl/evp.h>

#include <cstring>

#include "function/domains.h"
#include "function/kernel.h"
#include "value/temporal.h"
#include "value/uuid.h"

namespace zerodb::function {
namespace {

Error no_randomness() {
  return Error(ErrorCode::E0610, "there is no source of randomness here");
}

Result<Value> v4(Args, CallContext& context) {
  if (context.random == nullptr) return no_randomness();
  return Value::uuid(make_uuid_v4(*context.random));
}

Result<Value> v7(Args, CallContext& context) {
  if (context.random == nullptr || context.clock == nullptr) return no_randomness();
  return Value::uuid(make_uuid_v7(*context.random, context.clock->wall_ns()));
}

Result<Value> v5(Args args, CallContext&) {
  std::string data(reinterpret_cast<const char*>(args[0].as_uuid().bytes), sizeof(Uuid));
  data += args[1].as_string();
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(data.data(), data.size(), digest, &size, EVP_sha1(), nullptr) != 1) {
    return bad_argument("SHA-1 is not offered by the cryptographic library of the machine");
  }
  Uuid uuid;
  std::memcpy(uuid.bytes, digest, sizeof(Uuid));
  uuid.bytes[6] = static_cast<uint8_t>((uuid.bytes[6] & 0x0f) | 0x50);
  uuid.bytes[8] = static_cast<uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return Value::uuid(uuid);
}

Result<Value> uuid_version(Args args, CallContext&) {
  return Value::int64(uuid_version(args[0].as_uuid()));
}

Result<Value> timestamp(Args args, CallContext&) {
  const auto ms = uuid_unix_ms(args[0].as_uuid());
  const auto instant = ms ? datetime_from_nanos(static_cast<i128>(*ms) * 1'000'000) : std::nullopt;
  return instant ? Value::datetime(*instant) : Value::none();
}

constexpr Declaration kUuidFunctions[] = {
    {"uuid::v4() -> uuid", Volatility::Volatile, kNone, 40, "A random UUID.",
     "uuid::version(uuid::v4()) = 4", v4},
    {"uuid::v7() -> uuid", Volatility::Volatile, kNone, 40,
     "A UUID that sorts by the time at which it is made.", "uuid::version(uuid::v7()) = 7", v7},
    {"uuid::v5(space: uuid, name: string) -> uuid", Volatility::Immutable, kNone, 120,
     "The UUID of a name within a name space.",
     "uuid::v5(u'6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'a.b') = "
     "uuid::v5(u'6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'a.b')",
     v5},
    {"uuid::version(x: uuid) -> int", Volatility::Immutable, kNone, 2, "The version number.",
     "uuid::version(u'6ba7b810-9dad-11d1-80b4-00c04fd430c8') = 1", uuid_version},
    {"uuid::timestamp(x: uuid) -> datetime?", Volatility::Immutable, kNone, 3,
     "When a version 7 was made, to the millisecond; else none.",
     "uuid::timestamp(uuid::v4()) = none\nuuid::timestamp(u'00000000-0000-7000-8000-000000000000') "
     "= d'1970-01-01'",
     timestamp},
};

}  // namespace

std::span<const Declaration> uuid_functions() {
  return kUuidFunctions;
}

}  // namespace zerodb::function
