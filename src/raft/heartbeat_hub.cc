#include "raft/heartbeat_hub.h"

#include <algorithm>
#include <utility>

namespace zerodb::raft {

namespace {

// Of one beat but for its round; those of a turn are added, so their order does not matter.
uint64_t digest_of(const GroupBeat& beat) {
  uint64_t hash = 0;
  for (const uint64_t value : {beat.group.value(), beat.from.value(), beat.to.value(),
                               beat.term.value(), beat.beat.commit.value()}) {
    hash = (hash ^ value) + 0x9e3779b97f4a7c15;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
    hash ^= hash >> 31;
  }
  return hash;
}

uint64_t digest_of(const std::vector<GroupBeat>& beats) {
  uint64_t sum = 0;
  for (const GroupBeat& beat : beats) sum += digest_of(beat);
  return sum;
}

// The answer that needs no words.
bool is_plain(const GroupBeat& beat, const GroupAnswer& answer) {
  return answer.term == beat.term && answer.answer.round == beat.beat.round &&
         answer.answer.durable_commit == beat.beat.commit &&
         answer.answer.disk == DiskLevel::Normal;
}

}  // namespace

std::vector<std::pair<HostId, Beats>> HeartbeatHub::take() {
  std::vector<std::pair<HostId, Beats>> out;
  for (const auto& [host, turn] : std::exchange(turns_, {})) {
    std::vector<GroupBeat> beats;
    for (const auto& [group, beat] : turn) beats.push_back(beat);
    Sent& sent = sent_[host];
    Beats message{epoch_, ++sent.seq, beats.size(), digest_of(beats), {}};
    if (sent.is_list_wanted) message.list = beats;
    sent.turns.push_back({sent.seq, std::move(beats)});
    if (sent.turns.size() > kTurnsMax) sent.turns.pop_front();
    out.emplace_back(host, std::move(message));
  }
  return out;
}

Answers HeartbeatHub::receive(const Beats& beats, const std::vector<GroupId>& followed,
                              const Expect& expect, const Deliver& deliver) {
  std::vector<GroupBeat> list = beats.list;
  if (list.empty()) {
    for (const GroupId group : followed) {
      if (std::optional<GroupBeat> expected = expect(group)) list.push_back(*expected);
    }
    if (list.size() != beats.count || digest_of(list) != beats.digest) {
      return {beats.epoch, beats.seq, AnswerKind::Unknown, {}};
    }
  }
  Answers answers{beats.epoch, beats.seq, AnswerKind::AsAsked, {}};
  for (const GroupBeat& beat : list) {
    const std::optional<GroupAnswer> answer = deliver(beat);
    if (!answer || !is_plain(beat, *answer)) answers.kind = AnswerKind::Listed;
    if (answer) answers.list.push_back(*answer);
  }
  if (answers.kind == AnswerKind::AsAsked) answers.list.clear();
  return answers;
}

std::vector<GroupAnswer> HeartbeatHub::receive(HostId host, const Answers& answers) {
  Sent& sent = sent_[host];
  const auto turn = std::find_if(sent.turns.begin(), sent.turns.end(),
                                 [&](const Turn& one) { return one.seq == answers.seq; });
  if (answers.epoch != epoch_ || turn == sent.turns.end()) return {};
  sent.is_list_wanted = answers.kind == AnswerKind::Unknown;
  std::vector<GroupAnswer> out;
  if (answers.kind == AnswerKind::AsAsked) {
    for (const GroupBeat& beat : turn->beats) {
      out.push_back({beat.group, beat.to, beat.from, beat.term,
                     HeartbeatReply{beat.beat.round, beat.beat.commit, DiskLevel::Normal}});
    }
  }
  std::map<GroupId, Round> rounds;
  if (!answers.list.empty()) {
    for (const GroupBeat& beat : turn->beats) rounds[beat.group] = beat.beat.round;
  }
  for (GroupAnswer answer : answers.list) {
    // Who understood a digest was given no round.
    const auto round = rounds.find(answer.group);
    if (round == rounds.end()) continue;
    answer.answer.round = round->second;
    out.push_back(answer);
  }
  return out;
}

}  // namespace zerodb::raft
