#include "exec/join_pairs.h"

#include <cstring>

namespace zerodb::exec {

using plan::Node;

namespace {

constexpr uint32_t kAllRead = UINT32_MAX / 2;  // no column of the node: nothing is dead

}  // namespace

Status JoinWriter::write(const JoinRows& rows, const JoinPairs& pairs, size_t first, size_t count,
                         std::span<const ColumnSlot> targets) const {
  const auto left = std::span(pairs.left).subspan(first, count);
  const auto right = std::span(pairs.right).subspan(first, count);
  TRY(gather(rows.left, rows.left.width(), left, targets, 0));
  const auto others = targets.subspan(rows.left.width());
  if (node_.marking != Node::Marking::Instead)
    TRY(gather(rows.right, rows.right.width(), right, others, left_width_));
  return node_.marking == Node::Marking::None ? ok_status() : write_marks(right, others.back());
}

Result<const uint8_t*> JoinWriter::ask(Frame& rest, const JoinRows& rows,
                                       const JoinPairs& pairs) const {
  const std::span<const ColumnSlot> inputs = rest.inputs();
  TRY(gather(rows.left, left_width_, pairs.left, inputs, kAllRead));
  TRY(gather(rows.right, rows.right.width(), pairs.right, inputs.subspan(left_width_), kAllRead));
  TRY(rest.run(static_cast<uint32_t>(pairs.size())));
  return rest.selection();
}

// The first `width` columns; `first` is the place of the first one among those of the node.
Status JoinWriter::gather(const ColumnRows& from, uint32_t width, std::span<const uint32_t> rows,
                          std::span<const ColumnSlot> targets, uint32_t first) const {
  for (uint32_t i = 0; i < width; ++i) {
    const Column column(state_.arena(), targets[i], node_.columns[0].type);
    if (is_dead(first + i)) {
      std::memset(column.valid, 0, rows.size());
    } else {
      TRY(from.gather(state_.arena(), i, rows, column, 0));
    }
  }
  return ok_status();
}

// The last column: whether there is a match. Behind the columns of one, none says that there is
// none.
Status JoinWriter::write_marks(std::span<const uint32_t> right, const ColumnSlot& target) const {
  const Column column(state_.arena(), target, node_.columns.back().type);
  const bool shows_false = node_.marking == Node::Marking::Instead;
  for (uint32_t row = 0; row < right.size(); ++row) {
    const bool found = right[row] != ColumnRows::kNoRow;
    const Value mark = found || shows_false ? Value::boolean(found) : Value::none();
    TRY(store_value(state_.arena(), column, row, mark));
  }
  return ok_status();
}

}  // namespace zerodb::exec
