// WriteGrants: whether the user of a statement may write a record as it does.
//
// A grant must hold for the record before (a new one: for the record itself), and what the
// statement changes must be among the fields of those that hold: E0701. A grant must hold for the
// record after, or the write would take it out of the user's reach: E0702. Ids, columns of keys and
// the ends of edges come with the record. Threading: belongs to one statement.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exec/record_frame.h"

namespace zerodb::exec {

// A record before and after a change, with the names of the fields that the statement itself gave.
struct GrantedWrite {
  const Draft* before = nullptr;  // null: a new record
  const Draft* after = nullptr;
  std::vector<std::string> fields;
};

class WriteGrants {
 public:
  static Result<WriteGrants> make(ExecState& state, const DraftTable& table,
                                  const plan::RuleSet& rules);
  // The user may write any record in any way: nothing need be asked.
  bool is_open() const { return rules_->grants.empty(); }

  // The fields that differ; of a new record those that have a value. Asked before DEFAULT and
  // COMPUTED are worked out.
  std::vector<std::string> changed_fields(const Draft* before, const Draft& after) const;
  // Any number of records.
  Status check(std::span<const GrantedWrite> writes);

 private:
  WriteGrants(ExecState& state, const DraftTable& table, const plan::RuleSet& rules)
      : state_(&state), table_(&table), rules_(&rules) {}

  Status check_some(std::span<const GrantedWrite> writes);
  // Which grants hold for each record.
  Result<std::vector<std::vector<bool>>> holding(std::span<const Draft* const> records);
  Status check_fields(const GrantedWrite& write, const std::vector<bool>& holds) const;

  ExecState* state_;
  const DraftTable* table_;
  const plan::RuleSet* rules_;
  std::optional<RecordFrame> frame_;  // none where no grant has a condition
};

}  // namespace zerodb::exec
