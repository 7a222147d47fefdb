// UUIDs: text, and the making of versions 4 and 7 (RFC 9562) from a given source of randomness and
// time.
//
// Threading: pure functions but for the Random that is passed in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "value/value.h"

namespace zerodb {

// The hyphenated form, any case.
std::optional<Uuid> parse_uuid(std::string_view text);
// Lower case, hyphenated.
std::string print_uuid(const Uuid& value);

Uuid make_uuid_v4(Random& random);
// Milliseconds in the first 48 bits, the fraction of the millisecond in the 12 bits after the
// version, so that ids made within one millisecond mostly sort by time too.
Uuid make_uuid_v7(Random& random, int64_t wall_ns);

int uuid_version(const Uuid& value);
// Milliseconds since 1970 of a version 7; nothing for another version.
std::optional<int64_t> uuid_unix_ms(const Uuid& value);

}  // namespace zerodb
