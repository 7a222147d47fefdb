#include "txn/local_router.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/store_fault.h"

namespace zerodb::txn {
namespace {

// What one sync carries at most: a large group delays those who wait behind it.
constexpr size_t kGroupCommitsMax = 256;
constexpr size_t kGroupBytesMax = size_t{8} << 20;
constexpr size_t kCollectStepEntries = 8192;

size_t byte_count(const mvcc::CommitRequest& request) {
  size_t bytes = 0;
  for (const mvcc::Write& write : request.writes) bytes += write.key.size() + write.payload.size();
  return bytes;
}

}  // namespace

Result<std::unique_ptr<LocalRouter>> LocalRouter::open(storage::Engine& engine, Clock& clock,
                                                       LocalRouterOptions options) {
  mvcc::Committer committer = TRY(mvcc::Committer::open(engine));
  return std::unique_ptr<LocalRouter>(
      new LocalRouter(engine, clock, std::move(committer), options));
}

LocalRouter::LocalRouter(storage::Engine& engine, Clock& clock, mvcc::Committer committer,
                         LocalRouterOptions options)
    : engine_(engine),
      options_(options),
      clock_(clock, committer.last_commit()),
      committer_(std::move(committer)),
      collector_(engine),
      published_(committer_.last_commit()) {}

Result<std::unique_ptr<mvcc::SnapshotReader>> LocalRouter::begin_snapshot(
    std::optional<Timestamp> at) {
  Timestamp read_at;
  {
    const std::lock_guard lock(snapshots_mutex_);
    if (at && (live_.empty() ? published_ : live_.begin()->first) > *at)
      return Error(ErrorCode::E0807, "the versions of that moment are not kept any more");
    read_at = at.value_or(published_);
    if (planted(StoreFault::StaleSnapshot)) read_at = Timestamp(published_.raw() - 1);
    ++live_[read_at];
  }
  // The engine's state is at least as new as the timestamp; what is newer in it, the reader passes
  // over.
  return std::make_unique<mvcc::SnapshotReader>(engine_, engine_.snapshot(), read_at);
}

void LocalRouter::hold_snapshot(Timestamp at) {
  const std::lock_guard lock(snapshots_mutex_);
  ++live_[at];
}

void LocalRouter::end_snapshot(Timestamp read_at) {
  const std::lock_guard lock(snapshots_mutex_);
  const auto found = live_.find(read_at);
  ASSERT(found != live_.end());
  if (--found->second == 0) live_.erase(found);
}

Result<mvcc::Lookup> LocalRouter::get_newest(storage::Family family, std::string_view key,
                                             std::string& buffer) {
  return mvcc::get_newest(engine_, family, key, buffer);
}

Result<Timestamp> LocalRouter::commit(mvcc::CommitRequest request) {
  Waiter waiter;
  waiter.request = &request;
  std::unique_lock lock(queue_mutex_);
  queue_.push_back(&waiter);
  waiter.wake.wait(lock,
                   [&] { return waiter.is_done || (queue_.front() == &waiter && !is_busy_); });
  if (!waiter.is_done) lead(lock);
  ASSERT(waiter.is_done);
  return std::move(waiter.result);
}

// Serves a group of the queue, of which the caller is the first. Nobody else touches the committer
// meanwhile.
void LocalRouter::lead(std::unique_lock<std::mutex>& lock) {
  is_busy_ = true;
  std::vector<Waiter*> group;
  size_t bytes = 0;
  for (Waiter* waiter : queue_) {
    if (group.size() == kGroupCommitsMax || (bytes > 0 && bytes > kGroupBytesMax)) break;
    bytes += byte_count(*waiter->request);
    group.push_back(waiter);
  }
  lock.unlock();
  const size_t served = serve(group);
  lock.lock();
  for (size_t i = 0; i < served; ++i) {
    queue_.pop_front();
    group[i]->is_done = true;
    if (i > 0) group[i]->wake.notify_one();
  }
  lock.unlock();
  // Those who wait have their answers already. A failure is met again by the next writer, or by
  // collect().
  if (is_collection_due()) [[maybe_unused]]
    const auto step = collect_step();
  lock.lock();
  hand_over();
}

void LocalRouter::hand_over() {
  is_busy_ = false;
  if (!queue_.empty()) queue_.front()->wake.notify_one();
  idle_.notify_one();
}

// Commits a first part of the group in one engine batch, at least one request, and fills in their
// results.
size_t LocalRouter::serve(const std::vector<Waiter*>& group) {
  storage::Durability durability = storage::Durability::Relaxed;
  std::vector<Waiter*> staged;
  Timestamp last;
  size_t served = 0;
  for (Waiter* waiter : group) {
    const Timestamp at = clock_.next();
    Result<mvcc::Staged> result = committer_.stage(*waiter->request, at);
    if (result && *result == mvcc::Staged::NextBatch) break;
    ++served;
    if (!result) {
      waiter->result = std::move(result).error();
      continue;
    }
    waiter->result = at;
    last = at;
    staged.push_back(waiter);
    if (waiter->request->durability == storage::Durability::Synced)
      durability = storage::Durability::Synced;
  }
  ASSERT(served > 0);
  if (staged.empty()) return served;
  const Status written = committer_.write(durability);
  if (!written) {
    for (Waiter* waiter : staged) waiter->result = written.error();
    return served;
  }
  for (CommitObserver* observer : observers_) {
    for (const Waiter* waiter : staged)
      observer->on_commit(*waiter->result, waiter->request->writes);
  }
  const std::lock_guard lock(snapshots_mutex_);
  published_ = last;
  return served;
}

Timestamp LocalRouter::last_commit() const {
  const std::lock_guard lock(snapshots_mutex_);
  return published_;
}

Timestamp LocalRouter::floor() const {
  const std::lock_guard lock(snapshots_mutex_);
  if (live_.empty() || planted(StoreFault::FloorIgnoresSnapshots)) return published_;
  return live_.begin()->first;
}

size_t LocalRouter::live_snapshot_count() const {
  const std::lock_guard lock(snapshots_mutex_);
  size_t count = 0;
  for (const auto& [at, holders] : live_) count += holders;
  return count;
}

// While a snapshot holds the floor down, walking the history again would find nothing to remove.
bool LocalRouter::is_collection_due() const {
  if (options_.collect_after_versions == 0) return false;
  if (is_walking_) return true;
  return committer_.replaced_count() - collected_at_count_ >= options_.collect_after_versions &&
         floor() > completed_floor_;
}

Result<mvcc::CollectStep> LocalRouter::collect_step() {
  if (!is_walking_) {
    is_walking_ = true;
    walk_floor_ = floor();
    collected_at_count_ = committer_.replaced_count();
  }
  const mvcc::CollectStep step = TRY(collector_.step(committer_, walk_floor_, kCollectStepEntries));
  if (step.is_complete) {
    is_walking_ = false;
    completed_floor_ = walk_floor_;
  }
  return step;
}

Result<size_t> LocalRouter::collect() {
  size_t removed = 0;
  // A walk that is under way has an older floor; the one after it has today's.
  for (int walk = 0; walk < 2; ++walk) {
    bool is_complete = false;
    while (!is_complete) {
      std::unique_lock lock(queue_mutex_);
      idle_.wait(lock, [&] { return !is_busy_; });
      is_busy_ = true;
      lock.unlock();
      const Result<mvcc::CollectStep> step = collect_step();
      lock.lock();
      hand_over();
      if (!step) return step.error();
      removed += step->removed;
      is_complete = step->is_complete;
    }
  }
  return removed;
}

Status LocalRouter::drop_range(storage::Family family, std::string_view prefix) {
  TRY(engine_.drop_range(family, storage::Range::prefix(prefix)));
  if (family == storage::Family::Row)
    TRY(engine_.drop_range(storage::Family::System, mvcc::counts_range(prefix)));
  return engine_.drop_range(storage::Family::History, mvcc::history_range(family, prefix));
}

}  // namespace zerodb::txn
