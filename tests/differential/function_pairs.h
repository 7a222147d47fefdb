// FunctionPair: an expression of zeroql and one of SQLite that mean the same.
//
// `$f1` stands for the first argument of kind f, and so on; both expressions get the same ones.
// Threading: immutable.
#pragma once

#include <span>
#include <string_view>

namespace zerodb::differential {

// Kinds: i whole number, n one from 0 to 6, b one from 2 to 16, f float, q a float of quarters, u
// one from -1 to 1, p one above 0, s string, a string of ASCII, c string of one or two characters,
// d datetime, j JSON text of an array of whole numbers.
struct FunctionPair {
  std::string_view name;
  std::string_view zeroql;
  std::string_view sql;
};

std::span<const FunctionPair> function_pairs();

}  // namespace zerodb::differential
