// BulkLoad: rows for a table that is empty, put into the store as sorted files instead of commits.
//
// The rows and their index entries go into new spaces, which nobody reads until finish() lets the
// table go on in them with one small commit. The spaces belong to a job for freeing them from the
// start, so what does not come so far is freed, also after the end of the process. Whoever writes
// to the table or defines something in its database meanwhile wins: finish() is E0801 then, and
// nothing is loaded. Threading: belongs to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/schema.h"
#include "database/maintenance.h"
#include "mvcc/commit.h"
#include "storage/engine.h"
#include "txn/transaction.h"

namespace zerodb::database {

class Database;

class BulkLoad {
 public:
  // Nothing where rows have to go in one by one: the table has records, unique indexes, references
  // or ends, or live queries watch the database.
  static Result<std::unique_ptr<BulkLoad>> start(Database& database, DatabaseId where,
                                                 TableId table);
  BulkLoad(const BulkLoad&) = delete;
  BulkLoad& operator=(const BulkLoad&) = delete;
  ~BulkLoad();

  // Definitions must be the same from the start to the end.
  SchemaVersion schema() const { return schema_; }
  // Takes what inserting some rows into the table, as it is without those loaded, writes. False,
  // and nothing is taken: the rows do not follow those before in the order of keys, something else
  // is written, or enough is in memory.
  Result<bool> add(const txn::Transaction::LoadWrites& batch);
  // Of the keys of the table's records now.
  std::string old_prefix() const;
  bool has_rows() const { return rows_ > 0; }
  // What was taken is about so large in the store.
  uint64_t byte_count() const { return byte_count_; }
  // Shows the rows.
  Status finish(txn::Durability durability);

 private:
  // An index entry in `bytes_`, without its index. `head` is its first bytes, for comparing.
  struct Entry {
    uint64_t head = 0;
    uint64_t offset = 0;
    uint32_t key_size = 0;
    uint32_t payload_size = 0;
  };
  struct Index {
    IndexId id;  // the new one
    std::vector<Entry> entries;
  };

  BulkLoad(Database& database, DatabaseId where, TableId table)
      : database_(database), where_(where), table_(table) {}
  Result<bool> allocate();
  bool rows_in_order(const std::vector<mvcc::Write>& rows) const;
  bool fits(const txn::Transaction::LoadWrites& batch) const;
  uint64_t entry_bytes() const;
  Status add_row(const mvcc::Write& write);
  void add_entry(std::string_view key, std::string_view payload);
  Status write_entries();
  Status show(txn::Durability durability);
  std::vector<catalog::DroppedSpace> new_spaces() const;

  Database& database_;
  DatabaseId where_;
  TableId table_;
  SchemaVersion schema_;
  SpaceId old_space_;
  SpaceId new_space_;
  std::map<uint64_t, Index> indexes_;  // by the old id
  std::optional<Maintenance::SpaceClaim> claim_;
  std::unique_ptr<storage::BulkWriter> writer_;
  std::string header_;  // of every version
  std::string last_key_;
  std::string key_;  // reused
  std::string value_;
  std::string bytes_;
  uint64_t rows_ = 0;
  uint64_t byte_count_ = 0;
};

}  // namespace zerodb::database
