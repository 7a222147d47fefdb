#include "sema/availability.h"

namespace zerodb::sema {

std::string_view feature_text(Feature feature) {
  switch (feature) {
#define ZERODB_FEATURE(name, text) \
  case Feature::name:              \
    return text;
#include "sema/availability.def"
#undef ZERODB_FEATURE
  }
  return {};
}

void require_feature(Checking& c, Feature feature, Span span) {
  c.statement.unavailable.push_back({feature, c.place(span)});
}

std::optional<Error> availability_error(const Statement& statement) {
  if (statement.unavailable.empty()) return std::nullopt;
  const FeatureUse& use = statement.unavailable.front();
  return Error(ErrorCode::E0601, std::string(feature_text(use.feature)) + " is not available yet")
      .at(use.span);
}

}  // namespace zerodb::sema
