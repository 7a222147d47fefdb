#include "raft/session_table.h"

#include <gtest/gtest.h>

namespace zerodb::raft {
namespace session_table_test {

RequestState state(SessionTable& table, SessionId session, uint64_t seq, uint64_t awaited = 0,
                   uint64_t time = 0) {
  return table.find(session, RequestSeq(seq), RequestSeq(awaited), time).state;
}

TEST(SessionTable, AnswersARepeatedRequestAsBefore) {
  SessionTable table;
  const SessionId session = table.open(LogIndex(5), 0);
  EXPECT_EQ(state(table, session, 1), RequestState::Fresh);
  table.record(session, RequestSeq(1), "one");
  const RequestLookup again = table.find(session, RequestSeq(1), RequestSeq(0), 0);
  EXPECT_EQ(again.state, RequestState::Repeated);
  EXPECT_EQ(again.answer, "one");
  EXPECT_EQ(state(table, session, 2), RequestState::Fresh);
}

TEST(SessionTable, ForgetsWhatTheClientConfirmed) {
  SessionTable table;
  const SessionId session = table.open(LogIndex(1), 0);
  table.record(session, RequestSeq(1), "one");
  table.record(session, RequestSeq(2), "two");
  EXPECT_EQ(state(table, session, 2, 2), RequestState::Repeated);
  EXPECT_EQ(state(table, session, 1, 0), RequestState::Forgotten);
}

TEST(SessionTable, BoundsAnswersAndSessions) {
  SessionTable table({.sessions_max = 2, .answers_max = 3, .idle_max = 100});
  const SessionId first = table.open(LogIndex(1), 0);
  for (uint64_t i = 1; i <= 3; ++i) table.record(first, RequestSeq(i), "x");
  EXPECT_EQ(state(table, first, 4), RequestState::Full);
  EXPECT_EQ(state(table, first, 3), RequestState::Repeated);
  EXPECT_EQ(state(table, first, 4, 3), RequestState::Fresh);
  const SessionId second = table.open(LogIndex(2), 5);
  state(table, first, 4, 4, 10);
  const SessionId third = table.open(LogIndex(3), 11);
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(state(table, second, 1), RequestState::Expired);
  EXPECT_EQ(state(table, first, 9), RequestState::Fresh);
  EXPECT_EQ(state(table, third, 1), RequestState::Fresh);
}

TEST(SessionTable, ExpiresByTheTimeOfEntries) {
  SessionTable table({.sessions_max = 9, .answers_max = 3, .idle_max = 100});
  const SessionId session = table.open(LogIndex(1), 1000);
  table.expire(1100);
  EXPECT_EQ(table.size(), 1u);
  table.expire(900);
  EXPECT_EQ(table.size(), 1u);
  table.expire(1101);
  EXPECT_EQ(state(table, session, 1), RequestState::Expired);
}

TEST(SessionTable, SurvivesEncodingAndRefusesEverythingElse) {
  SessionTable table;
  const SessionId session = table.open(LogIndex(7), 3);
  table.record(session, RequestSeq(1), "answer");
  table.open(LogIndex(9), 4);
  const std::string bytes = table.encode();
  auto copy = SessionTable::decode(bytes, {});
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ(copy.value().encode(), bytes);
  EXPECT_EQ(copy.value().find(session, RequestSeq(1), RequestSeq(0), 0).answer, "answer");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(SessionTable::decode(bytes.substr(0, size), {}).has_value());
  }
}

}  // namespace session_table_test
}  // namespace zerodb::raft
