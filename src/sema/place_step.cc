// Steps into a field that is written to: which members and positions its type has.

#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/write_check.h"
#include "value/operator_types.h"

namespace zerodb::sema {
namespace {

std::nullopt_t refuse(Checking& c, const Type& base, std::string_view why, Span span) {
  c.report(ErrorCode::E0305, "nothing can be set within `" + c.text(base) + "`" + std::string(why),
           span);
  return std::nullopt;
}

std::optional<Type> member_place(Checking& c, const Type& base, const std::string& name,
                                 Span span) {
  switch (base.kind()) {
    case TypeKind::Any:
    case TypeKind::Object:
      return Type::any();
    case TypeKind::Shape:
      break;
    case TypeKind::RecordId:
      refuse(c, base, "", span);
      c.diagnostics.back().help = "UPDATE the record that the link leads to";
      return std::nullopt;
    case TypeKind::HashMap:
      refuse(c, base, " by a member", span);
      c.diagnostics.back().help = "name the entry by its key: `[..]`";
      return std::nullopt;
    default:
      return refuse(c, base, " by a member", span);
  }
  std::vector<std::string> known;
  for (const Type::Field& field : base.fields()) {
    if (field.name == name) return field.type;
    known.push_back(field.name);
  }
  auto& diagnostic =
      c.report(ErrorCode::E0202, "`" + c.text(base) + "` has no field `" + name + "`", span);
  c.suggest(diagnostic, name, known);
  return std::nullopt;
}

std::optional<Type> tuple_place(Checking& c, const Type& base, ExprId position) {
  const Value& given = c.expr(position).literal;
  if (!c.is_literal(position) || given.tag() != Tag::I64) return Type::any();
  const int64_t at = given.as_int64();
  if (at >= 0 && at < static_cast<int64_t>(base.parts().size()))
    return base.parts()[static_cast<size_t>(at)];
  c.report(ErrorCode::E0905, "`" + c.text(base) + "` has no such position", c.expr(position).span);
  return std::nullopt;
}

std::optional<Type> element_place(Checking& c, const Type& base, ExprId& element) {
  const Span span = c.expr(element).span;
  const Type given = c.type(element).required();
  const auto wants = [&](bool fits, std::string_view what) {
    if (fits || given.is_any()) return true;
    c.report(ErrorCode::E0305,
             "a place within `" + c.text(base) + "` is named by " + std::string(what) + ", not `" +
                 c.text(given) + "`",
             span);
    return false;
  };
  switch (base.kind()) {
    case TypeKind::Any:
      return Type::any();
    case TypeKind::Array:
    case TypeKind::Vector:
      if (!wants(given.is_integer(), "a position")) return std::nullopt;
      return base.element();
    case TypeKind::Tuple:
      if (!wants(given.is_integer(), "a position")) return std::nullopt;
      return tuple_place(c, base, element);
    case TypeKind::HashMap:
      element = store_into(c, element, {"the key", base.parts()[0], span});
      return base.parts()[1];
    case TypeKind::Object:
    case TypeKind::Shape:
      if (!wants(given.is_text(), "a key")) return std::nullopt;
      if (c.is_literal(element) && c.expr(element).literal.tag() == Tag::String)
        return member_place(c, base, std::string(c.expr(element).literal.as_string()), span);
      return Type::any();
    default:
      return refuse(c, base, " by a position or key", span);
  }
}

}  // namespace

bool check_place_steps(Checking& c, Scope& scope, ast::FieldPath path, Place& place) {
  for (const ast::PathStep step : path.steps()) {
    Place::Step made;
    const Type base = place.type.required();
    std::optional<Type> type;
    if (const auto field = step.field()) {
      made.name = field->name();
      type = member_place(c, base, made.name, step.span());
    } else if (const auto index = step.index()) {
      made.element = check_expression(c, scope, *index);
      type = c.is_poison(made.element) ? Type::any() : element_place(c, base, made.element);
    } else {
      c.report(ErrorCode::E0101, "`[*]` is no place to write to", step.span());
    }
    if (!type) return false;
    place.type = std::move(*type);
    place.steps.push_back(std::move(made));
  }
  return true;
}

}  // namespace zerodb::sema
