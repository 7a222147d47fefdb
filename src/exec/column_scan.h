// ColumnScan: all records of a table in the order of their keys, from the column cache where it has
// them, from the store where not; what the store gives goes into the cache.
//
// Threading: belongs to one statement.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exec/column_cache.h"
#include "exec/record_rows.h"

namespace zerodb::exec {

class ColumnScan {
 public:
  // Null where the cache cannot help: there is none, the transaction has written to the table or
  // changed definitions, or whole records are asked for. The reads must outlive this.
  static Result<std::unique_ptr<ColumnScan>> open(ExecState& state, TableId table,
                                                  const std::vector<sema::SourceColumn>& reads);

  // Whether the cache has the first records, and so perhaps all.
  static Result<bool> is_warm(ExecState& state, TableId table,
                              const std::vector<sema::SourceColumn>& reads);

  // 0 at the end.
  Result<uint32_t> next(const Target& target);

 private:
  ColumnScan(ExecState& state, TableId table, const std::vector<sema::SourceColumn>& reads);
  void look_up();
  Result<uint32_t> serve(const Target& target);
  Result<uint32_t> read(const Target& target);
  void begin_chunk();
  void end_chunk(std::string end);

  ExecState& state_;
  ColumnCache& cache_;
  const SpaceId space_;
  const std::vector<sema::SourceColumn>& reads_;
  const SchemaVersion schema_;
  const uint32_t chunk_rows_;
  Timestamp read_at_;
  std::vector<CachedColumnKey> wanted_;
  txn::Range range_;      // of the whole table
  std::string position_;  // what lies before it was given
  bool is_over_ = false;

  ChunkPtr chunk_;  // that is being given, from row_ on
  uint32_t row_ = 0;

  std::unique_ptr<txn::ScanCursor> cursor_;  // over the records up to limit_
  std::string limit_;
  RecordRows rows_;
  bool fills_ = false;
  std::vector<CachedColumn> made_;  // of the chunk from made_begin_ on
  std::string made_begin_;
  uint32_t made_rows_ = 0;
};

}  // namespace zerodb::exec
