// TypePlaces: where inside the values of a type there are rules, the ASSERTs of named types.
//
// Threading: as Checking.
#pragma once

#include <string>
#include <vector>

#include "catalog/place.h"
#include "sema/checking.h"
#include "zeroql/ast_session.h"

namespace zerodb::sema {

// A place, and what may stand there: a value must be of one of the types and meet its rules. One
// type alone is asked of every value.
struct TypePlace {
  struct Alternative {
    Type type;                         // without none
    std::vector<std::string> asserts;  // empty: takes every value of the type
  };
  catalog::Place place;
  std::vector<Alternative> alternatives;
};

struct TypePlaces {
  std::vector<TypePlace> places;
  // Whether two members of a union that may take the same value have rules, at least one of them
  // further inside: which of them to ask cannot be told.
  bool is_ambiguous = false;
};

// Those of a type whose values stand at `top`. `asks`: with the rules of the type as a whole.
TypePlaces type_places(Checking& c, ast::Type node, const catalog::Place& top, bool asks);

}  // namespace zerodb::sema
