#include "exec/record_frame.h"

namespace zerodb::exec {

Result<RecordFrame> RecordFrame::make(ExecState& state, const DraftTable& table,
                                      const plan::RecordProgram& program) {
  RecordFrame out(state, table, program);
  if (program.program != nullptr) out.frame_ = TRY(Frame::make(state, program.program, kRowsMax));
  return out;
}

Status RecordFrame::run(std::span<const RecordRow> rows) {
  ASSERT(rows.size() <= kRowsMax);
  Arena& arena = state_.arena();
  uint32_t input = 0;
  const auto store = [&](uint32_t row, const Value& value) {
    return store_value(arena, frame_->input(input), row, value);
  };
  for (const sema::SourceColumn& read : program_.reads) {
    for (uint32_t row = 0; row < rows.size(); ++row) {
      const Value value = TRY(table_.read(rows[row].record, read));
      TRY(store(row, value));
    }
    ++input;
  }
  for (size_t i = 0; i < program_.carried.size(); ++i) {
    for (uint32_t row = 0; row < rows.size(); ++row) TRY(store(row, rows[row].carried[i]));
    ++input;
  }
  if (program_.takes_old) {
    for (uint32_t row = 0; row < rows.size(); ++row) {
      const Value object = TRY(table_.to_object(rows[row].old_record));
      TRY(store(row, object));
    }
    ++input;
  }
  if (program_.takes_new) {
    for (uint32_t row = 0; row < rows.size(); ++row) {
      const Value object = TRY(table_.to_object(rows[row].new_record));
      TRY(store(row, object));
    }
  }
  return frame_->run(static_cast<uint32_t>(rows.size()));
}

Value RecordFrame::output(uint32_t row, uint32_t i) const {
  const Column column = frame_->output(i);
  return read_value(state_.arena(), column.slot, row, *column.type);
}

std::vector<Value> RecordFrame::outputs(uint32_t row) const {
  std::vector<Value> out;
  for (uint32_t i = 0; i < frame_->program().outputs.size(); ++i) out.push_back(output(row, i));
  return out;
}

}  // namespace zerodb::exec
