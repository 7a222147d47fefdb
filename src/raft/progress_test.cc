// Progress: the window of appends under way, and how long an answer is waited for.
#include "raft/progress.h"

#include <gtest/gtest.h>

namespace zerodb::raft {
namespace progress_test {

TEST(Window, CountsBytesAndMessagesUntilTheyAreAcknowledged) {
  Window window;
  EXPECT_TRUE(window.is_empty());
  window.add(LogIndex(3), 30);
  window.add(LogIndex(5), 20);
  EXPECT_EQ(window.bytes(), 50u);
  EXPECT_TRUE(window.is_full(2, 1000));
  EXPECT_TRUE(window.is_full(9, 50));
  EXPECT_FALSE(window.is_full(9, 51));
  // An append counts until all of it is acknowledged.
  window.release(LogIndex(4));
  EXPECT_EQ(window.bytes(), 20u);
  window.release(LogIndex(2));
  EXPECT_EQ(window.bytes(), 20u);
  window.release(LogIndex(9));
  EXPECT_TRUE(window.is_empty());
  EXPECT_EQ(window.bytes(), 0u);
}

TEST(Window, ForgetsEverythingAtOnce) {
  Window window;
  window.add(LogIndex(3), 30);
  window.clear();
  EXPECT_TRUE(window.is_empty());
  EXPECT_EQ(window.bytes(), 0u);
  // What comes late for what was forgotten changes nothing.
  window.release(LogIndex(3));
  EXPECT_EQ(window.bytes(), 0u);
}

TEST(Progress, WaitsTwiceAsLongEachTimeUpToALimit) {
  Progress peer;
  peer.is_active = true;
  uint64_t now = 100;
  for (const uint64_t expected : {2u, 4u, 8u, 10u, 10u}) {
    peer.wait(now, 2, 10);
    EXPECT_EQ(peer.resend_at - now, expected);
    EXPECT_FALSE(peer.may_send(peer.resend_at - 1));
    EXPECT_TRUE(peer.may_send(peer.resend_at));
    now = peer.resend_at;
  }
  peer.heard();
  EXPECT_TRUE(peer.may_send(now));
  peer.wait(now, 2, 10);
  EXPECT_EQ(peer.resend_at - now, 2u);
}

TEST(Progress, SendsNothingAgainToAPeerThatIsSilent) {
  Progress peer;
  peer.wait(0, 1, 1);
  EXPECT_FALSE(peer.may_send(1000));
  peer.is_active = true;
  EXPECT_TRUE(peer.may_send(1000));
}

}  // namespace progress_test
}  // namespace zerodb::raft
