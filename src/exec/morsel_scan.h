// MorselSource: the records of a whole table, handed out piece by piece in the order of their keys,
// and MorselScan: one of the threads that take them.
//
// A morsel is a chunk of cached columns, or the bytes of records that are not there; whoever takes
// them decodes them and gives the chunk to the cache (morsel-driven parallelism: Leis, Boncz,
// Kemper, Neumann, SIGMOD 2014). Threading: the source may be shared by all threads; a scan belongs
// to one.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "exec/column_cache.h"
#include "exec/operator.h"
#include "exec/record_reader.h"
#include "exec/record_rows.h"

namespace zerodb::exec {

struct Morsel {
  uint64_t number = 0;
  ChunkPtr chunk;  // null: the records, with the table off their keys
  ByteRuns keys;
  ByteRuns records;
  uint32_t rows = 0;
  bool fills = false;  // the cache wants the columns of all keys from `begin` to `end`
  std::string begin;
  std::string end;
};

class MorselSource {
 public:
  // Of what the state's transaction sees; the reads outlive the source.
  static Result<std::unique_ptr<MorselSource>> open(ExecState& state, TableId table,
                                                    const std::vector<sema::SourceColumn>& reads);

  TableId table() const { return table_; }
  const std::vector<sema::SourceColumn>& reads() const { return reads_; }
  const std::vector<CachedColumnKey>& wanted() const { return wanted_; }
  // The next one; false at the end. It is numbered also where there is an error.
  Result<bool> take(Morsel& out);
  // The columns of a morsel that is to fill the cache.
  void put(const Morsel& morsel, std::vector<CachedColumn> columns);

 private:
  MorselSource(ExecState& state, TableId table, const std::vector<sema::SourceColumn>& reads,
               txn::Transaction transaction);
  Status read(Morsel& out);

  const TableId table_;
  const SpaceId space_;
  const std::vector<sema::SourceColumn>& reads_;
  const SchemaVersion schema_;
  const uint32_t morsel_rows_;
  Timestamp read_at_;
  ColumnCache* cache_ = nullptr;  // null: it cannot help
  std::vector<CachedColumnKey> wanted_;
  bool needs_keys_ = false;
  bool needs_records_ = false;

  std::mutex mutex_;              // guards what follows
  txn::Transaction transaction_;  // of the source alone
  txn::Range range_;              // of the whole table
  std::string position_;          // what lies before it was given
  uint64_t count_ = 0;
  std::unique_ptr<txn::ScanCursor> cursor_;  // over the records up to limit_
  std::string limit_;
  bool fills_ = false;
};

class MorselScan final : public Operator {
 public:
  // The source is borrowed.
  MorselScan(ExecState& state, MorselSource& source);

  Result<uint32_t> next(const Target& target) override;
  // The number of the morsel of the last batch, or of the error.
  uint64_t morsel() const { return morsel_.number; }
  // Appends the numbers of the morsels that were taken before that one since the last call.
  void take_done(std::vector<uint64_t>& out);

 private:
  Result<uint32_t> serve(const Target& target);
  Result<uint32_t> decode(const Target& target);
  void begin();
  void end();

  ExecState& state_;
  MorselSource& source_;
  RecordReader reader_;
  bool is_open_ = false;  // a morsel is being given, from row_ on
  Morsel morsel_;
  uint32_t row_ = 0;
  std::vector<CachedColumn> made_;
  std::vector<uint64_t> done_;
};

}  // namespace zerodb::exec
