#include "database/database.h"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "catalog/jobs.h"
#include "catalog/store_codec.h"
#include "database/session.h"
#include "exec/arena_wasm.h"
#include "exec/column_cache.h"
#include "exec/executor.h"
#include "exec/memory_budget.h"
#include "exec/worker_pool.h"
#include "function/password.h"
#include "storage/memory_engine.h"
#include "storage/rocks_engine.h"

namespace zerodb::database {

namespace {

// What the process holds beside stored data, measured after loads of a million records under limits
// of 64 MiB to 1 GiB: 21 MiB before the first record, the rest for merging files and statements.
constexpr size_t kOwnBytes = size_t{52} << 20;
static_assert(kOwnBytes < kMemoryBudgetMin);

size_t stored_data_budget(const DatabaseOptions& options) {
  return std::max(options.memory_budget, kMemoryBudgetMin) - kOwnBytes;
}

// What columns may take of that.
size_t column_budget(const DatabaseOptions& options) {
  return stored_data_budget(options) / 4;
}

}  // namespace

Database::Database(Clock* clock, std::unique_ptr<storage::Engine> engine)
    : own_clock_(clock == nullptr ? std::make_unique<SystemClock>() : nullptr),
      clock_(clock == nullptr ? own_clock_.get() : clock),
      random_(std::make_unique<SystemRandom>()),
      engine_(std::move(engine)),
      library_(function::Library::create()) {}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open_memory(const DatabaseOptions& options) {
  return open_engine(std::make_unique<storage::MemoryEngine>(), options);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path,
                                                 const DatabaseOptions& options) {
  storage::RocksOptions engine_options;
  engine_options.path = path;
  engine_options.memory_budget_bytes = stored_data_budget(options) - column_budget(options);
  std::unique_ptr<storage::Engine> engine = TRY(storage::RocksEngine::open(engine_options));
  DatabaseOptions with_folder = options;
  if (!with_folder.spill_folder) with_folder.spill_folder = path;
  if (!with_folder.module_folder) with_folder.module_folder = path + "/modules";
  return open_engine(std::move(engine), with_folder);
}

Result<std::unique_ptr<Database>> Database::open_engine(std::unique_ptr<storage::Engine> engine,
                                                        const DatabaseOptions& options) {
  std::unique_ptr<Database> database(new Database(options.clock, std::move(engine)));
  database->memory_ =
      std::make_unique<exec::WasmMemoryProvider>(options.module_folder.value_or(std::string()));
  database->files_ = options.files;
  database->spill_folder_ = options.spill_folder.value_or(P_tmpdir);
  database->operator_memory_ = options.operator_memory;
  database->statement_memory_ = options.statement_memory;
  database->planner_options_ = {
      .operator_memory = std::min(options.operator_memory, options.statement_memory / 2),
      .prefers_merge = options.prefers_merge};
  const uint32_t threads =
      options.threads == 0 ? std::max(1u, std::thread::hardware_concurrency()) : options.threads;
  database->workers_ = std::make_unique<exec::WorkerPool>(threads);
  database->morsel_rows_ = options.morsel_rows == 0 ? exec::kMorselRows : options.morsel_rows;
  database->statements_budget_ = std::make_unique<exec::MemoryBudget>(options.statements_memory);
  database->router_ = TRY(txn::LocalRouter::open(*database->engine_, *database->clock_, {}));
  database->statistics_ = std::make_unique<StoredStatistics>(
      *database->engine_, *database->router_,
      [&maintenance = database->maintenance_] { maintenance.wake(); });
  database->quotas_ = std::make_unique<Quotas>(*database->engine_);
  database->columns_ =
      std::make_unique<exec::ColumnCache>(column_budget(options), database->router_->last_commit());
  database->router_->add_observer(database->columns_.get());
  database->router_->add_observer(&database->live_queries_);
  TRY(database->bootstrap());
  if (TRY(database->has_work())) database->maintenance_.wake();
  return database;
}

// A store without a catalog gets namespace `main` with database `main`.
Status Database::bootstrap() {
  auto transaction = txn::Transaction::begin(*router_, {});
  std::string buffer;
  const auto version =
      TRY(transaction.get(storage::Family::Meta, catalog::root_version_key(), buffer));
  if (version) return ok_status();
  for (const auto& [key, row] : catalog::bootstrap_rows())
    TRY(transaction.put(storage::Family::Meta, key, row));
  TRY(transaction.commit());
  return ok_status();
}

Result<std::unique_ptr<Session>> Database::create_session() {
  return std::unique_ptr<Session>(new Session(*this, next_session_.fetch_add(1)));
}

Result<std::unique_ptr<Session>> Database::create_session(const SessionOptions& options) {
  if (options.claims.tag() != Tag::None && options.claims.tag() != Tag::Object)
    return Error(ErrorCode::E0306, "the claims of a user are an object");
  auto transaction = txn::Transaction::begin(*router_, {.access = txn::Access::ReadOnly});
  const SchemaPtr schema = TRY(schemas_.get(transaction, catalog::kMainDatabase));
  const catalog::Facility* user =
      schema->find_facility(catalog::Facility::Kind::User, options.user);
  // A name that is not there takes as long as a wrong password.
  static constexpr std::string_view kNobody =
      "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const bool can_log_in = user != nullptr && !user->password_hash.empty();
  const auto verified = function::verify_password(
      options.password, can_log_in ? user->password_hash : std::string(kNobody));
  if (!can_log_in || !verified.value_or(false))
    return Error(ErrorCode::E0703, "wrong user or password");
  std::unique_ptr<Session> session = TRY(create_session());
  session->info_.user = user->name;
  session->login_ = Login{user->name, catalog::kMainDatabase, options.claims};
  return session;
}

// Whether an earlier process left something to be done, or something is always to be done.
Result<bool> Database::has_work() {
  auto transaction = txn::Transaction::begin(*router_, {.access = txn::Access::ReadOnly});
  const auto jobs =
      transaction.scan(storage::Family::Meta, storage::Range::prefix(catalog::jobs_prefix()),
                       storage::Direction::Forward);
  const bool has_jobs = jobs->next() != nullptr;
  TRY(jobs->status());
  if (has_jobs) return true;
  const SchemaPtr main = TRY(schemas_.get(transaction, catalog::kMainDatabase));
  for (const catalog::Database& each : main->databases()) {
    const SchemaPtr schema = TRY(schemas_.get(transaction, each.id));
    for (const catalog::Table& table : schema->tables()) {
      if (table.options.contains("ttl")) return true;
    }
  }
  return false;
}

Status Database::commit_definition(txn::Transaction& transaction) {
  definitions_.begin_change();
  const auto committed = transaction.commit();
  definitions_.end_change();
  if (!committed) return committed.error();
  maintenance_.wake();
  return ok_status();
}

Result<bool> Database::maintain() {
  return maintenance_.run_once();
}

Result<size_t> Database::collect() {
  return router_->collect();
}
Status Database::flush() {
  return engine_->flush();
}
Status Database::check_integrity() {
  return engine_->check_integrity();
}

Status Database::backup(const std::string& folder) {
  return engine_->backup(folder);
}
Status Database::restore(const std::string& folder, const std::string& path) {
  return storage::restore_backup(folder, path);
}
Result<std::vector<storage::BackupInfo>> Database::backups(const std::string& folder) {
  return storage::list_backups(folder);
}

}  // namespace zerodb::database
