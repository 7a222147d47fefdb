#include "fleet.h"

#include <algorithm>

#include "violation.h"

namespace zerodb::sim {

using raft::GroupId;
using raft::LogIndex;
using raft::NodeId;

namespace {

constexpr Time kTick = 100 * kMillisecond;
constexpr uint32_t kMembers = 3;

NodeId id_of(uint32_t host) {
  return NodeId(host + 1);
}
uint32_t host_of(NodeId id) {
  return static_cast<uint32_t>(id.value() - 1);
}

}  // namespace

Fleet::Fleet(const Setup& setup, std::vector<Action> plan)
    : setup_(setup),
      plan_(std::move(plan)),
      random_(mix_seed(setup.seed, 2)),
      network_(setup.nodes, mix_seed(setup.seed, 3)),
      groups_(setup.groups),
      hosts_(setup.nodes) {
  require(setup.nodes >= kMembers, "setup", "too few hosts");
  for (uint32_t i = 0; i < setup.nodes; ++i) {
    hosts_[i].place = i;
    hosts_[i].rate = 970 + random_.below(61);
    hosts_[i].members.resize(setup.groups);
  }
  for (uint32_t i = 0; i < setup.groups; ++i) {
    raft::Configuration first;
    for (uint32_t k = 0; k < kMembers; ++k) groups_[i].hosts.push_back((i + k) % setup.nodes);
    std::sort(groups_[i].hosts.begin(), groups_[i].hosts.end());
    for (const uint32_t host : groups_[i].hosts) first.voters.push_back(id_of(host));
    groups_[i].checker = std::make_unique<Checker>(first);
    for (const uint32_t host : groups_[i].hosts) {
      auto member = std::make_unique<Member>();
      member->host = host;
      member->group = i;
      member->storage = std::make_unique<Storage>(first, statistics_.disk);
      hosts_[host].members[i] = std::move(member);
    }
  }
  for (Host& host : hosts_) start(host);
  push(kSecond, EventKind::Client, 0);
  push(kSecond, EventKind::Read, 0);
  for (size_t i = 0; i < plan_.size(); ++i) push(plan_[i].at, EventKind::Act, 0, i);
}

void Fleet::push(Time after, EventKind kind, uint32_t host, uint64_t argument) {
  events_.push({now_ + after, order_++, kind, host, hosts_[host].life, argument});
}

uint64_t Fleet::clock(const Host& host) const {
  return host.skew_ticks + now_ * host.rate / (1000 * kTick);
}

void Fleet::start(Host& host) {
  const bool is_full = std::any_of(host.members.begin(), host.members.end(), [](const auto& one) {
    return one && !one->storage->recover().has_value();
  });
  if (is_full) {
    push(kSecond, EventKind::Start, host.place);
    return;
  }
  ++host.life;
  host.is_up = true;
  host.is_in_turn = false;
  host.in_turn.clear();
  host.has_writes.clear();
  host.hub.emplace(host.life);
  for (const auto& member : host.members) {
    if (member) open(host, *member);
  }
  push(random_.below(kTick), EventKind::Tick, host.place);
  begin_turn(host);
}

void Fleet::open(Host& host, Member& member) {
  raft::Options options;
  options.id = id_of(host.place);
  options.pre_vote = setup_.pre_vote;
  options.check_quorum = setup_.check_quorum;
  options.lease_reads = setup_.lease_reads;
  options.next_index = setup_.next_index;
  options.append_bytes_max = 1024;
  options.inflight_bytes_max = 4096;
  options.chunk_bytes = 128;
  options.chunk_window_bytes = 512;
  options.fault = setup_.fault;
  member.storage->plant(setup_.fault);
  member.machine = member.storage->flushed();
  member.seq_given = member.seq_done = raft::IoSeq();
  member.held.clear();
  member.to_apply.clear();
  member.reads.clear();
  auto core = raft::Core::open(options, member.storage->persisted(), *member.storage,
                               *member.storage, random_.next());
  require(core.has_value(), "restart", core.has_value() ? "" : core.error().to_string());
  member.core.emplace(std::move(core).value());
  groups_[member.group].checker->note_start(options.id);
  pump(member);
}

void Fleet::crash(Host& host, Time down) {
  if (!host.is_up) return;
  ++statistics_.crashes;
  ++host.life;
  host.is_up = false;
  host.paused_until = 0;
  host.down = kSecond;
  for (const auto& member : host.members) {
    if (!member) continue;
    member->core.reset();
    member->storage->crash(random_);
  }
  push(down, EventKind::Start, host.place);
}

void Fleet::run() {
  run_until(setup_.lasts);
  heal();
  check_liveness();
  statistics_.lasted = now_;
  statistics_.group_time = now_ * groups_.size();
  statistics_.network = network_.counts();
  // All sets of a host share one.
  statistics_.disk.syncs = turns_;
  for (const Group& group : groups_) {
    statistics_.committed += group.checker->committed().value();
    statistics_.elections += group.checker->elections();
  }
}

void Fleet::run_until(Time end) {
  while (!events_.empty() && events_.top().at <= end) {
    const Event event = events_.top();
    events_.pop();
    now_ = event.at;
    dispatch(event);
  }
  now_ = std::max(now_, end);
}

void Fleet::dispatch(const Event& event) {
  ++statistics_.events;
  Host& host = hosts_[event.host];
  if (event.kind < EventKind::Start) {
    if (host.paused_until > now_) {
      Event later = event;
      later.at = host.paused_until;
      later.order = order_++;
      events_.push(later);
      return;
    }
    const bool is_delivery = event.kind == EventKind::Deliver;
    if (!host.is_up || (!is_delivery && event.life != host.life)) {
      if (is_delivery) free_packets_.push_back(event.argument);
      return;
    }
  }
  switch (event.kind) {
    case EventKind::Tick:
      tick(host);
      break;
    case EventKind::Deliver: {
      const Packet packet = std::move(packets_[event.argument]);
      free_packets_.push_back(event.argument);
      receive(host, packet);
      break;
    }
    case EventKind::DiskDone:
      end_turn(host);
      break;
    case EventKind::Start:
      if (!host.is_up) start(host);
      break;
    case EventKind::Client:
      client_turn();
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
      if (event.life == host.life) crash(host, event.argument);
      break;
  }
  for (Host& each : hosts_) begin_turn(each);
  note(event);
}

void Fleet::note(const Event& event) {
  trace_hash_ =
      mix(mix(trace_hash_, event.at), static_cast<uint64_t>(event.kind) << 32 | event.host);
  trace_hash_ = mix(mix(trace_hash_, statistics_.messages), statistics_.disk.writes);
}

void Fleet::tick(Host& host) {
  push(kTick, EventKind::Tick, host.place);
  for (const auto& member : host.members) {
    if (!member) continue;
    maintain(host, *member);
    apply(*member);
    step(*member, raft::Tick{clock(host)});
  }
  for (auto& [to, beats] : host.hub->take()) {
    ++statistics_.beat_messages;
    statistics_.beats += beats.count;
    send(host.place, static_cast<uint32_t>(to.value()), {host.place, std::move(beats)});
  }
}

void Fleet::receive(Host& host, const Packet& packet) {
  std::visit([&](const auto& body) { receive(host, packet.from, body); }, packet.body);
}

void Fleet::receive(Host& host, uint32_t, const GroupMessage& message) {
  Member& member = *host.members[message.group];
  if (setup_.lease_reads) step(member, raft::Tick{clock(host)});
  step(member, message.message);
  if (random_.below(2) == 0) apply(member);
}

void Fleet::receive(Host& host, uint32_t from, const raft::Beats& beats) {
  std::vector<GroupId> followed;
  for (const auto& member : host.members) {
    if (member && expected(host, GroupId(member->group), from))
      followed.emplace_back(member->group);
  }
  raft::Answers answers = host.hub->receive(
      beats, followed, [&](GroupId group) { return expected(host, group, from); },
      [&](const raft::GroupBeat& beat) { return deliver(host, beat); });
  send(host.place, from, {host.place, std::move(answers)});
}

void Fleet::receive(Host& host, uint32_t from, const raft::Answers& answers) {
  for (const raft::GroupAnswer& one : host.hub->receive(raft::HostId(from), answers)) {
    step(*host.members[one.group.value()], raft::Message{one.from, one.to, one.term, one.answer});
  }
}

// What a member here that follows one of `from` takes for an idle heartbeat.
std::optional<raft::GroupBeat> Fleet::expected(Host& host, GroupId group, uint32_t from) const {
  const raft::View view = host.members[group.value()]->core->view();
  if (view.role != raft::Role::Follower || view.leader != id_of(from)) return std::nullopt;
  return raft::GroupBeat{group, view.leader, view.id, view.term, {{}, view.log.commit()}};
}

std::optional<raft::GroupAnswer> Fleet::deliver(Host& host, const raft::GroupBeat& beat) {
  Member& member = *host.members[beat.group.value()];
  member.answer.reset();
  if (setup_.lease_reads) step(member, raft::Tick{clock(host)});
  step(member, raft::Message{beat.from, beat.to, beat.term, beat.beat});
  if (!member.answer) return std::nullopt;
  const raft::Message& answer = *member.answer;
  return raft::GroupAnswer{beat.group, answer.from, answer.to, answer.term,
                           std::get<raft::HeartbeatReply>(answer.body)};
}

void Fleet::step(Member& member, const raft::Input& input) {
  const Status status = member.core->step(input);
  if (!status.has_value()) {
    const ErrorCode code = status.error().code();
    const bool is_refusal = code == ErrorCode::E1201 || code == ErrorCode::E1109 ||
                            code == ErrorCode::E1204 || code == ErrorCode::E1209;
    require(is_refusal, "final error", status.error().to_string());
  }
  pump(member);
}

void Fleet::pump(Member& member) {
  Checker& checker = *groups_[member.group].checker;
  const raft::Ready ready = member.core->take();
  if (!ready.append.empty()) {
    const LogIndex before = ready.append.front().index - 1;
    checker.note_append(ready.append, {before, member.core->view().log.runs().term(before).term});
  }
  for (const raft::Message& message : ready.send_now) route(member, message);
  for (const raft::SnapshotChunk& chunk : ready.chunks) member.storage->store_chunk(chunk);
  std::optional<raft::ChunkStored> stored;
  if (!ready.chunks.empty()) {
    stored = raft::ChunkStored{ready.chunks.back().meta.uid, member.storage->stored_bytes()};
  }
  if (ready.seq > member.seq_given) {
    member.seq_given = ready.seq;
    member.storage->submit({ready.seq, ready.hard, {ready.append.begin(), ready.append.end()}, {}});
  }
  if (!ready.send_after_write.empty()) {
    member.held.push_back(
        {ready.seq, {ready.send_after_write.begin(), ready.send_after_write.end()}});
  }
  if (ready.install) {
    ++statistics_.snapshots;
    member.storage->submit({ready.seq, {}, {}, ready.install});
  }
  if (!member.storage->is_idle()) hosts_[member.host].has_writes.insert(member.group);
  for (const raft::Entry& entry : ready.apply) member.to_apply.push_back(entry);
  for (const raft::ReadGrant& read : ready.reads) {
    const auto known = member.reads.find(read.context);
    require(known != member.reads.end(), "reads", "a read is answered twice");
    if (read.granted) checker.check_read(known->second, read.index);
    member.reads.erase(known);
    ++statistics_.reads;
  }
  checker.check(*member.core);
  if (stored) step(member, *stored);
}

void Fleet::route(Member& member, const raft::Message& message) {
  groups_[member.group].checker->note_sent(message);
  const uint32_t to = host_of(message.to);
  if (const auto* beat = std::get_if<raft::Heartbeat>(&message.body)) {
    hosts_[member.host].hub->add(
        raft::HostId(to), {GroupId(member.group), message.from, message.to, message.term, *beat});
  } else if (std::holds_alternative<raft::HeartbeatReply>(message.body)) {
    member.answer = message;
  } else {
    send(member.host, to, {member.host, GroupMessage{member.group, message}});
  }
}

void Fleet::send(uint32_t from, uint32_t to, Packet packet) {
  ++statistics_.messages;
  const Network::Fate fate = network_.fate(from, to, now_);
  for (uint32_t copy = 0; copy < fate.copies; ++copy) {
    uint64_t slot = packets_.size();
    if (free_packets_.empty()) {
      packets_.push_back(packet);
    } else {
      slot = free_packets_.back();
      free_packets_.pop_back();
      packets_[slot] = packet;
    }
    push(fate.delay[copy], EventKind::Deliver, to, slot);
  }
}

}  // namespace zerodb::sim
