// Function: one expression under a name, made by DEFINE FUNCTION .. AS.
//
// The body and the defaults are canonical zeroql text, bound at each call. Threading: a plain
// value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "value/type.h"

namespace zerodb::catalog {

struct FunctionParameter {
  std::string name;
  Type type;
  std::string type_text;
  std::string default_text;  // empty: must be given
};

struct Function {
  // From the one that promises most; numbers are stored.
  enum class Volatility : uint8_t { Immutable = 0, Stable = 1, Volatile = 2 };

  uint32_t id = 0;
  std::string name;  // shop::gross
  std::vector<FunctionParameter> parameters;
  Type returns;
  std::string returns_text;
  std::string body_text;    // empty for a function of a module
  std::string module;       // FROM MODULE
  std::string export_name;  // EXPORT
  Volatility volatility = Volatility::Volatile;
  std::string comment;
};

}  // namespace zerodb::catalog
