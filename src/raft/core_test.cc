// Core: what it refuses. How it works with others is for the scripts of testdata and for tests/sim.
#include "raft/core.h"

#include <gtest/gtest.h>

#include <array>

#include "base/error.h"
#include "raft/memory_storage.h"

namespace zerodb::raft {
namespace core_test {

Options options() {
  Options out;
  out.id = NodeId(1);
  out.pre_vote = false;
  return out;
}

Persisted of_three() {
  Persisted out;
  out.configuration.voters = {NodeId(1), NodeId(2), NodeId(3)};
  return out;
}

// A member that takes part in nothing but what a test tells it.
class Member {
 public:
  explicit Member(const Options& options = core_test::options())
      : core_(Core::open(options, of_three(), storage_, storage_, 1).value()) {}

  Core& operator*() { return core_; }
  Core* operator->() { return &core_; }
  ErrorCode refusal(const Input& input) {
    const Status status = core_.step(input);
    EXPECT_FALSE(status.has_value());
    return status.has_value() ? ErrorCode() : status.error().code();
  }
  Ready turn() {
    Ready ready = core_.take();
    if (ready.hard) storage_.set_hard(*ready.hard);
    storage_.append(ready.append);
    return ready;
  }
  void lead() {
    ASSERT_TRUE(core_.step(StartCampaign{}).has_value());
    ASSERT_TRUE(core_.step(WriteDone{turn().seq}).has_value());
    const Message vote{NodeId(2), NodeId(1), Term(1), VoteReply{VoteRound::Vote, true, {}}};
    ASSERT_TRUE(core_.step(vote).has_value());
    turn();
    ASSERT_EQ(core_.view().role, Role::Leader);
  }

 private:
  MemoryStorage storage_;
  Core core_;
};

Message to_one(Term term, MessageBody body) {
  return {NodeId(2), NodeId(1), term, std::move(body)};
}

TEST(Core, RefusesOptionsThatDoNotFit) {
  const auto code_of = [](auto change) {
    Options bad = options();
    change(bad);
    MemoryStorage storage;
    const auto core = Core::open(bad, of_three(), storage, storage, 1);
    return core.has_value() ? ErrorCode() : core.error().code();
  };
  EXPECT_EQ(code_of([](Options& o) { o.id = kNoNode; }), ErrorCode::E0210);
  EXPECT_EQ(code_of([](Options& o) { o.election_ticks = o.heartbeat_ticks; }), ErrorCode::E0210);
  EXPECT_EQ(code_of([](Options& o) { o.chunk_window_bytes = 1; }), ErrorCode::E0210);
  EXPECT_EQ(code_of([](Options& o) {
              o.lease_reads = true;
              o.check_quorum = false;
            }),
            ErrorCode::E0210);
  EXPECT_EQ(code_of([](Options& o) {
              o.lease_reads = true;
              o.lease_ticks = o.election_ticks;
            }),
            ErrorCode::E0210);
}

TEST(Core, DoesNotStartFromALogOfATermItNeverHad) {
  MemoryStorage storage;
  const Entry entry{LogIndex(1), Term(4), EntryKind::Normal, Payload("x")};
  storage.append({&entry, 1});
  Persisted persisted = of_three();
  persisted.hard.term = Term(3);
  const auto core = Core::open(options(), persisted, storage, storage, 1);
  ASSERT_FALSE(core.has_value());
  EXPECT_EQ(core.error().code(), ErrorCode::E1205);
}

TEST(Core, RefusesMalformedMessagesAndGoesOn) {
  Member member;
  EXPECT_EQ(member.refusal(Message{NodeId(1), NodeId(1), Term(1), TimeoutNow{}}), ErrorCode::E1211);
  Append gap;
  gap.entries = {{LogIndex(2), Term(1), EntryKind::Normal, Payload("x")}};
  EXPECT_EQ(member.refusal(to_one(Term(1), gap)), ErrorCode::E1211);
  Append from_the_future;
  from_the_future.entries = {{LogIndex(1), Term(2), EntryKind::Normal, Payload("x")}};
  EXPECT_EQ(member.refusal(to_one(Term(1), from_the_future)), ErrorCode::E1211);
  SnapshotChunk beyond;
  beyond.meta.bytes = 3;
  beyond.offset = 2;
  beyond.bytes = "ab";
  EXPECT_EQ(member.refusal(to_one(Term(1), beyond)), ErrorCode::E1211);
  // None of them counted as contact with a leader, or raised the term.
  EXPECT_EQ(member->view().term, Term());
  EXPECT_TRUE(member->step(StartCampaign{}).has_value());
  EXPECT_EQ(member->view().term, Term(1));
}

TEST(Core, RefusesAcknowledgementsOfWhatALeaderDoesNotHave) {
  Member member;
  member.lead();
  AppendReply reply;
  reply.accepted = true;
  reply.match = LogIndex(99);
  EXPECT_EQ(member.refusal(to_one(Term(1), reply)), ErrorCode::E1211);
  EXPECT_EQ(member->view().log.commit(), LogIndex());
}

TEST(Core, StopsForGoodWhenTwoLeadOneTerm) {
  Member member;
  member.lead();
  EXPECT_EQ(member.refusal(to_one(Term(1), Heartbeat{})), ErrorCode::E1299);
  // The error is final, and nothing more comes out.
  EXPECT_EQ(member.refusal(Tick{5}), ErrorCode::E1299);
  const Ready ready = member->take();
  EXPECT_TRUE(ready.send_now.empty());
  EXPECT_TRUE(ready.append.empty());
}

TEST(Core, ListensOnlyToWhatIsForItsOwnIncarnation) {
  Member member;
  const Message other{NodeId(2), NodeId(9), Term(7), Heartbeat{}};
  EXPECT_TRUE(member->step(other).has_value());
  EXPECT_EQ(member->view().term, Term());
}

TEST(Core, RefusesWhatOnlyALeaderTakes) {
  Member member;
  EXPECT_EQ(member.refusal(Propose{Payload("x")}), ErrorCode::E1201);
  EXPECT_EQ(member.refusal(ReadIndex{1, 0}), ErrorCode::E1201);
  EXPECT_EQ(member.refusal(Transfer{NodeId(2)}), ErrorCode::E1201);
  EXPECT_EQ(member.refusal(ChangeMembers{{NodeId(1)}, {}}), ErrorCode::E1201);
}

TEST(Core, BoundsWhatQueues) {
  Options small = options();
  small.entry_bytes_max = 100;
  small.uncommitted_bytes_max = 150;
  small.reads_max = 1;
  Member member(small);
  member.lead();
  EXPECT_EQ(member.refusal(Propose{Payload(std::string(101, 'x'))}), ErrorCode::E1106);
  EXPECT_TRUE(member->step(Propose{Payload(std::string(80, 'x'))}).has_value());
  EXPECT_EQ(member.refusal(Propose{Payload(std::string(80, 'x'))}), ErrorCode::E1109);
  EXPECT_TRUE(member->step(ReadIndex{1, 0}).has_value());
  EXPECT_EQ(member.refusal(ReadIndex{2, 0}), ErrorCode::E1109);
}

TEST(Core, RefusesWritesAndSnapshotsThatNobodyAskedFor) {
  EXPECT_EQ(Member().refusal(WriteDone{IoSeq(5)}), ErrorCode::E1299);
  EXPECT_EQ(Member().refusal(InstallDone{7, Installation::Done}), ErrorCode::E1299);
}

TEST(Core, IsTheSameForTheSameInputs) {
  Member one;
  Member two;
  one.lead();
  two.lead();
  EXPECT_EQ(one->fingerprint(), two->fingerprint());
  ASSERT_TRUE(one->step(Propose{Payload("x")}).has_value());
  EXPECT_NE(one->fingerprint(), two->fingerprint());
}

TEST(Core, IsTheSameInAWorldOfOtherNames) {
  const auto voter_for = [](NodeId candidate) {
    Member member;
    const VoteRequest request{VoteRound::Vote, Campaign::Timeout, {}};
    EXPECT_TRUE(member->step(Message{candidate, NodeId(1), Term(1), request}).has_value());
    return member->fingerprint();
  };
  EXPECT_NE(voter_for(NodeId(2)), voter_for(NodeId(3)));
  Member member;
  const VoteRequest request{VoteRound::Vote, Campaign::Timeout, {}};
  ASSERT_TRUE(member->step(Message{NodeId(2), NodeId(1), Term(1), request}).has_value());
  const std::array<NodeId, 3> names = {NodeId(1), NodeId(3), NodeId(2)};
  EXPECT_EQ(member->fingerprint(names), voter_for(NodeId(3)));
}

}  // namespace core_test
}  // namespace zerodb::raft
