#include "world.h"

#include <algorithm>

#include "raft/trace.h"
#include "violation.h"

namespace zerodb::sim {

using raft::LogIndex;
using raft::NodeId;

namespace {

constexpr Time kTick = 100 * kMillisecond;
constexpr uint32_t kClients = 4;

raft::Configuration first_configuration(uint32_t nodes) {
  // With four and more nodes one starts outside, so that there is someone to add.
  const uint32_t voters = nodes >= 4 ? nodes - 1 : nodes;
  raft::Configuration first;
  for (uint32_t i = 1; i <= voters; ++i) first.voters.push_back(NodeId(i));
  return first;
}

}  // namespace

World::World(const Setup& setup, std::vector<Action> plan)
    : setup_(setup),
      plan_(std::move(plan)),
      random_(mix_seed(setup.seed, 2)),
      network_(setup.nodes, mix_seed(setup.seed, 3)),
      checker_(first_configuration(setup.nodes)),
      nodes_(setup.nodes),
      clients_(kClients),
      place_of_id_(setup.nodes + 1) {
  const raft::Configuration first = first_configuration(setup.nodes);
  configurations_.emplace_back(LogIndex(), first);
  for (uint32_t i = 0; i < setup.nodes; ++i) {
    Node& node = nodes_[i];
    node.place = i;
    node.id = NodeId(i + 1);
    place_of_id_[i + 1] = i;
    node.storage = std::make_unique<Storage>(
        first.is_member(node.id) ? first : raft::Configuration(), statistics_.disk);
    // Clocks drift by at most what lease_ticks allows for.
    node.rate = 970 + random_.below(61);
    start(node);
  }
  for (uint32_t i = 0; i < kClients; ++i) push(random_.below(kSecond), EventKind::Client, i);
  push(kSecond, EventKind::Read, 0);
  for (size_t i = 0; i < plan_.size(); ++i) push(plan_[i].at, EventKind::Act, 0, i);
}

void World::push(Time after, EventKind kind, uint32_t node, uint64_t argument) {
  const uint64_t life = node < nodes_.size() ? nodes_[node].life : 0;
  events_.push({now_ + after, order_++, kind, node, life, argument});
}

uint64_t World::clock(const Node& node) const {
  return node.skew_ticks + now_ * node.rate / (1000 * kTick);
}

void World::start(Node& node) {
  node.storage->plant(setup_.fault);
  if (!node.storage->recover().has_value()) {
    // Without a byte of space left it cannot even cut off a torn end.
    push(kSecond, EventKind::Start, node.place);
    return;
  }
  raft::Options options;
  options.id = node.id;
  options.pre_vote = setup_.pre_vote;
  options.check_quorum = setup_.check_quorum;
  options.lease_reads = setup_.lease_reads;
  options.next_index = setup_.next_index;
  options.append_bytes_max = 1024;
  options.inflight_bytes_max = 4096;
  options.inflight_messages_max = 8;
  options.uncommitted_bytes_max = 16 << 10;
  options.apply_bytes_max = 2048;
  options.reads_max = 16;
  options.chunk_bytes = 128;
  options.chunk_window_bytes = 512;
  options.promotion_lag_max = 64;
  options.fault = setup_.fault;
  ++node.life;
  node.machine = node.storage->flushed();
  node.seq_given = node.seq_done = raft::IoSeq();
  node.held.clear();
  node.to_apply.clear();
  node.is_applying = node.is_writing = false;
  node.reads.clear();
  auto core = raft::Core::open(options, node.storage->persisted(), *node.storage, *node.storage,
                               random_.next());
  require(core.has_value(), "restart", core.has_value() ? "" : core.error().to_string());
  node.core.emplace(std::move(core).value());
  checker_.note_start(node.id);
  push(random_.below(kTick), EventKind::Tick, node.place);
  pump(node);
}

void World::crash(Node& node, Time down) {
  if (!node.core) return;
  ++statistics_.crashes;
  node.core.reset();
  ++node.life;
  node.paused_until = 0;
  node.down = kSecond;
  node.storage->crash(random_);
  push(down, EventKind::Start, node.place);
}

bool World::wipe(Node& node) {
  if (!is_safe_to_lose(node.id)) return false;
  crash(node, 500 * kMillisecond);
  if (setup_.fault == raft::Fault::ReuseBurntId) {
    // With its old configuration, as an operator would set it up again.
    node.storage = std::make_unique<Storage>(configurations_.front().second, statistics_.disk);
    return true;
  }
  node.storage = std::make_unique<Storage>(raft::Configuration(), statistics_.disk);
  node.id = NodeId(place_of_id_.size());
  place_of_id_.push_back(node.place);
  return true;
}

void World::run() {
  run_until(setup_.lasts);
  is_calm_ = true;
  network_.heal();
  for (Node& node : nodes_) {
    node.paused_until = 0;
    node.slow_disk = node.full_disk = 0;
    node.storage->file().set_full(false);
    if (!node.core) start(node);
    step(node, raft::DiskState{raft::DiskLevel::Normal});
  }
  check_liveness();
  statistics_.lasted = statistics_.group_time = now_;
  statistics_.network = network_.counts();
  statistics_.committed = checker_.committed().value();
  statistics_.elections = checker_.elections();
  statistics_.configurations = checker_.configurations() - 1;
}

void World::run_until(Time end) {
  while (!events_.empty() && events_.top().at <= end) {
    const Event event = events_.top();
    events_.pop();
    now_ = event.at;
    dispatch(event);
  }
  now_ = std::max(now_, end);
}

void World::dispatch(const Event& event) {
  ++statistics_.events;
  const bool is_of_node = event.kind < EventKind::Start;
  if (is_of_node) {
    Node& node = nodes_[event.node];
    if (node.paused_until > now_) {
      Event later = event;
      later.at = node.paused_until;
      later.order = order_++;
      events_.push(later);
      return;
    }
    const bool is_void =
        !node.core || (event.kind != EventKind::Deliver && event.life != node.life);
    if (is_void) {
      if (event.kind == EventKind::Deliver) free_messages_.push_back(event.argument);
      return;
    }
  }
  switch (event.kind) {
    case EventKind::Tick:
      push(kTick, EventKind::Tick, event.node);
      maintain(nodes_[event.node]);
      step(nodes_[event.node], raft::Tick{clock(nodes_[event.node])});
      break;
    case EventKind::Deliver: {
      const raft::Message message = std::move(messages_[event.argument]);
      free_messages_.push_back(event.argument);
      Node& node = nodes_[event.node];
      // A lease counts from when a heartbeat is received, so the clock comes first.
      if (setup_.lease_reads) step(node, raft::Tick{clock(node)});
      step(node, message);
      break;
    }
    case EventKind::DiskDone:
      finish_write(nodes_[event.node]);
      break;
    case EventKind::ApplyDone:
      apply_some(nodes_[event.node]);
      break;
    case EventKind::Start:
      if (!nodes_[event.node].core) start(nodes_[event.node]);
      break;
    case EventKind::Client:
      client_turn(event.node);
      break;
    case EventKind::Read:
      read_turn();
      break;
    case EventKind::Act:
      if (!is_calm_) act(plan_[event.argument], false);
      break;
    case EventKind::Undo:
      if (!is_calm_) act(plan_[event.argument], true);
      break;
    case EventKind::Crash:
      if (event.life == nodes_[event.node].life) crash(nodes_[event.node], event.argument);
      break;
  }
  note(event);
}

void World::note(const Event& event) {
  trace_hash_ =
      mix(mix(trace_hash_, event.at), static_cast<uint64_t>(event.kind) << 32 | event.node);
  if (event.node >= nodes_.size() || !nodes_[event.node].core) return;
  const raft::View view = nodes_[event.node].core->view();
  trace_hash_ = mix(mix(trace_hash_, view.term.value()), view.log.commit().value());
  trace_hash_ = mix(mix(trace_hash_, view.log.last().value()), static_cast<uint64_t>(view.role));
}

void World::step(Node& node, const raft::Input& input) {
  const Status status = node.core->step(input);
  if (!status.has_value()) {
    const ErrorCode code = status.error().code();
    const bool is_refusal = code == ErrorCode::E1201 || code == ErrorCode::E1109 ||
                            code == ErrorCode::E1204 || code == ErrorCode::E1209;
    require(is_refusal, "final error", status.error().to_string());
  }
  pump(node, &input);
}

void World::pump(Node& node, const raft::Input* input) {
  const raft::Ready ready = node.core->take();
  if (trace_ && input != nullptr) {
    trace_(raft::trace_line(++node.traced, *node.core, *input, ready));
  }
  if (ready.soft) {
    print(std::to_string(now_ / kMillisecond) + " ms: node " + std::to_string(node.id.value()) +
          " role " + std::to_string(static_cast<int>(ready.soft->role)) + " term " +
          std::to_string(ready.soft->term.value()) + " leader " +
          std::to_string(ready.soft->leader.value()));
  }
  if (!ready.append.empty()) {
    const LogIndex before = ready.append.front().index - 1;
    checker_.note_append(ready.append, {before, node.core->view().log.runs().term(before).term});
    note_configurations(ready.append);
  }
  send(node, ready.send_now);
  for (const raft::SnapshotChunk& chunk : ready.chunks) node.storage->store_chunk(chunk);
  std::vector<raft::ChunkStored> stored;
  if (!ready.chunks.empty()) {
    stored.push_back({ready.chunks.back().meta.uid, node.storage->stored_bytes()});
  }
  if (ready.seq > node.seq_given) {
    node.seq_given = ready.seq;
    node.storage->submit({ready.seq, ready.hard, {ready.append.begin(), ready.append.end()}, {}});
  }
  if (!ready.send_after_write.empty()) {
    node.held.push_back(
        {ready.seq, {ready.send_after_write.begin(), ready.send_after_write.end()}});
  }
  if (ready.install) {
    ++statistics_.snapshots;
    node.storage->submit({ready.seq, {}, {}, ready.install});
  }
  for (const raft::Entry& entry : ready.apply) node.to_apply.push_back(entry);
  take_reads(node, ready.reads);
  begin_write(node);
  if (!node.to_apply.empty() && !node.is_applying) {
    node.is_applying = true;
    push(random_.below(5 * kMillisecond), EventKind::ApplyDone, node.place);
  }
  checker_.check(*node.core);
  for (const raft::ChunkStored& chunk : stored) step(node, chunk);
}

void World::send(Node& node, std::span<const raft::Message> messages) {
  for (const raft::Message& message : messages) {
    checker_.note_sent(message);
    ++statistics_.messages;
    const uint32_t to = place_of_id_[message.to.value()];
    const Network::Fate fate = network_.fate(node.place, to, now_);
    for (uint32_t copy = 0; copy < fate.copies; ++copy) {
      if (free_messages_.empty()) {
        free_messages_.push_back(messages_.size());
        messages_.emplace_back();
      }
      const uint64_t slot = free_messages_.back();
      free_messages_.pop_back();
      messages_[slot] = message;
      push(fate.delay[copy], EventKind::Deliver, to, slot);
    }
  }
}

void World::begin_write(Node& node) {
  if (node.is_writing || node.storage->is_idle()) return;
  node.is_writing = true;
  if (!node.storage->begin_turn().has_value()) {
    stop_by_disk(node);
    return;
  }
  Time takes = 200 + random_.below(setup_.write_takes);
  if (random_.below(50) == 0) takes += random_.below(100 * kMillisecond);
  if (node.slow_disk > 0) takes += random_.below(2 * kSecond);
  push(takes, EventKind::DiskDone, node.place);
  if (node.crash_in_write == 0 || is_calm_) return;
  push(random_.below(takes), EventKind::Crash, node.place, node.crash_in_write);
  node.crash_in_write = 0;
}

void World::finish_write(Node& node) {
  const auto done = node.storage->end_turn();
  if (!done.has_value()) {
    stop_by_disk(node);
    return;
  }
  node.is_writing = false;
  for (const Storage::Write& write : done.value()) finish_one(node, write);
  while (!node.held.empty() && node.held.front().seq <= node.seq_done) {
    send(node, node.held.front().messages);
    node.held.pop_front();
  }
  begin_write(node);
}

void World::finish_one(Node& node, const Storage::Write& write) {
  if (write.install) {
    node.machine = node.storage->flushed();
    node.to_apply.clear();
    step(node, raft::InstallDone{write.install->uid, raft::Installation::Done});
    return;
  }
  node.seq_done = write.seq;
  // What waited for the write goes out after the core knows of it.
  step(node, raft::WriteDone{write.seq});
}

// Nothing is tried again on a disk that failed: the node stops, and recovers from what is there.
// Not at once, because a step of its core may be under way.
void World::stop_by_disk(Node& node) {
  push(0, EventKind::Crash, node.place, node.down);
}

void World::apply_some(Node& node) {
  node.is_applying = false;
  if (node.to_apply.empty()) return;
  uint64_t count = 1 + random_.below(node.to_apply.size());
  for (; count > 0; --count) {
    const raft::Entry entry = std::move(node.to_apply.front());
    node.to_apply.pop_front();
    node.machine.apply(entry);
    checker_.note_applied(entry, node.machine);
    client_applied(entry, node.machine);
  }
  if (random_.below(4) == 0) node.storage->flush(node.machine);
  step(node, raft::ApplyDone{node.machine.applied.index});
}

// Snapshots and compaction, as a node does them in the background.
void World::maintain(Node& node) {
  if (node.core->view().is_installing || random_.below(8) != 0) return;
  const LogIndex applied = node.storage->flushed().applied.index;
  const uint64_t length = distance(node.storage->base().index, node.storage->last());
  const bool is_reported = applied <= node.core->view().log.applied();
  // A write under way may still replace or follow what the compaction is about; it only drops
  // applied entries, which none replaces.
  if (length < 40 || !is_reported || applied <= node.storage->base().index) return;
  if (!node.storage->compact(random_.below(20), next_uid_++).has_value()) {
    stop_by_disk(node);
    return;
  }
  step(node, raft::Compacted{node.storage->base().index});
  require(distance(node.storage->base().index, node.storage->last()) < 4000, "bounded log",
          "a log grows without end");
}

void World::take_reads(Node& node, std::span<const raft::ReadGrant> reads) {
  for (const raft::ReadGrant& read : reads) {
    const auto known = node.reads.find(read.context);
    require(known != node.reads.end(), "reads", "a read is answered twice or was never asked for");
    if (read.granted) checker_.check_read(known->second, read.index);
    node.reads.erase(known);
    ++statistics_.reads;
  }
}

}  // namespace zerodb::sim
