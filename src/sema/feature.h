// Feature: a form of the language that this version does not run yet, and where a statement uses
// it.
//
// Threading: plain data.
#pragma once

#include <cstdint>

#include "base/error.h"

namespace zerodb::sema {

enum class Feature : uint8_t {
#define ZERODB_FEATURE(name, text) name,
#include "sema/availability.def"
#undef ZERODB_FEATURE
};

struct FeatureUse {
  Feature feature;
  Span span;
};

}  // namespace zerodb::sema
