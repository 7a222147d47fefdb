#include "database/database.h"

#include "catalog/store_codec.h"
#include "database/session.h"
#include "exec/arena_wasm.h"
#include "storage/memory_engine.h"
#include "storage/rocks_engine.h"

namespace zerodb::database {

Database::Database(std::unique_ptr<Clock> clock, std::unique_ptr<storage::Engine> engine)
    : clock_(std::move(clock)),
      random_(std::make_unique<SystemRandom>()),
      engine_(std::move(engine)),
      library_(function::Library::create()),
      memory_(std::make_unique<exec::WasmMemoryProvider>()) {}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open_memory(const DatabaseOptions& options) {
  return start(std::make_unique<storage::MemoryEngine>(), options);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path,
                                                 const DatabaseOptions& options) {
  storage::RocksOptions engine_options;
  engine_options.path = path;
  engine_options.memory_budget_bytes = options.memory_budget;
  std::unique_ptr<storage::Engine> engine = TRY(storage::RocksEngine::open(engine_options));
  return start(std::move(engine), options);
}

Result<std::unique_ptr<Database>> Database::start(std::unique_ptr<storage::Engine> engine,
                                                  const DatabaseOptions& options) {
  std::unique_ptr<Database> database(
      new Database(std::make_unique<SystemClock>(), std::move(engine)));
  database->files_ = options.files;
  database->router_ = TRY(txn::LocalRouter::open(*database->engine_, *database->clock_, {}));
  TRY(database->bootstrap());
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

Result<size_t> Database::collect() {
  return router_->collect();
}
Status Database::flush() {
  return engine_->flush();
}
Status Database::check_integrity() {
  return engine_->check_integrity();
}

}  // namespace zerodb::database
