// PatternReach: which vertex tables a hop of a pattern reaches, from the definitions of its edges.
//
// Threading: free functions over their arguments.
#pragma once

#include <vector>

#include "catalog/schema.h"
#include "sema/query.h"

namespace zerodb::sema {

struct PatternReach {
  using Tables = std::vector<const catalog::Table*>;

  Tables edges;     // those that can be used
  Tables vertices;  // those that can be at the far end; empty: the hop is impossible
};

// `edges` and `direction` of one hop from `from`; the far end is one of `wanted`, or anything if
// that is empty.
struct HopRequest {
  PatternReach::Tables edges;
  Hop::Direction direction = Hop::Direction::Out;
  PatternReach::Tables from;
  PatternReach::Tables wanted;
};

PatternReach reach_once(const catalog::Schema& schema, const HopRequest& request);
PatternReach reach_repeatedly(const catalog::Schema& schema, const HopRequest& request,
                              const Hop::Repetition& repetition);

// "it goes FROM a | b TO c"
std::string describe_ends(const catalog::Schema& schema, const catalog::Table& edge);

}  // namespace zerodb::sema
