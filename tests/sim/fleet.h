// Fleet: hundreds of replica sets on a few hosts, in one thread, from one seed.
//
// What a World is to one set, a Fleet is to what sets share: a host's heartbeats to another one
// travel as one message (raft/heartbeat_hub.h), one turn of its disk makes the writes of all its
// sets durable by one sync, and a crash, a pause or a partition hits all of them at once. Each set
// has three members, whose ids are the numbers of their hosts, and is checked as in a World, after
// every event. Throws Violation. Threading: belongs to one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <variant>
#include <vector>

#include "checker.h"
#include "machine.h"
#include "network.h"
#include "plan.h"
#include "raft/core.h"
#include "raft/heartbeat_hub.h"
#include "statistics.h"
#include "storage.h"

namespace zerodb::sim {

class Fleet {
 public:
  Fleet(const Setup& setup, std::vector<Action> plan);

  void run();
  const Statistics& statistics() const { return statistics_; }
  uint64_t trace_hash() const { return trace_hash_; }

 private:
  // Those before Start are void after a crash, and wait while a host is paused.
  enum class EventKind : uint8_t { Tick, Deliver, DiskDone, Start, Client, Read, Act, Undo, Crash };
  struct Event {
    Time at;
    uint64_t order;
    EventKind kind;
    uint32_t host;
    uint64_t life;
    uint64_t argument;
    bool operator>(const Event& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };
  struct GroupMessage {
    uint32_t group = 0;
    raft::Message message;
  };
  struct Packet {
    uint32_t from = 0;
    std::variant<GroupMessage, raft::Beats, raft::Answers> body;
  };
  struct Held {
    raft::IoSeq seq;
    std::vector<raft::Message> messages;
  };
  struct Member {
    uint32_t host = 0;
    uint32_t group = 0;
    std::unique_ptr<Storage> storage;
    std::optional<raft::Core> core;
    Machine machine;
    raft::IoSeq seq_given;
    raft::IoSeq seq_done;
    std::deque<Held> held;
    std::deque<raft::Entry> to_apply;
    std::map<uint64_t, raft::LogIndex> reads;
    // What its last step answered to a heartbeat.
    std::optional<raft::Message> answer;
  };
  struct Client {
    uint64_t session = 0;
    uint64_t seq = 0;
    uint64_t nonce = 0;
    bool is_waiting = false;
    Time sent_at = 0;
  };
  struct Group {
    std::unique_ptr<Checker> checker;
    Client client;
    std::vector<uint32_t> hosts;
  };
  struct Host {
    uint32_t place = 0;
    uint64_t life = 0;
    bool is_up = false;
    std::optional<raft::HeartbeatHub> hub;
    // By group; none where the set has no member here.
    std::vector<std::unique_ptr<Member>> members;
    bool is_in_turn = false;
    std::vector<uint32_t> in_turn;
    std::set<uint32_t> has_writes;
    Time paused_until = 0;
    uint64_t skew_ticks = 0;
    uint64_t rate = 1000;
    int slow_disk = 0;
    int full_disk = 0;
    bool is_sync_failing = false;
    Time crash_in_turn = 0;
    Time down = kSecond;
  };

  void push(Time after, EventKind kind, uint32_t host, uint64_t argument = 0);
  void run_until(Time end);
  void dispatch(const Event& event);
  void note(const Event& event);
  uint64_t clock(const Host& host) const;

  void start(Host& host);
  void open(Host& host, Member& member);
  void crash(Host& host, Time down);
  void tick(Host& host);
  void receive(Host& host, const Packet& packet);
  void receive(Host& host, uint32_t from, const GroupMessage& message);
  void receive(Host& host, uint32_t from, const raft::Beats& beats);
  void receive(Host& host, uint32_t from, const raft::Answers& answers);
  std::optional<raft::GroupBeat> expected(Host& host, raft::GroupId group, uint32_t from) const;
  std::optional<raft::GroupAnswer> deliver(Host& host, const raft::GroupBeat& beat);

  void step(Member& member, const raft::Input& input);
  void pump(Member& member);
  void route(Member& member, const raft::Message& message);
  void send(uint32_t from, uint32_t to, Packet packet);

  // fleet_disk.cc
  void apply(Member& member);
  void maintain(Host& host, Member& member);
  void begin_turn(Host& host);
  void end_turn(Host& host);
  void finish(Member& member, const Storage::Write& write);

  // fleet_faults.cc
  void client_turn();
  void client_applied(Group& group, const raft::Entry& entry);
  void read_turn();
  Member* leader(uint32_t group);
  void act(Action& action, bool is_undo);
  bool perform(const Action& action, bool is_undo);
  void block_links(const Action& action, bool is_undo);
  void heal();
  void check_liveness();
  bool has_caught_up(uint32_t group, raft::LogIndex target) const;

  Setup setup_;
  std::vector<Action> plan_;
  SeededRandom random_;
  Network network_;
  std::vector<Group> groups_;
  std::vector<Host> hosts_;
  Time now_ = 0;
  uint64_t order_ = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::vector<Packet> packets_;
  std::vector<uint64_t> free_packets_;
  uint64_t next_context_ = 1;
  uint64_t next_uid_ = 1;
  uint64_t turns_ = 0;
  bool is_calm_ = false;
  Statistics statistics_;
  uint64_t trace_hash_ = 0;
};

}  // namespace zerodb::sim
