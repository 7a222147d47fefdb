// The tables of declarations, one a domain, in the order of the reference.
#pragma once

#include <array>
#include <span>

#include "function/library.h"

namespace zerodb::function {

std::span<const Declaration> array_functions();
std::span<const Declaration> crypto_functions();
std::span<const Declaration> encoding_functions();
std::span<const Declaration> file_functions();
std::span<const Declaration> json_functions();
std::span<const Declaration> math_functions();
std::span<const Declaration> number_functions();
std::span<const Declaration> object_functions();
std::span<const Declaration> pending_functions();
std::span<const Declaration> random_functions();
std::span<const Declaration> range_functions();
std::span<const Declaration> record_functions();
std::span<const Declaration> regex_functions();
std::span<const Declaration> sequence_functions();
std::span<const Declaration> session_functions();
std::span<const Declaration> string_functions();
std::span<const Declaration> text_functions();
std::span<const Declaration> time_functions();
std::span<const Declaration> unicode_functions();
std::span<const Declaration> uuid_functions();
std::span<const Declaration> value_functions();
std::span<const Declaration> vector_functions();

// In the order of the reference.
struct Domain {
  std::string_view title;
  std::span<const Declaration> (*declarations)();
};
inline constexpr std::array kDomains{
    Domain{"Numbers", number_functions},
    Domain{"Text in short", text_functions},
    Domain{"Strings, arrays and other sequences", sequence_functions},
    Domain{"Any value", value_functions},
    Domain{"Strings", string_functions},
    Domain{"Strings by the tables of Unicode", unicode_functions},
    Domain{"Regular expressions", regex_functions},
    Domain{"Mathematics", math_functions},
    Domain{"Times and durations", time_functions},
    Domain{"Ranges", range_functions},
    Domain{"Arrays", array_functions},
    Domain{"Objects and hashmaps", object_functions},
    Domain{"JSON", json_functions},
    Domain{"Vectors", vector_functions},
    Domain{"Records and links", record_functions},
    Domain{"Encodings", encoding_functions},
    Domain{"Hashes and passwords", crypto_functions},
    Domain{"Chance", random_functions},
    Domain{"UUIDs", uuid_functions},
    Domain{"The session and sequences", session_functions},
    Domain{"Files of the host", file_functions},
    Domain{"Not available yet", pending_functions}};

}  // namespace zerodb::function
