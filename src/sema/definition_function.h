// Functions of the user: DEFINE FUNCTION .. AS expression, ALTER, and the calls of them.
//
// A call is replaced by the body with the arguments in the place of the parameters. Functions
// never call themselves, not through others either. Threading: free functions over their arguments.
#pragma once

#include "sema/definition.h"
#include "sema/scope.h"

namespace zerodb::sema {

void define_function(Definition& d, ast::DefineFunction node);
void alter_function(Definition& d, ast::Alter node);

// The functions, built in or not, that a stored expression calls, also as methods.
std::vector<std::string> called_functions(const std::string& text);
// An object that calls the function, if there is one.
std::optional<std::string> caller_of(const catalog::Schema& schema, const std::string& name);

// Checks the stored body of a function once more.
void check_stored_body(Checking& c, const catalog::Function& function);

// A call of a function of the user. E0602, E0604, E0606.
ExprId check_user_call(Checking& c, Scope& scope, ast::Call node, const catalog::Function& called);
// The same as a method of a value that was checked.
ExprId check_user_method(Checking& c, Scope& scope, ast::MethodCall node, ExprId receiver,
                         const catalog::Function& called);
// A call of a function that a module exports.
ExprId make_module_call(Checking& c, std::string name, std::vector<ExprId> arguments, Type returns,
                        Span span);

}  // namespace zerodb::sema
