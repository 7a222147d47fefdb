#include "plan.h"

#include <algorithm>
#include <array>

namespace zerodb::sim {

namespace {

constexpr std::array<const char*, kActionKinds> kNames = {
    "crash",    "crash in write", "crash all", "pause",     "split",     "deafen",  "mute",
    "lose",     "duplicate",      "clog",      "slow disk", "fail sync", "wipe",    "jump clock",
    "transfer", "churn",          "fill disk", "no space",  "forget",    "campaign"};

// How often each kind is drawn.
constexpr std::array<uint32_t, kActionKinds> kWeights = {6, 8, 2, 8, 8, 4,  4, 6, 4, 4,
                                                         4, 4, 3, 4, 6, 16, 2, 2, 3, 4};

ActionKind draw_kind(Random& random) {
  uint64_t sum = 0;
  for (const uint32_t weight : kWeights) sum += weight;
  uint64_t at = random.below(sum);
  uint32_t kind = 0;
  while (at >= kWeights[kind]) at -= kWeights[kind++];
  return static_cast<ActionKind>(kind);
}

}  // namespace

const char* name_of(ActionKind kind) {
  return kNames[static_cast<size_t>(kind)];
}

bool is_undone_later(ActionKind kind) {
  switch (kind) {
    case ActionKind::Split:
    case ActionKind::Deafen:
    case ActionKind::Mute:
    case ActionKind::Lose:
    case ActionKind::Duplicate:
    case ActionKind::Clog:
    case ActionKind::SlowDisk:
    case ActionKind::FillDisk:
    case ActionKind::NoSpace:
      return true;
    default:
      return false;
  }
}

bool is_blocked(const Action& action, uint32_t from, uint32_t to) {
  if (from == to) return false;
  if (action.kind == ActionKind::Deafen) return to == action.node;
  if (action.kind == ActionKind::Mute) return from == action.node;
  return (action.amount >> from & 1) != (action.amount >> to & 1);
}

std::string Action::to_string() const {
  return std::to_string(at / kMillisecond) + " ms: " + kNames[static_cast<size_t>(kind)] +
         " node " + std::to_string(node) + " for " + std::to_string(lasts / kMillisecond) +
         " ms, amount " + std::to_string(amount);
}

std::string Setup::to_string() const {
  constexpr std::array<const char*, 3> modes = {"etcd-hint", "gallop", "run-vector"};
  return (groups > 0 ? std::to_string(groups) + " sets on " : "") + std::to_string(nodes) +
         " nodes, " + modes[static_cast<size_t>(next_index)] + (pre_vote ? ", pre-vote" : "") +
         (check_quorum ? ", check-quorum" : "") + (lease_reads ? ", lease reads" : "") +
         ", writes take " + std::to_string(write_takes / kMillisecond) + " ms, a fault every " +
         std::to_string(calm / kMillisecond) + " ms";
}

Setup random_setup(uint64_t seed, Time lasts) {
  SeededRandom random(seed);
  Setup setup;
  setup.seed = seed;
  setup.lasts = lasts;
  constexpr std::array<uint32_t, 12> sizes = {3, 3, 3, 3, 3, 5, 5, 5, 1, 2, 4, 9};
  setup.nodes = sizes[random.below(sizes.size())];
  const uint64_t mode = random.below(4);
  setup.next_index = mode == 0   ? raft::NextIndexMode::EtcdHint
                     : mode == 1 ? raft::NextIndexMode::Gallop
                                 : raft::NextIndexMode::RunVector;
  setup.pre_vote = random.below(4) != 0;
  setup.check_quorum = random.below(4) != 0;
  setup.lease_reads = setup.check_quorum && random.below(3) == 0;
  setup.calm = (500 + random.below(6000)) * kMillisecond;
  // With slow disks much is lost in a crash; with little calm there are many.
  if (random.below(3) == 0) {
    setup.write_takes = (50 + random.below(400)) * kMillisecond;
    setup.calm = (300 + random.below(1500)) * kMillisecond;
  }
  return setup;
}

Setup random_fleet_setup(uint64_t seed, Time lasts, uint32_t groups) {
  Setup setup = random_setup(seed, lasts);
  setup.groups = groups;
  setup.nodes = std::max(setup.nodes, 3U);
  return setup;
}

std::vector<Action> random_plan(const Setup& setup) {
  SeededRandom random(mix_seed(setup.seed, 1));
  std::vector<Action> plan;
  Time at = 2 * kSecond;
  while (at < setup.lasts) {
    const uint64_t scale = uint64_t{1} << random.below(7);
    plan.push_back({at, draw_kind(random), (50 + random.below(150)) * scale * kMillisecond,
                    static_cast<uint32_t>(random.below(setup.nodes)), random.next()});
    at += random.below(2 * setup.calm);
  }
  return plan;
}

}  // namespace zerodb::sim
