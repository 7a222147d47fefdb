#include "exec/row_partitions.h"

namespace zerodb::exec {

RowPartitions::RowPartitions(SpillFile& file, std::span<const Physical> columns, uint32_t level,
                             size_t block_bytes)
    : level_(level) {
  for (uint32_t i = 0; i < kCount; ++i) partitions_.emplace_back(file, columns, block_bytes);
}

// Tables take the low bits of a hash; each level takes other ones, spread by a multiplication.
uint32_t RowPartitions::partition_of(uint64_t hash) const {
  const uint64_t spread = (hash ^ (uint64_t{level_} * 0xd6e8feb86659fd93)) * 0x9e3779b97f4a7c15;
  return static_cast<uint32_t>((spread ^ (spread >> 29)) * 0xbf58476d1ce4e5b9 >> 60);
}

Status RowPartitions::add(const Arena& arena, const OwnColumns& columns,
                          std::span<const uint32_t> rows, std::span<const uint64_t> hashes) {
  for (std::vector<uint32_t>& chosen : chosen_) chosen.clear();
  for (size_t i = 0; i < rows.size(); ++i) chosen_[partition_of(hashes[i])].push_back(rows[i]);
  for (uint32_t i = 0; i < kCount; ++i) TRY(partitions_[i].append(arena, columns, chosen_[i]));
  return ok_status();
}

Result<std::vector<SpilledRows>> RowPartitions::take() {
  for (SpilledRows& partition : partitions_) TRY(partition.flush());
  return std::move(partitions_);
}

uint64_t RowPartitions::rows() const {
  uint64_t out = 0;
  for (const SpilledRows& partition : partitions_) out += partition.rows();
  return out;
}

}  // namespace zerodb::exec
