// Place: where inside a record a rule is asked; a path, and on into what paths cannot name.
//
// Threading: plain values. Places are never stored: they follow from paths and from types.
#pragma once

#include <string>
#include <vector>

#include "catalog/schema.h"

namespace zerodb::catalog {

struct PlaceStep {
  enum class Kind : uint8_t {
    Member,
    Element,
    AllElements,
    Keys,     // of a hashmap
    Values,   // of a hashmap
    Bounds,   // of a range, as far as there are any
    Success,  // of a result
    Failure,  // of a result
    Variant,  // the value itself, if it is of `type` and of none of `others`
  };
  Kind kind = Kind::Member;
  std::string name;      // Member
  int64_t position = 0;  // Element
  Type type{};           // Variant
  std::vector<Type> others{};
};
using Place = std::vector<PlaceStep>;

Place place_of(const Path& path);
// As the path is written; what a path cannot name is left out.
std::string to_string(const Place& place);

// A rule on what stands at a place.
struct PlaceRule {
  Place place;
  Field rule;  // name is the text of the place
};

}  // namespace zerodb::catalog
