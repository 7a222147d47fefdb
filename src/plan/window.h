// WindowPlan: what a Window node works out over the rows of its child.
//
// All places are columns of the child. Threading: immutable after planning.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/scalar.h"
#include "sema/query.h"

namespace zerodb::plan {

struct WindowBound {
  sema::WindowFrame::Bound kind = sema::WindowFrame::Bound::UnboundedPreceding;
  std::optional<Scalar> offset;  // Preceding, Following
};

// Rows that order and frame are common to; each has its calls.
struct WindowGroup {
  struct Call {
    std::string function;
    bool is_aggregate = false;
    std::vector<uint32_t> args;
    std::optional<uint32_t> filter;
    uint32_t output = 0;  // behind the child's columns
    Type type;
    Span span;
  };
  std::vector<uint32_t> partition;
  std::vector<SortKey> order;
  sema::WindowFrame::Unit unit = sema::WindowFrame::Unit::Range;
  WindowBound start;
  WindowBound end;
  std::vector<Call> calls;
};

struct WindowPlan {
  std::vector<WindowGroup> groups;
  uint32_t calls = 0;
};

}  // namespace zerodb::plan
