// SchemaCache: the Schema that a transaction sees, built once a version and shared.
//
// Every transaction reads the version rows of the catalog, so a definition that commits beside it
// is a conflict. Rows are scanned and bound only for a version that is not cached; a transaction's
// own uncommitted definitions give a private Schema. Threading: may be shared by all threads.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "base/result.h"
#include "catalog/schema.h"
#include "catalog/store_codec.h"
#include "txn/transaction.h"

namespace zerodb::database {

using SchemaPtr =
    std::shared_ptr<const catalog::Schema>;  // immutable; shared by sessions, statements and plans

class SchemaCache {
 public:
  // What the transaction sees of a database. E0206 if the database is gone.
  Result<SchemaPtr> get(txn::Transaction& transaction, DatabaseId database);
  // The catalog rows that such a schema is built from.
  static Result<catalog::Rows> rows(txn::Transaction& transaction, DatabaseId database);

 private:
  struct Version {
    uint64_t root = 0;
    uint64_t database = 0;
    auto operator<=>(const Version&) const = default;
  };
  static Result<Version> read_version(txn::Transaction& transaction, DatabaseId database);

  std::mutex mutex_;
  // The newest committed snapshot of each database that was asked for.
  std::map<DatabaseId, std::pair<Version, SchemaPtr>> newest_;
};

}  // namespace zerodb::database
