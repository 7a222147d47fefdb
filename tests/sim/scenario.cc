#include "scenario.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "describe.h"
#include "violation.h"

namespace zerodb::sim {

using raft::LogIndex;
using raft::NodeId;

namespace {

constexpr std::array kRoles = {"follower", "pre-candidate", "candidate", "leader"};
constexpr size_t kStepsMax = 5000;

std::vector<std::string> split(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

uint64_t number(const std::string& word) {
  return std::strtoull(word.c_str(), nullptr, 10);
}

}  // namespace

std::string Scenario::run(const std::string& commands) {
  output_.clear();
  std::istringstream in(commands);
  try {
    for (std::string line; std::getline(in, line);) {
      if (!line.empty() && line[0] != '#') command(line);
    }
  } catch (const Violation& violation) {
    print(std::string("VIOLATION of ") + violation.what());
  }
  return output_;
}

void Scenario::command(const std::string& line) {
  const std::vector<std::string> words = split(line);
  if (words[0] == "nodes") {
    set_up(words);
  } else if (words[0] == "options") {
    for (size_t i = 1; i < words.size(); ++i) set_option(words[i]);
  } else if (words[0] == "quiet" || words[0] == "verbose") {
    is_verbose_ = words[0] == "verbose";
  } else if (words[0] == "status") {
    print_status();
  } else {
    drive(words);
  }
}

void Scenario::set_option(const std::string& word) {
  const size_t equals = word.find('=');
  const std::string name = word.substr(0, equals);
  const std::string value = word.substr(equals + 1);
  if (name == "pre_vote") options_.pre_vote = value == "1";
  if (name == "check_quorum") options_.check_quorum = value == "1";
  if (name == "lease") options_.lease_reads = value == "1";
  if (name == "limit") options_.uncommitted_bytes_max = number(value);
  if (name == "inflight") options_.inflight_messages_max = static_cast<uint32_t>(number(value));
  if (name == "window") options_.inflight_bytes_max = number(value);
  if (name == "append") options_.append_bytes_max = number(value);
  if (name == "apply") options_.apply_bytes_max = number(value);
  if (name == "mode") {
    options_.next_index = value == "etcd"     ? raft::NextIndexMode::EtcdHint
                          : value == "gallop" ? raft::NextIndexMode::Gallop
                                              : raft::NextIndexMode::RunVector;
  }
}

void Scenario::set_up(const std::vector<std::string>& words) {
  raft::Configuration first;
  options_.fault = fault_;
  options_.heartbeat_ticks = 2;
  options_.chunk_bytes = 16;
  options_.chunk_window_bytes = 32;
  raft::NodeSet* set = &first.voters;
  for (size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "learners") {
      set = &first.learners;
    } else if (words[i].find('=') != std::string::npos) {
      set_option(words[i]);
    } else {
      set->push_back(NodeId(number(words[i])));
    }
  }
  checker_ = std::make_unique<Checker>(first);
  for (const NodeId id : first.members()) {
    Node& node = nodes_[id];
    node.id = id;
    node.configuration = first;
    start(node);
  }
}

Scenario::Node* Scenario::find(const std::string& word) {
  const auto at = nodes_.find(NodeId(number(word)));
  return at == nodes_.end() ? nullptr : &at->second;
}

void Scenario::drive(const std::vector<std::string>& words) {
  if (words[0] == "join") {
    const NodeId id(number(words[1]));
    nodes_[id].id = id;
    start(nodes_[id]);
    return;
  }
  if (drive_network(words)) return;
  Node* node = words.size() > 1 ? find(words[1]) : nullptr;
  if (node == nullptr || !drive_node(*node, words)) print("what is `" + words[0] + "`?");
}

bool Scenario::drive_network(const std::vector<std::string>& words) {
  const std::string& verb = words[0];
  if (verb == "stabilize") {
    stabilize();
  } else if (verb == "heal") {
    isolated_.clear();
  } else if (verb == "isolate") {
    isolated_.insert(NodeId(number(words[1])));
  } else if (verb == "replay") {
    for (const raft::Message& message : std::exchange(copies_, {})) network_.push_back(message);
  } else if (verb == "deliver" || verb == "drop" || verb == "copy") {
    const NodeId from(number(words[1]));
    const NodeId to(number(words[2]));
    const auto matches = [&](const raft::Message& m) { return m.from == from && m.to == to; };
    std::deque<raft::Message> chosen;
    std::copy_if(network_.begin(), network_.end(), std::back_inserter(chosen), matches);
    if (verb == "copy") {
      copies_.insert(copies_.end(), chosen.begin(), chosen.end());
      return true;
    }
    std::erase_if(network_, matches);
    if (verb == "deliver") {
      for (const raft::Message& message : chosen) deliver(message);
    }
  } else {
    return false;
  }
  return true;
}

bool Scenario::drive_node(Node& node, const std::vector<std::string>& words) {
  const std::string& verb = words[0];
  const std::string what = words.size() > 2 ? words[2] : "";
  if (verb == "start") {
    start(node);
    return true;
  }
  if (!node.core) return false;
  if (verb == "campaign") {
    step(node, raft::StartCampaign{});
  } else if (verb == "tick") {
    for (uint64_t i = std::max<uint64_t>(number(what), 1); i > 0; --i) {
      step(node, raft::Tick{++node.clock});
    }
  } else if (verb == "forget") {
    step(node, raft::ForgetLeader{});
  } else if (verb == "unreachable") {
    step(node, raft::Unreachable{NodeId(number(what))});
  } else if (verb == "propose") {
    step(node, raft::Propose{raft::Payload(what)});
  } else if (verb == "read") {
    reads_[number(what)] = checker_->committed();
    step(node, raft::ReadIndex{number(what), node.clock});
  } else if (verb == "transfer") {
    step(node, raft::Transfer{NodeId(number(what))});
  } else if (verb == "change") {
    change(node, words);
  } else if (verb == "hold" || verb == "release") {
    (what == "disk" ? node.holds_disk : node.holds_apply) = verb == "hold";
    pump(node);
  } else if (verb == "step") {
    what == "disk" ? finish_write(node) : finish_apply(node);
  } else if (verb == "crash") {
    node.core.reset();
    node.writes.clear();
    node.to_apply.clear();
    node.seq_given = raft::IoSeq();
  } else if (verb == "compact") {
    compact(node, LogIndex(number(what)));
  } else if (verb == "full" || verb == "free") {
    step(node,
         raft::DiskState{verb == "full" ? raft::DiskLevel::NearlyFull : raft::DiskLevel::Normal});
  } else if (verb == "log") {
    print_log(node);
  } else {
    return false;
  }
  return true;
}

void Scenario::start(Node& node) {
  raft::Options options = options_;
  options.id = node.id;
  raft::Persisted persisted{node.storage.hard(), node.applied.index, node.configuration, {}};
  if (node.receiving) {
    persisted.partial = raft::PartialSnapshot{*node.receiving, node.partial.size()};
  }
  auto core = raft::Core::open(options, persisted, node.storage, node.storage,
                               node.id.value() * 1000 + ++node.life);
  require(core.has_value(), "restart", core.has_value() ? "" : core.error().to_string());
  node.core.emplace(std::move(core).value());
  checker_->note_start(node.id);
  // The clock begins.
  step(node, raft::Tick{node.clock});
}

void Scenario::change(Node& node, const std::vector<std::string>& words) {
  raft::ChangeMembers change;
  raft::NodeSet* set = nullptr;
  for (size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "voters") {
      set = &change.voters;
    } else if (words[i] == "learners") {
      set = &change.learners;
    } else if (set != nullptr) {
      set->push_back(NodeId(number(words[i])));
    }
  }
  step(node, change);
}

void Scenario::compact(Node& node, LogIndex index) {
  const std::string bytes = "state after " + describe(node.applied) + std::string(30, '.');
  node.storage.set_snapshot({node.applied, node.id.value() * 1000 + node.applied.index.value(),
                             bytes.size(), node.configuration},
                            bytes);
  node.storage.compact(index);
  step(node, raft::Compacted{index});
}

void Scenario::step(Node& node, const raft::Input& input) {
  const Status status = node.core->step(input);
  if (!status.has_value())
    print(std::to_string(node.id.value()) + ": " + status.error().to_string());
  pump(node);
}

void Scenario::pump(Node& node) {
  const raft::Ready ready = node.core->take();
  const std::string name = std::to_string(node.id.value());
  if (ready.soft) {
    tell(name + " is " + kRoles[static_cast<size_t>(ready.soft->role)] + ", term " +
         std::to_string(ready.soft->term.value()) +
         (ready.soft->leader == raft::kNoNode
              ? ""
              : ", leader " + std::to_string(ready.soft->leader.value())));
  }
  if (!ready.append.empty()) {
    const LogIndex before = ready.append.front().index - 1;
    checker_->note_append(ready.append, {before, node.core->view().log.runs().term(before).term});
  }
  for (const raft::Message& message : ready.send_now) enqueue(message);
  std::vector<raft::ChunkStored> stored;
  for (const raft::SnapshotChunk& chunk : ready.chunks) {
    node.partial.resize(chunk.offset);
    node.partial += chunk.bytes;
    node.receiving = chunk.meta;
    stored.push_back({chunk.meta.uid, node.partial.size()});
  }
  const bool is_new = ready.seq > node.seq_given;
  node.seq_given = ready.seq;
  if (is_new || !ready.send_after_write.empty() || ready.install) {
    node.writes.push_back({ready.seq,
                           ready.hard,
                           {ready.append.begin(), ready.append.end()},
                           {ready.send_after_write.begin(), ready.send_after_write.end()},
                           ready.install});
  }
  node.to_apply.insert(node.to_apply.end(), ready.apply.begin(), ready.apply.end());
  for (const raft::ReadGrant& read : ready.reads) {
    print(name + ": read " + std::to_string(read.context) +
          (read.granted ? " is granted at " + std::to_string(read.index.value())
                        : " is not granted"));
    if (read.granted) checker_->check_read(reads_[read.context], read.index);
  }
  checker_->check(*node.core);
  for (const raft::ChunkStored& input : stored) step(node, input);
  while (!node.holds_disk && !node.writes.empty()) finish_write(node);
  while (!node.holds_apply && !node.to_apply.empty()) finish_apply(node);
}

void Scenario::finish_write(Node& node) {
  if (node.writes.empty()) return;
  const Write write = std::move(node.writes.front());
  node.writes.pop_front();
  if (write.hard) node.storage.set_hard(*write.hard);
  node.storage.append(write.entries);
  if (write.install) {
    node.storage.reset(write.install->position);
    node.storage.set_snapshot(*write.install, node.partial);
    node.receiving.reset();
    node.applied = write.install->position;
    node.configuration = write.install->configuration;
    tell(std::to_string(node.id.value()) + " installs snapshot " + describe(node.applied));
    step(node, raft::InstallDone{write.install->uid, raft::Installation::Done});
  } else {
    step(node, raft::WriteDone{write.seq});
  }
  for (const raft::Message& message : write.after) enqueue(message);
}

void Scenario::finish_apply(Node& node) {
  if (node.to_apply.empty()) return;
  const raft::Entry entry = node.to_apply.front();
  node.to_apply.pop_front();
  require(entry.index == next(node.applied.index), "apply order", describe(entry.position()));
  require(entry.index <= checker_->committed(), "state machine safety", "applied before commit");
  node.applied = entry.position();
  std::string shown =
      entry.kind == raft::EntryKind::Normal ? std::string(entry.payload.view()) : "";
  if (entry.kind == raft::EntryKind::Noop) shown = "no-op";
  if (entry.kind == raft::EntryKind::Config) {
    node.configuration = raft::Configuration::decode(entry.payload.view()).value();
    shown = node.configuration.to_string();
  }
  tell(std::to_string(node.id.value()) + " applies " + describe(node.applied) + " " + shown);
  step(node, raft::ApplyDone{entry.index});
}

void Scenario::enqueue(const raft::Message& message) {
  checker_->note_sent(message);
  if (isolated_.contains(message.from) || isolated_.contains(message.to)) return;
  network_.push_back(message);
}

void Scenario::deliver(const raft::Message& message) {
  if (isolated_.contains(message.from) || isolated_.contains(message.to)) return;
  const auto to = nodes_.find(message.to);
  if (to == nodes_.end() || !to->second.core) return;
  tell(describe(message));
  step(to->second, message);
}

void Scenario::stabilize() {
  for (size_t i = 0; !network_.empty(); ++i) {
    require(i < kStepsMax, "liveness", "messages do not end");
    const raft::Message message = std::move(network_.front());
    network_.pop_front();
    deliver(message);
  }
}

void Scenario::print_status() {
  for (const auto& [id, node] : nodes_) {
    if (!node.core) {
      print(std::to_string(id.value()) + ": down");
      continue;
    }
    const raft::View view = node.core->view();
    std::string line =
        std::to_string(id.value()) + ": " + kRoles[static_cast<size_t>(view.role)] + ", term " +
        std::to_string(view.term.value()) + ", vote " + std::to_string(view.vote.value()) +
        ", log (" + std::to_string(view.log.runs().base().index.value()) + ", " +
        std::to_string(view.log.last().value()) + "], durable " +
        std::to_string(view.log.durable().value()) + ", commit " +
        std::to_string(view.log.commit().value()) + ", applied " +
        std::to_string(view.log.applied().value()) + "; " + view.configuration.to_string();
    for (const auto& pending : view.log.pending()) {
      line += "; at " + std::to_string(pending.index.value()) + ": " +
              pending.configuration.to_string();
    }
    print(line);
  }
}

void Scenario::print_log(const Node& node) {
  const raft::TermRuns& runs = node.core->view().log.runs();
  std::string line = "base " + describe(runs.base());
  for (LogIndex at = runs.first(); at <= runs.last(); at = next(at)) {
    line += " " + describe({at, runs.term(at).term});
  }
  print(line);
}

}  // namespace zerodb::sim
