#include "exec/spilled_group.h"

#include <algorithm>
#include <numeric>

namespace zerodb::exec {

SpilledGroup::SpilledGroup(ExecState& state, const plan::Node& node, const JoinSide& side,
                           SortedKeys key, SpillFile file)
    : state_(state),
      node_(node),
      key_(std::move(key)),
      file_(std::make_unique<SpillFile>(std::move(file))),
      rows_(*file_, side.rows.physicals(), state.spill_block_bytes()),
      portion_(side.rows.physicals()) {}

Result<std::unique_ptr<SpilledGroup>> SpilledGroup::make(ExecState& state, const plan::Node& node,
                                                         const JoinSide& side, SortedKeys key) {
  SpillFile file = TRY(state.spill_file());
  return std::unique_ptr<SpilledGroup>(
      new SpilledGroup(state, node, side, std::move(key), std::move(file)));
}

Status SpilledGroup::add_kept(JoinSide& side) {
  for (uint32_t at = 0; at < side.rows.rows(); at += kBatch) {
    const ArenaMark mark(state_.arena());
    TRY(state_.check_interrupt());
    const uint32_t rows = std::min(kBatch, side.rows.rows() - at);
    TRY(side.load_kept(state_.arena(), at, rows));
    TRY(add_batch(side, rows));
  }
  side.rows = ColumnRows(side.rows.physicals());
  return ok_status();
}

Status SpilledGroup::add_batch(const JoinSide& side, uint32_t rows) {
  positions_.resize(rows);
  std::iota(positions_.begin(), positions_.end(), 0U);
  return rows_.append(state_.arena(), side.columns, positions_);
}

Status SpilledGroup::finish() {
  TRY(rows_.flush());
  state_.count_spilled(node_, file_->bytes_written());
  matched_.assign(rows_.rows(), false);
  return ok_status();
}

void SpilledGroup::rewind() {
  reader_.emplace(state_, rows_);
  portion_.clear();
  portion_first_ = 0;
}

Result<bool> SpilledGroup::next_portion(const JoinSide& side) {
  TRY(state_.check_interrupt());
  const ArenaMark mark(state_.arena());
  portion_first_ += portion_.rows();
  portion_.clear();
  const uint32_t rows = TRY(reader_->next({side.columns.slots, kBatch}));
  portion_.append(state_.arena(), side.columns, rows);
  return rows > 0;
}

}  // namespace zerodb::exec
