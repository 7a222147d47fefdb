// What clients and misfortune do to a Fleet.
#include <algorithm>
#include <utility>

#include "fleet.h"
#include "violation.h"

namespace zerodb::sim {

using raft::LogIndex;

namespace {

constexpr Time kRetry = 500 * kMillisecond;
constexpr Time kLivenessLimit = 120 * kSecond;

}  // namespace

Fleet::Member* Fleet::leader(uint32_t group) {
  Member* found = nullptr;
  for (const uint32_t place : groups_[group].hosts) {
    const Host& host = hosts_[place];
    if (!host.is_up || host.paused_until > now_) continue;
    Member& member = *host.members[group];
    if (member.core->view().role != raft::Role::Leader) continue;
    if (found == nullptr || random_.below(2) == 0) found = &member;
  }
  return found;
}

void Fleet::client_turn() {
  push(random_.below(20 * kMillisecond), EventKind::Client, 0);
  const auto index = static_cast<uint32_t>(random_.below(groups_.size()));
  Client& client = groups_[index].client;
  if (client.is_waiting && now_ - client.sent_at < kRetry) return;
  if (!client.is_waiting) {
    client.nonce = random_.next();
    if (client.session != 0) ++client.seq;
  }
  client.is_waiting = true;
  client.sent_at = now_;
  Member* to = leader(index);
  if (to == nullptr) return;
  const Request request{client.nonce, client.session, client.seq, now_ / kMillisecond,
                        random_.below(40)};
  step(*to, raft::Propose{raft::Payload(request.encode())});
}

void Fleet::client_applied(Group& group, const raft::Entry& entry) {
  if (entry.kind != raft::EntryKind::Normal) return;
  const Request request = Request::decode(entry.payload.view());
  Client& client = group.client;
  if (!client.is_waiting || client.nonce != request.nonce) return;
  client.is_waiting = false;
  if (request.session == 0) client.session = entry.index.value();
}

void Fleet::read_turn() {
  push(random_.below(40 * kMillisecond), EventKind::Read, 0);
  const auto group = static_cast<uint32_t>(random_.below(groups_.size()));
  const auto& places = groups_[group].hosts;
  Host& host = hosts_[places[random_.below(places.size())]];
  if (!host.is_up || host.paused_until > now_) return;
  Member& member = *host.members[group];
  const uint64_t context = next_context_++;
  member.reads[context] = groups_[group].checker->committed();
  const Status status = member.core->step(raft::ReadIndex{context, clock(host)});
  if (!status.has_value()) member.reads.erase(context);
  pump(member);
}

void Fleet::act(Action& action, bool is_undo) {
  if (!perform(action, is_undo) || is_undo) return;
  ++statistics_.faults[static_cast<size_t>(action.kind)];
  if (!is_undone_later(action.kind)) return;
  push(action.lasts, EventKind::Undo, 0, static_cast<uint64_t>(&action - plan_.data()));
}

bool Fleet::perform(const Action& action, bool is_undo) {
  Host& host = hosts_[action.node];
  const bool is_awake = host.is_up && host.paused_until <= now_;
  const auto group = static_cast<uint32_t>(action.amount % groups_.size());
  Member* const member = host.members[group].get();
  const int change = is_undo ? -1 : 1;
  switch (action.kind) {
    case ActionKind::Crash:
      crash(host, action.lasts);
      return true;
    case ActionKind::CrashInWrite:
      host.crash_in_turn = action.lasts;
      return true;
    case ActionKind::CrashAll:
      for (Host& each : hosts_) crash(each, action.lasts + random_.below(kSecond));
      return true;
    case ActionKind::Pause:
      if (host.is_up) host.paused_until = std::max(host.paused_until, now_ + action.lasts);
      return host.is_up;
    case ActionKind::Split:
    case ActionKind::Deafen:
    case ActionKind::Mute:
      block_links(action, is_undo);
      return true;
    case ActionKind::Lose:
      network_.set_loss(is_undo ? 0 : static_cast<uint32_t>(action.amount % 300));
      return true;
    case ActionKind::Duplicate:
      network_.set_duplication(is_undo ? 0 : static_cast<uint32_t>(action.amount % 300));
      return true;
    case ActionKind::Clog:
      network_.clog(host.place, change);
      return true;
    case ActionKind::SlowDisk:
      host.slow_disk += change;
      return true;
    case ActionKind::FailSync:
      host.is_sync_failing = host.is_up;
      host.down = kSecond + action.lasts;
      return host.is_up;
    case ActionKind::NoSpace:
      host.full_disk += change;
      for (const auto& each : host.members) {
        if (each) each->storage->file().set_full(host.full_disk > 0);
      }
      return true;
    case ActionKind::JumpClock:
      if (!setup_.lease_reads) host.skew_ticks += action.amount % 40;
      return !setup_.lease_reads;
    case ActionKind::Transfer: {
      const auto& places = groups_[group].hosts;
      Member* const from = leader(group);
      if (from == nullptr) return false;
      step(*from, raft::Transfer{raft::NodeId(places[action.node % places.size()] + 1)});
      return true;
    }
    case ActionKind::Forget:
      if (is_awake && member != nullptr) step(*member, raft::ForgetLeader{});
      return is_awake && member != nullptr;
    case ActionKind::Campaign:
      if (is_awake && member != nullptr) step(*member, raft::StartCampaign{});
      return is_awake && member != nullptr;
    case ActionKind::Wipe:
    case ActionKind::Churn:
    case ActionKind::FillDisk:
      // Of one set, which a World has.
      return false;
  }
  std::unreachable();
}

void Fleet::block_links(const Action& action, bool is_undo) {
  for (uint32_t from = 0; from < hosts_.size(); ++from) {
    for (uint32_t to = 0; to < hosts_.size(); ++to) {
      if (is_blocked(action, from, to)) network_.block(from, to, is_undo ? -1 : 1);
    }
  }
}

void Fleet::heal() {
  is_calm_ = true;
  network_.heal();
  for (Host& host : hosts_) {
    host.paused_until = 0;
    host.slow_disk = host.full_disk = 0;
    host.is_sync_failing = false;
    for (const auto& member : host.members) {
      if (member) member->storage->file().set_full(false);
    }
    if (!host.is_up) start(host);
  }
}

bool Fleet::has_caught_up(uint32_t group, LogIndex target) const {
  return std::all_of(groups_[group].hosts.begin(), groups_[group].hosts.end(), [&](uint32_t place) {
    const Host& host = hosts_[place];
    return host.is_up && host.members[group]->machine.applied.index >= target;
  });
}

void Fleet::check_liveness() {
  run_until(now_ + 5 * kSecond);
  const Time deadline = now_ + kLivenessLimit;
  std::vector<LogIndex> targets;
  for (const Group& group : groups_) targets.push_back(next(group.checker->committed()));
  for (uint32_t group = 0; group < groups_.size(); ++group) {
    while (!has_caught_up(group, targets[group])) {
      require(now_ < deadline, "liveness",
              "set " + std::to_string(group) + " agrees on nothing although everything was healed");
      run_until(now_ + kSecond);
    }
  }
}

}  // namespace zerodb::sim
