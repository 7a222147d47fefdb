#include "exec/path_filter.h"

#include <algorithm>

#include "exec/record_reader.h"

namespace zerodb::exec {

Result<PathFilter> PathFilter::make(ExecState& state, const plan::PathCondition& condition) {
  return PathFilter(state, condition,
                    TRY(Frame::make(state, condition.program, limits::kBatchRowsMax)));
}

Result<std::vector<PathFilter::Verdict>> PathFilter::judge(TableId table,
                                                           std::span<const std::string_view> keys) {
  std::vector<Verdict> out;
  out.reserve(keys.size());
  for (size_t from = 0; from < keys.size(); from += limits::kBatchRowsMax) {
    const size_t rows = std::min<size_t>(limits::kBatchRowsMax, keys.size() - from);
    TRY(judge_batch(table, keys.subspan(from, rows), out));
  }
  return out;
}

Status PathFilter::judge_batch(TableId table, std::span<const std::string_view> keys,
                               std::vector<Verdict>& out) {
  const ArenaMark mark(state_.arena());
  storage::ValueList values;
  TRY(state_.transaction().multi_get(txn::Family::Row, keys, values));
  std::vector<std::string_view> record_keys;
  std::vector<std::string_view> records;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!values.has(i)) continue;
    record_keys.push_back(without_prefix(keys[i]));
    records.push_back(values[i]);
  }
  const auto rows = static_cast<uint32_t>(records.size());
  const auto reads = static_cast<uint32_t>(condition_.reads.size());
  RecordReader reader(state_, table, condition_.reads);
  TRY(reader.read(record_keys, records, std::span(frame_->inputs()).first(reads)));
  for (uint32_t i = 0; i < row_.size(); ++i) {
    const Column column = frame_->input(reads + i);
    for (uint32_t row = 0; row < rows; ++row)
      TRY(store_value(state_.arena(), column, row, row_[i]));
  }
  TRY(frame_->run(rows));
  const uint8_t* holds = frame_->selection();
  uint32_t row = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!values.has(i)) {
      out.push_back(Verdict::Missing);
      continue;
    }
    out.push_back(holds == nullptr || holds[row] != 0 ? Verdict::Holds : Verdict::Fails);
    ++row;
  }
  return ok_status();
}

}  // namespace zerodb::exec
