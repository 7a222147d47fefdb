// RecordChange: what SET, UNSET, CONTENT and MERGE do to a record, once their values are known.
//
// Errors: E0904, E0905, E0906, E1005, and what the operators give.
// Threading: pure functions over the draft.
#pragma once

#include <span>

#include "exec/draft.h"
#include "plan/plan.h"

namespace zerodb::exec {

// `outputs` are the values that the change's program computed over the record as it was.
Status apply_change(const DraftTable& table, const plan::ChangePlan& change,
                    std::span<const Value> outputs, Draft& draft);

// Sets the value of one place; with `+=` and the like the place's own value takes part.
Status apply_target(const DraftTable& table, const plan::ChangePlan::Target& target,
                    std::span<const Value> outputs, const Value& value, const Draft& before,
                    Draft& draft);

// Gives the draft its key: whole or by the key columns' values, if any are given; both must say the
// same. A draft that has one keeps it. E1005.
Status give_key(const DraftTable& table, const std::optional<Value>& id,
                const std::vector<std::optional<Value>>& key_values, Draft& draft);

// Takes over every key of an object; `id` and key columns must be the draft's own if it has a key,
// else they make it.
Status apply_object(const DraftTable& table, const Value& object, Draft& draft);

}  // namespace zerodb::exec
