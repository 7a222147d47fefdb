// SharedRows: rows that several operators read, in the order in which they were added. They lie in
// chunks of some 64 KiB, in memory or, if they do not fit, on a spill file.
//
// Threading: belongs to one statement.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exec/column_rows.h"
#include "exec/operator.h"
#include "exec/spill_file.h"

namespace zerodb::exec {

class SharedRows {
 public:
  // Borrowed: both outlive the rows. The memory is accounted to the node.
  SharedRows(ExecState& state, const plan::Node& node,
             const std::vector<plan::OutputColumn>& columns)
      : state_(state),
        node_(node),
        physicals_(ColumnRows(columns).physicals()),
        hold_(state.hold(node)) {}

  // The first rows of a batch.
  Status add(const OwnColumns& columns, uint32_t rows);
  // No rows come any more.
  Status finish();

  // Hands out the columns `picked`, or all if it is empty, from the first row on.
  class Reader {
   public:
    // Borrowed: the rows outlive the reader.
    explicit Reader(const SharedRows& rows) : rows_(rows), loaded_(rows.physicals_) {}
    // As Operator::next().
    Result<uint32_t> next(const Target& target, std::span<const uint32_t> picked);

   private:
    const SharedRows& rows_;
    const ColumnRows* chunk_ = nullptr;
    size_t next_chunk_ = 0;
    uint32_t at_ = 0;
    ColumnRows loaded_;  // a chunk from the file
    std::string buffer_;
    std::vector<uint32_t> positions_;
  };

 private:
  Status write_chunks();

  ExecState& state_;
  const plan::Node& node_;
  std::vector<Physical> physicals_;
  std::vector<ColumnRows> chunks_;  // those in memory
  uint64_t full_bytes_ = 0;         // of all but the last
  MemoryHold hold_;
  std::unique_ptr<SpillFile> file_;
  std::vector<SpillFile::Block> blocks_;
};

}  // namespace zerodb::exec
