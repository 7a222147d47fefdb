#include "raft/raft_log.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/error.h"

namespace zerodb::raft {

namespace {

constexpr uint64_t kScanBytes = 1 << 20;

}  // namespace

Result<RaftLog> RaftLog::open(const LogView& stored, LogIndex applied, LogIndex commit_hint) {
  RaftLog log(stored, TermRuns::of(stored));
  if (applied < log.runs_.base().index || applied > log.last()) {
    return Error(ErrorCode::E1205, "the state machine and the log of a replica do not meet");
  }
  log.durable_ = log.written_ = log.last();
  log.applied_ = log.handed_out_ = applied;
  log.commit_ = std::max(applied, std::min(commit_hint, log.last()));
  TRY(log.read_pending());
  log.note_committed_configurations();
  return log;
}

Status RaftLog::read_pending() {
  for (LogIndex from = next(applied_); from <= last();) {
    const EntriesAnswer answer = stored_->entries(from, last(), kScanBytes);
    if (answer.presence != Presence::Value || answer.entries.empty()) {
      return Error(ErrorCode::E1205, "entries of the log of a replica are missing");
    }
    for (const Entry& entry : answer.entries) TRY(note_configuration(entry));
    from = next(answer.entries.back().index);
  }
  return ok_status();
}

Status RaftLog::note_configuration(const Entry& entry) {
  if (entry.kind != EntryKind::Config) return ok_status();
  auto configuration = TRY(Configuration::decode(entry.payload.view()));
  pending_.push_back({entry.index, std::move(configuration)});
  return ok_status();
}

bool RaftLog::is_up_to_date(LogPosition other) const {
  const LogPosition ours = last_position();
  return other.term > ours.term || (other.term == ours.term && other.index >= ours.index);
}

EntriesAnswer RaftLog::entries(LogIndex from, LogIndex to, uint64_t bytes_max) const {
  if (from <= runs_.base().index) return {Presence::Compacted, {}};
  if (to > last() || from > to) return {Presence::Missing, {}};
  EntriesAnswer answer;
  uint64_t bytes = 0;
  if (from <= durable_) {
    answer = stored_->entries(from, std::min(to, durable_), bytes_max);
    if (answer.presence != Presence::Value) return answer;
    if (answer.entries.empty()) return {Presence::Missing, {}};
    for (const Entry& entry : answer.entries) bytes += cost_bytes(entry);
    if (answer.entries.back().index != std::min(to, durable_)) return answer;
  }
  answer.presence = Presence::Value;
  for (LogIndex at = std::max(from, next(durable_)); at <= to; at = next(at)) {
    const Entry& entry = tail_[distance(durable_, at) - 1];
    bytes += cost_bytes(entry);
    if (bytes > bytes_max && !answer.entries.empty()) break;
    answer.entries.push_back(entry);
  }
  return answer;
}

Status RaftLog::push(Entry entry) {
  TRY(note_configuration(entry));
  runs_.append(entry.term);
  tail_.push_back(std::move(entry));
  return ok_status();
}

Status RaftLog::append(Term term, EntryKind kind, Payload payload) {
  return push({next(last()), term, kind, std::move(payload)});
}

Status RaftLog::merge(const std::vector<Entry>& entries) {
  size_t known = 0;
  while (known < entries.size() && entries[known].index <= last() &&
         !(runs_.term(entries[known].index).presence == Presence::Value &&
           !runs_.holds(entries[known].position()))) {
    ++known;
  }
  if (known == entries.size()) return ok_status();
  if (planted(Fault::KeepConflictingTail) && entries[known].index <= last()) return ok_status();
  if (entries[known].index <= commit_) {
    return Error(ErrorCode::E1299, "a leader replaces an entry that is committed here");
  }
  truncate_after(entries[known].index - 1);
  for (size_t i = known; i < entries.size(); ++i) TRY(push(entries[i]));
  return ok_status();
}

void RaftLog::truncate_after(LogIndex last) {
  ASSERT(last >= commit_);
  runs_.truncate_after(last);
  while (!tail_.empty() && tail_.back().index > last) tail_.pop_back();
  durable_ = std::min(durable_, last);
  written_ = std::min(written_, last);
  if (!planted(Fault::AcknowledgeByIndex)) {
    for (Write& write : writes_) write.last = std::min(write.last, last);
  }
  if (planted(Fault::KeepTruncatedConfiguration)) return;
  while (!pending_.empty() && pending_.back().index > last) pending_.pop_back();
}

void RaftLog::commit_to(LogIndex index) {
  ASSERT(index <= last());
  if (index <= commit_) return;
  commit_ = index;
  note_committed_configurations();
}

void RaftLog::note_committed_configurations() {
  for (const PendingConfiguration& pending : pending_) {
    if (pending.index <= commit_) committed_configuration_ = pending.index;
  }
}

void RaftLog::begin_write(IoSeq seq, std::vector<Entry>& out) {
  for (LogIndex at = next(written_); at <= last(); at = next(at)) {
    out.push_back(tail_[distance(durable_, at) - 1]);
  }
  written_ = last();
  writes_.push_back({seq, written_});
}

void RaftLog::finish_write(IoSeq seq) {
  while (!writes_.empty() && writes_.front().seq <= seq) {
    const LogIndex last = std::min(writes_.front().last, written_);
    writes_.pop_front();
    for (; durable_ < last; durable_ = next(durable_)) tail_.pop_front();
  }
}

bool RaftLog::has_committed(uint64_t bytes_max) const {
  return handed_out_ < applicable() && applying_bytes_ < bytes_max;
}

LogIndex RaftLog::applicable() const {
  return planted(Fault::ApplyBeforeDurable) ? commit_ : std::min(commit_, durable_);
}

Presence RaftLog::take_committed(uint64_t bytes_max, std::vector<Entry>& out) {
  if (!has_committed(bytes_max)) return Presence::Value;
  EntriesAnswer answer = entries(next(handed_out_), applicable(), bytes_max - applying_bytes_);
  if (answer.presence != Presence::Value) return Presence::Missing;
  uint64_t bytes = 0;
  for (const Entry& entry : answer.entries) bytes += cost_bytes(entry);
  handed_out_ = answer.entries.back().index;
  applying_.push_back({handed_out_, bytes});
  applying_bytes_ += bytes;
  out = std::move(answer.entries);
  return Presence::Value;
}

void RaftLog::note_applied(LogIndex index) {
  ASSERT(index <= handed_out_);
  applied_ = std::max(applied_, index);
  while (!applying_.empty() && applying_.front().last <= index) {
    applying_bytes_ -= applying_.front().bytes;
    applying_.pop_front();
  }
  while (!pending_.empty() && pending_.front().index <= index) {
    applied_configuration_ = std::move(pending_.front());
    pending_.pop_front();
  }
}

std::optional<RaftLog::PendingConfiguration> RaftLog::take_applied_configuration() {
  return std::exchange(applied_configuration_, std::nullopt);
}

void RaftLog::compact(LogIndex index) {
  ASSERT(index <= applied_);
  if (index > runs_.base().index) runs_.compact(index);
}

void RaftLog::reset(LogPosition snapshot) {
  ASSERT(snapshot.index >= commit_);
  runs_ = TermRuns(snapshot);
  tail_.clear();
  writes_.clear();
  durable_ = written_ = commit_ = handed_out_ = applied_ = snapshot.index;
  applying_.clear();
  applying_bytes_ = 0;
  pending_.clear();
  committed_configuration_ = LogIndex();
  applied_configuration_.reset();
}

void RaftLog::check_invariants() const {
  ASSERT(runs_.base().index <= applied_);
  ASSERT(applied_ <= handed_out_);
  ASSERT(handed_out_ <= commit_);
  ASSERT(kFaultsPlanted || handed_out_ <= durable_);
  ASSERT(commit_ <= last());
  ASSERT(durable_ <= written_);
  ASSERT(written_ <= last());
  ASSERT(tail_.size() == distance(durable_, last()));
  ASSERT(applying_.empty() == (applying_bytes_ == 0));
}

}  // namespace zerodb::raft
