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

ExprId refuse_unavailable(Checking& c, Feature feature, Span span) {
  c.report(ErrorCode::E0601, std::string(feature_text(feature)) + " is not available yet", span);
  return c.poison(span);
}

}  // namespace zerodb::sema
