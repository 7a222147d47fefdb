#include "statistics.h"

namespace zerodb::sim {

namespace {

std::string text(uint64_t number, const char* what) {
  return std::to_string(number) + " " + what;
}

}  // namespace

void Statistics::add(const Statistics& other) {
  events += other.events;
  messages += other.messages;
  committed += other.committed;
  elections += other.elections;
  reads += other.reads;
  crashes += other.crashes;
  snapshots += other.snapshots;
  configurations += other.configurations;
  beats += other.beats;
  beat_messages += other.beat_messages;
  lasted += other.lasted;
  group_time += other.group_time;
  for (size_t kind = 0; kind < kActionKinds; ++kind) faults[kind] += other.faults[kind];
  network.add(other.network);
  disk.add(other.disk);
}

std::string Statistics::to_string() const {
  std::string out = text(events, "events, ") + text(messages, "messages, ") +
                    text(committed, "entries committed, ") + text(elections, "elections, ") +
                    text(reads, "reads, ") + text(crashes, "crashes, ") +
                    text(snapshots, "snapshots installed, ") +
                    text(configurations, "configurations\nfaults:");
  for (uint32_t kind = 0; kind < kActionKinds; ++kind) {
    out += (kind == 0 ? " " : ", ") + text(faults[kind], name_of(static_cast<ActionKind>(kind)));
  }
  out += "\nmessages: " + text(network.lost, "lost, ") + text(network.blocked, "cut off (") +
         text(network.one_way, "in one direction only), ") +
         text(network.duplicated, "duplicated, ") + text(network.overtaken, "overtaken, ") +
         text(network.clogged, "clogged");
  out += "\ndisks: " + text(disk.writes, "writes in ") + text(disk.syncs, "syncs; crashes left ") +
         text(disk.lost, "lost, ") + text(disk.torn, "torn, ") +
         text(disk.reordered, "reordered; ") + text(disk.failed_syncs, "syncs failed, ") +
         text(disk.refused_writes, "writes refused by a full disk");
  if (beats > 0) {
    out += "\nheartbeats: " + text(beats, "in ") + text(beat_messages, "messages between hosts");
  }
  return out;
}

std::string Statistics::missing_faults() const {
  std::string out;
  const auto look = [&](uint64_t count, const char* name) {
    if (count == 0) out += std::string(out.empty() ? "" : ", ") + name;
  };
  for (uint32_t kind = 0; kind < kActionKinds; ++kind) {
    look(faults[kind], name_of(static_cast<ActionKind>(kind)));
  }
  look(network.lost, "lost messages");
  look(network.one_way, "messages cut off in one direction");
  look(network.duplicated, "duplicated messages");
  look(network.overtaken, "overtaken messages");
  look(network.clogged, "clogged messages");
  look(disk.lost, "lost writes");
  look(disk.torn, "torn writes");
  look(disk.reordered, "reordered writes");
  look(disk.failed_syncs, "failed syncs");
  look(disk.refused_writes, "writes refused by a full disk");
  return out;
}

}  // namespace zerodb::sim
