// Definitions: catalog rows written in the transaction, and what must be done to records that are
// there already.
//
// Threading: belongs to the thread that executes the statement.
#pragma once

#include "exec/state.h"

namespace zerodb::exec {

// E1002 and E1011 where records break a new rule or a new unique index.
Status run_definition(ExecState& state, const sema::DefinitionStatement& definition);

}  // namespace zerodb::exec
