// Plans of the writes that the database makes by itself, such as filling an index or deleting what
// is past its lifetime: they carry the rules of a table and the programs of its indexes.
//
// Threading: pure functions.
#pragma once

#include <memory>

#include "catalog/schema.h"
#include "function/library.h"
#include "plan/plan.h"

namespace zerodb::exec {

// A write of the table's records that keeps the table in shape.
Result<std::shared_ptr<const plan::Plan>> plan_of_update(
    const function::Library& library, std::shared_ptr<const catalog::Schema> schema,
    const catalog::Table& table);
// Deleting them, with what hangs on them.
Result<std::shared_ptr<const plan::Plan>> plan_of_delete(
    const function::Library& library, std::shared_ptr<const catalog::Schema> schema,
    const catalog::Table& table);

}  // namespace zerodb::exec
