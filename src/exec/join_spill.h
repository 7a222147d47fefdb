// JoinSpill: both sides of a hash join on disk, in parts whose rows can only match each other (the
// grace hash join: Kitsuregawa, Tanaka, Moto-Oka, 1983).
//
// Threading: belongs to one statement.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "exec/column_rows.h"
#include "exec/join_table.h"
#include "exec/operator.h"
#include "exec/row_partitions.h"

namespace zerodb::exec {

// One side of a join: where its rows come from, a batch of them, and those that are kept.
struct JoinSide {
  std::unique_ptr<Operator> input;
  OwnColumns columns;
  ColumnRows rows;
  std::vector<uint32_t> keys;
  bool is_numbered = false;  // the last column, which the first input does not give

  // Where all rows of a side are read before any is given, several threads may make them.
  enum class Reading : uint8_t { Gradual, Whole };
  static Result<JoinSide> make(ExecState& state, plan::NodeId id, const std::vector<uint32_t>& keys,
                               Reading reading);
  std::vector<Type> key_types() const;
  std::vector<Column> key_columns(const Arena& arena) const;
  // Writes kept rows to the batch.
  Status load_kept(Arena& arena, uint32_t first, uint32_t count) const;
  // One more column: the number of the row.
  Status number_rows(ExecState& state);
};

class JoinSpill {
 public:
  struct Part {
    SpilledRows left;
    SpilledRows right;
    uint32_t level;
    bool is_divisible;  // whether dividing it again may help
  };

  // Borrowed: both outlive the spill.
  JoinSpill(ExecState& state, const plan::Node& node, SpillFile file)
      : state_(state), node_(node), file_(std::make_unique<SpillFile>(std::move(file))) {}

  // Moves all rows of both sides to parts of that level: the right ones that are kept, then what
  // the inputs still give. `table` hashes. Frees the kept rows and what is held for them.
  Status divide(JoinSide& left, JoinSide& right, JoinTable& table, uint32_t level,
                MemoryHold& hold);
  // The next part to be joined; nothing if there is none.
  std::optional<Part> take();
  // Borrowed: the rows outlive the reader.
  std::unique_ptr<Operator> reader(const SpilledRows& rows) const {
    return std::make_unique<SpilledReader>(state_, rows);
  }

 private:
  Status move_kept(JoinSide& side, JoinTable& table, RowPartitions& to);
  Status move_input(JoinSide& side, JoinTable& table, uint32_t level, RowPartitions& to);
  Status move_batch(const JoinSide& side, JoinTable& table, uint32_t rows, RowPartitions& to);

  ExecState& state_;
  const plan::Node& node_;
  std::unique_ptr<SpillFile> file_;  // parts refer to it
  std::vector<Part> parts_;
  uint64_t counted_bytes_ = 0;
  std::vector<uint32_t> positions_;
  std::vector<uint64_t> hashes_;
};

}  // namespace zerodb::exec
