// Explain: a plan as text or JSON, with what a run of it counted if it was run.
//
// Threading: pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "plan/plan.h"

namespace zerodb::plan {

// What one node did in a run.
struct NodeActuals {
  uint64_t rows = 0;
  uint64_t batches = 0;
  int64_t nanos = 0;           // with all below it
  uint64_t spilled_bytes = 0;  // written to disk
  uint64_t memory_bytes = 0;   // the most that it held at once, without those below it
  uint32_t threads = 1;        // that ran it side by side; their times are added up
};

struct ExplainInput {
  std::string tier;                      // "interpreter", "wasm", "auto"
  std::span<const NodeActuals> actuals;  // by node; empty: not run
  std::span<const Value> parameters;
};

// One line a node, children indented.
std::string explain_text(const Plan& plan, const ExplainInput& input);
std::string explain_json(const Plan& plan, const ExplainInput& input);
// What the line of a node begins with: its operator, and what that reads.
std::string node_title(const Plan& plan, NodeId node);

}  // namespace zerodb::plan
