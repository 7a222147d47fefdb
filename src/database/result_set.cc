#include "database/result_set.h"

#include <algorithm>

#include "database/result_state.h"

namespace zerodb::database {

ResultState::~ResultState() {
  if (!is_counted || planned == nullptr) return;
  if (error && error->code() != ErrorCode::E1107) {
    planned->counts.add_error();
  } else {
    planned->counts.add(statistics.elapsed_ns,
                        std::max<uint64_t>(statistics.rows, statistics.affected));
  }
}

void ResultState::finish_stream() {
  if (stream == nullptr) return;
  const exec::ExecStats stats = stream->stats();
  statistics.rows_read += stats.rows_read;
  statistics.affected = stream->affected().value_or(0);
  statistics.tier = stats.used_wasm ? "wasm" : "interpreter";
  stream.reset();
  if (reader != nullptr) reader->finish();
  reader = nullptr;
  batch = exec::RowBatch();
  own_transaction.reset();
  ticket = {};
}

void ResultState::end(Error reason) {
  finish_stream();
  if (!error) error = std::move(reason);
}

Result<bool> ResultState::next(std::vector<Value>& row) {
  if (error) return *error;
  if (next_row < rows.size()) {
    row = rows[next_row++];
    ++statistics.rows;
    return true;
  }
  if (stream == nullptr) return false;
  if (next_in_batch == batch.rows()) {
    auto next_batch = stream->next();
    note_time();
    if (!next_batch) {
      if (abort_on_error != nullptr) *abort_on_error = true;
      end(next_batch.error());
      return *error;
    }
    batch = *next_batch;
    next_in_batch = 0;
    if (batch.is_empty()) {
      finish_stream();
      return false;
    }
  }
  // LET and SET have a value but no columns to show.
  const auto width = static_cast<uint32_t>(batch.columns());
  row.resize(width);
  for (uint32_t column = 0; column < width; ++column)
    row[column] = batch.value(next_in_batch, column);
  ++next_in_batch;
  ++statistics.rows;
  return true;
}

Status ResultState::buffer() {
  std::vector<std::vector<Value>> all;
  std::vector<Value> row;
  while (TRY(next(row))) all.push_back(row);
  rows = std::move(all);
  next_row = 0;
  statistics.rows = 0;
  finish_stream();
  return ok_status();
}

ResultSet::ResultSet(std::shared_ptr<ResultState> state) : state_(std::move(state)) {}

ResultSet::~ResultSet() {
  // The session may keep the state until its next statement, but nobody asks it for rows.
  state_->finish_stream();
}

bool ResultSet::has_rows() const {
  return state_->has_rows;
}
const std::vector<Column>& ResultSet::columns() const {
  return state_->columns();
}
Result<bool> ResultSet::next(std::vector<Value>& row) {
  return state_->next(row);
}

Result<std::vector<std::vector<Value>>> ResultSet::collect() {
  std::vector<std::vector<Value>> all;
  std::vector<Value> row;
  while (TRY(state_->next(row))) all.push_back(row);
  return all;
}

Statistics ResultSet::statistics() const {
  Statistics statistics = state_->statistics;
  if (state_->stream != nullptr) {
    const exec::ExecStats stats = state_->stream->stats();
    statistics.rows_read += stats.rows_read;
    // A write inside a transaction is done, although nobody has asked its stream for rows.
    statistics.affected = state_->stream->affected().value_or(0);
    statistics.tier = stats.used_wasm ? "wasm" : "interpreter";
  }
  return statistics;
}

}  // namespace zerodb::database
