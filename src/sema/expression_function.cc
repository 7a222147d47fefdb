// Calls of functions of the user: the body, with the arguments in the place of the parameters.

#include <algorithm>

#include "sema/access.h"
#include "sema/availability.h"
#include "sema/conversion.h"
#include "sema/definition_function.h"
#include "sema/expression.h"
#include "sema/query_visit.h"
#include "sema/stored_text.h"

namespace zerodb::sema {
namespace {

using catalog::Function;

// A bound on what functions that call functions may grow to: calls in one statement.
constexpr uint32_t kExpandedCallsMax = 10'000;

class UserCall {
 public:
  UserCall(Checking& c, Scope& scope, Span span, const Function& called)
      : c_(c), scope_(scope), span_(span), called_(called), given_(called.parameters.size()) {}

  // A method's receiver is the first argument.
  ExprId check(ast::Arguments arguments, std::optional<ExprId> receiver) {
    if (!require_execution(c_, called_, span_)) return c_.poison(span_);
    if (arguments.is_distinct() || arguments.is_star() || arguments.order_by())
      return refuse_clauses();
    receiver_ = receiver;
    if (!assign(arguments)) return c_.poison(span_);
    Scope body;
    body.query = scope_.query;
    for (size_t i = 0; i < given_.size(); ++i) {
      const ExprId value = argument(i);
      if (c_.is_poison(value)) return value;
      body.merged.push_back({called_.parameters[i].name, value});
    }
    if (!called_.module.empty()) return module_call(body.merged);
    return expand(body);
  }

  ExprId refuse_clauses() {
    return refuse(ErrorCode::E0606,
                  "`" + called_.name + "` takes no DISTINCT, `*`, ORDER BY, FILTER or OVER");
  }

 private:
  ExprId refuse(ErrorCode code, const std::string& message) {
    c_.report(code, message, span_);
    return c_.poison(span_);
  }

  // Which argument goes to which parameter.
  bool assign(ast::Arguments arguments) {
    size_t next = receiver_ ? 1 : 0;
    const size_t count = arguments.list().size() + next;
    for (const ast::Argument argument : arguments.list()) {
      size_t to = next++;
      if (argument.label()) {
        const std::string name = argument.label()->name();
        const auto& all = called_.parameters;
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.name == name; });
        to = static_cast<size_t>(found - all.begin());
        next = given_.size();
        if (found == all.end() || is_given(to)) {
          c_.report(ErrorCode::E0604,
                    found == all.end() ? "`" + called_.name + "` has no parameter `" + name + "`"
                                       : "`" + name + "` is given twice",
                    argument.span());
          return false;
        }
      }
      if (to >= given_.size()) {
        const bool late = count <= given_.size();
        c_.report(late ? ErrorCode::E0604 : ErrorCode::E0602,
                  late ? "an argument without a name comes before those with one"
                       : "`" + called_.name + "` takes at most " + std::to_string(given_.size()) +
                             " arguments",
                  argument.span());
        return false;
      }
      given_[to] = argument.value();
    }
    return true;
  }

  bool is_given(size_t position) const {
    return given_[position].has_value() || (receiver_ && position == 0);
  }

  ExprId argument(size_t position) {
    const catalog::FunctionParameter& parameter = called_.parameters[position];
    if (!is_given(position)) {
      if (parameter.default_text.empty())
        return refuse(ErrorCode::E0602,
                      "`" + called_.name + "` needs its parameter `" + parameter.name + "`");
      Checking::ForeignText foreign(c_, c_.place(span_));
      Scope scope;
      scope.query = scope_.query;
      const ExprId value = check_expression(
          c_, scope, parse_stored_expression(c_, parameter.default_text), &parameter.type);
      return stored(value, parameter);
    }
    const ExprId value = given_[position]
                             ? check_expression(c_, scope_, *given_[position], &parameter.type)
                             : *receiver_;
    if (c_.is_poison(value)) return value;
    if (is_volatile(value)) require_feature(c_, Feature::VolatileArguments, c_.expr(value).span);
    return stored(value, parameter);
  }

  // A parameter may stand in the body several times, so its argument must have one value.
  bool is_volatile(ExprId root) {
    bool found = false;
    visit_expression(c_, root, 0, [&](ExprId id, uint32_t) {
      const Expr& expr = c_.expr(id);
      if (expr.kind != ExprKind::Call || expr.function == Expr::kDynamicFunction) return;
      const auto volatility = c_.library().functions()[expr.function].volatility;
      found = found || volatility == function::Volatility::Volatile;
    });
    return found;
  }

  ExprId stored(ExprId value, const catalog::FunctionParameter& parameter) {
    const size_t said = c_.diagnostics.size();
    const ExprId result =
        store_into(c_, value, {"parameter `" + parameter.name + "`", parameter.type, span_});
    for (size_t i = said; i < c_.diagnostics.size(); ++i) c_.diagnostics[i].code = ErrorCode::E0602;
    return c_.diagnostics.size() == said ? result : c_.poison(span_);
  }

  ExprId module_call(const std::vector<Alias>& arguments) {
    std::vector<ExprId> values;
    for (const Alias& each : arguments) values.push_back(each.expr);
    return make_module_call(c_, called_.name, std::move(values), called_.returns, span_);
  }

  ExprId expand(Scope& body) {
    if (c_.expanded_calls > kExpandedCallsMax) return c_.poison(span_);
    if (++c_.expanded_calls > kExpandedCallsMax)
      return refuse(ErrorCode::E1102, "the functions that are called here grow too large");
    Checking::ForeignText foreign(c_, c_.place(span_));
    const ExprId value = check_expression(c_, body, parse_stored_expression(c_, called_.body_text),
                                          &called_.returns);
    if (c_.is_poison(value)) return value;
    return store_into(c_, value, {"the result of `" + called_.name + "`", called_.returns, span_});
  }

  Checking& c_;
  Scope& scope_;
  Span span_;
  const Function& called_;
  std::optional<ExprId> receiver_;
  std::vector<std::optional<ast::Expr>> given_;
};

}  // namespace

ExprId make_module_call(Checking& c, std::string name, std::vector<ExprId> arguments, Type returns,
                        Span span) {
  require_feature(c, Feature::Modules, span);
  Expr made;
  made.kind = ExprKind::ModuleCall;
  made.text = std::move(name);
  made.args = std::move(arguments);
  made.type = std::move(returns);
  made.span = span;
  return c.add(std::move(made));
}

ExprId check_user_call(Checking& c, Scope& scope, ast::Call node, const catalog::Function& called) {
  UserCall call(c, scope, node.span(), called);
  if (node.filter() || node.over()) return call.refuse_clauses();
  return call.check(node.arguments(), std::nullopt);
}

ExprId check_user_method(Checking& c, Scope& scope, ast::MethodCall node, ExprId receiver,
                         const catalog::Function& called) {
  return UserCall(c, scope, node.span(), called).check(node.arguments(), receiver);
}

}  // namespace zerodb::sema
