// Numbers as text and back, independent of any locale.
//
// A float prints as the shortest text that reads back as the same float and always shows that it is
// one: a point or an exponent. Threading: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/int128.h"

namespace zerodb {

std::string print_int128(i128 value);
std::string print_uint128(u128 value);
// "2.0", "0.001", "1e300", "NaN", "Infinity", "-Infinity".
std::string print_float64(double value);
std::string print_float32(float value);

// An optional sign and digits, nothing else. Nothing if malformed or out of range.
std::optional<i128> parse_int128(std::string_view text);
std::optional<u128> parse_uint128(std::string_view text);
// A sign, digits with an optional point and exponent, or NaN, Infinity, inf in any case. The
// nearest float; nothing if malformed or beyond the greatest float.
std::optional<double> parse_float64(std::string_view text);
std::optional<float> parse_float32(std::string_view text);

}  // namespace zerodb
