// Database: an open store, and everything that its sessions share.
//
// Opens a store in memory or in a folder, and makes sessions. Sessions share the engine, the
// function library, the schemas of the databases in the store and the cache of checked and planned
// statements. Closing waits for nothing: every session must be gone. Errors of opening: E1207
// another process holds the folder, E1208 the folder has a format this version does not read or is
// no database at all, E1205 damaged, E1206 input or output. Threading: may be shared by all
// threads. It outlives its sessions.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_access.h"
#include "base/random.h"
#include "base/result.h"
#include "database/activity.h"
#include "database/definition_epoch.h"
#include "database/live_queries.h"
#include "database/maintenance.h"
#include "database/quotas.h"
#include "database/schema_cache.h"
#include "database/sequences.h"
#include "database/statement_cache.h"
#include "database/stored_statistics.h"
#include "function/library.h"
#include "plan/planner.h"
#include "storage/engine.h"
#include "storage/rocks_backup.h"
#include "txn/local_router.h"
#include "value/value.h"

namespace zerodb::exec {
class ColumnCache;
class MemoryBudget;
class WasmMemoryProvider;
class WorkerPool;
}  // namespace zerodb::exec

namespace zerodb::database {

// The least that a database can do with: see DatabaseOptions::memory_budget.
inline constexpr size_t kMemoryBudgetMin = size_t{64} << 20;

struct DatabaseOptions {
  // Bytes that the process may hold while its statements are small: the caches of stored data, the
  // engine's write buffers, and 52 MiB for the program itself, what it merges files with and a
  // batch of statements. Less than kMemoryBudgetMin counts as that.
  size_t memory_budget = size_t{1} << 30;
  // Bytes that the rows kept by running statements may take: of one, and of all together. What
  // needs more is E1108.
  uint64_t statement_memory = uint64_t{1} << 30;
  uint64_t statements_memory = uint64_t{2} << 30;
  // What one operator of a statement may hold before it moves rows to disk, if that is less than
  // half of what the statement may hold.
  uint64_t operator_memory = UINT64_MAX;
  // Where statements put rows that do not fit into that memory, in files without a name. Not given:
  // the folder of the store; for one in memory, the system's for temporary files. Empty: nowhere.
  std::optional<std::string> spill_folder = {};
  // Where compiled code is kept for the next time that the database is opened. Not given: a folder
  // in that of the store; for one in memory, nowhere. Empty: nowhere.
  std::optional<std::string> module_folder = {};
  // Threads that one statement may use, 0: as many as the machine has. Statements share those
  // beside their own.
  uint32_t threads = 0;
  // Records that one of them takes at once; 0: exec::kMorselRows.
  uint32_t morsel_rows = 0;
  // Joins are merged wherever they can be, whatever it costs. For tests.
  bool prefers_merge = false;
  // What read_csv and read_json may read; without it they are E0610.
  std::optional<FileAccess> files = {};
  // Borrowed, and outlives the database; null: that of the system.
  Clock* clock = nullptr;
};

class Session;

// Who a session is for. Without one it is for root, who may do everything: whoever can open a store
// can read its files.
struct SessionOptions {
  std::string user;      // of main.main
  std::string password;  // as text
  // What else `$auth` knows of the user in the conditions of grants: an object, or none. `name` and
  // `roles` are the database's own.
  Value claims = Value::none();
};

class Database {
 public:
  static Result<std::unique_ptr<Database>> open_memory(const DatabaseOptions& options = {});
  static Result<std::unique_ptr<Database>> open(const std::string& path,
                                                const DatabaseOptions& options);
  // Over an engine that the caller made.
  static Result<std::unique_ptr<Database>> open_engine(std::unique_ptr<storage::Engine> engine,
                                                       const DatabaseOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // A new session in main.main.
  Result<std::unique_ptr<Session>> create_session();
  // For a user, with what the user's roles may do; E0703 for a wrong name or password.
  Result<std::unique_ptr<Session>> create_session(const SessionOptions& options);

  // Removes versions that no reader can see; gives how many. Also done in the background of
  // commits.
  Result<size_t> collect();
  // Does now what is otherwise done by a thread of its own (maintenance.h). True if something has
  // to wait, such as freeing what a reader may still see.
  Result<bool> maintain();
  // Moves what is buffered to its durable place.
  Status flush();
  // Reads everything and checks what can be checked. StoreCheck looks further.
  Status check_integrity();
  // Adds a backup of all that is committed to a folder of backups, which is made if it is absent,
  // while sessions go on. Files that earlier backups hold already are not copied again. E0620 in
  // memory, E1208 a folder of something else, E1204, E1206.
  Status backup(const std::string& folder);
  // Makes a store of the newest backup in a folder; `path` must be absent or empty. Every file is
  // verified first: E1205.
  static Status restore(const std::string& folder, const std::string& path);
  static Result<std::vector<storage::BackupInfo>> backups(const std::string& folder);

 private:
  friend class IndexBuilder;
  friend class LiveQuery;
  friend class BulkLoad;
  friend class CopyFrom;
  friend class Maintenance;
  friend class OwnCall;
  friend class Session;
  friend class SessionSequences;
  friend class StatementRunner;
  friend class StoreCheck;
  friend class SystemSource;
  friend class TransactionControl;
  friend Status refresh_statistics(Database& database, DatabaseId where, TableId table,
                                   const CancelToken* cancel, int64_t deadline_ns);
  Database(Clock* clock, std::unique_ptr<storage::Engine> engine);
  Status bootstrap();
  Result<bool> has_work();
  // Commits a transaction that changes definitions.
  Status commit_definition(txn::Transaction& transaction);

  // Destroyed in reverse order: sessions use the caches, the router uses the engine.
  std::unique_ptr<Clock> own_clock_;
  Clock* clock_;  // own or borrowed
  std::unique_ptr<Random> random_;
  std::optional<FileAccess> files_;
  std::unique_ptr<storage::Engine> engine_;
  std::unique_ptr<txn::LocalRouter> router_;
  std::unique_ptr<const function::Library> library_;
  std::unique_ptr<StoredStatistics> statistics_;
  std::unique_ptr<exec::ColumnCache> columns_;  // sees the commits of the router
  uint64_t statement_memory_ = 0;
  uint64_t operator_memory_ = UINT64_MAX;
  std::string spill_folder_;
  std::unique_ptr<exec::WorkerPool> workers_;
  uint32_t morsel_rows_ = 0;
  plan::PlannerOptions planner_options_;
  std::unique_ptr<exec::MemoryBudget> statements_budget_;
  std::unique_ptr<exec::WasmMemoryProvider>
      memory_;  // shared with compiled modules by all sessions
  SchemaCache schemas_;
  StatementCache statements_;
  DefinitionEpoch definitions_;
  LiveQueries live_queries_;
  std::unique_ptr<Quotas> quotas_;
  Activity activity_;
  Sequences sequences_;
  std::atomic<uint64_t> next_session_ = 1;
  Maintenance maintenance_{*this};  // its thread ends first
};

}  // namespace zerodb::database
