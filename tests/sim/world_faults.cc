// What clients, operators and misfortune do to a World.
#include <algorithm>
#include <utility>

#include "violation.h"
#include "world.h"

namespace zerodb::sim {

using raft::LogIndex;
using raft::NodeId;
using raft::NodeSet;

namespace {

constexpr Time kRetry = 500 * kMillisecond;
constexpr Time kLivenessLimit = 120 * kSecond;

bool has_majority(const NodeSet& set, const auto& has) {
  return raft::majority_value<bool>(set, has);
}

}  // namespace

World::Node* World::leader() {
  Node* found = nullptr;
  for (Node& node : nodes_) {
    if (!node.core || node.paused_until > now_) continue;
    if (node.core->view().role != raft::Role::Leader) continue;
    // With two that think so, either may be asked.
    if (found == nullptr || random_.below(2) == 0) found = &node;
  }
  return found;
}

void World::client_turn(uint32_t index) {
  Client& client = clients_[index];
  push(20 * kMillisecond + random_.below(400 * kMillisecond), EventKind::Client, index);
  if (client.is_waiting && now_ - client.sent_at < kRetry) return;
  if (!client.is_waiting) {
    client.nonce = random_.next();
    if (client.session != 0) ++client.seq;
  }
  client.is_waiting = true;
  client.sent_at = now_;
  Node* to = leader();
  if (to == nullptr) return;
  const Request request{client.nonce, client.session, client.seq, now_ / kMillisecond,
                        random_.below(8) == 0 ? random_.below(600) : random_.below(40)};
  // Some turns bring a burst, most of it repeats of the same request.
  const uint64_t repeats = random_.below(16) == 0 ? 1 + random_.below(12) : 1;
  for (uint64_t i = 0; i < repeats && to->core; ++i) {
    step(*to, raft::Propose{raft::Payload(request.encode())});
  }
}

void World::client_applied(const raft::Entry& entry, const Machine&) {
  if (entry.kind != raft::EntryKind::Normal) return;
  const Request request = Request::decode(entry.payload.view());
  for (Client& client : clients_) {
    if (!client.is_waiting || client.nonce != request.nonce) continue;
    client.is_waiting = false;
    if (request.session == 0) client.session = entry.index.value();
  }
}

void World::read_turn() {
  push(10 * kMillisecond + random_.below(300 * kMillisecond), EventKind::Read, 0);
  Node& node = nodes_[random_.below(nodes_.size())];
  if (!node.core || node.paused_until > now_) return;
  const uint64_t context = next_context_++;
  node.reads[context] = checker_.committed();
  const raft::Input input = raft::ReadIndex{context, clock(node)};
  const Status status = node.core->step(input);
  if (!status.has_value()) node.reads.erase(context);
  pump(node, &input);
}

void World::act(Action& action, bool is_undo) {
  // Half of what befalls one node befalls the leader.
  if (!is_undo && action.amount % 2 == 0) {
    if (const Node* first = leader()) action.node = first->place;
  }
  if (!is_undo) print(action.to_string());
  if (!perform(action, is_undo) || is_undo) return;
  ++statistics_.faults[static_cast<size_t>(action.kind)];
  if (!is_undone_later(action.kind)) return;
  push(action.lasts, EventKind::Undo, 0, static_cast<uint64_t>(&action - plan_.data()));
}

bool World::perform(const Action& action, bool is_undo) {
  Node& node = nodes_[action.node];
  const bool is_awake = node.core && node.paused_until <= now_;
  const int change = is_undo ? -1 : 1;
  switch (action.kind) {
    case ActionKind::Crash:
      crash(node, action.lasts);
      return true;
    case ActionKind::CrashInWrite:
      node.crash_in_write = action.lasts;
      return true;
    case ActionKind::CrashAll:
      for (Node& each : nodes_) crash(each, action.lasts + random_.below(kSecond));
      return true;
    case ActionKind::Pause:
      if (node.core) node.paused_until = std::max(node.paused_until, now_ + action.lasts);
      return node.core.has_value();
    case ActionKind::Split:
    case ActionKind::Deafen:
    case ActionKind::Mute:
      act_on_links(action, is_undo);
      return true;
    case ActionKind::Lose:
      network_.set_loss(is_undo ? 0 : static_cast<uint32_t>(action.amount % 300));
      return true;
    case ActionKind::Duplicate:
      network_.set_duplication(is_undo ? 0 : static_cast<uint32_t>(action.amount % 300));
      return true;
    case ActionKind::Clog:
      network_.clog(node.place, change);
      return true;
    case ActionKind::SlowDisk:
      node.slow_disk += change;
      return true;
    case ActionKind::FailSync:
      if (!node.core) return false;
      node.storage->file().fail_next_sync();
      node.down = kSecond + action.lasts;
      return true;
    case ActionKind::NoSpace:
      node.full_disk += change;
      node.storage->file().set_full(node.full_disk > 0);
      return true;
    case ActionKind::Wipe:
      return node.core && wipe(node);
    case ActionKind::JumpClock:
      if (!setup_.lease_reads) node.skew_ticks += action.amount % 40;
      return !setup_.lease_reads;
    case ActionKind::Transfer:
      if (Node* from = leader()) {
        step(*from, raft::Transfer{nodes_[action.amount % nodes_.size()].id});
        return true;
      }
      return false;
    case ActionKind::Churn:
      return churn(action.amount);
    case ActionKind::FillDisk:
      if (is_awake) {
        step(node,
             raft::DiskState{is_undo ? raft::DiskLevel::Normal : raft::DiskLevel::NearlyFull});
      }
      return true;
    case ActionKind::Forget:
      if (is_awake) step(node, raft::ForgetLeader{});
      return is_awake;
    case ActionKind::Campaign:
      if (is_awake) step(node, raft::StartCampaign{});
      return is_awake;
  }
  std::unreachable();
}

void World::act_on_links(const Action& action, bool is_undo) {
  const int change = is_undo ? -1 : 1;
  for (uint32_t from = 0; from < nodes_.size(); ++from) {
    for (uint32_t to = 0; to < nodes_.size(); ++to) {
      if (is_blocked(action, from, to)) network_.block(from, to, change);
    }
  }
}

bool World::is_alive(NodeId id) const {
  return nodes_[place_of_id_[id.value()]].id == id;
}

bool World::has_live_majority(const NodeSet& voters, NodeId but) const {
  return has_majority(voters, [&](NodeId id) { return id != but && is_alive(id); });
}

bool World::is_safe_to_lose(NodeId id) const {
  return std::all_of(configurations_.begin(), configurations_.end(), [&](const auto& known) {
    const raft::Configuration& configuration = known.second;
    return has_live_majority(configuration.voters, id) &&
           (configuration.outgoing.empty() || has_live_majority(configuration.outgoing, id));
  });
}

void World::note_configurations(std::span<const raft::Entry> entries) {
  for (const raft::Entry& entry : entries) {
    if (entry.kind != raft::EntryKind::Config) continue;
    configurations_.emplace_back(entry.index,
                                 raft::Configuration::decode(entry.payload.view()).value());
  }
  for (const Node& node : nodes_) {
    if (!node.core || !node.core->view().is_membership_settled) continue;
    const raft::Configuration& settled = node.core->view().configuration;
    const auto last =
        std::find_if(configurations_.rbegin(), configurations_.rend(), [&](const auto& known) {
          return known.second == settled && known.first <= node.core->view().log.applied();
        });
    if (last == configurations_.rend()) continue;
    const LogIndex from = last->first;
    std::erase_if(configurations_, [&](const auto& known) { return known.first < from; });
  }
}

bool World::churn(uint64_t amount) {
  Node* node = leader();
  if (node == nullptr) return false;
  SeededRandom random(amount);
  const raft::ChangeMembers change = draw_change(node->core->view(), random);
  if (change.voters.empty() || !has_live_majority(change.voters, raft::kNoNode)) return false;
  step(*node, change);
  return true;
}

// Adds who is outside as a learner, lets learners vote, or removes or replaces a voter; the dead
// first.
raft::ChangeMembers World::draw_change(const raft::View& view, Random& random) const {
  raft::ChangeMembers change{view.configuration.voters, view.configuration.learners};
  const auto remove = [](NodeSet& set, NodeId id) { std::erase(set, id); };
  const auto dead = std::find_if(change.voters.begin(), change.voters.end(),
                                 [&](NodeId id) { return !is_alive(id); });
  std::erase_if(change.learners, [&](NodeId id) { return !is_alive(id); });
  const NodeId victim =
      dead != change.voters.end() ? *dead : change.voters[random.below(change.voters.size())];
  if (!change.learners.empty() && random.below(4) != 0) {
    const NodeId learner = change.learners[random.below(change.learners.size())];
    remove(change.learners, learner);
    change.voters.push_back(learner);
    if (dead != change.voters.end() || random.below(3) == 0) remove(change.voters, victim);
    return change;
  }
  const auto outsider = std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& node) {
    return !view.configuration.is_member(node.id);
  });
  if (outsider != nodes_.end() && random.below(4) != 0) {
    change.learners.push_back(outsider->id);
    return change;
  }
  if (change.voters.size() > std::min<size_t>(setup_.nodes, 2)) {
    remove(change.voters, victim);
    if (is_alive(victim) && random.below(2) == 0) change.learners.push_back(victim);
  }
  return change;
}

std::string World::describe() const {
  std::string out;
  for (const Node& node : nodes_) {
    out += "\n  node " + std::to_string(node.id.value());
    if (!node.core) {
      out += " is down";
      continue;
    }
    const raft::View view = node.core->view();
    out += ": role " + std::to_string(static_cast<int>(view.role)) + ", term " +
           std::to_string(view.term.value()) + ", last " +
           std::to_string(view.log.last_position().term.value()) + "/" +
           std::to_string(view.log.last().value()) + ", durable " +
           std::to_string(view.log.durable().value()) + ", commit " +
           std::to_string(view.log.commit().value()) + ", applied " +
           std::to_string(view.log.applied().value()) + ", " + view.configuration.to_string();
    if (view.is_installing) out += ", installing";
    for (const auto& pending : view.log.pending()) {
      out += "; pending at " + std::to_string(pending.index.value()) + ": " +
             pending.configuration.to_string();
    }
  }
  return out;
}

void World::check_liveness() {
  const Time deadline = now_ + kLivenessLimit;
  // Everything that is under way settles first; then a new entry has to reach every member.
  run_until(now_ + 5 * kSecond);
  const LogIndex target = next(checker_.committed());
  const auto has_caught_up = [&](NodeId id) {
    const Node& node = nodes_[place_of_id_[id.value()]];
    return node.id != id || (node.core && node.machine.applied.index >= target);
  };
  const auto is_settled = [&] {
    Node* node = leader();
    if (node == nullptr || checker_.committed() < target) return false;
    const raft::Configuration& now = node->core->view().configuration;
    if (now.is_joint()) return false;
    const NodeSet members = now.members();
    return std::all_of(members.begin(), members.end(), has_caught_up);
  };
  while (!is_settled()) {
    require(now_ < deadline, "liveness",
            "nothing is agreed upon although everything was healed, at entry " +
                std::to_string(target.value()) + describe());
    run_until(now_ + kSecond);
  }
}

}  // namespace zerodb::sim
