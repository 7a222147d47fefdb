// Jobs: what definitions leave to be done after their commit, kept in the catalog so that it
// survives the end of the process.
//
// Keys: 'j' 0 [space u8][prefix] for keys that belong to nothing any more, 'j' 1 [index u64] for an
// index whose entries are being made. Errors: E1205 for a row that cannot be read, E1208 for a
// format from the future. Threading: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "catalog/schema.h"
#include "catalog/store_codec.h"

namespace zerodb::catalog {

// Keys of records or of index entries with one prefix: those of a table, an index or a database.
struct DroppedSpace {
  enum class Kind : uint8_t { Records, Entries };
  Kind kind = Kind::Records;
  std::string prefix;
  bool operator==(const DroppedSpace&) const = default;
};

struct IndexJob {
  DatabaseId database;
  TableId table;
  IndexId index;
  std::string next;  // the record key, without the table, from which on records lack their entries
  bool operator==(const IndexJob&) const = default;
};

struct Jobs {
  std::vector<DroppedSpace> dropped;
  std::vector<IndexJob> indexes;
};

std::string jobs_prefix();
std::string index_job_key(IndexId index);

Change put_dropped(const DroppedSpace& space);
Change erase_dropped(const DroppedSpace& space);
Change put_index_job(const IndexJob& job);
Change erase_index_job(IndexId index);

Result<IndexJob> decode_index_job(std::string_view key, std::string_view row);
// Reads what lies under jobs_prefix().
Result<Jobs> read_jobs(const Rows& rows);

}  // namespace zerodb::catalog
