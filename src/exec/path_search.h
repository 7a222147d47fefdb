// PathSearch: the paths of a pattern from one vertex, one after the other.
//
// Walks, trails and acyclic paths are found depth first, so that memory grows with the length of a
// path and not with their number. Shortest paths are found breadth first over (hop, count, vertex);
// among those of equal length the one whose vertices, then edges come first in the order of record
// ids. Threading: belongs to one statement.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "exec/edge_finder.h"
#include "exec/memory_budget.h"

namespace zerodb::exec {

struct FoundPath {
  std::vector<PathEdge> edges;
  std::vector<size_t> hop_ends;  // how many of the edges belong to the hops up to this one
};

// What the conditions of a hop mention of the left row.
struct HopValues {
  std::vector<Value> each;
  std::vector<Value> ends;
};

class PathSearch {
 public:
  static Result<std::unique_ptr<PathSearch>> make(ExecState& state, const plan::PathPlan& plan,
                                                  MemoryHold hold);
  virtual ~PathSearch() = default;

  // Begins anew; `values` by hop.
  virtual Status start(const Value& vertex, std::vector<HopValues> values) = 0;
  // False at the end.
  virtual Result<bool> next(FoundPath& out) = 0;
};

}  // namespace zerodb::exec
