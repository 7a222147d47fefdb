#include "storage.h"

#include <algorithm>
#include <utility>

#include "violation.h"

namespace zerodb::sim {

using raft::LogIndex;
using raft::Presence;

std::optional<raft::SnapshotMeta> Storage::latest() const {
  if (snapshots_.empty()) return std::nullopt;
  return snapshots_.back().meta;
}

Presence Storage::read(uint64_t uid, uint64_t offset, uint64_t bytes_max, std::string& out) const {
  for (const Snapshot& snapshot : snapshots_) {
    if (snapshot.meta.uid != uid) continue;
    out = snapshot.bytes.substr(offset, bytes_max);
    return Presence::Value;
  }
  return Presence::Compacted;
}

Status Storage::recover() {
  auto log = raft::LogFile::open(file_);
  if (!log.has_value()) {
    require(file_.is_full(), "durability", log.error().to_string());
    return log.error();
  }
  log_.emplace(std::move(log).value());
  check_durable();
  note_durable();
  return ok_status();
}

void Storage::note_durable() {
  const LogIndex index = last();
  durable_ = {log_->storage().hard(), {index, term(index).term}};
}

void Storage::check_durable() const {
  const raft::HardState& hard = log_->storage().hard();
  require(hard.term >= durable_.hard.term, "durability", "a term is lost");
  require(hard.term > durable_.hard.term || durable_.hard.vote == raft::kNoNode ||
              hard.vote == durable_.hard.vote,
          "durability", "a vote is lost");
  const auto [index, term_then] = durable_.position;
  require(index <= base().index || term(index).is(term_then), "durability",
          "entry " + std::to_string(index.value()) + " is lost");
}

Status Storage::begin_turn() {
  require(under_way_.empty(), "storage", "two turns at once");
  while (!waiting_.empty()) {
    Write write = std::move(waiting_.front());
    waiting_.pop_front();
    const bool is_install = write.install.has_value();
    if (is_install && !under_way_.empty()) {
      waiting_.push_front(std::move(write));
      break;
    }
    if (!is_install) TRY(log_->write(write.hard, write.entries));
    if (!write.entries.empty()) {
      // From here on a crash may leave the new entries or the old ones.
      const LogIndex before = write.entries.front().index - 1;
      if (before < durable_.position.index && before >= base().index) {
        durable_.position = {before, term(before).term};
      }
    }
    under_way_.push_back(std::move(write));
    if (is_install) break;
  }
  return ok_status();
}

Status Storage::sync() {
  if (fault_ == raft::Fault::SkipSync) return ok_status();
  Status status = log_->sync();
  return fault_ == raft::Fault::RetryFailedSync ? ok_status() : status;
}

Result<std::vector<Storage::Write>> Storage::end_turn() {
  if (!under_way_.empty() && under_way_.front().install) {
    TRY(install(*under_way_.front().install));
  } else {
    TRY(sync());
    counts_->writes += under_way_.size();
  }
  note_durable();
  return std::exchange(under_way_, {});
}

Status Storage::install(const raft::SnapshotMeta& meta) {
  require(partial_ && partial_->uid == meta.uid, "storage", "no such snapshot");
  require(partial_bytes_.size() == meta.bytes, "storage", "snapshot is not complete");
  Machine machine = Machine::decode(partial_bytes_);
  require(machine.applied == meta.position, "snapshot", "is not what its meta says");
  TRY(log_->reset(meta.position));
  flushed_ = std::move(machine);
  snapshots_.clear();
  snapshots_.push_back({*partial_, partial_bytes_});
  partial_.reset();
  return ok_status();
}

void Storage::crash(Random& random) {
  file_.cut_power(random);
  waiting_.clear();
  under_way_.clear();
}

Status Storage::compact(uint64_t keep, uint64_t uid) {
  require(flushed_.applied.index <= last(), "storage", "the state machine is ahead of the log");
  const LogIndex target = std::max(base().index, flushed_.applied.index - keep);
  TRY(log_->compact(target));
  std::string bytes = flushed_.encode();
  snapshots_.push_back({{flushed_.applied, uid, bytes.size(), flushed_.configuration}, bytes});
  if (snapshots_.size() > 2) snapshots_.pop_front();
  return ok_status();
}

void Storage::store_chunk(const raft::SnapshotChunk& chunk) {
  if (!partial_ || *partial_ != chunk.meta) {
    partial_ = chunk.meta;
    partial_bytes_.clear();
  }
  require(chunk.offset <= partial_bytes_.size(), "storage", "a chunk leaves a gap");
  partial_bytes_.resize(chunk.offset);
  partial_bytes_ += chunk.bytes;
}

raft::Persisted Storage::persisted() const {
  raft::Persisted out{log_->storage().hard(), flushed_.applied.index, flushed_.configuration,
                      std::nullopt};
  if (partial_) out.partial = raft::PartialSnapshot{*partial_, partial_bytes_.size()};
  return out;
}

}  // namespace zerodb::sim
