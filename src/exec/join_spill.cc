#include "exec/join_spill.h"

#include "exec/gather.h"

#include <algorithm>
#include <numeric>

namespace zerodb::exec {

namespace {

// Rows that so many divisions did not part are of one key, or as good as that.
constexpr uint32_t kLevelsMax = 8;

}  // namespace

Result<JoinSide> JoinSide::make(ExecState& state, plan::NodeId id,
                                const std::vector<uint32_t>& keys, Reading reading) {
  const auto& types = state.plan().node(id).columns;
  OwnColumns columns = TRY(OwnColumns::make(state, types, kBatch));
  std::unique_ptr<Operator> input =
      TRY(reading == Reading::Whole ? make_gathered(state, id, kBatch)
                                    : make_operator(state, id, kBatch));
  return JoinSide{std::move(input), std::move(columns), ColumnRows(types), keys};
}

std::vector<Type> JoinSide::key_types() const {
  std::vector<Type> out;
  for (uint32_t key : keys) out.push_back(columns.types[key]);
  return out;
}

std::vector<Column> JoinSide::key_columns(const Arena& arena) const {
  std::vector<Column> out;
  for (uint32_t key : keys) out.push_back(columns.column(arena, key));
  return out;
}

Status JoinSide::load_kept(Arena& arena, uint32_t first, uint32_t count) const {
  std::vector<uint32_t> positions(count);
  std::iota(positions.begin(), positions.end(), first);
  for (uint32_t i = 0; i < rows.width(); ++i)
    TRY(rows.gather(arena, i, positions, columns.column(arena, i), 0));
  return ok_status();
}

Status JoinSide::number_rows(ExecState& state) {
  columns.slots.push_back(allocate_column(state.arena(), Physical::I64, kBatch));
  if (columns.slots.back().values == 0) return arena_full();
  columns.types.push_back(Type::int64());
  std::vector<Physical> physicals = rows.physicals();
  physicals.push_back(Physical::I64);
  rows = ColumnRows(physicals);
  is_numbered = true;
  return ok_status();
}

Status JoinSpill::divide(JoinSide& left, JoinSide& right, JoinTable& table, uint32_t level,
                         MemoryHold& hold) {
  RowPartitions rights(*file_, right.rows.physicals(), level, state_.spill_block_bytes());
  TRY(move_kept(right, table, rights));
  right.rows = ColumnRows(right.rows.physicals());
  TRY(hold.set(0));
  TRY(move_input(right, table, level, rights));
  const uint64_t right_rows = rights.rows();
  std::vector<SpilledRows> right_parts = TRY(rights.take());

  RowPartitions lefts(*file_, left.rows.physicals(), level, state_.spill_block_bytes());
  TRY(move_input(left, table, level, lefts));
  std::vector<SpilledRows> left_parts = TRY(lefts.take());

  for (uint32_t i = 0; i < RowPartitions::kCount; ++i) {
    const uint64_t rows = right_parts[i].rows();
    if (rows == 0 && left_parts[i].rows() == 0) continue;
    const bool is_divisible =
        !right.keys.empty() && level < kLevelsMax && rows <= right_rows - right_rows / 8;
    parts_.push_back({std::move(left_parts[i]), std::move(right_parts[i]), level, is_divisible});
  }
  state_.count_spilled(node_, file_->bytes_written() - counted_bytes_);
  counted_bytes_ = file_->bytes_written();
  return ok_status();
}

std::optional<JoinSpill::Part> JoinSpill::take() {
  if (parts_.empty()) return std::nullopt;
  std::optional<Part> part = std::move(parts_.back());
  parts_.pop_back();
  return part;
}

// Through the batch of the side.
Status JoinSpill::move_kept(JoinSide& side, JoinTable& table, RowPartitions& to) {
  for (uint32_t at = 0; at < side.rows.rows(); at += kBatch) {
    const ArenaMark mark(state_.arena());
    const uint32_t rows = std::min(kBatch, side.rows.rows() - at);
    TRY(side.load_kept(state_.arena(), at, rows));
    TRY(move_batch(side, table, rows, to));
  }
  return ok_status();
}

Status JoinSpill::move_input(JoinSide& side, JoinTable& table, uint32_t level, RowPartitions& to) {
  std::span<const ColumnSlot> columns = side.columns.slots;
  const bool gives_numbers = side.is_numbered && level == 0;
  if (gives_numbers) columns = columns.first(columns.size() - 1);
  for (int64_t number = 0;;) {
    TRY(state_.check_interrupt());
    const ArenaMark mark(state_.arena());
    const uint32_t rows = TRY(side.input->next({columns, kBatch}));
    if (rows == 0) break;
    if (gives_numbers) {
      const Column numbers =
          side.columns.column(state_.arena(), static_cast<uint32_t>(columns.size()));
      std::iota(numbers.as<int64_t>(), numbers.as<int64_t>() + rows, number);
      std::fill_n(numbers.valid, rows, uint8_t{1});
      number += rows;
    }
    TRY(move_batch(side, table, rows, to));
  }
  // What it holds is wanted elsewhere.
  side.input.reset();
  return ok_status();
}

Status JoinSpill::move_batch(const JoinSide& side, JoinTable& table, uint32_t rows,
                             RowPartitions& to) {
  hashes_.clear();
  TRY(table.append_hashes(state_.arena(), side.key_columns(state_.arena()), rows, hashes_));
  positions_.resize(rows);
  std::iota(positions_.begin(), positions_.end(), 0u);
  return to.add(state_.arena(), side.columns, positions_, hashes_);
}

}  // namespace zerodb::exec
