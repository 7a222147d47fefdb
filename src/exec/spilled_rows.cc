#include "exec/spilled_rows.h"

#include <algorithm>
#include <numeric>

namespace zerodb::exec {

Status SpilledRows::append(const Arena& arena, const OwnColumns& columns,
                           std::span<const uint32_t> rows) {
  if (rows.empty()) return ok_status();
  buffer_.append(arena, columns, rows);
  rows_ += rows.size();
  return buffer_.used_bytes() < block_bytes_ ? ok_status() : write_block();
}

Status SpilledRows::write_block() {
  scratch_.clear();
  buffer_.encode(scratch_);
  blocks_.push_back(TRY(file_->write(scratch_)));
  buffer_.clear();
  return ok_status();
}

Status SpilledRows::flush() {
  if (buffer_.rows() > 0) TRY(write_block());
  buffer_ = ColumnRows(buffer_.physicals());
  scratch_ = std::string();
  return ok_status();
}

Result<uint32_t> SpilledReader::next(const Target& target) {
  if (at_ == loaded_.rows()) {
    if (next_block_ == rows_.blocks_.size()) return 0u;
    loaded_.decode(TRY(rows_.file_->read(rows_.blocks_[next_block_++], buffer_)));
    at_ = 0;
  }
  positions_.resize(std::min(target.capacity, loaded_.rows() - at_));
  std::iota(positions_.begin(), positions_.end(), at_);
  for (uint32_t i = 0; i < loaded_.width(); ++i) {
    const Column column(state_.arena(), target.columns[i], type_);
    TRY(loaded_.gather(state_.arena(), i, positions_, column, 0));
  }
  at_ += static_cast<uint32_t>(positions_.size());
  return static_cast<uint32_t>(positions_.size());
}

}  // namespace zerodb::exec
