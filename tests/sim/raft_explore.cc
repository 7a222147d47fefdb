// Visits every state that a few nodes can reach in a small scope, breadth first, over the real
// core.
//
//   raft_explore [--states N] [--terms T] [--entries E] [--crashes C] [--in-flight M] [--change]
//   [--slow-disk]
//
// Actions: a node campaigns, a message is delivered (in any order, or never), a leader is given an
// entry or, once, a change of members, a node crashes and starts again; with --slow-disk a write
// becomes durable by an action of its own, and a crash loses those that did not. Heartbeats are
// left out: they carry no decision that appends do not. Each state is checked; the shortest way to
// a bad one is printed.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "describe.h"
#include "machine.h"
#include "raft/core.h"
#include "raft/memory_storage.h"
#include "violation.h"

namespace zerodb::sim {
namespace {

using raft::LogIndex;
using raft::NodeId;

constexpr size_t kNodes = 3;

struct Scope {
  uint64_t states_max = 1'000'000;
  uint64_t terms = 2;
  uint64_t entries = 3;
  uint64_t crashes = 1;
  bool has_change = false;
  bool has_slow_disk = false;
  // Messages on their way; beyond them the oldest are lost.
  uint64_t in_flight = 4;
};

struct Write {
  raft::IoSeq seq;
  std::optional<raft::HardState> hard;
  std::vector<raft::Entry> entries;
  std::vector<raft::Message> after;
};

struct Node {
  raft::MemoryStorage storage;
  std::optional<raft::Core> core;
  std::deque<Write> writes;
  raft::IoSeq seq_given;
  raft::LogIndex applied;
  raft::Configuration configuration;
};

struct State {
  std::array<Node, kNodes> nodes;
  std::vector<raft::Message> network;
  uint64_t crashes = 0;
  bool is_changed = false;
  // What happened before, as far as the invariants speak of it.
  std::array<uint64_t, 8> leaders{};
  std::array<std::array<uint64_t, kNodes>, 8> votes{};
  // The term of each committed entry, and the one in which it was committed, or a later one.
  std::vector<std::pair<raft::Term, raft::Term>> committed;
  // How it was reached.
  std::shared_ptr<const State> parent;
  std::string action;

  State() = default;
  State(const State& other) { *this = other; }
  State& operator=(const State& other) {
    nodes = other.nodes;
    network = other.network;
    crashes = other.crashes;
    is_changed = other.is_changed;
    leaders = other.leaders;
    votes = other.votes;
    committed = other.committed;
    for (Node& node : nodes) {
      if (node.core) node.core.emplace(node.core->copy_over(node.storage, node.storage));
    }
    return *this;
  }
};

class Explorer {
 public:
  explicit Explorer(const Scope& scope) : scope_(scope) {}

  // Whether no bad state was found.
  bool run();

 private:
  void start(State& state, size_t place);
  void step(State& state, size_t place, const raft::Input& input);
  void finish_write(State& state, size_t place);
  void send(State& state, const raft::Message& message);
  void expand(const std::shared_ptr<const State>& from);
  template <typename Act>
  void try_action(const std::shared_ptr<const State>& from, std::string action, Act act);
  void check(State& state, size_t place);
  uint64_t fingerprint(const State& state) const;
  static uint64_t hash_message(const raft::Message& message);
  void prune(State& state) const;
  void print_way(const State& state, const std::string& what) const;

  Scope scope_;
  std::unordered_set<uint64_t> seen_;
  std::deque<std::shared_ptr<const State>> frontier_;
  uint64_t transitions_ = 0;
  bool has_failed_ = false;
};

void Explorer::start(State& state, size_t place) {
  Node& node = state.nodes[place];
  raft::Options options;
  options.id = NodeId(place + 1);
  options.pre_vote = options.check_quorum = false;
  const raft::Persisted persisted{node.storage.hard(), node.applied, node.configuration, {}};
  node.core.emplace(
      raft::Core::open(options, persisted, node.storage, node.storage, place).value());
  node.writes.clear();
  node.seq_given = raft::IoSeq();
}

void Explorer::send(State& state, const raft::Message& message) {
  if (const auto* vote = std::get_if<raft::VoteReply>(&message.body); vote && vote->granted) {
    uint64_t& known = state.votes[message.term.value()][message.from.value() - 1];
    require(known == 0 || known == message.to.value(), "one vote a term", describe(message));
    known = message.to.value();
  }
  const bool is_heartbeat = std::holds_alternative<raft::Heartbeat>(message.body) ||
                            std::holds_alternative<raft::HeartbeatReply>(message.body);
  if (!is_heartbeat) state.network.push_back(message);
}

void Explorer::step(State& state, size_t place, const raft::Input& input) {
  Node& node = state.nodes[place];
  const Status status = node.core->step(input);
  require(status.has_value() || status.error().code() != ErrorCode::E1299, "final error", "");
  const raft::Ready ready = node.core->take();
  for (const raft::Message& message : ready.send_now) send(state, message);
  if (ready.seq > node.seq_given || !ready.send_after_write.empty()) {
    node.seq_given = ready.seq;
    node.writes.push_back({ready.seq,
                           ready.hard,
                           {ready.append.begin(), ready.append.end()},
                           {ready.send_after_write.begin(), ready.send_after_write.end()}});
  }
  const std::vector<raft::Entry> apply(ready.apply.begin(), ready.apply.end());
  check(state, place);
  while (!scope_.has_slow_disk && !node.writes.empty()) finish_write(state, place);
  for (const raft::Entry& entry : apply) {
    node.applied = entry.index;
    if (entry.kind == raft::EntryKind::Config) {
      node.configuration = raft::Configuration::decode(entry.payload.view()).value();
    }
  }
  if (!apply.empty()) step(state, place, raft::ApplyDone{apply.back().index});
}

void Explorer::finish_write(State& state, size_t place) {
  Node& node = state.nodes[place];
  const Write write = std::move(node.writes.front());
  node.writes.pop_front();
  if (write.hard) node.storage.set_hard(*write.hard);
  node.storage.append(write.entries);
  for (const raft::Message& message : write.after) send(state, message);
  step(state, place, raft::WriteDone{write.seq});
}

void Explorer::check(State& state, size_t place) {
  const raft::Core& core = *state.nodes[place].core;
  core.check_invariants();
  const raft::View view = core.view();
  const raft::TermRuns& runs = view.log.runs();
  if (view.role == raft::Role::Leader) {
    uint64_t& leader = state.leaders[view.term.value()];
    require(leader == 0 || leader == view.id.value(), "election safety", "two leaders in one term");
    leader = view.id.value();
    for (size_t i = 0; i < state.committed.size(); ++i) {
      const auto [term, committed_in] = state.committed[i];
      if (committed_in >= view.term) continue;
      require(runs.term(LogIndex(i + 1)).is(term), "leader completeness",
              "entry " + std::to_string(i + 1));
    }
  }
  for (LogIndex at(1); at <= view.log.commit(); at = next(at)) {
    const raft::Term term = runs.term(at).term;
    if (at.value() > state.committed.size()) state.committed.emplace_back(term, view.term);
    require(state.committed[at.value() - 1].first == term, "state machine safety",
            "entry " + std::to_string(at.value()));
  }
  for (const Node& other : state.nodes) {
    const raft::TermRuns& theirs = other.core->view().log.runs();
    bool are_equal = true;
    for (LogIndex at(1); at <= std::min(runs.last(), theirs.last()); at = next(at)) {
      const bool is_same = runs.term(at).term == theirs.term(at).term;
      require(are_equal || !is_same, "log matching", "entry " + std::to_string(at.value()));
      are_equal = are_equal && is_same;
    }
  }
}

uint64_t Explorer::hash_message(const raft::Message& message) {
  uint64_t hash = hash_bytes(describe(message));
  if (const auto* append = std::get_if<raft::Append>(&message.body))
    hash = mix(hash, append->seq.value());
  if (const auto* reply = std::get_if<raft::AppendReply>(&message.body)) {
    hash = mix(hash, reply->seq.value());
  }
  return hash;
}

uint64_t Explorer::fingerprint(const State& state) const {
  uint64_t hash = 0;
  for (const Node& node : state.nodes) {
    hash = mix(hash, node.core->fingerprint());
    hash = mix(hash, node.storage.last().value());
    hash = mix(hash, node.storage.hard().term.value() << 8 | node.storage.hard().vote.value());
    for (const Write& write : node.writes) {
      for (const raft::Message& message : write.after)
        hash = mix(hash, hash_bytes(describe(message)));
      hash = mix(hash, write.seq.value());
    }
  }
  // The order of messages on their way does not matter.
  uint64_t sum = 0;
  for (const raft::Message& message : state.network) sum += mix(hash_message(message), 1);
  hash = mix(mix(hash, sum), state.crashes << 1 | (state.is_changed ? 1 : 0));
  for (const uint64_t leader : state.leaders) hash = mix(hash, leader);
  for (const auto& votes : state.votes) {
    for (const uint64_t vote : votes) hash = mix(hash, vote);
  }
  for (const auto& [term, in] : state.committed) hash = mix(hash, term.value() << 8 | in.value());
  return hash;
}

// Loses what would change nothing, and the oldest of too many.
void Explorer::prune(State& state) const {
  std::vector<raft::Message> kept;
  std::unordered_set<uint64_t> known;
  for (raft::Message& message : state.network) {
    const raft::View receiver = state.nodes[message.to.value() - 1].core->view();
    if (message.term < receiver.term || !known.insert(hash_message(message)).second) continue;
    kept.push_back(std::move(message));
  }
  const size_t lost = kept.size() > scope_.in_flight ? kept.size() - scope_.in_flight : 0;
  kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(lost));
  state.network = std::move(kept);
}

template <typename Act>
void Explorer::try_action(const std::shared_ptr<const State>& from, std::string action, Act act) {
  auto next_state = std::make_shared<State>(*from);
  next_state->parent = from;
  next_state->action = std::move(action);
  ++transitions_;
  try {
    act(*next_state);
    prune(*next_state);
  } catch (const Violation& violation) {
    if (!has_failed_) print_way(*next_state, violation.what());
    has_failed_ = true;
    return;
  }
  if (seen_.insert(fingerprint(*next_state)).second) frontier_.push_back(next_state);
}

void Explorer::expand(const std::shared_ptr<const State>& from) {
  std::unordered_set<std::string> tried;
  for (size_t i = 0; i < from->network.size(); ++i) {
    const raft::Message& message = from->network[i];
    const size_t place = message.to.value() - 1;
    try_action(from, describe(message), [&](State& state) {
      state.network.erase(state.network.begin() + static_cast<std::ptrdiff_t>(i));
      step(state, place, message);
    });
  }
  for (size_t place = 0; place < kNodes; ++place) {
    const Node& node = from->nodes[place];
    const raft::View view = node.core->view();
    const std::string name = "node " + std::to_string(place + 1);
    if (view.role != raft::Role::Leader && view.term.value() < scope_.terms) {
      try_action(from, name + " campaigns",
                 [&](State& state) { step(state, place, raft::StartCampaign{}); });
    }
    const bool is_leader = view.role == raft::Role::Leader;
    if (is_leader && view.log.last().value() < scope_.entries) {
      try_action(from, name + " proposes",
                 [&](State& state) { step(state, place, raft::Propose{raft::Payload("x")}); });
    }
    if (is_leader && scope_.has_change && !from->is_changed && view.is_settled) {
      try_action(from, name + " removes node 3", [&](State& state) {
        state.is_changed = true;
        step(state, place, raft::ChangeMembers{{NodeId(1), NodeId(2)}, {}});
      });
    }
    if (!node.writes.empty()) {
      try_action(from, name + " finishes a write",
                 [&](State& state) { finish_write(state, place); });
    }
    if (from->crashes < scope_.crashes && view.term.value() > 0) {
      try_action(from, name + " crashes and starts", [&](State& state) {
        ++state.crashes;
        start(state, place);
        check(state, place);
      });
    }
  }
}

bool Explorer::run() {
  auto first = std::make_shared<State>();
  for (size_t place = 0; place < kNodes; ++place) {
    first->nodes[place].configuration.voters = {NodeId(1), NodeId(2), NodeId(3)};
  }
  for (size_t place = 0; place < kNodes; ++place) start(*first, place);
  seen_.insert(fingerprint(*first));
  frontier_.push_back(first);
  uint64_t expanded = 0;
  while (!frontier_.empty() && seen_.size() < scope_.states_max && !has_failed_) {
    const std::shared_ptr<const State> state = frontier_.front();
    frontier_.pop_front();
    expand(state);
    ++expanded;
  }
  std::printf("%zu states, %llu transitions, %llu states expanded, %s, %s\n", seen_.size(),
              static_cast<unsigned long long>(transitions_),
              static_cast<unsigned long long>(expanded), frontier_.empty() ? "complete" : "cut off",
              has_failed_ ? "VIOLATION" : "no violation");
  return !has_failed_;
}

void Explorer::print_way(const State& state, const std::string& what) const {
  std::vector<std::string> way = {what, state.action};
  for (const State* at = state.parent.get(); at != nullptr; at = at->parent.get()) {
    way.push_back(at->action);
  }
  for (auto line = way.rbegin(); line != way.rend(); ++line) std::printf("%s\n", line->c_str());
}

}  // namespace
}  // namespace zerodb::sim

int main(int argc, char** argv) {
  zerodb::sim::Scope scope;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
    if (name == "--states") scope.states_max = number();
    if (name == "--terms") scope.terms = number();
    if (name == "--entries") scope.entries = number();
    if (name == "--in-flight") scope.in_flight = number();
    if (name == "--crashes") scope.crashes = number();
    if (name == "--change") scope.has_change = true;
    if (name == "--slow-disk") scope.has_slow_disk = true;
  }
  return zerodb::sim::Explorer(scope).run() ? 0 : 1;
}
