// Signature: name, parameters and result of a built-in function, read from text such as
//   `array::sort(values: array<T>, descending: bool = false) -> array<T>`.
//
// Types are written as in the language, with these additions: a single capital (T K V E) is a
// variable that binds to the type of the argument; N binds to a number type; `number` is any
// number. `= literal` gives a default, `...` after the last type takes any count. Before a name,
// `const` wants a literal or parameter and `lazy` leaves evaluation to the function. Threading:
// immutable after parsing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb::function {

// A type in a signature; tree by value, small.
struct TypePattern {
  enum class Kind : uint8_t {
    Concrete,
    Variable,
    Number,
    Array,
    Vector,
    HashSet,
    HashMap,
    Range,
    Result,
    Tuple,
    Union,
    Optional
  };
  Kind kind = Kind::Concrete;
  Type type;          // Concrete
  char variable = 0;  // Variable
  std::vector<TypePattern> parts;
};

// What the variables of a signature stand for in one call.
using Bindings = std::map<char, Type>;

struct Parameter {
  std::string name;
  TypePattern pattern;
  std::optional<Value> default_value;  // set: the argument may be left out
  bool is_constant = false;
  bool is_lazy = false;
  bool is_rest = false;
};

struct Signature {
  std::string name;  // with its namespace: "string::split"
  std::vector<Parameter> parameters;
  TypePattern result;
  std::string text;

  bool has_rest() const { return !parameters.empty() && parameters.back().is_rest; }
};

// Error E1299 for a malformed text: signatures are part of the program.
Result<Signature> parse_signature(std::string_view text);

// How well a type fits a pattern, less is better: 0 the very type, 1 none was added by the question
// mark, 2 to 4 a conversion without loss, 8 only known at run time (any). Nothing: never. Binds
// variables as a side effect.
std::optional<int> match(const TypePattern& pattern, const Type& type, Bindings& bindings);
// The type with variables replaced; an unbound one is any.
Type substitute(const TypePattern& pattern, const Bindings& bindings);

}  // namespace zerodb::function
