// TypedExpressions: random queries over a table with a column of each type, most of them well
// typed.
//
// Each expression is made for a type that is wanted of it. In one statement of four, parts are now
// and then made for another type, so that it may have to be refused; such a statement has no part
// that a run may skip (CASE, `??`, AND, OR, WHERE), so that every row meets its mistakes.
// Threading: one thread an object.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "base/random.h"

namespace zerodb::generate {

class TypedExpressions {
 public:
  // The columns that the statements read, as a DEFINE TABLE writes them.
  static constexpr const char* kColumns =
      "i int, f float, d decimal, s string, b bool, o int?, a array<int>, w datetime, u duration, "
      "y bytes, ob { k: int, l: string }";

  explicit TypedExpressions(uint64_t seed) : random_(seed) {}

  // A query with `@` for the name of the table.
  std::string select();

 private:
  enum class Want : uint8_t {
    Int,
    Float,
    Decimal,
    String,
    Bool,
    Array,
    DateTime,
    Duration,
    Bytes,
    Object
  };
  static constexpr uint64_t kWants = 10;

  // An expression of the type, or in a statement with mistakes at times of another.
  std::string part(Want want, int depth);
  std::string expression(Want want, int depth);
  std::string leaf(Want want);
  std::string integer(int depth);
  std::string text(int depth);
  std::string truth(int depth);
  std::string pick(std::initializer_list<const char*> choices);
  Want any_want() { return static_cast<Want>(random_.below(kWants)); }
  // For types that have an order and a sum.
  std::string compared(int depth);

  SeededRandom random_;
  bool has_mistakes_ = false;
};

}  // namespace zerodb::generate
