// ZL2xx, first part: expressions and assignments that mean something else than they seem to.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "lint/context.h"
#include "zeroql/suggest.h"

namespace zerodb::lint {
namespace {

using sema::Expr;
using sema::ExprId;
using sema::ExprKind;

// ---- ZL201

bool is_order(BinaryOp op) {
  return op == BinaryOp::Less || op == BinaryOp::LessEqual || op == BinaryOp::Greater ||
         op == BinaryOp::GreaterEqual;
}

void check_order_compare_on_optional(const StatementContext& context, Reporter& reporter) {
  if (context.checked == nullptr) return;
  const CheckedView& checked = *context.checked;
  for (const Use& use : checked.uses()) {
    const Expr& expr = checked.expr(use.expr);
    const bool takes_false_for_known =
        use.is_negated || (use.is_root && use.role == Role::Assigned);
    if (expr.kind != ExprKind::Binary || !is_order(expr.binary_op) || !takes_false_for_known)
      continue;
    for (const ExprId arg : expr.args) {
      const Expr& operand = checked.plain(arg);
      if (!operand.type.is_optional()) continue;
      Finding& finding =
          reporter.add(expr.span, "an order with none is false, and here that counts");
      finding.labels.push_back({operand.span, "may be none"});
      finding.help = use.is_negated ? "write the opposite comparison, or add `IS NOT none`"
                                    : "say with `??` or CASE what a missing value gives";
      break;
    }
  }
}

// ---- ZL208

// Whether a float is the number that its author wrote: a multiple of a small power of two, or none
// that arithmetic rounds.
bool is_exact(const Value& value) {
  if (value.tag() != Tag::F64 && value.tag() != Tag::F32) return true;
  constexpr double kSteps = 1024;
  const double scaled = value.as_float64() * kSteps;
  return !std::isfinite(scaled) || std::trunc(scaled) == scaled;
}

bool has_column(const CheckedView& checked, ExprId id) {
  const Expr& expr = checked.expr(id);
  return expr.kind == ExprKind::Column ||
         std::any_of(expr.args.begin(), expr.args.end(),
                     [&](ExprId arg) { return has_column(checked, arg); });
}

void check_float_equality(const StatementContext& context, Reporter& reporter) {
  if (context.checked == nullptr) return;
  const CheckedView& checked = *context.checked;
  const auto is_rounded = [&](ExprId id) {
    const Expr& expr = checked.plain(id);
    if (!expr.type.required().is_float()) return false;
    return expr.kind == ExprKind::Literal ? !is_exact(expr.literal) : expr.kind == ExprKind::Binary;
  };
  for (const Use& use : checked.uses()) {
    const Expr& expr = checked.expr(use.expr);
    const bool is_equality =
        expr.kind == ExprKind::Binary &&
        (expr.binary_op == BinaryOp::Equal || expr.binary_op == BinaryOp::NotEqual);
    if (!is_equality || !has_column(checked, use.expr)) continue;
    if (!is_rounded(expr.args[0]) && !is_rounded(expr.args[1])) continue;
    reporter.add(expr.span, "floats are rounded, so that equal ones may differ in their last digit")
        .help = "compare with a tolerance, `math::abs(a - b) < 1e-9`, or keep the value as decimal";
  }
}

// ---- ZL211

bool is_condition(Role role) {
  return role == Role::Where || role == Role::On || role == Role::Having || role == Role::Qualify ||
         role == Role::Filter || role == Role::CaseCondition;
}

class ConstantCondition {
 public:
  ConstantCondition(const StatementContext& context, Reporter& reporter)
      : context_(context), checked_(*context.checked), reporter_(reporter) {}

  void run() {
    for (const Use& use : checked_.uses()) {
      const Expr& expr = checked_.expr(use.expr);
      if (is_condition(use.role) && use.is_root) check_root(use.expr);
      if (expr.kind == ExprKind::Case) check_case(expr);
      check_absence(expr);
    }
  }

 private:
  void check_case(const Expr& expr) {
    for (size_t i = 0; i + 1 < expr.args.size(); i += 2) {
      if (checked_.expr(expr.args[i]).kind == ExprKind::Literal)
        report_constant(checked_.expr(expr.args[i]));
    }
  }

  // `WHERE true` and `ON true` say that everything is meant.
  void check_root(ExprId id) {
    const Expr& expr = checked_.expr(id);
    if (expr.kind == ExprKind::And || expr.kind == ExprKind::Or) {
      for (const ExprId part : expr.args) {
        if (checked_.expr(part).kind == ExprKind::Literal) report_constant(checked_.expr(part));
      }
    }
    if (expr.kind != ExprKind::Literal || is_write_condition(expr)) return;
    if (context_.text(expr.span) != "true") report_constant(expr);
  }

  // ZL102 is about those.
  bool is_write_condition(const Expr& expr) const {
    const bool is_write = context_.checked->statement().writes;
    return is_write && expr.literal.tag() == Tag::Bool && expr.literal.as_bool();
  }

  void report_constant(const Expr& expr) {
    if (expr.literal.tag() != Tag::Bool || expr.span == Span{}) return;
    reporter_.add(expr.span, expr.literal.as_bool() ? "this is always true" : "this is never true");
  }

  void check_absence(const Expr& expr) {
    if (expr.args.empty()) return;
    const Expr& first = checked_.expr(expr.args[0]);
    const bool can_be_none = first.type.admits_none();
    if (expr.kind == ExprKind::IsNone && !can_be_none && has_column(checked_, expr.args[0])) {
      reporter_
          .add(expr.span, expr.has(Expr::Negated) ? "this is always true" : "this is never true")
          .labels.push_back({first.span, "cannot be none"});
    }
    if (expr.kind == ExprKind::Coalesce && !can_be_none && has_column(checked_, expr.args[0])) {
      reporter_.add(first.span, "what stands behind `??` is never used: this cannot be none");
    }
    if (expr.kind != ExprKind::Binary || !is_order(expr.binary_op)) return;
    for (const ExprId arg : expr.args) {
      const Expr& operand = checked_.plain(arg);
      if (operand.kind == ExprKind::Literal && operand.literal.is_none())
        reporter_.add(expr.span, "an order with none is never true").help = "write `IS none`";
    }
  }

  const StatementContext& context_;
  const CheckedView& checked_;
  Reporter& reporter_;
};

void check_constant_condition(const StatementContext& context, Reporter& reporter) {
  if (context.checked != nullptr) ConstantCondition(context, reporter).run();
}

// ---- ZL212

// Whether the first place holds the second.
bool is_inside(const CheckedView& checked, const sema::Place& outer, const sema::Place& inner) {
  if (outer.field != inner.field || outer.steps.size() >= inner.steps.size()) return false;
  for (size_t i = 0; i < outer.steps.size(); ++i) {
    const sema::Place::Step& a = outer.steps[i];
    const sema::Place::Step& b = inner.steps[i];
    if (a.name != b.name || (a.element == sema::kNoExpr) != (b.element == sema::kNoExpr))
      return false;
    if (a.element == sema::kNoExpr) continue;
    const Expr& at = checked.plain(a.element);
    const Expr& other = checked.plain(b.element);
    const bool is_equal = at.kind == ExprKind::Literal && other.kind == ExprKind::Literal &&
                          equals(at.literal, other.literal);
    if (!is_equal) return false;
  }
  return true;
}

void check_change(const CheckedView& checked, const sema::RecordChange& change,
                  Reporter& reporter) {
  std::vector<const sema::Place*> places;
  for (const sema::Assignment& each : change.assignments) places.push_back(&each.place);
  for (const sema::Place& each : change.unset) places.push_back(&each);
  for (size_t i = 0; i < places.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const sema::Place& a = *places[j];
      const sema::Place& b = *places[i];
      if (!is_inside(checked, a, b) && !is_inside(checked, b, a)) continue;
      Finding& finding = reporter.add(b.span, "this is a part of what the same statement sets");
      finding.labels.push_back({a.span, "set here too"});
      finding.help = "give the whole value once; all right sides see the record as it was";
    }
  }
}

void check_duplicate_assignment(const StatementContext& context, Reporter& reporter) {
  if (context.checked == nullptr) return;
  const CheckedView& checked = *context.checked;
  const auto& body = checked.statement().body;
  if (const auto* put = std::get_if<sema::PutStatement>(&body))
    check_change(checked, put->change, reporter);
  if (const auto* modify = std::get_if<sema::ModifyStatement>(&body))
    check_change(checked, modify->change, reporter);
  if (const auto* relate = std::get_if<sema::RelateStatement>(&body))
    check_change(checked, relate->change, reporter);
  if (const auto* insert = std::get_if<sema::InsertStatement>(&body))
    check_change(checked, insert->on_conflict, reporter);
}

// ---- ZL213

struct EnumTest {
  std::string operand;  // as written
  const EnumType* type = nullptr;
  uint32_t variant = 0;
};

std::optional<EnumTest> enum_test(const StatementContext& context, ExprId id) {
  const CheckedView& checked = *context.checked;
  const Expr& expr = checked.plain(id);
  if (expr.kind != ExprKind::Binary || expr.binary_op != BinaryOp::Equal) return std::nullopt;
  for (size_t side = 0; side < 2; ++side) {
    const Expr& value = checked.plain(expr.args[side]);
    const Expr& operand = checked.plain(expr.args[1 - side]);
    const Type type = operand.type.required();
    if (value.kind != ExprKind::Literal || value.literal.tag() != Tag::Enum) continue;
    if (type.kind() != TypeKind::Enum || operand.kind == ExprKind::Literal) continue;
    return EnumTest{std::string(context.text(operand.span)), &type.enum_type(),
                    value.literal.as_enum().variant};
  }
  return std::nullopt;
}

void check_case_of_enum(const StatementContext& context, const Expr& expr, Reporter& reporter) {
  const EnumType* type = nullptr;
  std::string operand;
  std::set<uint32_t> tested;
  for (size_t i = 0; i + 1 < expr.args.size(); i += 2) {
    const auto test = enum_test(context, expr.args[i]);
    if (!test || (type != nullptr && (test->operand != operand || test->type->id != type->id)))
      return;
    type = test->type;
    operand = test->operand;
    tested.insert(test->variant);
  }
  std::string missing;
  for (const EnumType::Variant& variant : type->variants) {
    if (!tested.contains(variant.id))
      missing += (missing.empty() ? "`" : ", `") + type->name + "::" + variant.name + "`";
  }
  if (missing.empty()) return;
  reporter.add(expr.span, "this CASE gives none for " + missing).help = "add the variants, or ELSE";
}

void check_non_exhaustive_enum_case(const StatementContext& context, Reporter& reporter) {
  if (context.checked == nullptr) return;
  for (const Use& use : context.checked->uses()) {
    const Expr& expr = context.checked->expr(use.expr);
    const bool has_else = expr.args.size() % 2 != 0;
    if (expr.kind == ExprKind::Case && !has_else && !expr.args.empty())
      check_case_of_enum(context, expr, reporter);
  }
}

// ---- ZL214

void finish_unknown_field(const ScriptContext& context, Reporter& reporter) {
  constexpr uint32_t kFrequent = 3;
  for (const auto& [table, keys] : context.facts.keys) {
    std::vector<std::string> known;
    for (const auto& [name, use] : keys) {
      if (use.writes > 0 || use.reads >= kFrequent) known.push_back(name);
    }
    for (const auto& [name, use] : keys) {
      if (use.writes > 0 || use.reads != 1) continue;
      const auto meant = zeroql::suggest(name, known);
      if (!meant) continue;
      const std::string& table_name = context.facts.table_names.at(table);
      reporter.add(use.first_read, "no statement gives `" + table_name + "` a `" + name + "`")
          .help = "did you mean `" + *meant + "`?";
    }
  }
}

// ---- ZL215

bool ends_operand(zeroql::TokenKind kind) {
  using zeroql::TokenKind;
  switch (kind) {
    case TokenKind::Word:
    case TokenKind::QuotedName:
    case TokenKind::Parameter:
    case TokenKind::Integer:
    case TokenKind::Float:
    case TokenKind::Decimal:
    case TokenKind::Duration:
    case TokenKind::RightParen:
    case TokenKind::RightBracket:
      return true;
    default:
      return false;
  }
}

bool starts_operand(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '(' || c == '$' || c == '`' ||
         c == '_';
}

void check_glued_double_minus(const StatementContext& context, Reporter& reporter) {
  const zeroql::Node& node = context.tree().node(context.statement.id);
  for (uint32_t i = node.first_token; i < node.token_end; ++i) {
    const zeroql::Token& token = context.tree().token(zeroql::TokenId(i));
    const std::string_view trivia = context.tree().trivia(zeroql::TokenId(i + 1));
    if (!ends_operand(token.kind) || trivia.size() < 3) continue;
    if (!trivia.starts_with("--") || !starts_operand(trivia[2])) continue;
    reporter
        .add({token.end, token.end + 2}, "`--` begins a comment, the rest of the line is not read")
        .help = "to subtract a negative value write `- -`; put a blank before a comment";
  }
}

constexpr std::array kCorrectnessRules = {
    Rule{.code = "ZL201",
         .name = "order-compare-on-optional",
         .severity = Severity::Warning,
         .summary = "the false of an order with none is taken for knowledge",
         .detail =
             "`age > 18` is false where age is none; as a condition of its own it leaves such rows "
             "out, as one expects. Below NOT it lets them in, and stored it becomes a fact.",
         .triggers = "SELECT name FROM person WHERE NOT (age > 18)",
         .nearly = "SELECT name FROM person WHERE city = 'Oslo' AND age > 18",
         .check = check_order_compare_on_optional},
    Rule{.code = "ZL208",
         .name = "float-equality",
         .severity = Severity::Warning,
         .summary = "`=` compares floats that arithmetic or a decimal fraction has rounded",
         .detail = "0.1 + 0.2 is not 0.3 in binary. Whole numbers and halves are exact, and so are "
                   "decimals.",
         .triggers = "SELECT score = 0.1 AS hit FROM person",
         .nearly = "SELECT score = 1.0 AS hit FROM person",
         .check = check_float_equality},
    Rule{.code = "ZL211",
         .name = "constant-condition",
         .severity = Severity::Warning,
         .summary = "a condition, or a part of one, has the same answer for every row",
         .detail =
             "A comparison of constants, `IS none` and `??` on what cannot be none, an order with "
             "none. `WHERE true` and `ON true` say on purpose that everything is meant.",
         .triggers = "SELECT name FROM person WHERE 1 = 2",
         .nearly = "SELECT name FROM person WHERE true",
         .check = check_constant_condition},
    Rule{.code = "ZL212",
         .name = "duplicate-assignment",
         .severity = Severity::Error,
         .summary = "one statement sets a value and a part of it",
         .detail =
             "The same place twice is refused (E0412). A whole and its part are not, though one of "
             "the two is lost.",
         .triggers = "UPDATE event:1 SET place = { city: 'Oslo' }, place.city = 'Rome'",
         .nearly = "UPDATE event:1 SET place.street = 'Main', place.city = 'Rome'",
         .check = check_duplicate_assignment},
    Rule{.code = "ZL213",
         .name = "non-exhaustive-enum-case",
         .severity = Severity::Warning,
         .summary = "a CASE over an enum has no ELSE and leaves variants out",
         .detail =
             "For those it gives none. When a variant is added later, every CASE that lists the "
             "variants shows up here.",
         .triggers = "SELECT CASE status WHEN status::open THEN 1 WHEN status::paid THEN 2 END AS "
                     "n FROM orders",
         .nearly = "SELECT CASE status WHEN status::open THEN 1 ELSE 2 END AS n FROM orders",
         .check = check_non_exhaustive_enum_case},
    Rule{
        .code = "ZL214",
        .name = "unknown-field-on-schemaless",
        .severity = Severity::Warning,
        .summary = "a key that is read once resembles one that is written or read often",
        .detail =
            "A schemaless table admits any key, so a misspelled one is no error: it reads as none. "
            "What counts is where names come from: a key that only this one place reads, while the "
            "scripts write another like it, is suspect.",
        .triggers = "CREATE event:1 SET location = 'Oslo'; SELECT locaton FROM event",
        .nearly = "CREATE event:1 SET location = 'Oslo'; SELECT weather FROM event",
        .finish = finish_unknown_field},
    Rule{.code = "ZL215",
         .name = "glued-double-minus",
         .severity = Severity::Warning,
         .summary = "`--` right behind an operand begins a comment",
         .detail = "`a--b` is `a` and a comment, not a subtraction.",
         .triggers = "SELECT no--1\n FROM pair",
         .nearly = "SELECT no - -1 -- the next one\n FROM pair",
         .check = check_glued_double_minus},
};

}  // namespace

std::span<const Rule> correctness_rules() {
  return kCorrectnessRules;
}

}  // namespace zerodb::lint
