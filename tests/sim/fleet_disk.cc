// What the disks and state machines of a Fleet do.
#include <algorithm>
#include <utility>

#include "fleet.h"
#include "violation.h"

namespace zerodb::sim {

using raft::LogIndex;

void Fleet::apply(Member& member) {
  if (member.to_apply.empty()) return;
  Group& group = groups_[member.group];
  for (const raft::Entry& entry : member.to_apply) {
    member.machine.apply(entry);
    group.checker->note_applied(entry, member.machine);
    client_applied(group, entry);
  }
  member.to_apply.clear();
  if (random_.below(4) == 0) member.storage->flush(member.machine);
  step(member, raft::ApplyDone{member.machine.applied.index});
}

void Fleet::maintain(Host& host, Member& member) {
  if (member.core->view().is_installing || random_.below(16) != 0) return;
  const LogIndex applied = member.storage->flushed().applied.index;
  const uint64_t length = distance(member.storage->base().index, member.storage->last());
  const bool is_reported = applied <= member.core->view().log.applied();
  if (length < 12 || !is_reported || applied <= member.storage->base().index) return;
  if (!member.storage->compact(random_.below(6), next_uid_++).has_value()) {
    push(0, EventKind::Crash, host.place, host.down);
    return;
  }
  step(member, raft::Compacted{member.storage->base().index});
}

// One turn of a host's disk: what all its sets want to write, and one sync.
void Fleet::begin_turn(Host& host) {
  if (!host.is_up || host.is_in_turn || host.has_writes.empty()) return;
  host.is_in_turn = true;
  ++turns_;
  for (const uint32_t group : std::exchange(host.has_writes, {})) {
    Storage& storage = *host.members[group]->storage;
    if (!storage.begin_turn().has_value()) {
      push(0, EventKind::Crash, host.place, host.down);
      return;
    }
    if (host.is_sync_failing) storage.file().fail_next_sync();
    if (!storage.is_idle()) host.has_writes.insert(group);
    host.in_turn.push_back(group);
  }
  host.is_sync_failing = false;
  Time takes = 200 + random_.below(setup_.write_takes);
  if (host.slow_disk > 0) takes += random_.below(2 * kSecond);
  push(takes, EventKind::DiskDone, host.place);
  if (host.crash_in_turn == 0 || is_calm_) return;
  push(random_.below(takes), EventKind::Crash, host.place, host.crash_in_turn);
  host.crash_in_turn = 0;
}

void Fleet::end_turn(Host& host) {
  host.is_in_turn = false;
  for (const uint32_t group : std::exchange(host.in_turn, {})) {
    Member& member = *host.members[group];
    const auto done = member.storage->end_turn();
    if (!done.has_value()) {
      crash(host, host.down);
      return;
    }
    for (const Storage::Write& write : done.value()) finish(member, write);
    while (!member.held.empty() && member.held.front().seq <= member.seq_done) {
      for (const raft::Message& message : member.held.front().messages) route(member, message);
      member.held.pop_front();
    }
  }
}

void Fleet::finish(Member& member, const Storage::Write& write) {
  if (write.install) {
    member.machine = member.storage->flushed();
    member.to_apply.clear();
    step(member, raft::InstallDone{write.install->uid, raft::Installation::Done});
    return;
  }
  member.seq_done = write.seq;
  step(member, raft::WriteDone{write.seq});
}

}  // namespace zerodb::sim
