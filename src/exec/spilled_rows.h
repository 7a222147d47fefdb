// SpilledRows: rows on a spill file in the order in which they were added, in the physical form of
// batches; and SpilledReader, which hands them out again, any number of times.
//
// Threading: belongs to one statement.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "exec/column_rows.h"
#include "exec/operator.h"
#include "exec/spill_file.h"

namespace zerodb::exec {

class SpilledRows {
 public:
  // Borrowed: the file outlives the rows. A block is written when it has about so many bytes.
  SpilledRows(SpillFile& file, std::span<const Physical> columns, size_t block_bytes)
      : file_(&file), buffer_(columns), block_bytes_(block_bytes) {}

  // Copies the given rows of a batch.
  Status append(const Arena& arena, const OwnColumns& columns, std::span<const uint32_t> rows);
  // Writes what is still in memory, and frees that.
  Status flush();
  uint64_t rows() const { return rows_; }

 private:
  friend class SpilledReader;
  Status write_block();

  SpillFile* file_;
  ColumnRows buffer_;
  size_t block_bytes_;
  std::vector<SpillFile::Block> blocks_;
  uint64_t rows_ = 0;
  std::string scratch_;
};

class SpilledReader final : public Operator {
 public:
  // Borrowed: both outlive the reader. The rows have been flushed.
  SpilledReader(ExecState& state, const SpilledRows& rows)
      : state_(state), rows_(rows), loaded_(rows.buffer_.physicals()) {}

  Result<uint32_t> next(const Target& target) override;

 private:
  ExecState& state_;
  const SpilledRows& rows_;
  ColumnRows loaded_;  // the block at hand
  size_t next_block_ = 0;
  uint32_t at_ = 0;
  std::string buffer_;
  std::vector<uint32_t> positions_;
  const Type type_ = Type::any();  // gathering looks at physical forms only
};

}  // namespace zerodb::exec
