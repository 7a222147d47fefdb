#include "exec/morsel_scan.h"

#include <algorithm>
#include <span>

#include "exec/state.h"

namespace zerodb::exec {

using txn::Direction;
using txn::Family;
using txn::Range;

namespace {

// Of large records fewer are taken at once.
constexpr size_t kMorselBytes = 8 << 20;

}  // namespace

Result<std::unique_ptr<MorselSource>> MorselSource::open(
    ExecState& state, TableId table, const std::vector<sema::SourceColumn>& reads) {
  txn::Transaction transaction = TRY(state.transaction().reader_beside());
  std::unique_ptr<MorselSource> source(
      new MorselSource(state, table, reads, std::move(transaction)));
  source->read_at_ = TRY(source->transaction_.read_timestamp());
  ColumnCache* cache = state.context().columns;
  const auto is_whole = [](const sema::SourceColumn& read) {
    return read.kind == sema::SourceColumn::Kind::Record;
  };
  if (cache != nullptr && !std::ranges::any_of(reads, is_whole) &&
      cache->watch(source->space_, source->schema_, source->read_at_))
    source->cache_ = cache;
  return source;
}

MorselSource::MorselSource(ExecState& state, TableId table,
                           const std::vector<sema::SourceColumn>& reads,
                           txn::Transaction transaction)
    : table_(table),
      space_(state.schema().table(table).space),
      reads_(reads),
      schema_(state.schema().version()),
      morsel_rows_(state.context().morsel_rows),
      transaction_(std::move(transaction)),
      range_(Range::prefix(records_prefix(state.schema().table(table)))),
      position_(range_.begin) {
  const RecordReader reader(state, table, reads);
  needs_keys_ = reader.needs_keys();
  needs_records_ = reader.needs_records();
  for (const sema::SourceColumn& read : reads)
    wanted_.push_back({read.kind, read.index, read.name, read.type});
}

Result<bool> MorselSource::take(Morsel& out) {
  const std::lock_guard lock(mutex_);
  out = Morsel();
  out.number = count_;
  if (cursor_ == nullptr && position_ >= range_.end) return false;
  ++count_;
  if (cursor_ == nullptr) {
    ColumnCache::Found found;
    if (cache_ != nullptr) found = cache_->find(space_, schema_, read_at_, position_, wanted_);
    if (found.chunk != nullptr) {
      out.chunk = std::move(found.chunk);
      out.rows = out.chunk->rows;
      position_ = out.chunk->end;
      return true;
    }
    limit_ = found.limit.empty() ? range_.end : std::move(found.limit);
    fills_ = found.may_fill;
    cursor_ = transaction_.scan(Family::Row, {position_, limit_}, Direction::Forward);
  }
  TRY(read(out));
  return true;
}

Status MorselSource::read(Morsel& out) {
  out.begin = position_;
  out.end = limit_;
  out.fills = fills_;
  for (bool is_full = false; !is_full;) {
    const txn::Entry* entry = cursor_->next();
    if (entry == nullptr) {
      TRY(cursor_->status());
      cursor_.reset();
      break;
    }
    if (needs_keys_) out.keys.add(without_prefix(entry->key));
    if (needs_records_) out.records.add(entry->value);
    is_full = ++out.rows == morsel_rows_ || out.records.bytes() >= kMorselBytes;
    if (is_full) out.end = std::string(entry->key) + '\0';
  }
  position_ = out.end;
  return ok_status();
}

void MorselSource::put(const Morsel& morsel, std::vector<CachedColumn> columns) {
  ColumnChunk chunk;
  chunk.begin = morsel.begin;
  chunk.end = morsel.end;
  chunk.rows = morsel.rows;
  for (size_t i = 0; i < columns.size(); ++i) {
    chunk.columns.emplace_back(wanted_[i],
                               std::make_shared<const PackedColumn>(std::move(columns[i])));
  }
  cache_->put(space_, schema_, read_at_, std::move(chunk));
}

MorselScan::MorselScan(ExecState& state, MorselSource& source)
    : state_(state), source_(source), reader_(state, source.table(), source.reads()) {}

Result<uint32_t> MorselScan::next(const Target& target) {
  while (true) {
    TRY(state_.check_interrupt());
    if (!is_open_) {
      if (!TRY(source_.take(morsel_))) return 0u;
      begin();
    }
    const uint32_t rows = TRY(morsel_.chunk != nullptr ? serve(target) : decode(target));
    row_ += rows;
    state_.stats().rows_read += rows;
    if (row_ == morsel_.rows) end();
    if (rows > 0) return rows;
  }
}

void MorselScan::begin() {
  is_open_ = true;
  row_ = 0;
  made_.clear();
  if (!morsel_.fills) return;
  for (const CachedColumnKey& key : source_.wanted()) made_.emplace_back(physical_of(key.type));
}

void MorselScan::end() {
  is_open_ = false;
  done_.push_back(morsel_.number);
  if (morsel_.fills) source_.put(morsel_, std::move(made_));
}

Result<uint32_t> MorselScan::serve(const Target& target) {
  const uint32_t rows = std::min(target.capacity, morsel_.rows - row_);
  for (size_t i = 0; i < target.columns.size() && rows > 0; ++i) {
    const PackedColumn* column = morsel_.chunk->find(source_.wanted()[i]);
    TRY(column->copy(row_, rows, state_.arena(), target.columns[i]));
  }
  return rows;
}

Result<uint32_t> MorselScan::decode(const Target& target) {
  const uint32_t rows = std::min(target.capacity, morsel_.rows - row_);
  if (rows == 0) return 0u;
  const auto part = [&](ByteRuns& runs, bool is_there) {
    std::span<const std::string_view> all = runs.views();
    return is_there ? all.subspan(row_, rows) : all;
  };
  TRY(reader_.read(part(morsel_.keys, reader_.needs_keys()),
                   part(morsel_.records, reader_.needs_records()), target.columns));
  for (size_t i = 0; i < made_.size(); ++i)
    made_[i].append(state_.arena(), target.columns[i], rows);
  return rows;
}

void MorselScan::take_done(std::vector<uint64_t>& out) {
  out.clear();
  std::erase_if(done_, [&](uint64_t number) {
    if (is_open_ || number != morsel_.number) out.push_back(number);
    return is_open_ || number != morsel_.number;
  });
}

}  // namespace zerodb::exec
