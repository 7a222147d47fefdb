#include "generate/typed_expressions.h"

namespace zerodb::generate {

namespace {

constexpr int kExpressionDepth = 3;

}  // namespace

std::string TypedExpressions::select() {
  has_mistakes_ = random_.below(4) == 0;
  const std::string value = part(any_want(), kExpressionDepth);
  switch (has_mistakes_ ? 0 : random_.below(5)) {
    case 1:
      return "SELECT " + value + " AS v FROM @ WHERE " + part(Want::Bool, kExpressionDepth) +
             " ORDER BY id";
    case 2:
      return "SELECT " + part(Want::Int, 2) + " AS v, count(*) AS n, sum(" + part(Want::Int, 2) +
             ") AS total FROM @ GROUP BY v ORDER BY v";
    case 3:
      return "SELECT " + value + " AS v FROM @ ORDER BY " + part(any_want(), 1) + ", id LIMIT 2";
    default:
      return "SELECT " + value + " AS v FROM @ ORDER BY id";
  }
}

std::string TypedExpressions::part(Want want, int depth) {
  if (has_mistakes_ && random_.below(8) == 0) want = any_want();
  if (depth <= 0 || random_.below(5) == 0) return leaf(want);
  return expression(want, depth - 1);
}

std::string TypedExpressions::expression(Want want, int depth) {
  if (!has_mistakes_ && random_.below(8) == 0) {
    return "(CASE WHEN " + part(Want::Bool, depth) + " THEN " + part(want, depth) + " ELSE " +
           part(want, depth) + " END)";
  }
  switch (want) {
    case Want::Int:
      return integer(depth);
    case Want::Float:
      switch (random_.below(4)) {
        case 0:
          return "sqrt(abs(" + part(Want::Float, depth) + "))";
        case 1:
          return "CAST(" + part(Want::Int, depth) + " AS float)";
        default:
          return "(" + part(Want::Float, depth) + pick({" + ", " - ", " * ", " / "}) +
                 part(random_.below(2) == 0 ? Want::Float : Want::Int, depth) + ")";
      }
    case Want::Decimal:
      return "(" + part(Want::Decimal, depth) + pick({" + ", " - ", " * "}) +
             part(random_.below(2) == 0 ? Want::Decimal : Want::Int, depth) + ")";
    case Want::String:
      return text(depth);
    case Want::Bool:
      return truth(depth);
    case Want::Array:
      return random_.below(2) == 0
                 ? "[" + part(Want::Int, depth) + ", " + part(Want::Int, depth) + "]"
                 : "(" + part(Want::Array, depth) + " || " + part(Want::Array, depth) + ")";
    case Want::DateTime:
      return "(" + part(Want::DateTime, depth) + pick({" + ", " - "}) +
             part(Want::Duration, depth) + ")";
    case Want::Duration:
      switch (random_.below(3)) {
        case 0:
          return "(" + part(Want::DateTime, depth) + " - " + part(Want::DateTime, depth) + ")";
        case 1:
          return "(" + part(Want::Duration, depth) + " * " + part(Want::Int, depth) + ")";
        default:
          return "(" + part(Want::Duration, depth) + pick({" + ", " - "}) +
                 part(Want::Duration, depth) + ")";
      }
    case Want::Bytes:
      return "(" + part(Want::Bytes, depth) + " || " + part(Want::Bytes, depth) + ")";
    case Want::Object:
      return "{ k: " + part(Want::Int, depth) + ", l: " + part(Want::String, depth) + " }";
  }
  return "NONE";
}

std::string TypedExpressions::integer(int depth) {
  switch (random_.below(has_mistakes_ ? 6 : 7)) {
    case 0:
      return "length(" + part(random_.below(2) == 0 ? Want::String : Want::Array, depth) + ")";
    case 1:
      return "(-" + part(Want::Int, depth) + ")";
    case 2:
      return "(" + part(Want::Object, depth) + ").k";
    case 3:
      return "abs(" + part(Want::Int, depth) + ")";
    case 6:
      return "(o ?? " + part(Want::Int, depth) + ")";
    default:
      return "(" + part(Want::Int, depth) + pick({" + ", " - ", " * ", " / ", " % "}) +
             part(Want::Int, depth) + ")";
  }
}

std::string TypedExpressions::text(int depth) {
  switch (random_.below(6)) {
    case 0:
      return "upper(" + part(Want::String, depth) + ")";
    case 1:
      return "replace(" + part(Want::String, depth) + ", 'a', " + part(Want::String, depth) + ")";
    case 2:
      return "CAST(" + part(any_want(), depth) + " AS string)";
    case 3:
      return "(" + part(Want::Object, depth) + ").l";
    default:
      return "(" + part(Want::String, depth) + " || " + part(Want::String, depth) + ")";
  }
}

std::string TypedExpressions::compared(int depth) {
  const Want both = any_want();
  return "(" + part(both, depth) + pick({" = ", " != ", " < ", " <= ", " > ", " >= "}) +
         part(both, depth) + ")";
}

std::string TypedExpressions::truth(int depth) {
  switch (random_.below(has_mistakes_ ? 7 : 9)) {
    case 0:
      return "(NOT " + part(Want::Bool, depth) + ")";
    case 1:
      return "(" + part(Want::Int, depth) + " IN " + part(Want::Array, depth) + ")";
    case 2:
      return "(" + part(Want::String, depth) + " LIKE 'a%')";
    case 3:
      return "starts_with(" + part(Want::String, depth) + ", " + part(Want::String, depth) + ")";
    case 4:
      return "(" + part(any_want(), depth) + pick({" IS ", " IS NOT "}) +
             pick({"int", "string", "float", "bool", "array"}) + ")";
    case 7:
    case 8:
      return "(" + part(Want::Bool, depth) + pick({" AND ", " OR "}) + part(Want::Bool, depth) +
             ")";
    default:
      return compared(depth);
  }
}

std::string TypedExpressions::leaf(Want want) {
  switch (want) {
    case Want::Int:
      return pick({"i", "i", "ob.k", "a[0]", "0", "1", "7", "-3", "4611686018427387904"});
    case Want::Float:
      return pick({"f", "f", "0.5", "1e300", "-2.25"});
    case Want::Decimal:
      return pick({"d", "d", "1.5dec", "0dec"});
    case Want::String:
      return pick({"s", "s", "ob.l", "''", "'abc'", "'ä'"});
    case Want::Bool:
      return pick({"b", "b", "true", "false"});
    case Want::Array:
      return pick({"a", "a", "[1, 2]", "[7]"});
    case Want::DateTime:
      return pick({"w", "w", "d'2026-01-01T00:00:00Z'"});
    case Want::Duration:
      return pick({"u", "u", "3h", "1d", "250ms"});
    case Want::Bytes:
      return pick({"y", "y", "b'00ff'"});
    case Want::Object:
      return pick({"ob", "ob", "{ k: 3, l: 'x' }"});
  }
  return "NONE";
}

std::string TypedExpressions::pick(std::initializer_list<const char*> choices) {
  return *(choices.begin() + random_.below(choices.size()));
}

}  // namespace zerodb::generate
