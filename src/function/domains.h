// The tables of declarations, one a domain, in the order of the reference.
#pragma once

#include <array>
#include <span>

#include "function/library.h"

namespace zerodb::function {

std::span<const Declaration> array_functions();
std::span<const Declaration> crypto_functions();
std::span<const Declaration> encoding_functions();
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
std::span<const Declaration> uuid_functions();
std::span<const Declaration> value_functions();
std::span<const Declaration> vector_functions();

using Domain = std::span<const Declaration> (*)();
inline constexpr std::array<Domain, 20> kDomains{
    number_functions, text_functions,   sequence_functions, value_functions,   string_functions,
    regex_functions,  math_functions,   time_functions,     range_functions,   array_functions,
    object_functions, json_functions,   vector_functions,   record_functions,  encoding_functions,
    crypto_functions, random_functions, uuid_functions,     session_functions, pending_functions};

}  // namespace zerodb::function
