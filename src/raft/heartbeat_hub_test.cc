// A thousand replica sets on three hosts, whose heartbeats go through hubs.
#include "raft/heartbeat_hub.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>

#include "raft/core.h"
#include "raft/memory_storage.h"

namespace zerodb::raft {
namespace heartbeat_hub_test {

constexpr uint64_t kHosts = 3;

struct Member {
  MemoryStorage storage;
  std::optional<Core> core;
  IoSeq written;
};

// Members of a set are called 1, 2 and 3, as the hosts they are on.
class Hosts {
 public:
  explicit Hosts(uint64_t groups) : groups_(groups) {
    for (uint64_t host = 1; host <= kHosts; ++host) {
      hubs_.emplace(host, HeartbeatHub(host));
      for (uint64_t group = 1; group <= groups; ++group) open(host, group);
    }
  }

  void elect(uint64_t group, uint64_t host) {
    step(host, group, StartCampaign{});
    settle();
  }
  void propose(uint64_t group, uint64_t host) {
    EXPECT_TRUE(member(host, group).core->step(Propose{Payload("x")}).has_value());
    pump(host, group);
  }
  // One tick of every host, with everything that follows.
  void tick() {
    ++now_;
    for (uint64_t host = 1; host <= kHosts; ++host) {
      for (uint64_t group = 1; group <= groups_; ++group) step(host, group, Tick{now_});
    }
    exchange();
    settle();
  }
  void settle() {
    while (!network_.empty()) {
      const auto [group, message] = network_.front();
      network_.pop_front();
      ++messages;
      step(message.to.value(), group, message);
    }
  }
  const Core& core(uint64_t host, uint64_t group) { return *member(host, group).core; }
  Core& mutable_core(uint64_t host, uint64_t group) { return *member(host, group).core; }
  void pump_all(uint64_t host, uint64_t group) { pump(host, group); }

  uint64_t messages = 0;
  uint64_t beats = 0;
  uint64_t listed = 0;
  std::vector<uint64_t> granted;

 private:
  Member& member(uint64_t host, uint64_t group) { return members_[{host, group}]; }

  void open(uint64_t host, uint64_t group) {
    Member& one = member(host, group);
    Options options;
    options.id = NodeId(host);
    options.pre_vote = false;
    options.election_ticks = 10;
    Persisted persisted;
    persisted.configuration.voters = {NodeId(1), NodeId(2), NodeId(3)};
    one.core.emplace(
        Core::open(options, persisted, one.storage, one.storage, host * 1000 + group).value());
  }

  void step(uint64_t host, uint64_t group, const Input& input) {
    EXPECT_TRUE(member(host, group).core->step(input).has_value());
    pump(host, group);
  }

  // Does what the core wants; heartbeats go to the hub, and an answer to one is given back.
  std::optional<HeartbeatReply> pump(uint64_t host, uint64_t group) {
    Member& one = member(host, group);
    std::optional<HeartbeatReply> answer;
    for (bool is_busy = true; is_busy;) {
      const Ready ready = one.core->take();
      for (const Message& message : ready.send_now) route(group, message, answer);
      std::vector<Message> after(ready.send_after_write.begin(), ready.send_after_write.end());
      if (ready.hard) one.storage.set_hard(*ready.hard);
      one.storage.append(ready.append);
      for (const ReadGrant& read : ready.reads) granted.push_back(read.context);
      const LogIndex applied = ready.apply.empty() ? LogIndex() : ready.apply.back().index;
      is_busy = ready.seq > one.written || applied > LogIndex();
      one.written = ready.seq;
      if (is_busy) {
        EXPECT_TRUE(one.core->step(WriteDone{one.written}).has_value());
      }
      if (applied > LogIndex()) {
        EXPECT_TRUE(one.core->step(ApplyDone{applied}).has_value());
      }
      for (const Message& message : after) route(group, message, answer);
    }
    return answer;
  }

  void route(uint64_t group, const Message& message, std::optional<HeartbeatReply>& answer) {
    if (const auto* beat = std::get_if<Heartbeat>(&message.body)) {
      hubs_.at(message.from.value())
          .add(HostId(message.to.value()),
               {GroupId(group), message.from, message.to, message.term, *beat});
    } else if (const auto* reply = std::get_if<HeartbeatReply>(&message.body)) {
      answer = *reply;
    } else {
      network_.emplace_back(group, message);
    }
  }

  void exchange() {
    for (uint64_t host = 1; host <= kHosts; ++host) {
      for (auto& [to, sent] : hubs_.at(host).take()) {
        ++beats;
        listed += sent.list.size();
        const Answers answers = receive(host, to.value(), sent);
        for (const GroupAnswer& answer : hubs_.at(host).receive(to, answers)) {
          step(host, answer.group.value(),
               Message{answer.from, answer.to, answer.term, answer.answer});
        }
      }
    }
  }

  Answers receive(uint64_t from, uint64_t to, const Beats& sent) {
    std::vector<GroupId> followed;
    for (uint64_t group = 1; group <= groups_; ++group) {
      if (core(to, group).view().leader == NodeId(from)) followed.push_back(GroupId(group));
    }
    const auto expect = [&](GroupId group) -> std::optional<GroupBeat> {
      const View view = core(to, group.value()).view();
      return GroupBeat{group, NodeId(from), NodeId(to), view.term, {Round(), view.log.commit()}};
    };
    const auto deliver = [&](const GroupBeat& beat) -> std::optional<GroupAnswer> {
      Core& core = *member(to, beat.group.value()).core;
      EXPECT_TRUE(core.step(Message{beat.from, beat.to, beat.term, beat.beat}).has_value());
      const auto answer = pump(to, beat.group.value());
      if (!answer) return std::nullopt;
      return GroupAnswer{beat.group, beat.to, beat.from, core.view().term, *answer};
    };
    return hubs_.at(to).receive(sent, followed, expect, deliver);
  }

  uint64_t groups_;
  uint64_t now_ = 0;
  std::map<std::pair<uint64_t, uint64_t>, Member> members_;
  std::map<uint64_t, HeartbeatHub> hubs_;
  std::deque<std::pair<uint64_t, Message>> network_;
};

TEST(HeartbeatHub, AThousandIdleSetsSendOneMessageAPairOfHosts) {
  constexpr uint64_t kGroups = 1000;
  Hosts hosts(kGroups);
  for (uint64_t group = 1; group <= kGroups; ++group) hosts.elect(group, 1 + group % kHosts);
  for (int i = 0; i < 5; ++i) hosts.tick();
  hosts.messages = hosts.beats = hosts.listed = 0;
  for (int i = 0; i < 50; ++i) hosts.tick();
  // No set said anything for itself, and no list was sent.
  EXPECT_EQ(hosts.messages, 0u);
  EXPECT_EQ(hosts.listed, 0u);
  EXPECT_EQ(hosts.beats, 50 * kHosts * (kHosts - 1));
  for (uint64_t group = 1; group <= kGroups; ++group) {
    ASSERT_EQ(hosts.core(1 + group % kHosts, group).view().role, Role::Leader);
  }
}

TEST(HeartbeatHub, ListsComeBackWhereSetsDiffer) {
  Hosts hosts(10);
  for (uint64_t group = 1; group <= 10; ++group) hosts.elect(group, 1);
  for (int i = 0; i < 5; ++i) hosts.tick();
  hosts.listed = 0;
  // Another leader: host 1 leads nine and host 2 one.
  EXPECT_TRUE(hosts.mutable_core(1, 3).step(Transfer{NodeId(2)}).has_value());
  hosts.pump_all(1, 3);
  hosts.settle();
  for (int i = 0; i < 10; ++i) hosts.tick();
  EXPECT_EQ(hosts.core(2, 3).view().role, Role::Leader);
  EXPECT_EQ(hosts.core(1, 3).view().role, Role::Follower);
  hosts.listed = 0;
  for (int i = 0; i < 30; ++i) hosts.tick();
  EXPECT_EQ(hosts.listed, 0u);
  EXPECT_EQ(hosts.core(2, 3).view().role, Role::Leader);
}

TEST(HeartbeatHub, ReadsAreProvenByWhatWasSentAfterThem) {
  Hosts hosts(4);
  for (uint64_t group = 1; group <= 4; ++group) hosts.elect(group, 1);
  for (int i = 0; i < 5; ++i) hosts.tick();
  EXPECT_TRUE(hosts.mutable_core(1, 2).step(ReadIndex{77, 5}).has_value());
  hosts.pump_all(1, 2);
  EXPECT_TRUE(hosts.granted.empty());
  hosts.tick();
  EXPECT_EQ(hosts.granted, std::vector<uint64_t>{77});
}

TEST(HeartbeatHub, AnswersOfAnotherLifeOrTurnAreNone) {
  HeartbeatHub hub(5);
  const GroupBeat beat{GroupId(1), NodeId(1), NodeId(2), Term(3), {Round(4), LogIndex(9)}};
  hub.add(HostId(2), beat);
  const Beats sent = hub.take().front().second;
  EXPECT_EQ(sent.list.size(), 1u);
  EXPECT_TRUE(hub.receive(HostId(2), {4, sent.seq, AnswerKind::AsAsked, {}}).empty());
  EXPECT_TRUE(hub.receive(HostId(2), {5, sent.seq + 1, AnswerKind::AsAsked, {}}).empty());
  const auto answers = hub.receive(HostId(2), {5, sent.seq, AnswerKind::AsAsked, {}});
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].answer.round, Round(4));
  hub.add(HostId(2), beat);
  const Beats digest = hub.take().front().second;
  EXPECT_TRUE(digest.list.empty());
  EXPECT_TRUE(hub.receive(HostId(2), {5, digest.seq, AnswerKind::Unknown, {}}).empty());
  hub.add(HostId(2), beat);
  EXPECT_EQ(hub.take().front().second.list.size(), 1u);
}

}  // namespace heartbeat_hub_test
}  // namespace zerodb::raft
