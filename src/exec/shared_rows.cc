#include "exec/shared_rows.h"

#include <algorithm>
#include <numeric>

namespace zerodb::exec {

namespace {

constexpr uint64_t kChunkBytes = 64 << 10;

}  // namespace

Status SharedRows::add(const OwnColumns& columns, uint32_t rows) {
  if (chunks_.empty() || chunks_.back().used_bytes() >= kChunkBytes) {
    if (!chunks_.empty()) full_bytes_ += chunks_.back().bytes();
    chunks_.emplace_back(physicals_);
  }
  chunks_.back().append(state_.arena(), columns, rows);
  const uint64_t bytes = full_bytes_ + chunks_.back().bytes();
  const bool is_on_file = file_ != nullptr && chunks_.back().used_bytes() >= kChunkBytes;
  if (is_on_file || state_.should_spill(bytes) || !hold_.try_set(bytes)) return write_chunks();
  return ok_status();
}

Status SharedRows::write_chunks() {
  if (file_ == nullptr) file_ = std::make_unique<SpillFile>(TRY(state_.spill_file()));
  std::string bytes;
  for (const ColumnRows& chunk : chunks_) {
    TRY(state_.check_interrupt());
    bytes.clear();
    chunk.encode(bytes);
    blocks_.push_back(TRY(file_->write(bytes)));
  }
  chunks_.clear();
  full_bytes_ = 0;
  return hold_.set(0);
}

Status SharedRows::finish() {
  if (file_ == nullptr) return ok_status();
  TRY(write_chunks());
  state_.count_spilled(node_, file_->bytes_written());
  return ok_status();
}

Result<uint32_t> SharedRows::Reader::next(const Target& target, std::span<const uint32_t> picked) {
  while (chunk_ == nullptr || at_ == chunk_->rows()) {
    const size_t number = next_chunk_;
    if (number == rows_.chunks_.size() + rows_.blocks_.size()) return 0u;
    ++next_chunk_;
    at_ = 0;
    if (rows_.file_ == nullptr) {
      chunk_ = &rows_.chunks_[number];
      continue;
    }
    loaded_.decode(TRY(rows_.file_->read(rows_.blocks_[number], buffer_)));
    chunk_ = &loaded_;
  }
  positions_.resize(std::min(target.capacity, chunk_->rows() - at_));
  std::iota(positions_.begin(), positions_.end(), at_);
  Arena& arena = rows_.state_.arena();
  const Type any = Type::any();  // gathering looks at physical forms only
  for (uint32_t i = 0; i < target.columns.size(); ++i) {
    const uint32_t from = picked.empty() ? i : picked[i];
    TRY(chunk_->gather(arena, from, positions_, Column(arena, target.columns[i], any), 0));
  }
  at_ += static_cast<uint32_t>(positions_.size());
  return static_cast<uint32_t>(positions_.size());
}

}  // namespace zerodb::exec
