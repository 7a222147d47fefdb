#include "exec/record_gate.h"

#include <algorithm>

#include "exec/record_frame.h"

namespace zerodb::exec {
namespace {

Status show_some(ExecState& state, const DraftTable& drafts, const plan::RecordProgram& program,
                 std::span<const LinkedRecord> records, std::vector<Value>& out) {
  // Gates are passed in the middle of a batch: nothing of theirs stays in the arena.
  const ArenaMark mark(state.arena());
  RecordFrame frame = TRY(RecordFrame::make(state, drafts, program));
  std::vector<Draft> loaded;
  loaded.reserve(records.size());
  std::vector<RecordRow> rows;
  for (const LinkedRecord& each : records) {
    loaded.push_back(TRY(drafts.load(each.key_bytes, each.record)));
    rows.push_back({&loaded.back(), {}, nullptr, nullptr});
  }
  TRY(frame.run(rows));
  const bool is_sure = program.program->outputs.size() == 1;
  for (uint32_t row = 0; row < rows.size(); ++row) {
    const Value shows = is_sure ? Value::boolean(true) : frame.output(row, 1);
    if (shows.tag() == Tag::Bool && shows.as_bool())
      out[records[row].position] = frame.output(row, 0);
  }
  return ok_status();
}

}  // namespace

Status show_records(ExecState& state, const catalog::Table& table, const plan::GateProgram& gate,
                    std::span<const LinkedRecord> records, std::vector<Value>& out) {
  if (gate.is_closed) return ok_status();
  const DraftTable drafts(state, table);
  for (size_t begin = 0; begin < records.size(); begin += RecordFrame::kRowsMax) {
    const size_t count = std::min<size_t>(RecordFrame::kRowsMax, records.size() - begin);
    TRY(show_some(state, drafts, gate.program, records.subspan(begin, count), out));
  }
  return ok_status();
}

}  // namespace zerodb::exec
