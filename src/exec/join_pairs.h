// JoinPairs: what joins give: rows of both sides that stand beside each other, either of them
// perhaps without the other.
//
// Threading: belongs to one statement.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "exec/column_rows.h"
#include "exec/frame.h"
#include "exec/operator.h"

namespace zerodb::exec {

// In place of a row: the other side has none.
inline constexpr uint32_t kNoRow = ColumnRows::kNoRow;

struct JoinPairs {
  std::vector<uint32_t> left;
  std::vector<uint32_t> right;

  size_t size() const { return left.size(); }
  void add(uint32_t left_row, uint32_t right_row) {
    left.push_back(left_row);
    right.push_back(right_row);
  }
  void clear() {
    left.clear();
    right.clear();
  }
};

// Where the rows of pairs lie.
struct JoinRows {
  const ColumnRows& left;
  const ColumnRows& right;
};

// Writes pairs as rows of the join's node.
class JoinWriter {
 public:
  // `left_width`: columns of the left child. Borrowed: both outlive the writer.
  JoinWriter(ExecState& state, const plan::Node& node, uint32_t left_width)
      : state_(state), node_(node), left_width_(left_width) {}

  // Left rows have one more column, which tells their number.
  void expect_numbers() { is_numbered_ = true; }
  // So many pairs from `first` on, with a mark for whether there is a match where the node marks.
  Status write(const JoinRows& rows, const JoinPairs& pairs, size_t first, size_t count,
               std::span<const ColumnSlot> targets) const;
  // Asks the rest of ON of all pairs: whether it holds for each, or null where it does for all.
  Result<const uint8_t*> ask(Frame& rest, const JoinRows& rows, const JoinPairs& pairs) const;

 private:
  Status gather(const ColumnRows& from, uint32_t width, std::span<const uint32_t> rows,
                std::span<const ColumnSlot> targets, uint32_t first) const;
  Status write_marks(std::span<const uint32_t> right, const ColumnSlot& target) const;
  // The number of a left row, behind its columns, is for whoever sorts by it.
  bool is_dead(uint32_t column) const {
    return column < node_.dead.size() && node_.dead[column] && !is_numbered_;
  }

  ExecState& state_;
  const plan::Node& node_;
  const uint32_t left_width_;
  bool is_numbered_ = false;
};

}  // namespace zerodb::exec
