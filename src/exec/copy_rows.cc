#include "exec/copy_rows.h"

#include "exec/record_change.h"

namespace zerodb::exec {
namespace {

class Copying {
 public:
  Copying(ExecState& state, TableWriter& writer)
      : state_(state),
        writer_(writer),
        drafts_(writer.drafts()),
        range_(*state.context().copy),
        batch_(*range_.batch) {}

  Result<uint64_t> run() {
    for (size_t begin = range_.begin; begin < range_.end; begin += RecordFrame::kRowsMax) {
      TRY(write_rows(begin, std::min<size_t>(range_.end, begin + RecordFrame::kRowsMax)));
      TRY(state_.check_interrupt());
    }
    return range_.end - range_.begin;
  }

 private:
  Status blame(size_t row, Status failure) {
    if (!failure) range_.failed = row;
    return failure;
  }

  Status write_rows(size_t begin, size_t end) {
    std::vector<Draft> rows;
    std::vector<Draft*> pointers;
    std::vector<bool> is_generated;
    rows.reserve(end - begin);
    for (size_t row = begin; row < end; ++row) {
      rows.push_back(drafts_.empty());
      TRY(blame(row, fill(row, rows.back())));
      is_generated.push_back(rows.back().key.is_none());
      if (is_generated.back()) TRY(blame(row, drafts_.generate_key(rows.back())));
      pointers.push_back(&rows.back());
    }
    std::vector<GrantedWrite> writes;
    for (const Draft& row : rows)
      writes.push_back({nullptr, &row, writer_.grants().changed_fields(nullptr, row)});
    Status ruled = writer_.apply_rules(pointers);
    if (!ruled) return find_breaker(begin, end, std::move(ruled));
    for (size_t i = 0; i < rows.size() && !writer_.grants().is_open(); ++i)
      TRY(blame(begin + i, writer_.grants().check(std::span(&writes[i], 1))));
    for (size_t i = 0; i < rows.size(); ++i)
      TRY(blame(begin + i, writer_.insert(rows[i], !is_generated[i])));
    return {};
  }

  // The rules are asked about many rows at once: which of them breaks one?
  Status find_breaker(size_t begin, size_t end, Status failure) {
    for (size_t row = begin; row < end; ++row) {
      Draft draft = drafts_.empty();
      TRY(fill(row, draft));
      if (draft.key.is_none()) TRY(drafts_.generate_key(draft));
      Draft* alone = &draft;
      TRY(blame(row, writer_.apply_rules(std::span(&alone, 1))));
    }
    return failure;
  }

  Status fill(size_t row, Draft& draft) const {
    const CopyRow& from = batch_.rows[row];
    if (from.misfit) return Error(*from.misfit);
    if (batch_.columns.empty()) return apply_object(drafts_, from.object, draft);
    const size_t columns = batch_.columns.size();
    std::vector<std::optional<Value>> key_values(writer_.table().key.size());
    const Value* id = nullptr;
    for (size_t i = 0; i < columns; ++i) {
      const std::optional<Value>& cell = batch_.cells[row * columns + i];
      if (!cell) continue;
      const CopyColumn& column = batch_.columns[i];
      switch (column.kind) {
        case CopyColumn::Kind::Id:
          id = &*cell;
          break;
        case CopyColumn::Kind::Key:
          key_values[column.position] = *cell;
          break;
        case CopyColumn::Kind::Field:
          draft.fields[column.position] = *cell;
          break;
        case CopyColumn::Kind::Extra:
          TRY(drafts_.set(draft, column.name, *cell));
          break;
        case CopyColumn::Kind::Skipped:
          break;
      }
    }
    return give_key(drafts_, id == nullptr ? std::nullopt : std::optional(*id), key_values, draft);
  }

  ExecState& state_;
  TableWriter& writer_;
  const DraftTable& drafts_;
  CopyRange& range_;
  const CopyBatch& batch_;
};

}  // namespace

Result<uint64_t> copy_rows(ExecState& state, TableWriter& writer) {
  return Copying(state, writer).run();
}

Status finish_copy(ExecState& state, TableWriter& writer) {
  Status finished = writer.finish();
  if (writer.unlinked_insert()) {
    CopyRange& range = *state.context().copy;
    range.failed = range.begin + *writer.unlinked_insert();
  }
  return finished;
}

}  // namespace zerodb::exec
