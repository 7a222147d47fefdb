// StoreCheck: proves that records, index entries and catalog of a store agree.
//
// Reads everything: checksums of the files, every version, every database, table and index, and
// whether any keys belong to none. Works under one snapshot beside writers. Threading: belongs to
// one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "base/cancel.h"
#include "catalog/jobs.h"
#include "database/database.h"

namespace zerodb::database {

struct StoreReport {
  uint64_t databases = 0;
  uint64_t tables = 0;
  uint64_t records = 0;
  uint64_t entries = 0;   // of indexes
  uint64_t versions = 0;  // of records, entries and definitions, old ones too
  uint64_t problems = 0;
};

class StoreCheck {
 public:
  using Report = std::function<void(const std::string& problem)>;

  // `cancel` may be null: E1107.
  StoreCheck(Database& database, const CancelToken* cancel, Report report)
      : database_(database), cancel_(cancel), report_(std::move(report)) {}

  // An error where the store cannot be read at all.
  Result<StoreReport> run();

 private:
  void problem(const std::string& text);
  Status check_databases(txn::Transaction& transaction);
  Status check_database(txn::Transaction& transaction, const catalog::Database& which,
                        const std::string& space);
  Status check_count(txn::Transaction& transaction, const catalog::Table& table, uint64_t records,
                     const std::function<void(std::string)>& report);
  Status find_strays(txn::Transaction& transaction, catalog::DroppedSpace::Kind kind,
                     const std::set<uint64_t>& known, const catalog::Jobs& jobs);

  Database& database_;
  const CancelToken* cancel_;
  Report report_;
  StoreReport counts_;
  std::set<uint64_t> tables_;
  std::set<uint64_t> indexes_;
};

}  // namespace zerodb::database
