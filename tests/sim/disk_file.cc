#include "disk_file.h"

#include <algorithm>

namespace zerodb::sim {

namespace {

constexpr size_t kSectorBytes = 64;

}  // namespace

void DiskCounts::add(const DiskCounts& other) {
  syncs += other.syncs;
  writes += other.writes;
  lost += other.lost;
  torn += other.torn;
  reordered += other.reordered;
  failed_syncs += other.failed_syncs;
  refused_writes += other.refused_writes;
}

Status DiskFile::append(std::string_view bytes) {
  if (is_full_) {
    ++counts_->refused_writes;
    return Error(ErrorCode::E1206, "the simulated disk is full");
  }
  contents_ += bytes;
  return ok_status();
}

Status DiskFile::sync() {
  if (is_sync_failing_) {
    is_sync_failing_ = false;
    ++counts_->failed_syncs;
    return Error(ErrorCode::E1206, "the simulated disk failed");
  }
  ++counts_->syncs;
  durable_ = contents_.size();
  return ok_status();
}

Status DiskFile::replace(std::string_view bytes) {
  if (is_full_) {
    ++counts_->refused_writes;
    return Error(ErrorCode::E1206, "the simulated disk is full");
  }
  contents_ = bytes;
  durable_ = contents_.size();
  return ok_status();
}

void DiskFile::cut_power(Random& random) {
  is_sync_failing_ = false;
  const size_t at_risk = contents_.size() - durable_;
  if (at_risk == 0) return;
  // Everything, nothing and a part are equally likely.
  const uint64_t dice = random.below(3);
  const size_t kept = dice == 0 ? 0 : dice == 1 ? at_risk : random.below(at_risk + 1);
  if (kept == 0) ++counts_->lost;
  if (kept > 0 && kept < at_risk) ++counts_->torn;
  contents_.resize(durable_ + kept);
  bool has_hole = false;
  bool is_reordered = false;
  for (size_t at = durable_; at < contents_.size();) {
    const size_t end = std::min(contents_.size(), at + kSectorBytes - at % kSectorBytes);
    if (dice == 2 && random.below(4) == 0) {
      std::fill(contents_.begin() + static_cast<std::ptrdiff_t>(at),
                contents_.begin() + static_cast<std::ptrdiff_t>(end), '\0');
      has_hole = true;
    } else {
      is_reordered = is_reordered || has_hole;
    }
    at = end;
  }
  if (is_reordered) ++counts_->reordered;
  durable_ = contents_.size();
}

}  // namespace zerodb::sim
