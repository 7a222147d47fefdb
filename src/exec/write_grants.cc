#include "exec/write_grants.h"

#include <algorithm>

namespace zerodb::exec {
namespace {

bool is_same(const std::optional<Value>& left, const std::optional<Value>& right) {
  const Value a = left.value_or(Value::none());
  const Value b = right.value_or(Value::none());
  return a.tag() == b.tag() && equals(a, b);
}

}  // namespace

Result<WriteGrants> WriteGrants::make(ExecState& state, const DraftTable& table,
                                      const plan::RuleSet& rules) {
  WriteGrants out(state, table, rules);
  if (rules.grant_conditions.program != nullptr)
    out.frame_.emplace(TRY(RecordFrame::make(state, table, rules.grant_conditions)));
  return out;
}

std::vector<std::string> WriteGrants::changed_fields(const Draft* before,
                                                     const Draft& after) const {
  std::vector<std::string> out;
  if (is_open()) return out;
  const catalog::Table& table = table_->table();
  for (uint32_t i = 0; i < table.fields.size(); ++i) {
    const bool is_end =
        table.is_edge() && (i == catalog::kSourcePosition || i == catalog::kTargetPosition);
    const std::optional<Value> old = before == nullptr ? std::nullopt : before->fields[i];
    const bool is_given = !is_end && table.fields[i].computed_text.empty();
    if (is_given && !is_same(old, after.fields[i])) out.push_back(table.fields[i].name);
  }
  const auto extra_of = [](const Draft* draft, const std::string& name) -> std::optional<Value> {
    const Value* value = draft == nullptr ? nullptr : draft->find_extra(name);
    return value == nullptr ? std::nullopt : std::optional(*value);
  };
  for (const auto& [name, value] : after.extras) {
    if (!is_same(extra_of(before, name), value)) out.push_back(name);
  }
  if (before == nullptr) return out;
  for (const auto& [name, value] : before->extras) {
    if (after.find_extra(name) == nullptr && !value.is_none()) out.push_back(name);
  }
  return out;
}

Status WriteGrants::check(std::span<const GrantedWrite> writes) {
  if (is_open()) return ok_status();
  for (size_t begin = 0; begin < writes.size(); begin += RecordFrame::kRowsMax) {
    const size_t count = std::min<size_t>(RecordFrame::kRowsMax, writes.size() - begin);
    TRY(check_some(writes.subspan(begin, count)));
  }
  return ok_status();
}

Result<std::vector<std::vector<bool>>> WriteGrants::holding(std::span<const Draft* const> records) {
  std::vector<std::vector<bool>> out(records.size(),
                                     std::vector<bool>(rules_->grants.size(), true));
  if (!frame_ || records.empty()) return out;
  std::vector<RecordRow> rows;
  for (const Draft* record : records) rows.push_back({record, {}, nullptr, nullptr});
  const ArenaMark mark(state_->arena());
  TRY(frame_->run(rows));
  for (uint32_t row = 0; row < records.size(); ++row) {
    for (size_t i = 0; i < rules_->grants.size(); ++i) {
      if (!rules_->grants[i].condition) continue;
      const Value holds = frame_->output(row, *rules_->grants[i].condition);
      out[row][i] = holds.tag() == Tag::Bool && holds.as_bool();
    }
  }
  return out;
}

Status WriteGrants::check_fields(const GrantedWrite& write, const std::vector<bool>& holds) const {
  for (const std::string& field : write.fields) {
    bool is_granted = false;
    for (size_t i = 0; i < holds.size() && !is_granted; ++i) {
      const std::vector<std::string>& fields = rules_->grants[i].fields;
      is_granted = holds[i] && (fields.empty() || std::ranges::find(fields, field) != fields.end());
    }
    if (is_granted) continue;
    return Error(ErrorCode::E0701, "no grant lets the user write `" + field +
                                       "` of this record of `" + table_->table().name + "`");
  }
  return ok_status();
}

Status WriteGrants::check_some(std::span<const GrantedWrite> writes) {
  std::vector<const Draft*> starts;
  std::vector<const Draft*> ends;
  for (const GrantedWrite& write : writes) {
    starts.push_back(write.before == nullptr ? write.after : write.before);
    ends.push_back(write.after);
  }
  const auto before = TRY(holding(starts));
  const auto after = TRY(holding(ends));
  const auto any = [](const std::vector<bool>& holds) {
    return std::ranges::find(holds, true) != holds.end();
  };
  for (size_t i = 0; i < writes.size(); ++i) {
    if (!any(before[i]) || !any(after[i])) {
      return Error(ErrorCode::E0702, "no grant of the user holds for the record of `" +
                                         table_->table().name + "` " +
                                         (any(before[i]) ? "after this write" : "that is written"));
    }
    TRY(check_fields(writes[i], before[i]));
  }
  return ok_status();
}

}  // namespace zerodb::exec
