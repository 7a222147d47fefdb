#include "catalog/place.h"

#include "value/text.h"

namespace zerodb::catalog {

Place place_of(const Path& path) {
  Place place;
  for (const PathStep& step : path) {
    const auto kind = step.kind == PathStep::Kind::Member    ? PlaceStep::Kind::Member
                      : step.kind == PathStep::Kind::Element ? PlaceStep::Kind::Element
                                                             : PlaceStep::Kind::AllElements;
    place.push_back({kind, step.name, step.position});
  }
  return place;
}

std::string to_string(const Place& place) {
  std::string text;
  for (const PlaceStep& step : place) {
    switch (step.kind) {
      case PlaceStep::Kind::Member:
        if (!text.empty()) text += '.';
        text += name_text(step.name);
        break;
      case PlaceStep::Kind::Element:
        text += '[' + std::to_string(step.position) + ']';
        break;
      case PlaceStep::Kind::AllElements:
        text += "[*]";
        break;
      default:
        break;
    }
  }
  return text;
}

}  // namespace zerodb::catalog
