// Scalar and SortKey: the smallest parts of plan nodes.
//
// Threading: immutable after planning.
#pragma once

#include <cstdint>
#include <memory>

#include "base/error.h"
#include "plan/program.h"
#include "value/type.h"

namespace zerodb::plan {

using ProgramPtr = std::shared_ptr<const Program>;  // shared with the module cache

// A value that needs no row: a parameter as it is, or a program without inputs and with one output.
struct Scalar {
  static constexpr uint32_t kProgram = UINT32_MAX;
  uint32_t parameter = kProgram;
  ProgramPtr program;
  Type type;
  Span span;
};

struct SortKey {
  uint32_t column = 0;
  bool descending = false;
  bool nulls_first = false;
};

}  // namespace zerodb::plan
