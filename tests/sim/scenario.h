// Scenario: a replica set that a script drives step by step.
//
// A script is a text of blocks: commands, `----`, and what they print. Lines that begin with # are
// comments. Messages wait until they are delivered; writes and applies are done at once unless a
// node's are held. After every step the invariants are checked as in a simulation.
//
//   nodes 1 2 3 [learners 4] [pre_vote=0 check_quorum=0 lease=1 mode=etcd|gallop|runs limit=BYTES
//   inflight=N] join 4                     a node without a configuration campaign 1 | tick 1 [N] |
//   forget 1 | unreachable 1 2 propose 1 TEXT | read 1 CONTEXT | transfer 1 2 | change 1 voters 1 2
//   learners 3 deliver 1 2 | drop 1 2 | copy 1 2 | replay     messages from 1 to 2; `replay` sends
//   the copies again stabilize                  delivers everything until nothing is left isolate 1
//   | heal           what 1 sends or should get is lost hold 1 disk | release 1 disk | step 1 disk
//   the same for `apply`; a step does what waits crash 1 | start 1          held writes are lost
//   compact 1 INDEX            makes a snapshot of what is applied and drops the log up to INDEX
//   full 1 | free 1            the disk
//   status | log 1 | quiet | verbose
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "checker.h"
#include "machine.h"
#include "raft/core.h"
#include "raft/memory_storage.h"

namespace zerodb::sim {

class Scenario {
 public:
  explicit Scenario(raft::Fault fault) : fault_(fault) {}
  // What the commands print. A violation is printed too.
  std::string run(const std::string& commands);

 private:
  struct Write {
    raft::IoSeq seq;
    std::optional<raft::HardState> hard;
    std::vector<raft::Entry> entries;
    std::vector<raft::Message> after;
    std::optional<raft::SnapshotMeta> install;
  };
  struct Node {
    raft::NodeId id;
    uint64_t life = 0;
    uint64_t clock = 0;
    raft::MemoryStorage storage;
    // At the applied position.
    raft::LogPosition applied;
    raft::Configuration configuration;
    // The bytes of a snapshot that is being received, and which.
    std::string partial;
    std::optional<raft::SnapshotMeta> receiving;
    std::optional<raft::Core> core;
    std::deque<Write> writes;
    std::deque<raft::Entry> to_apply;
    raft::IoSeq seq_given;
    bool holds_disk = false;
    bool holds_apply = false;
  };

  void command(const std::string& line);
  void set_up(const std::vector<std::string>& words);
  void set_option(const std::string& word);
  void drive(const std::vector<std::string>& words);
  bool drive_network(const std::vector<std::string>& words);
  bool drive_node(Node& node, const std::vector<std::string>& words);
  void start(Node& node);
  void step(Node& node, const raft::Input& input);
  void pump(Node& node);
  void finish_write(Node& node);
  void finish_apply(Node& node);
  void enqueue(const raft::Message& message);
  void deliver(const raft::Message& message);
  void stabilize();
  void change(Node& node, const std::vector<std::string>& words);
  void compact(Node& node, raft::LogIndex index);
  void print_status();
  void print_log(const Node& node);
  void print(const std::string& line) { output_ += line + "\n"; }
  void tell(const std::string& line) {
    if (is_verbose_) print(line);
  }
  Node* find(const std::string& word);

  raft::Fault fault_;
  raft::Options options_;
  std::map<raft::NodeId, Node> nodes_;
  std::unique_ptr<Checker> checker_;
  std::deque<raft::Message> network_;
  std::deque<raft::Message> copies_;
  std::set<raft::NodeId> isolated_;
  std::map<uint64_t, raft::LogIndex> reads_;
  bool is_verbose_ = true;
  std::string output_;
};

// One block of a script.
struct Block {
  std::string commands;
  std::string expected;
};
std::string print_script(const std::vector<Block>& blocks);
// The scripts there are, by name; the working folder is the root of the tree.
std::vector<std::string> script_files();
std::vector<Block> expected_script(const std::string& file);
// The same commands with what they print now.
std::vector<Block> run_script(const std::string& file, raft::Fault fault);

// Runs every script of the folder with this fault planted; gives "file: line" of the first
// difference, or nothing.
std::string first_failing_scenario(raft::Fault fault);

}  // namespace zerodb::sim
