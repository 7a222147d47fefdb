#include "zeroql/memoize.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace zerodb::zeroql {
namespace memoize_test {

TEST(Memoize, TheExampleOfTheHeader) {
  enum class Rule { Sum };
  Memoize<Rule, size_t, int> memo;
  EXPECT_EQ(memo.get_or_make(Rule::Sum, 4, [] { return 42; }), 42);
  EXPECT_EQ(memo.get_or_make(Rule::Sum, 4, [] { return 0; }), 42);
  EXPECT_EQ(memo.hits(), 1u);
}

enum class Rule { A, B };

TEST(Memoize, TellsRulesPositionsAndSaltsApart) {
  Memoize<Rule, std::string, int> memo;
  memo.store(Rule::A, "x", 1);
  memo.store(Rule::B, "x", 2);
  memo.store(Rule::A, "y", 3);
  {
    const decltype(memo)::SaltScope scope(memo, 7);
    EXPECT_EQ(memo.find(Rule::A, "x"), nullptr);
    memo.store(Rule::A, "x", 4);
    EXPECT_EQ(*memo.find(Rule::A, "x"), 4);
  }
  EXPECT_EQ(*memo.find(Rule::A, "x"), 1);
  EXPECT_EQ(*memo.find(Rule::B, "x"), 2);
  EXPECT_EQ(*memo.find(Rule::A, "y"), 3);
  EXPECT_EQ(memo.size(), 4u);
  memo.clear();
  EXPECT_TRUE(memo.empty());
}

TEST(Memoize, KeepsTheFirstValueAndOwnsIt) {
  Memoize<Rule, int, std::unique_ptr<int>> memo;
  memo.store(Rule::A, 1, std::make_unique<int>(5));
  memo.store(Rule::A, 1, std::make_unique<int>(6));
  for (int i = 2; i < 1000; ++i) memo.store(Rule::A, i, std::make_unique<int>(i));
  EXPECT_EQ(**memo.find(Rule::A, 1), 5);
}

// Fibonacci with the cache makes each value once, although each rule asks for two.
uint64_t fibonacci(Memoize<Rule, int, uint64_t>& memo, int n, int& made) {
  return memo.get_or_make(Rule::A, n, [&]() -> uint64_t {
    ++made;
    return n < 2 ? static_cast<uint64_t>(n)
                 : fibonacci(memo, n - 1, made) + fibonacci(memo, n - 2, made);
  });
}

TEST(Memoize, MakingMayUseTheCache) {
  Memoize<Rule, int, uint64_t> memo;
  int made = 0;
  EXPECT_EQ(fibonacci(memo, 80, made), 23416728348467685u);
  EXPECT_EQ(made, 81);
}

}  // namespace memoize_test
}  // namespace zerodb::zeroql
