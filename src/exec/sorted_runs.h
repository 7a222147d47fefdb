// SortedRuns: more rows than fit into memory, in order: runs of sorted rows on a spill file, merged
// when they are read (Knuth, The Art of Computer Programming 3, 5.4.1, with a heap of runs).
//
// Rows that compare equal come in the order of their runs and, within one, in the order in which
// they were added; so sorting stably by parts is a stable sort. Reading takes about a block a run;
// where there are more runs than kFanIn, neighbours are first merged to longer ones. Threading:
// belongs to one statement.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/spill_file.h"
#include "value/value.h"

namespace zerodb::exec {

class SortedRuns {
 public:
  static constexpr size_t kFanIn = 64;
  static constexpr size_t kBlockBytes = 64 << 10;

  using Row = std::span<const Value>;
  // Below, at or above 0: the left row goes before, beside or behind the right one.
  using Compare = std::function<int(Row, Row)>;
  // Asked every so often while runs are merged to longer ones; its error ends the merge.
  using Check = std::function<Status()>;

  // A block is written when it has `block_bytes`.
  SortedRuns(SpillFile file, uint32_t width, Compare compare, Check check,
             size_t block_bytes = kBlockBytes)
      : file_(std::move(file)),
        width_(width),
        compare_(std::move(compare)),
        check_(std::move(check)),
        block_bytes_(block_bytes) {}

  // A run: its rows in order between both calls.
  void begin_run() { runs_.emplace_back(); }
  Status add(Row row);
  Status end_run();
  bool is_empty() const { return runs_.empty(); }

  // No runs come any more.
  Status open();
  // The next of all rows; false at the end. The vector's storage is reused.
  Result<bool> next(std::vector<Value>& row);
  uint64_t bytes_written() const { return file_.bytes_written(); }

 private:
  using Run = std::vector<SpillFile::Block>;

  // Reads a run from its begin to its end.
  struct Reader {
    Run run;
    size_t next_block = 0;
    std::string buffer;
    std::string_view left;  // of the block at hand
    std::vector<Value> row;
    size_t number = 0;
  };

  Status write_block();
  Status start(std::span<const Run> runs);
  Result<bool> advance(Reader& reader) const;
  bool is_after(const Reader& left, const Reader& right) const;
  Status merge_neighbours();

  SpillFile file_;
  uint32_t width_;
  Compare compare_;
  Check check_;
  size_t block_bytes_;
  std::vector<Run> runs_;
  std::string block_;  // of the run that is being written
  std::vector<Reader> readers_;
  std::vector<size_t> heap_;  // of readers that have a row, the least first
};

}  // namespace zerodb::exec
