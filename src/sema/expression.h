// Checking of expressions: syntax becomes typed Expr nodes; what breaks a rule is reported and
// poisoned.
//
// `wanted` is the type that the surroundings will ask for, if they do: it only helps literals to
// find their type. Threading: free functions over their arguments.
#pragma once

#include "sema/scope.h"

namespace zerodb::sema {

ExprId check_expression(Checking& c, Scope& scope, ast::Expr node, const Type* wanted = nullptr);
// A condition: bool, or any. E0302, E0303.
ExprId check_condition(Checking& c, Scope& scope, ast::Expr node);
ExprId require_condition(Checking& c, ExprId condition, Span span);

enum class MemberForm : uint8_t {
  Plain,     // x.f: E0304 if x may be none
  Optional,  // x?.f
  Lenient,   // in shapes: what is missing is none
};
ExprId member_of(Checking& c, ExprId base, const std::string& name, MemberForm form, Span span);
// Whether a dot can stand behind a value of the type: it is an object, a link, or may be one.
bool may_have_members(const Type& type);

// One file each.
ExprId check_literal(Checking& c, ast::Literal node, const Type* wanted, bool negative, Span span);
ExprId check_parameter(Checking& c, Scope& scope, ast::Parameter node);
ExprId check_path_ref(Checking& c, ast::PathRef node);
ExprId check_record_id(Checking& c, Scope& scope, ast::RecordId node);
// A record id of the table from a key; kNoExpr after a mistake is never given: it is poison.
ExprId check_record_key(Checking& c, Scope& scope, const catalog::Table& table, ast::RecordKey key,
                        Span span);
// A bound of a range of record ids: the key alone. Of a key of several parts the first ones are
// enough.
ExprId check_range_key(Checking& c, Scope& scope, const catalog::Table& table, ast::RecordKey key,
                       Span span);
// The table of a record id, or null after E0201.
const catalog::Table* find_table(Checking& c, ast::Name name);
// The same, but for views: they hold no records.
const catalog::Table* find_stored_table(Checking& c, ast::Name name);

ExprId check_operator(Checking& c, Scope& scope, ast::Expr node, const Type* wanted);
// A typed binary operation over checked operands; literals adapt to each other.
ExprId make_binary(Checking& c, BinaryOp op, ExprId left, ExprId right, Span span);
ExprId make_not(Checking& c, ExprId operand, Span span);
ExprId make_conjunction(Checking& c, std::vector<ExprId> conditions, Span span);

ExprId check_call(Checking& c, Scope& scope, ast::Call node);
// A call with OVER: an aggregate or a window function over the rows around.
ExprId check_window_call(Checking& c, Scope& scope, ast::Call node);
ExprId check_method(Checking& c, Scope& scope, ast::MethodCall node);
// `ok_or_none` around the operands of `??` that are results, but for the last.
void unwrap_results(Checking& c, std::vector<ExprId>& operands);
// A call of a library function over checked operands.
ExprId make_call(Checking& c, const std::string& name, const std::vector<ExprId>& args, Span span);

ExprId check_access(Checking& c, Scope& scope, ast::Expr node);
// The record that a link points to, as far as the user may see it.
ExprId make_fetch(Checking& c, ExprId link, Span span);
ExprId check_shape(Checking& c, Scope& scope, ast::Shape node);
ExprId check_composite(Checking& c, Scope& scope, ast::Expr node, const Type* wanted);
ExprId check_case(Checking& c, Scope& scope, ast::Case node, const Type* wanted);
ExprId check_cast(Checking& c, Scope& scope, ast::Cast node);
ExprId check_subquery(Checking& c, Scope& scope, ast::Expr node);

}  // namespace zerodb::sema
