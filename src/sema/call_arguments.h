// The arguments of calls: checked, described to the function library, converted for it.
//
// Threading: free functions over their arguments.
#pragma once

#include <string>
#include <vector>

#include "sema/scope.h"

namespace zerodb::sema {

struct CheckedArguments {
  std::vector<ExprId> values;
  std::vector<std::string> names;  // of named arguments, else empty
};

CheckedArguments check_arguments(Checking& c, Scope& scope, ast::Arguments node);
bool has_poison(const Checking& c, const std::vector<ExprId>& values);
// As the library wants to know them to choose an overload.
std::vector<function::Argument> describe_arguments(const Checking& c,
                                                   const CheckedArguments& checked);
// One expression for each input of the call: the arguments converted, defaults filled in.
std::vector<ExprId> call_inputs(Checking& c, const function::Call& call,
                                const std::vector<ExprId>& values, Span span);

}  // namespace zerodb::sema
