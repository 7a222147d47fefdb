// Calls of aggregates: their clauses, their arguments by place and name, and their types.
//
// Threading: free functions over their arguments.
#pragma once

#include <optional>
#include <vector>

#include "function/library.h"
#include "sema/call_arguments.h"
#include "sema/scope.h"

namespace zerodb::sema {

// Whether the call has a clause that only aggregates take.
bool has_aggregate_clauses(ast::Call node);

// A call without OVER.
ExprId check_aggregate(Checking& c, Scope& scope, ast::Call node,
                       const function::AggregateFunction& function);

struct AggregateCall {
  std::vector<ExprId> args;  // in the order of the parameters, without those left out at the end
  Type type;
};

// Nothing after E0602, E0604 and E0607.
std::optional<AggregateCall> resolve_aggregate(Checking& c,
                                               const function::AggregateFunction& function,
                                               const CheckedArguments& checked, ast::Call node);

}  // namespace zerodb::sema
