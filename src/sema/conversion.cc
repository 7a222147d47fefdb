#include "sema/conversion.h"

#include "sema/warning.h"
#include "value/cast.h"
#include "value/decimal.h"
#include "value/number_text.h"
#include "value/operator_types.h"

namespace zerodb::sema {
namespace {

bool is_float_text(std::string_view digits) {
  return digits.find_first_of(".eE") != std::string_view::npos;
}

std::optional<Value> read_number(const std::string& digits, const Type& type) {
  const bool fraction = is_float_text(digits);
  if (type.is(TypeKind::Decimal) || type.kind() == TypeKind::Decimal) {
    if (const auto decimal = decimal::parse(digits)) return Value::decimal(*decimal);
    return std::nullopt;
  }
  if (type.kind() == TypeKind::F64) {
    if (const auto number = parse_float64(digits)) return Value::float64(*number);
    return std::nullopt;
  }
  if (fraction || !type.is_integer()) return std::nullopt;
  Value whole;
  if (const auto small = parse_int128(digits)) {
    whole = Value::integer(Tag::I128, *small);
  } else if (const auto large = parse_uint128(digits)) {
    whole = Value::uint128(*large);
  } else {
    return std::nullopt;
  }
  auto fitted = coerce(whole, type.required());
  if (!fitted.has_value()) return std::nullopt;
  return std::move(fitted).value();
}

// "`age` is `u8`, not `string`".
std::string mismatch(Checking& c, const Destination& destination, const Type& found) {
  return destination.name + " is `" + c.text(destination.type) + "`, not `" + c.text(found) + "`";
}

ExprId store_literal(Checking& c, ExprId value, const Destination& destination) {
  const Value literal = c.expr(value).literal;
  const Span span = c.expr(value).span;
  if (literal.is_none()) return c.literal(literal, destination.type.optional(), span);
  auto stored = coerce(literal, destination.type, c.schema().names());
  if (stored.has_value()) return c.literal(std::move(stored).value(), destination.type, span);
  auto& diagnostic = c.report(stored.error(), span);
  diagnostic.message = mismatch(c, destination, c.type(value)) + ": " + diagnostic.message;
  return c.poison(span);
}

}  // namespace

ExprId adapt_literal(Checking& c, ExprId literal, const Type& other) {
  const auto plain = c.plain_numbers.find(literal.value());
  if (plain == c.plain_numbers.end() || !other.is_number() || other.required() == c.type(literal))
    return literal;
  const std::string digits = plain->second;
  // A float literal stays a float but for decimals; whole numbers go anywhere they fit.
  if (is_float_text(digits) && other.kind() != TypeKind::Decimal) return literal;
  const auto value = read_number(digits, other);
  if (!value) return literal;
  const Type type = other.kind() == TypeKind::Decimal ? Type::decimal() : other.required();
  warn_of_loss(c, literal, type);
  const ExprId adapted = c.literal(*value, type, c.expr(literal).span);
  c.plain_numbers[adapted.value()] = digits;
  return adapted;
}

void adapt_literals(Checking& c, ExprId& left, ExprId& right) {
  const bool left_plain = c.plain_numbers.contains(left.value());
  const bool right_plain = c.plain_numbers.contains(right.value());
  if (left_plain && !right_plain) left = adapt_literal(c, left, c.type(right));
  if (right_plain && !left_plain) right = adapt_literal(c, right, c.type(left));
}

namespace {

// Whether a float holds the literal with all its digits.
bool is_exact_float(Checking& c, ExprId literal) {
  constexpr int64_t kExactMax = int64_t{1} << 53;
  if (c.type(literal).is_float()) return true;
  if (c.type(literal).kind() != TypeKind::I64) return false;
  const int64_t number = c.expr(literal).literal.as_int64();
  return number >= -kExactMax && number <= kExactMax;
}

}  // namespace

void adapt_literals(Checking& c, std::vector<ExprId>& values) {
  std::optional<Type> common;
  bool has_float_literal = false;
  bool are_exact = true;
  for (const ExprId value : values) {
    if (c.plain_numbers.contains(value.value())) {
      has_float_literal |= c.type(value).is_float();
      are_exact &= is_exact_float(c, value);
      continue;
    }
    const Type type = c.type(value).required();
    if (type.kind() == TypeKind::None) continue;
    if (common && !(*common == type)) return;
    common = type;
  }
  if (!common && has_float_literal && are_exact) common = Type::float64();
  if (!common) return;
  for (ExprId& value : values) value = adapt_literal(c, value, *common);
}

void infer_parameter(Checking& c, ExprId parameter, const Type& other) {
  const Expr& found = c.expr(parameter);
  if (found.kind != ExprKind::Parameter || found.index == Expr::kValueParameter ||
      !found.type.is_any() || other.is_any() || other.kind() == TypeKind::None)
    return;
  if (c.context.unknown_parameters != UnknownParameters::Infer) return;
  Type type = other.is_integer() ? Type::int64() : other.required();
  if (type.is_float()) type = Type::float64();
  if (type.kind() == TypeKind::Decimal) type = Type::decimal();
  if (type.kind() == TypeKind::Literal) type = Type::string();
  Parameter& declared = c.statement.parameters[found.index];
  if (!declared.type.is_any()) return;
  declared.type = type.optional();
  c.statement.exprs.edit(parameter).type = type.optional();
}

ExprId store_into(Checking& c, ExprId value, const Destination& destination) {
  if (c.is_poison(value) || destination.type.is_any()) return value;
  infer_parameter(c, value, destination.type);
  value = adapt_literal(c, value, destination.type);
  const Type found = c.type(value);
  const Span span = c.expr(value).span;
  if (found.kind() == TypeKind::None && !destination.type.admits_none()) {
    c.report(ErrorCode::E1004,
             destination.name + " is `" + c.text(destination.type) + "` and needs a value", span);
    return c.poison(span);
  }
  if (c.is_literal(value)) return store_literal(c, value, destination);
  switch (storing(found.required(), destination.type)) {
    case Storing::Same:
      if (!found.is_any()) return value;
      break;
    case Storing::Convert:
      warn_of_loss(c, value, destination.type);
      break;
    case Storing::Check:
      break;
    case Storing::Narrowing:
      c.report(ErrorCode::E0307, mismatch(c, destination, found), span).help =
          "write CAST(.. AS " + c.text(destination.type.required()) + ")";
      return c.poison(span);
    case Storing::Never:
      c.report(ErrorCode::E0306, mismatch(c, destination, found), span);
      return c.poison(span);
  }
  Expr made;
  made.kind = ExprKind::Coerce;
  // Whether none may be stored is asked when the whole record is known.
  made.target = destination.type.optional();
  made.type = found.admits_none() ? destination.type.optional() : destination.type;
  made.span = span;
  made.args = {value};
  return c.add(std::move(made));
}

}  // namespace zerodb::sema
