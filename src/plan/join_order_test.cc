#include "plan/join_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/random.h"

namespace zerodb::plan {
namespace join_order_test {

using Order = std::vector<uint32_t>;

JoinCondition equal(uint32_t a, uint32_t b, double distinct, std::set<uint32_t> found = {}) {
  return {{a, b}, true, distinct, std::move(found)};
}

TEST(JoinOrder, SmallJoinsStayAsTheyAreWritten) {
  const std::vector<JoinSource> sources{{10, 10}, {5, 5}, {8, 8}};
  EXPECT_EQ(cheaper_order(sources, {}), Order());
  EXPECT_EQ(cheaper_order({}, {}), Order());
}

TEST(JoinOrder, ProductsAreAvoided) {
  // a, b and c where a and b each meet c only.
  const std::vector<JoinSource> sources{{10'000, 10'000}, {10'000, 10'000}, {50'000, 50'000}};
  const std::vector<JoinCondition> conditions{equal(0, 2, 10'000), equal(1, 2, 10'000)};
  EXPECT_EQ(cheaper_order(sources, conditions)[0], 2u);
}

TEST(JoinOrder, TheLargestIsNotBuiltIntoATable) {
  const std::vector<JoinSource> sources{{1'000, 1'000}, {20'000, 20'000}, {1'000'000, 1'000'000}};
  const std::vector<JoinCondition> conditions{equal(0, 1, 1'000), equal(1, 2, 20'000)};
  EXPECT_EQ(cheaper_order(sources, conditions), (Order{2, 1, 0}));
}

TEST(JoinOrder, AFewRowsLookTheirsUp) {
  const std::vector<JoinSource> sources{{1'000'000, 1'000'000}, {20'000, 3}};
  const std::vector<JoinCondition> conditions{equal(0, 1, 1'000'000, {0})};
  EXPECT_EQ(cheaper_order(sources, conditions), (Order{1, 0}));
}

// Whatever the sizes, dynamic programming finds what trying every order finds.
TEST(JoinOrder, TheCheapestIsFound) {
  const uint64_t seed = SystemRandom().next();
  SCOPED_TRACE(seed);
  SeededRandom random(seed);
  for (int round = 0; round < 300; ++round) {
    const auto count = static_cast<uint32_t>(2 + random.below(5));
    std::vector<JoinSource> sources;
    for (uint32_t i = 0; i < count; ++i) {
      const auto base = static_cast<double>(1 + random.below(1 << random.below(20)));
      sources.push_back({base, std::max(1.0, base / static_cast<double>(1 + random.below(100)))});
    }
    std::vector<JoinCondition> conditions;
    for (uint64_t i = random.below(6); i > 0; --i) {
      const auto a = static_cast<uint32_t>(random.below(count));
      const auto b = static_cast<uint32_t>(random.below(count));
      if (a == b) continue;
      JoinCondition condition = equal(a, b, sources[a].base_rows);
      condition.is_equality = random.below(4) != 0;
      if (random.below(2) == 0) condition.found.insert(a);
      conditions.push_back(std::move(condition));
    }
    // No product where something is tied to what is there.
    const auto is_tied = [&](const Order& order, size_t size, uint32_t source) {
      return std::ranges::any_of(conditions, [&](const JoinCondition& condition) {
        return condition.is_equality && condition.sources.contains(source) &&
               std::ranges::all_of(condition.sources, [&](uint32_t other) {
                 const auto end = order.begin() + static_cast<ptrdiff_t>(size);
                 return other == source || std::find(order.begin(), end, other) != end;
               });
      });
    };
    const auto is_allowed = [&](const Order& order) {
      for (size_t size = 1; size < order.size(); ++size) {
        const auto rest = std::span(order).subspan(size);
        const bool has_tied = std::ranges::any_of(
            rest, [&](uint32_t source) { return is_tied(order, size, source); });
        if (has_tied && !is_tied(order, size, order[size])) return false;
      }
      return true;
    };
    Order order(count);
    std::iota(order.begin(), order.end(), 0U);
    const double written = join_cost(sources, conditions, order);
    double least = std::numeric_limits<double>::infinity();
    do {
      if (is_allowed(order)) least = std::min(least, join_cost(sources, conditions, order));
    } while (std::ranges::next_permutation(order).found);
    const Order found = cheaper_order(sources, conditions);
    if (found.empty()) {
      EXPECT_TRUE(least >= written * 0.7 - 1 || written - least <= 2'000);
      continue;
    }
    EXPECT_EQ(std::set<uint32_t>(found.begin(), found.end()).size(), count);
    EXPECT_LE(join_cost(sources, conditions, found), least * 1.000001);
  }
}

TEST(JoinOrder, ManySourcesTakeNoTime) {
  // A chain, written so that no neighbours stand together.
  std::vector<JoinSource> sources(64, {1'000, 1'000});
  std::vector<JoinCondition> conditions;
  const auto at = [](uint32_t place) { return place * 37 % 64; };
  for (uint32_t i = 0; i + 1 < 64; ++i) conditions.push_back(equal(at(i), at(i + 1), 1'000));
  const Order found = cheaper_order(sources, conditions);
  ASSERT_EQ(found.size(), 64u);
  EXPECT_LT(join_cost(sources, conditions, found), 64 * 6'000.0);
}

}  // namespace join_order_test
}  // namespace zerodb::plan
