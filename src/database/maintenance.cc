#include "database/maintenance.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "database/database.h"
#include "database/index_builder.h"
#include "database/own_call.h"
#include "exec/expiry.h"
#include "zeroql/literal.h"

namespace zerodb::database {

using storage::Family;

namespace {

constexpr std::chrono::milliseconds kRetryAfter{200};
constexpr std::chrono::seconds kLookAgainAfter{10};
constexpr uint64_t kExpiryStep = 4096;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kWishesAfter = 2 * kSecond;
// Records of a table are looked at so often within their lifetime.
constexpr int64_t kSweepsPerLifetime = 20;
constexpr int64_t kSweepAtMostEvery = 10 * kSecond;
constexpr int64_t kSweepAtLeastEvery = 3600 * kSecond;

Family family_of(catalog::DroppedSpace::Kind kind) {
  return kind == catalog::DroppedSpace::Kind::Records ? Family::Row : Family::Index;
}

}  // namespace

Maintenance::~Maintenance() {
  cancel_.cancel();
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Maintenance::wake() {
  {
    const std::lock_guard lock(mutex_);
    is_woken_ = true;
    if (!thread_.joinable() && !is_ending_) thread_ = std::thread([this] { run(); });
  }
  changed_.notify_all();
}

void Maintenance::run() {
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    is_woken_ = false;
    lock.unlock();
    const Result<bool> left = run_once(Statistics::Later);
    lock.lock();
    const bool is_soon = !left || *left;
    const auto wait = is_soon ? kRetryAfter : std::chrono::milliseconds(kLookAgainAfter);
    changed_.wait_for(lock, wait, [&] { return is_ending_ || is_woken_; });
  }
}

Result<catalog::Jobs> read_jobs(txn::Transaction& transaction) {
  catalog::Rows rows;
  const auto cursor = transaction.scan(Family::Meta, storage::Range::prefix(catalog::jobs_prefix()),
                                       storage::Direction::Forward);
  while (const storage::Entry* entry = cursor->next()) rows.emplace(entry->key, entry->value);
  TRY(cursor->status());
  return catalog::read_jobs(rows);
}

Result<bool> Maintenance::run_once(Statistics statistics) {
  const std::lock_guard work(work_mutex_);
  catalog::Jobs jobs;
  Timestamp seen_at;
  {
    auto transaction =
        txn::Transaction::begin(*database_.router_, {.access = txn::Access::ReadOnly});
    jobs = TRY(read_jobs(transaction));
    seen_at = TRY(transaction.read_timestamp());
  }
  TRY(build_indexes(jobs.indexes));
  const bool is_left = TRY(free_dropped(jobs.dropped, seen_at));
  TRY(expire_records());
  return refresh_wished(statistics) || is_left;
}

// Frees what no snapshot can see: those from before the drop are gone once the floor has passed a
// moment at which the drop was visible.
Result<bool> Maintenance::free_dropped(const std::vector<catalog::DroppedSpace>& dropped,
                                       Timestamp seen_at) {
  if (dropped.empty()) return false;
  if (database_.router_->floor() < seen_at) return true;
  bool is_durable = false;
  for (const catalog::DroppedSpace& space : dropped) {
    {
      const std::lock_guard lock(mutex_);
      if (std::ranges::find(claimed_spaces_, space) != claimed_spaces_.end()) continue;
    }
    // Whoever claimed it may have put it to use since the jobs were read.
    const catalog::Change job = catalog::put_dropped(space);
    std::string buffer;
    auto transaction = txn::Transaction::begin(*database_.router_, {});
    if (!TRY(transaction.get(Family::Meta, job.key, buffer))) continue;
    if (!is_durable) {
      // Files go at once and for good, so what let go of the space must be on the disk before: a
      // synced commit brings everything before it there.
      TRY(transaction.put(Family::Meta, job.key, job.row));
      TRY(transaction.commit());
      is_durable = true;
    }
    TRY(database_.router_->drop_range(family_of(space.kind), space.prefix));
    auto done = txn::Transaction::begin(*database_.router_, {});
    TRY(done.erase(Family::Meta, job.key));
    TRY(done.commit());
  }
  return false;
}

Status Maintenance::build_indexes(const std::vector<catalog::IndexJob>& jobs) {
  for (const catalog::IndexJob& job : jobs) {
    {
      const std::lock_guard lock(mutex_);
      if (claimed_.contains(job.index)) continue;
    }
    // An index whose records break its rule is taken back: that is the end of the job.
    const Status built =
        IndexBuilder(database_, cancel_, IndexBuilder::Cancelled::Left).run(job.index);
    if (!built && cancel_.is_cancelled()) return built;
  }
  return ok_status();
}

namespace {

// The lifetime of a table's records; nothing without one.
std::optional<int64_t> lifetime_ms(const catalog::Table& table) {
  const auto option = table.options.find("ttl");
  if (option == table.options.end()) return std::nullopt;
  const auto nanos = zeroql::decode_duration(option->second);
  if (!nanos) return std::nullopt;
  return *nanos / 1'000'000;
}

}  // namespace

// One step of a sweep; false at the end of the table.
Result<bool> Maintenance::expire_some(DatabaseId database, TableId id, int64_t ttl_ms,
                                      Sweep& sweep) {
  // Only a write to a record that goes is a conflict, not one to its neighbours.
  auto transaction =
      txn::Transaction::begin(*database_.router_, {.isolation = txn::Isolation::Snapshot});
  const SchemaPtr schema = TRY(database_.schemas_.get(transaction, database));
  const catalog::Table* table = schema->find_table(id);
  if (table == nullptr || lifetime_ms(*table) != ttl_ms) return false;
  const int64_t before_ms = database_.clock_->wall_ns() / 1'000'000 - ttl_ms;
  if (before_ms <= 0) return false;
  const OwnCall call(database_, transaction, schema, &cancel_);
  const exec::ExpiryStep step =
      TRY(exec::expire_step(call.context(), schema, *table, sweep.next,
                            Timestamp::from_wall_ns(before_ms * 1'000'000), kExpiryStep));
  TRY(transaction.commit());
  sweep.next = step.next;
  return !step.is_complete;
}

Status Maintenance::expire_table(DatabaseId database, TableId table, int64_t ttl_ms) {
  Sweep& sweep = sweeps_[table];
  const int64_t now_ns = database_.clock_->monotonic_ns();
  if (sweep.due_ns > now_ns) return ok_status();
  while (!cancel_.is_cancelled()) {
    const Result<bool> is_more = expire_some(database, table, ttl_ms, sweep);
    if (is_more && *is_more) continue;
    if (!is_more && is_more.error().is_retryable()) continue;
    sweep.next.clear();
    sweep.due_ns = now_ns + std::clamp(ttl_ms * 1'000'000 / kSweepsPerLifetime, kSweepAtMostEvery,
                                       kSweepAtLeastEvery);
    if (!is_more) return is_more.error();
    return ok_status();
  }
  return ok_status();
}

Status Maintenance::expire_records() {
  struct Lifetime {
    DatabaseId database;
    TableId table;
    int64_t ttl_ms;
  };
  std::vector<Lifetime> found;
  {
    auto transaction =
        txn::Transaction::begin(*database_.router_, {.access = txn::Access::ReadOnly});
    const SchemaPtr main = TRY(database_.schemas_.get(transaction, catalog::kMainDatabase));
    for (const catalog::Database& each : main->databases()) {
      const SchemaPtr schema = TRY(database_.schemas_.get(transaction, each.id));
      for (const catalog::Table& table : schema->tables()) {
        if (const auto ttl_ms = lifetime_ms(table)) found.push_back({each.id, table.id, *ttl_ms});
      }
    }
  }
  for (const Lifetime& each : found) TRY(expire_table(each.database, each.table, each.ttl_ms));
  return ok_status();
}

// An aid to plans: what fails here is wished for again by the next plan.
bool Maintenance::refresh_wished(Statistics when) {
  if (!database_.statistics_->has_wishes()) return false;
  if (when == Statistics::Later) {
    const int64_t now_ns = database_.clock_->monotonic_ns();
    if (wished_since_ns_ == 0) wished_since_ns_ = now_ns;
    if (now_ns - wished_since_ns_ < kWishesAfter) return true;
  }
  wished_since_ns_ = 0;
  for (TableId table : database_.statistics_->take_wishes()) {
    const DatabaseId database(static_cast<uint32_t>(table.value() >> 32));
    if (!refresh_statistics(database_, database, table, &cancel_)) break;
  }
  return false;
}

Maintenance::SpaceClaim::SpaceClaim(Maintenance& owner, std::vector<catalog::DroppedSpace> spaces)
    : owner_(owner), spaces_(std::move(spaces)) {
  const std::lock_guard lock(owner_.mutex_);
  owner_.claimed_spaces_.insert(owner_.claimed_spaces_.end(), spaces_.begin(), spaces_.end());
}

Maintenance::SpaceClaim::~SpaceClaim() {
  const std::lock_guard lock(owner_.mutex_);
  std::erase_if(owner_.claimed_spaces_, [&](const catalog::DroppedSpace& each) {
    return std::ranges::find(spaces_, each) != spaces_.end();
  });
}

Maintenance::Claim::Claim(Maintenance& owner, IndexId index) : owner_(owner), index_(index) {
  const std::lock_guard lock(owner_.mutex_);
  owner_.claimed_.insert(index_);
}

Maintenance::Claim::~Claim() {
  const std::lock_guard lock(owner_.mutex_);
  owner_.claimed_.erase(index_);
}

}  // namespace zerodb::database
