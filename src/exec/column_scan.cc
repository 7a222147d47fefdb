#include "exec/column_scan.h"

#include <algorithm>

namespace zerodb::exec {

using txn::Direction;
using txn::Family;
using txn::Range;

namespace {

std::vector<CachedColumnKey> keys_of(const std::vector<sema::SourceColumn>& reads) {
  std::vector<CachedColumnKey> out;
  for (const sema::SourceColumn& read : reads)
    out.push_back({read.kind, read.index, read.name, read.type});
  return out;
}

std::string successor(const std::string& key) {
  return key + '\0';
}

}  // namespace

Result<std::unique_ptr<ColumnScan>> ColumnScan::open(ExecState& state, TableId table,
                                                     const std::vector<sema::SourceColumn>& reads) {
  ColumnCache* cache = state.context().columns;
  if (cache == nullptr) return std::unique_ptr<ColumnScan>();
  const auto is_whole = [](const sema::SourceColumn& read) {
    return read.kind == sema::SourceColumn::Kind::Record;
  };
  if (std::ranges::any_of(reads, is_whole)) return std::unique_ptr<ColumnScan>();
  // Definitions that are not committed have a version that others may come to have.
  if (state.transaction().has_writes_in(Family::Meta, Range::all()))
    return std::unique_ptr<ColumnScan>();
  const catalog::Table& stored = state.schema().table(table);
  const Range range = Range::prefix(records_prefix(stored));
  if (state.transaction().has_writes_in(Family::Row, range)) return std::unique_ptr<ColumnScan>();
  const Timestamp read_at = TRY(state.transaction().read_timestamp());
  if (!cache->watch(stored.space, state.schema().version(), read_at))
    return std::unique_ptr<ColumnScan>();
  std::unique_ptr<ColumnScan> scan(new ColumnScan(state, table, reads));
  scan->read_at_ = read_at;
  return scan;
}

Result<bool> ColumnScan::is_warm(ExecState& state, TableId table,
                                 const std::vector<sema::SourceColumn>& reads) {
  ColumnCache* cache = state.context().columns;
  if (cache == nullptr) return false;
  const Timestamp read_at = TRY(state.transaction().read_timestamp());
  const catalog::Table& stored = state.schema().table(table);
  return cache->has(stored.space, state.schema().version(), read_at,
                    Range::prefix(records_prefix(stored)).begin, keys_of(reads));
}

ColumnScan::ColumnScan(ExecState& state, TableId table,
                       const std::vector<sema::SourceColumn>& reads)
    : state_(state),
      cache_(*state.context().columns),
      space_(state.schema().table(table).space),
      reads_(reads),
      schema_(state.schema().version()),
      chunk_rows_(state.context().morsel_rows),
      range_(Range::prefix(records_prefix(state.schema().table(table)))),
      position_(range_.begin),
      rows_(state, table, reads) {
  rows_.keep_last_key();
  wanted_ = keys_of(reads);
}

Result<uint32_t> ColumnScan::next(const Target& target) {
  while (!is_over_) {
    if (chunk_ == nullptr && cursor_ == nullptr) look_up();
    const uint32_t rows = TRY(chunk_ != nullptr ? serve(target) : read(target));
    if (rows > 0) return rows;
    is_over_ = chunk_ == nullptr && cursor_ == nullptr && position_ >= range_.end;
  }
  return 0u;
}

// What comes at the position: a chunk, or records up to the next one.
void ColumnScan::look_up() {
  ColumnCache::Found found = cache_.find(space_, schema_, read_at_, position_, wanted_);
  if (found.chunk != nullptr) {
    chunk_ = std::move(found.chunk);
    row_ = 0;
    state_.transaction().note_read(Family::Row, {chunk_->begin, chunk_->end});
    return;
  }
  limit_ = found.limit.empty() ? range_.end : std::move(found.limit);
  fills_ = found.may_fill;
  cursor_ = state_.transaction().scan(Family::Row, {position_, limit_}, Direction::Forward);
  begin_chunk();
}

Result<uint32_t> ColumnScan::serve(const Target& target) {
  TRY(state_.check_interrupt());
  const uint32_t rows = std::min(target.capacity, chunk_->rows - row_);
  if (rows > 0) {
    for (size_t i = 0; i < reads_.size(); ++i) {
      const PackedColumn* column = chunk_->find(wanted_[i]);
      TRY(column->copy(row_, rows, state_.arena(), target.columns[i]));
    }
    row_ += rows;
    state_.stats().rows_read += rows;
  }
  if (row_ == chunk_->rows) {
    position_ = chunk_->end;
    chunk_.reset();
  }
  return rows;
}

Result<uint32_t> ColumnScan::read(const Target& target) {
  const uint32_t capacity = std::min(target.capacity, chunk_rows_ - made_rows_);
  const uint32_t rows = TRY(rows_.fill(*cursor_, {target.columns, capacity}));
  if (fills_) {
    for (size_t i = 0; i < made_.size(); ++i)
      made_[i].append(state_.arena(), target.columns[i], rows);
  }
  made_rows_ += rows;
  if (rows < capacity) {
    cursor_.reset();
    end_chunk(limit_);
  } else if (made_rows_ == chunk_rows_) {
    end_chunk(successor(rows_.last_key()));
    begin_chunk();
  }
  return rows;
}

void ColumnScan::begin_chunk() {
  made_begin_ = position_;
  made_rows_ = 0;
  made_.clear();
  if (!fills_) return;
  for (const CachedColumnKey& key : wanted_) made_.emplace_back(physical_of(key.type));
}

void ColumnScan::end_chunk(std::string end) {
  position_ = end;
  if (!fills_) return;
  ColumnChunk chunk;
  chunk.begin = made_begin_;
  chunk.end = std::move(end);
  chunk.rows = made_rows_;
  for (size_t i = 0; i < made_.size(); ++i) {
    chunk.columns.emplace_back(wanted_[i],
                               std::make_shared<const PackedColumn>(std::move(made_[i])));
  }
  cache_.put(space_, schema_, read_at_, std::move(chunk));
}

}  // namespace zerodb::exec
