#include "exec/index_entries.h"

namespace zerodb::exec {

namespace {

class DraftSource final : public index::RecordSource {
 public:
  DraftSource(const DraftTable& table, const Draft& draft, std::span<const Value> expressions)
      : table_(table), draft_(draft), expressions_(expressions) {}

  Result<Value> field(const catalog::IndexColumn& column, std::string_view name) const override {
    if (column.field) return draft_.fields[*column.field].value_or(Value::none());
    if (column.key) return table_.key_component(draft_, *column.key);
    return table_.get(draft_, name).value_or(Value::none());
  }
  Result<Value> field_at(uint32_t position) const override {
    return draft_.fields[position].value_or(Value::none());
  }
  Value id() const override { return table_.id(draft_); }
  Result<Value> expression(size_t column) const override {
    ASSERT(column < expressions_.size());
    return expressions_[column];
  }

 private:
  const DraftTable& table_;
  const Draft& draft_;
  std::span<const Value> expressions_;  // by position of the column
};

}  // namespace

std::span<const plan::IndexProgram> IndexEntries::programs_of(const plan::Plan& plan,
                                                              TableId table) {
  const auto found = plan.index_programs.find(table);
  if (found == plan.index_programs.end()) return {};
  return found->second;
}

Result<IndexEntries> IndexEntries::make(ExecState& state, const DraftTable& table,
                                        std::span<const plan::IndexProgram> programs) {
  IndexEntries out(state, table);
  for (const plan::IndexProgram& program : programs) {
    out.computed_.emplace(
        program.index, Computed { &program, TRY(RecordFrame::make(state, table, program.values)) });
  }
  return out;
}

Result<bool> IndexEntries::compute(Computed& computed, const Draft& draft,
                                   const catalog::Index& index, std::vector<Value>& values) {
  const ArenaMark mark(state_.arena());
  const RecordRow row{&draft, {}, nullptr, nullptr};
  TRY(computed.frame.run(std::span(&row, 1)));
  const std::vector<Value> outputs = computed.frame.outputs(0);
  for (size_t i = computed.program->columns; i < outputs.size(); ++i) {
    if (outputs[i].tag() != Tag::Bool || !outputs[i].as_bool()) return false;
  }
  size_t next = 0;
  values.resize(index.columns.size());
  for (size_t i = 0; i < index.columns.size(); ++i) {
    if (index.columns[i].is_expression) values[i] = outputs[next++];
  }
  return true;
}

Status IndexEntries::append(const Draft& draft, const catalog::Index& index,
                            std::vector<index::Entry>& out) {
  std::vector<Value> values;
  const auto computed = computed_.find(index.id);
  if (computed != computed_.end() && !TRY(compute(computed->second, draft, index, values)))
    return ok_status();
  return index::append_entries(index, DraftSource(table_, draft, values), draft.key_bytes, out);
}

}  // namespace zerodb::exec
