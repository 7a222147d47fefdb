#include "plan/join_order.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace zerodb::plan {
namespace {

constexpr double kScanned = 0.5;           // a record that is read
constexpr double kBuilt = 4;               // a row that goes into a hash table
constexpr double kProbed = 0.5;            // a row that looks into one
constexpr double kLookedUp = kLookupRows;  // a row that looks for its own by key or index
constexpr double kPassedOn = 0.3;          // a row of the result
constexpr double kPaired = 5;  // a row of a product, whose estimate is a guess times a guess
// What a condition leaves when nothing is known: one that is no equality, and an equality beside
// another.
constexpr double kOther = 0.3;
// An order has to be so much better, and save so much, to be taken instead of the one written.
constexpr double kWorthwhile = 0.7;
constexpr double kLeastSaved = 2'000;

struct Step {
  double cost = 0;
  double rows = 0;  // whatever the order in which the sources came
};

class Estimate {
 public:
  Estimate(std::span<const JoinSource> sources, std::span<const JoinCondition> conditions)
      : sources_(sources), conditions_(conditions) {
    std::set<std::set<uint32_t>> seen;
    for (const JoinCondition& condition : conditions) {
      const bool is_first = condition.is_equality && seen.insert(condition.sources).second;
      left_by_.push_back(is_first ? 1 / std::max(condition.distinct, 1.0) : kOther);
    }
  }

  Step first(uint32_t source) const {
    return {sources_[source].base_rows * kScanned, sources_[source].rows};
  }

  // `has(i)` says whether source i is among the rows so far.
  template <typename Has>
  Step next(const Step& left, uint32_t source, Has has) const {
    const JoinSource& right = sources_[source];
    double rows = left.rows * right.rows;
    bool is_found = false;
    bool is_product = true;
    for (size_t i = 0; i < conditions_.size(); ++i) {
      const JoinCondition& condition = conditions_[i];
      const bool is_whole = std::ranges::all_of(
          condition.sources, [&](uint32_t other) { return other == source || has(other); });
      if (!is_whole || !condition.sources.contains(source)) continue;
      rows *= left_by_[i];
      is_product = is_product && !condition.is_equality;
      is_found = is_found || (condition.is_equality && condition.found.contains(source));
    }
    const double probes = std::max(left.rows, 1.0);
    double work = right.base_rows * kScanned + right.rows * kBuilt + probes * kProbed;
    if (is_found && probes <= kFewRows) work = std::min(work, probes * kLookedUp);
    const double each = is_product ? kPaired : kPassedOn;
    return {left.cost + work + std::max(rows, 1.0) * each, rows};
  }

  // Whether an equality ties the source to the rows so far.
  template <typename Has>
  bool is_tied(uint32_t source, Has has) const {
    return std::ranges::any_of(conditions_, [&](const JoinCondition& condition) {
      return condition.is_equality && condition.sources.contains(source) &&
             std::ranges::all_of(condition.sources,
                                 [&](uint32_t other) { return other == source || has(other); });
    });
  }

  size_t size() const { return sources_.size(); }

 private:
  std::span<const JoinSource> sources_;
  std::span<const JoinCondition> conditions_;
  std::vector<double> left_by_;  // the share of rows that a condition leaves
};

double cost_of(const Estimate& estimate, std::span<const uint32_t> order) {
  std::set<uint32_t> joined{order[0]};
  Step step = estimate.first(order[0]);
  for (uint32_t source : order.subspan(1)) {
    step = estimate.next(step, source, [&](uint32_t other) { return joined.contains(other); });
    joined.insert(source);
  }
  return step.cost;
}

// Whether some source is tied to the rows so far. Then none is paired with all of them: the sizes
// of products are guesses times guesses.
template <typename Has>
bool has_tied(const Estimate& estimate, Has has) {
  for (uint32_t i = 0; i < estimate.size(); ++i) {
    if (!has(i) && estimate.is_tied(i, has)) return true;
  }
  return false;
}

std::vector<uint32_t> exhaustive(const Estimate& estimate) {
  const size_t count = estimate.size();
  struct Best {
    Step step{std::numeric_limits<double>::infinity(), 0};
    uint32_t last = 0;
  };
  std::vector<Best> best(size_t{1} << count);
  for (uint32_t i = 0; i < count; ++i) best[size_t{1} << i] = {estimate.first(i), i};
  for (size_t set = 1; set < best.size(); ++set) {
    if (std::isinf(best[set].step.cost)) continue;
    const auto has = [&](uint32_t other) { return (set >> other & 1) != 0; };
    const bool may_pair = !has_tied(estimate, has);
    for (uint32_t i = 0; i < count; ++i) {
      if (has(i) || (!may_pair && !estimate.is_tied(i, has))) continue;
      const Step step = estimate.next(best[set].step, i, has);
      Best& with = best[set | size_t{1} << i];
      if (step.cost < with.step.cost) with = {step, i};
    }
  }
  std::vector<uint32_t> order;
  for (size_t set = best.size() - 1; set != 0; set &= ~(size_t{1} << order.back()))
    order.push_back(best[set].last);
  std::ranges::reverse(order);
  return order;
}

std::vector<uint32_t> greedy_from(const Estimate& estimate, uint32_t start) {
  std::vector<uint32_t> order{start};
  std::vector<bool> joined(estimate.size());
  joined[start] = true;
  Step step = estimate.first(start);
  while (order.size() < estimate.size()) {
    uint32_t chosen = 0;
    Step least{std::numeric_limits<double>::infinity(), 0};
    const auto has = [&](uint32_t other) { return bool{joined[other]}; };
    const bool may_pair = !has_tied(estimate, has);
    for (uint32_t i = 0; i < estimate.size(); ++i) {
      if (joined[i] || (!may_pair && !estimate.is_tied(i, has))) continue;
      const Step next = estimate.next(step, i, has);
      if (next.cost < least.cost) {
        least = next;
        chosen = i;
      }
    }
    step = least;
    joined[chosen] = true;
    order.push_back(chosen);
  }
  return order;
}

std::vector<uint32_t> greedy(const Estimate& estimate) {
  std::vector<uint32_t> best;
  double least = std::numeric_limits<double>::infinity();
  for (uint32_t start = 0; start < estimate.size(); ++start) {
    std::vector<uint32_t> order = greedy_from(estimate, start);
    const double cost = cost_of(estimate, order);
    if (cost >= least) continue;
    least = cost;
    best = std::move(order);
  }
  return best;
}

}  // namespace

double join_cost(std::span<const JoinSource> sources, std::span<const JoinCondition> conditions,
                 std::span<const uint32_t> order) {
  return cost_of(Estimate(sources, conditions), order);
}

std::vector<uint32_t> cheaper_order(std::span<const JoinSource> sources,
                                    std::span<const JoinCondition> conditions) {
  if (sources.size() < 2) return {};
  const Estimate estimate(sources, conditions);
  std::vector<uint32_t> written(sources.size());
  std::iota(written.begin(), written.end(), 0U);
  const double cost = cost_of(estimate, written);
  std::vector<uint32_t> found =
      sources.size() <= kExhaustiveMax ? exhaustive(estimate) : greedy(estimate);
  const double least = cost_of(estimate, found);
  const bool is_worthwhile = least < cost * kWorthwhile && cost - least > kLeastSaved;
  return is_worthwhile ? found : std::vector<uint32_t>();
}

}  // namespace zerodb::plan
