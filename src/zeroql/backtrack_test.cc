#include "zeroql/backtrack.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace zerodb::zeroql {
namespace backtrack_test {

struct Cursor {
  using Mark = size_t;
  size_t at = 0;
  Mark mark() const { return at; }
  void restore(Mark mark) { at = mark; }
};

struct Log {
  using Mark = size_t;
  std::vector<std::string> lines;
  Mark mark() const { return lines.size(); }
  void restore(Mark mark) { lines.resize(mark); }
};

TEST(Backtrack, TheExampleOfTheHeader) {
  Cursor cursor;
  Backtrack<Cursor> backtrack(cursor);
  EXPECT_FALSE(backtrack.attempt([&] {
    cursor.at = 7;
    return false;
  }));
  EXPECT_EQ(cursor.at, 0u);
  EXPECT_TRUE(backtrack.any_of([&] { return false; },
                               [&] {
                                 cursor.at = 2;
                                 return true;
                               }));
  EXPECT_EQ(cursor.at, 2u);
}

TEST(Backtrack, RestoresEveryPartOfAFailedTryAndKeepsASuccess) {
  Cursor cursor;
  Log log;
  Backtrack<Cursor, Log> backtrack(cursor, log);
  const auto step = [&](bool succeeds) {
    return backtrack.attempt([&] {
      ++cursor.at;
      log.lines.push_back("step");
      return succeeds;
    });
  };
  EXPECT_TRUE(step(true));
  EXPECT_FALSE(step(false));
  EXPECT_TRUE(step(true));
  EXPECT_EQ(cursor.at, 2u);
  EXPECT_EQ(log.lines.size(), 2u);
}

TEST(Backtrack, AnOuterFailureTakesBackInnerSuccesses) {
  Cursor cursor;
  Backtrack<Cursor> backtrack(cursor);
  EXPECT_FALSE(backtrack.is_trying());
  backtrack.attempt([&] {
    EXPECT_TRUE(backtrack.is_trying());
    EXPECT_TRUE(backtrack.attempt([&] {
      cursor.at = 5;
      return true;
    }));
    EXPECT_EQ(cursor.at, 5u);
    return false;
  });
  EXPECT_EQ(cursor.at, 0u);
  EXPECT_FALSE(backtrack.is_trying());
}

TEST(Backtrack, LookingAheadLeavesNothingBehind) {
  Cursor cursor;
  Backtrack<Cursor> backtrack(cursor);
  EXPECT_TRUE(backtrack.looks_like([&] {
    cursor.at = 9;
    return true;
  }));
  EXPECT_EQ(cursor.at, 0u);
}

}  // namespace backtrack_test
}  // namespace zerodb::zeroql
