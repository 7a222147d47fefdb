// Join order: in which order to join sources whose joins are all inner.
//
// Plans are left-deep: the rows so far are the probing side, the next source is built into a hash
// table, or looked up row by row where the rows so far are few and it can be found by key or index.
// Up to kExhaustiveMax sources the cheapest order is found by dynamic programming over sets
// (Selinger et al., "Access path selection", 1979), beyond that greedily from every start.
// Threading: pure functions.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <vector>

namespace zerodb::plan {

struct JoinSource {
  double base_rows = 0;  // that it has
  double rows = 0;       // that its own conditions leave
};

struct JoinCondition {
  std::set<uint32_t> sources;  // at least two
  bool is_equality = false;    // of one source with others
  double distinct = 1;         // values that it compares: one pair of rows in so many is left
  std::set<uint32_t> found;    // sources that can be looked up by their side of the equality
};

inline constexpr size_t kExhaustiveMax = 11;
// For so few rows an index finds what belongs to each faster than a join reads all.
inline constexpr double kFewRows = 1000;
// While one row looks for its own, a join reads so many.
inline constexpr double kLookupRows = 50;

// What an order costs; the unit is a row that is passed on.
double join_cost(std::span<const JoinSource> sources, std::span<const JoinCondition> conditions,
                 std::span<const uint32_t> order);

// The cheapest order, or nothing where the one that is written is about as good.
std::vector<uint32_t> cheaper_order(std::span<const JoinSource> sources,
                                    std::span<const JoinCondition> conditions);

}  // namespace zerodb::plan
