// RecordFrame: runs a program over drafts instead of stored records: rules, changes, RETURNING.
//
// Threading: belongs to one statement.
#pragma once

#include <memory>
#include <span>

#include "exec/draft.h"
#include "exec/frame.h"

namespace zerodb::exec {

// One record for a RecordProgram; null: all its columns are none.
struct RecordRow {
  const Draft* record = nullptr;
  std::span<const Value> carried;
  const Draft* old_record = nullptr;
  const Draft* new_record = nullptr;
};

class RecordFrame {
 public:
  static constexpr uint32_t kRowsMax = 256;

  static Result<RecordFrame> make(ExecState& state, const DraftTable& table,
                                  const plan::RecordProgram& program);
  // No program: nothing to run.
  bool is_empty() const { return frame_ == nullptr; }
  // At most kRowsMax rows.
  Status run(std::span<const RecordRow> rows);
  Value output(uint32_t row, uint32_t i) const;
  std::vector<Value> outputs(uint32_t row) const;

 private:
  RecordFrame(ExecState& state, const DraftTable& table, const plan::RecordProgram& program)
      : state_(state), table_(table), program_(program) {}

  ExecState& state_;
  const DraftTable& table_;
  const plan::RecordProgram& program_;
  std::unique_ptr<Frame> frame_;
};

}  // namespace zerodb::exec
