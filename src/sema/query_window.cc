// Calls with OVER, the windows they name, and frames.

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "sema/aggregate_call.h"
#include "sema/call_arguments.h"
#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/query_select.h"

namespace zerodb::sema {
namespace {

using Bound = WindowFrame::Bound;
using Unit = WindowFrame::Unit;

Bound bound_of(ast::FrameBoundKind kind) {
  switch (kind) {
    case ast::FrameBoundKind::UnboundedPreceding:
      return Bound::UnboundedPreceding;
    case ast::FrameBoundKind::Preceding:
      return Bound::Preceding;
    case ast::FrameBoundKind::CurrentRow:
      return Bound::CurrentRow;
    case ast::FrameBoundKind::Following:
      return Bound::Following;
    case ast::FrameBoundKind::UnboundedFollowing:
      return Bound::UnboundedFollowing;
  }
  UNREACHABLE();
}

Unit unit_of(ast::FrameUnit unit) {
  switch (unit) {
    case ast::FrameUnit::Rows:
      return Unit::Rows;
    case ast::FrameUnit::Range:
      return Unit::Range;
    case ast::FrameUnit::Groups:
      return Unit::Groups;
  }
  UNREACHABLE();
}

void refuse_frame(Checking& c, const std::string& what, Span span) {
  c.report(ErrorCode::E0415, what, span);
}

// What a distance between two keys of this type is; nothing if there is none.
std::optional<Type> distance_type(const Type& key) {
  const Type present = key.required();
  if (present.is_number() || present.is_any() || present.kind() == TypeKind::Duration)
    return present;
  if (present.kind() == TypeKind::Datetime) return Type(TypeKind::Duration);
  return std::nullopt;
}

ExprId check_offset(Checking& c, Scope& scope, const WindowDefinition& window, ast::Expr node) {
  const Unit unit = window.frame.unit;
  Type wanted = Type::int64();
  if (unit == Unit::Range) {
    if (window.order.size() != 1) {
      refuse_frame(c, "RANGE with an offset needs exactly one ORDER BY key", node.span());
      return c.poison(node.span());
    }
    const Type key = c.type(window.order[0].expr);
    const auto distance = distance_type(key);
    if (!distance) {
      refuse_frame(c, "RANGE has no offsets between values of type `" + c.text(key) + "`",
                   node.span());
      return c.poison(node.span());
    }
    wanted = *distance;
  }
  ExprId offset = check_expression(c, scope, node, &wanted);
  if (c.is_poison(offset)) return offset;
  infer_parameter(c, offset, wanted);
  const Type type = c.type(offset);
  const bool fits = unit == Unit::Range
                        ? type.is_any() || wanted.is_any() ||
                              (wanted.is_number() ? type.is_number() : type == wanted)
                        : type.is_any() || type.is_integer();
  if (fits) return offset;
  refuse_frame(c,
               unit == Unit::Range
                   ? "an offset here is `" + c.text(wanted) + "`, not `" + c.text(type) + "`"
                   : "a number of rows or groups is `int`, not `" + c.text(type) + "`",
               node.span());
  return c.poison(node.span());
}

void check_frame(Checking& c, Scope& scope, WindowDefinition& window, ast::Frame node) {
  WindowFrame& frame = window.frame;
  frame.is_written = true;
  frame.unit = unit_of(node.unit());
  frame.start = bound_of(node.start().bound_kind());
  frame.end = node.end() ? bound_of(node.end()->bound_kind()) : Bound::CurrentRow;
  if (frame.start == Bound::UnboundedFollowing)
    return refuse_frame(c, "a frame cannot start at UNBOUNDED FOLLOWING", node.span());
  if (frame.end == Bound::UnboundedPreceding)
    return refuse_frame(c, "a frame cannot end at UNBOUNDED PRECEDING", node.span());
  if (frame.start > frame.end)
    return refuse_frame(c, "the frame ends before it starts", node.span());
  if (frame.unit == Unit::Groups && window.order.empty())
    return refuse_frame(c, "GROUPS needs ORDER BY", node.span());
  if (node.start().offset())
    frame.start_offset = check_offset(c, scope, window, *node.start().offset());
  if (node.end() && node.end()->offset())
    frame.end_offset = check_offset(c, scope, window, *node.end()->offset());
}

bool is_same_order(const Checking& c, const std::vector<OrderKey>& left,
                   const std::vector<OrderKey>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](const OrderKey& a, const OrderKey& b) {
                      return a.descending == b.descending && a.nulls_first == b.nulls_first &&
                             c.is_same(a.expr, b.expr);
                    });
}

bool is_same_window(const Checking& c, const WindowDefinition& left,
                    const WindowDefinition& right) {
  const auto same_offset = [&](ExprId a, ExprId b) {
    return a == b || (a != kNoExpr && b != kNoExpr && c.is_same(a, b));
  };
  const bool same_frame =
      left.frame.unit == right.frame.unit && left.frame.start == right.frame.start &&
      left.frame.end == right.frame.end && left.frame.is_written == right.frame.is_written &&
      same_offset(left.frame.start_offset, right.frame.start_offset) &&
      same_offset(left.frame.end_offset, right.frame.end_offset);
  return same_frame && is_same_order(c, left.order, right.order) &&
         std::equal(left.partition.begin(), left.partition.end(), right.partition.begin(),
                    right.partition.end(), [&](ExprId a, ExprId b) { return c.is_same(a, b); });
}

// Inside a window no further windows are seen, nor aliases that stand for one.
class InsideWindow {
 public:
  explicit InsideWindow(Scope& scope) : scope_(scope), windows_(scope.windows) {
    scope.windows = WindowRule::Refused;
  }
  ~InsideWindow() { scope_.windows = windows_; }
  InsideWindow(const InsideWindow&) = delete;
  InsideWindow& operator=(const InsideWindow&) = delete;

 private:
  Scope& scope_;
  WindowRule windows_;
};

// Gives the position among the query's windows; equal ones share one.
uint32_t check_window(Checking& c, Scope& scope, ast::WindowSpec node) {
  const InsideWindow inside(scope);
  WindowDefinition window;
  if (node.partition_by()) {
    for (const ast::Expr key : node.partition_by()->keys())
      window.partition.push_back(check_expression(c, scope, key));
  }
  if (node.order_by()) {
    for (const ast::OrderKey key : node.order_by()->keys()) {
      window.order.push_back(
          {check_expression(c, scope, key.expr()), key.is_descending(), key.nulls_first()});
    }
  }
  if (node.frame()) {
    check_frame(c, scope, window, *node.frame());
  } else if (window.order.empty()) {
    window.frame.end = Bound::UnboundedFollowing;
  }
  auto& known = c.query(scope.query).window_definitions;
  for (uint32_t i = 0; i < known.size(); ++i) {
    if (is_same_window(c, known[i], window)) return i;
  }
  known.push_back(std::move(window));
  return static_cast<uint32_t>(known.size() - 1);
}

std::optional<uint32_t> find_window(Checking& c, Scope& scope, ast::Over node) {
  if (node.spec()) return check_window(c, scope, *node.spec());
  const std::string name = node.window()->name();
  std::vector<std::string> names;
  for (const NamedWindow& window : scope.named_windows) {
    if (window.name == name) return window.definition;
    names.push_back(window.name);
  }
  c.suggest(c.report(ErrorCode::E0207, "unknown window `" + name + "`", node.window()->span()),
            name, names);
  return std::nullopt;
}

ExprId add_call(Checking& c, Scope& scope, WindowCall call, Span span) {
  Expr made;
  made.kind = ExprKind::Window;
  made.type = call.type;
  made.span = span;
  auto& known = c.query(scope.query).windows;
  const auto same = [&](const WindowCall& other) {
    return other.function == call.function && other.star == call.star &&
           other.definition == call.definition && other.filter == kNoExpr &&
           call.filter == kNoExpr &&
           std::equal(other.args.begin(), other.args.end(), call.args.begin(), call.args.end(),
                      [&](ExprId a, ExprId b) { return c.is_same(a, b); });
  };
  const auto found = std::find_if(known.begin(), known.end(), same);
  made.index = static_cast<uint32_t>(found - known.begin());
  if (found == known.end()) known.push_back(std::move(call));
  return c.add(std::move(made));
}

ExprId refuse_clause(Checking& c, const std::string& what, Span span) {
  c.report(ErrorCode::E0606, what, span);
  return c.poison(span);
}

ExprId check_window_function(Checking& c, Scope& scope, ast::Call node, uint32_t definition,
                             const function::WindowFunction& function) {
  const std::string& name = function.function.signature.name;
  if (node.filter() || node.arguments().is_distinct() || node.arguments().is_star() ||
      node.arguments().order_by())
    return refuse_clause(
        c, "`" + name + "` is no aggregate: it takes no DISTINCT, `*`, ORDER BY or FILTER",
        node.span());
  if (c.query(scope.query).window_definitions[definition].order.empty())
    return refuse_clause(c, "`" + name + "` needs a window with ORDER BY", node.over()->span());
  CheckedArguments checked;
  {
    const InsideWindow inside(scope);
    checked = check_arguments(c, scope, node.arguments());
  }
  if (has_poison(c, checked.values)) return c.poison(node.span());
  const auto call = c.library().resolve_window(function, describe_arguments(c, checked));
  if (!call.has_value()) {
    c.report(call.error(), node.span());
    return c.poison(node.span());
  }
  WindowCall made;
  made.function = name;
  made.args = call_inputs(c, *call, checked.values, node.span());
  made.definition = definition;
  made.type = call->result;
  made.span = c.place(node.span());
  return add_call(c, scope, std::move(made), node.span());
}

// `last` and `nth` over SQL's default frame end at the current row, which surprises.
bool wants_written_frame(const std::string& name) {
  return name == "last" || name == "nth";
}

ExprId check_window_aggregate(Checking& c, Scope& scope, ast::Call node, uint32_t definition,
                              const function::AggregateFunction& function) {
  const std::string name(function.name);
  if (node.arguments().is_distinct())
    return refuse_clause(c, "DISTINCT is not allowed with OVER", node.span());
  if (node.arguments().order_by())
    return refuse_clause(c, "with OVER the window orders the rows", node.span());
  const WindowDefinition& window = c.query(scope.query).window_definitions[definition];
  if (wants_written_frame(name) && !window.frame.is_written) {
    c.report(ErrorCode::E0606, "`" + name + "` with OVER needs a written frame",
             node.over()->span())
        .help =
        "write ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING for the whole partition";
    return c.poison(node.span());
  }
  const InsideWindow inside(scope);
  const CheckedArguments checked = check_arguments(c, scope, node.arguments());
  WindowCall made;
  if (node.filter()) made.filter = check_condition(c, scope, node.filter()->condition());
  if (has_poison(c, checked.values)) return c.poison(node.span());
  auto resolved = resolve_aggregate(c, function, checked, node);
  if (!resolved) return c.poison(node.span());
  made.function = name;
  made.is_aggregate = true;
  made.star = node.arguments().is_star();
  made.args = std::move(resolved->args);
  made.definition = definition;
  made.type = std::move(resolved->type);
  made.span = c.place(node.span());
  return add_call(c, scope, std::move(made), node.span());
}

}  // namespace

void check_named_windows(Checking& c, Scope& scope, ast::WindowClause node) {
  for (const ast::NamedWindow window : node.windows()) {
    const std::string name = window.ident().name();
    for (const NamedWindow& known : scope.named_windows) {
      if (known.name == name)
        c.report(ErrorCode::E0209, "window `" + name + "` is defined twice", window.ident().span());
    }
    scope.named_windows.push_back({name, check_window(c, scope, window.spec())});
  }
}

ExprId check_window_call(Checking& c, Scope& scope, ast::Call node) {
  const std::string name = lower_ascii(node.name());
  const function::AggregateFunction* aggregate = c.library().find_aggregate(name);
  const function::WindowFunction* window = c.library().find_window(name);
  if (aggregate == nullptr && window == nullptr) {
    if (c.library().find(name).empty()) {
      c.report(c.library().unknown_function(node.name()), node.name_span());
    } else {
      c.report(ErrorCode::E0606,
               "`" + name + "` is neither an aggregate nor a window function: it takes no OVER",
               node.over()->span());
    }
    return c.poison(node.span());
  }
  if (scope.windows == WindowRule::Refused) {
    c.report(ErrorCode::E0403, "`" + name + "` with OVER is not allowed here", node.span());
    return c.poison(node.span());
  }
  const auto definition = find_window(c, scope, *node.over());
  if (!definition || c.failed()) return c.poison(node.span());
  return window != nullptr ? check_window_function(c, scope, node, *definition, *window)
                           : check_window_aggregate(c, scope, node, *definition, *aggregate);
}

}  // namespace zerodb::sema
