// World: a whole replica set with its network, disks, clients and faults, in one thread, from one
// seed.
//
// Time is virtual: events wait in one queue, ordered by time and then by when they were made. Every
// decision comes from the seed, so a run can be repeated bit by bit; trace_hash() proves it. After
// every event the node that it happened to is checked. When the planned faults are over, everything
// is healed, and the set has to commit and to agree again.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "checker.h"
#include "machine.h"
#include "network.h"
#include "plan.h"
#include "raft/core.h"
#include "statistics.h"
#include "storage.h"

namespace zerodb::sim {

class World {
 public:
  World(const Setup& setup, std::vector<Action> plan);

  // Throws Violation.
  void run();
  const Statistics& statistics() const { return statistics_; }
  uint64_t trace_hash() const { return trace_hash_; }
  // Prints what happens, for a person.
  void log_to(std::function<void(const std::string&)> log) { log_ = std::move(log); }
  // Gives a line of JSON an input of a core (raft/trace.h), for a checker.
  void trace_to(std::function<void(const std::string&)> trace) { trace_ = std::move(trace); }

 private:
  enum class EventKind : uint8_t {
    Tick,
    Deliver,
    DiskDone,
    ApplyDone,
    Start,
    Client,
    Read,
    Act,
    Undo,
    Crash
  };
  struct Event {
    Time at;
    uint64_t order;
    EventKind kind;
    uint32_t node;
    // Of the node when the event was made; an event of an earlier life is void.
    uint64_t life;
    uint64_t argument;
    bool operator>(const Event& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };
  struct Held {
    raft::IoSeq seq;
    std::vector<raft::Message> messages;
  };
  struct Node {
    uint32_t place = 0;
    raft::NodeId id;
    uint64_t life = 0;
    std::unique_ptr<Storage> storage;
    std::optional<raft::Core> core;
    Machine machine;
    raft::IoSeq seq_given;
    raft::IoSeq seq_done;
    std::deque<Held> held;
    std::deque<raft::Entry> to_apply;
    bool is_applying = false;
    bool is_writing = false;
    Time paused_until = 0;
    uint64_t skew_ticks = 0;
    uint64_t rate = 1000;  // of its clock, in permille of the time
    int slow_disk = 0;
    int full_disk = 0;
    uint64_t traced = 0;
    // How long the node stays down when its disk fails it.
    Time down = kSecond;
    // Not zero: the next write is interrupted by a crash, and the node is down for so long.
    Time crash_in_write = 0;
    // What it owes for reads: the context and the index known to be committed when it was asked.
    std::map<uint64_t, raft::LogIndex> reads;
  };
  struct Client {
    uint64_t session = 0;
    uint64_t seq = 0;
    uint64_t nonce = 0;
    bool is_waiting = false;
    Time sent_at = 0;
  };

  void push(Time after, EventKind kind, uint32_t node, uint64_t argument = 0);
  void dispatch(const Event& event);
  void run_until(Time end);
  void note(const Event& event);

  void start(Node& node);
  void crash(Node& node, Time down);
  // False where too many have lost their state already.
  bool wipe(Node& node);
  void step(Node& node, const raft::Input& input);
  // After `input`, or after a start.
  void pump(Node& node, const raft::Input* input = nullptr);
  void send(Node& node, std::span<const raft::Message> messages);
  void begin_write(Node& node);
  void finish_write(Node& node);
  void finish_one(Node& node, const Storage::Write& write);
  void stop_by_disk(Node& node);
  void apply_some(Node& node);
  void maintain(Node& node);
  void take_reads(Node& node, std::span<const raft::ReadGrant> reads);
  uint64_t clock(const Node& node) const;

  void client_turn(uint32_t client);
  void client_applied(const raft::Entry& entry, const Machine& machine);
  void read_turn();
  void act(Action& action, bool is_undo);
  // Whether it changed anything.
  bool perform(const Action& action, bool is_undo);
  void act_on_links(const Action& action, bool is_undo);
  bool churn(uint64_t amount);
  raft::ChangeMembers draw_change(const raft::View& view, Random& random) const;
  Node* leader();
  bool is_alive(raft::NodeId id) const;
  bool is_safe_to_lose(raft::NodeId id) const;
  bool has_live_majority(const raft::NodeSet& voters, raft::NodeId but) const;
  void note_configurations(std::span<const raft::Entry> entries);
  void check_liveness();
  // The state of every node, for a person.
  std::string describe() const;
  void print(const std::string& line) {
    if (log_) log_(line);
  }

  Setup setup_;
  std::vector<Action> plan_;
  SeededRandom random_;
  Network network_;
  Checker checker_;
  std::vector<Node> nodes_;
  std::vector<Client> clients_;
  // Where a node id lives; ids of wiped nodes too, whose messages still arrive.
  std::vector<uint32_t> place_of_id_;
  // Configurations that some member may still act by.
  std::vector<std::pair<raft::LogIndex, raft::Configuration>> configurations_;

  Time now_ = 0;
  uint64_t order_ = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::vector<raft::Message> messages_;
  std::vector<uint64_t> free_messages_;
  uint64_t next_context_ = 1;
  uint64_t next_uid_ = 1;
  bool is_calm_ = false;
  Statistics statistics_;
  uint64_t trace_hash_ = 0;
  std::function<void(const std::string&)> log_;
  std::function<void(const std::string&)> trace_;
};

}  // namespace zerodb::sim
