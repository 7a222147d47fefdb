// RowPartitions: rows on a spill file, apart by the hash of their keys: equal keys lie in the same
// partition (Kitsuregawa, Tanaka, Moto-Oka, Application of Hash to Data Base Machine, 1983).
//
// A partition that is still too large is divided again at the next level, which looks at other
// bits. Threading: belongs to one statement.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "exec/spilled_rows.h"

namespace zerodb::exec {

class RowPartitions {
 public:
  static constexpr uint32_t kCount = 16;

  // Borrowed: the file outlives the partitions.
  RowPartitions(SpillFile& file, std::span<const Physical> columns, uint32_t level,
                size_t block_bytes);

  // Rows of a batch, hashes[i] being that of the row rows[i].
  Status add(const Arena& arena, const OwnColumns& columns, std::span<const uint32_t> rows,
             std::span<const uint64_t> hashes);
  // The partitions, all of them on the file. No rows come any more.
  Result<std::vector<SpilledRows>> take();
  uint64_t rows() const;

 private:
  uint32_t partition_of(uint64_t hash) const;

  uint32_t level_;
  std::vector<SpilledRows> partitions_;
  std::array<std::vector<uint32_t>, kCount> chosen_;  // of the batch at hand
};

}  // namespace zerodb::exec
