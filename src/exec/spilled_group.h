// SpilledGroup: right rows of a merge join that are of one key and do not fit into memory: on a
// spill file, of which a portion is at hand.
//
// Threading: belongs to one statement.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "exec/join_spill.h"
#include "exec/sorted_keys.h"
#include "exec/spilled_rows.h"

namespace zerodb::exec {

class SpilledGroup {
 public:
  // `key` has the one key of the group. Borrowed: both outlive the group.
  static Result<std::unique_ptr<SpilledGroup>> make(ExecState& state, const plan::Node& node,
                                                    const JoinSide& side, SortedKeys key);

  const SortedKeys& key() const { return key_; }
  // Takes all rows that the side keeps.
  Status add_kept(JoinSide& side);
  // Takes the first rows of the batch of the side.
  Status add_batch(const JoinSide& side, uint32_t rows);
  // No rows come any more.
  Status finish();

  // The portions, again from the first one.
  void rewind();
  // The next portion, by way of the batch of the side; false at the end.
  Result<bool> next_portion(const JoinSide& side);
  const ColumnRows& portion() const { return portion_; }
  // Whether rows of the portion have found a match.
  bool is_matched(uint32_t row) const { return matched_[portion_first_ + row]; }
  void set_matched(uint32_t row) { matched_[portion_first_ + row] = true; }

 private:
  SpilledGroup(ExecState& state, const plan::Node& node, const JoinSide& side, SortedKeys key,
               SpillFile file);

  ExecState& state_;
  const plan::Node& node_;
  SortedKeys key_;
  std::unique_ptr<SpillFile> file_;  // the rows refer to it
  SpilledRows rows_;
  std::optional<SpilledReader> reader_;
  ColumnRows portion_;
  uint64_t portion_first_ = 0;  // its place among the rows
  std::vector<bool> matched_;
  std::vector<uint32_t> positions_;
};

}  // namespace zerodb::exec
