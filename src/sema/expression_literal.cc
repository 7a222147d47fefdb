// Literals, parameters, enum variants and record ids.

#include "function/regex.h"
#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "sema/stored_text.h"
#include "value/cast.h"
#include "value/decimal.h"
#include "value/number_text.h"
#include "value/temporal.h"
#include "value/uuid.h"
#include "value/zval_builder.h"
#include "zeroql/literal.h"

namespace zerodb::sema {
namespace {

constexpr std::pair<std::string_view, TypeKind> kSuffixes[] = {
    {"i8", TypeKind::I8},     {"i16", TypeKind::I16},   {"i32", TypeKind::I32},
    {"i64", TypeKind::I64},   {"i128", TypeKind::I128}, {"u8", TypeKind::U8},
    {"u16", TypeKind::U16},   {"u32", TypeKind::U32},   {"u64", TypeKind::U64},
    {"u128", TypeKind::U128},
};

// The literal's value in the widest type that holds it.
std::optional<Value> wide_integer(u128 magnitude, bool negative) {
  constexpr u128 kMax = static_cast<u128>(-1) >> 1;
  if (magnitude <= kMax) {
    const i128 value = static_cast<i128>(magnitude);
    return Value::integer(Tag::I128, negative ? -value : value);
  }
  if (!negative) return Value::uint128(magnitude);
  if (magnitude == kMax + 1) return Value::integer(Tag::I128, -static_cast<i128>(kMax) - 1);
  return std::nullopt;
}

std::string digits_of(u128 magnitude, bool negative) {
  return (negative ? "-" : "") + print_uint128(magnitude);
}

ExprId integer_out_of_reach(Checking& c, std::string_view text, bool negative, Span span) {
  const auto decoded = zeroql::decode_integer(text);
  const bool has_suffix = decoded.has_value() && !decoded->suffix.empty();
  c.report(ErrorCode::E0316,
           "`" + std::string(negative ? "-" : "") + std::string(text) + "` does not fit its type",
           span)
      .help = has_suffix ? "take the suffix of a type that holds it"
                         : "add a suffix such as u64, i128, u128 or dec";
  return c.poison(span);
}

ExprId check_integer(Checking& c, ast::Literal node, const Type* wanted, bool negative, Span span) {
  const auto decoded = zeroql::decode_integer(node.text());
  const auto wide = decoded.has_value() ? wide_integer(decoded->value, negative) : std::nullopt;
  if (!wide) return integer_out_of_reach(c, node.text(), negative, span);
  Type type = Type::int64();
  if (!decoded->suffix.empty()) {
    for (const auto& [suffix, kind] : kSuffixes) {
      if (suffix == decoded->suffix) type = Type(kind);
    }
  }
  auto value = coerce(*wide, type);
  const bool is_plain = decoded->suffix.empty();
  if (!value.has_value() && is_plain && wanted != nullptr && wanted->is_integer()) {
    type = wanted->required();
    value = coerce(*wide, type);
  }
  if (!value.has_value() && is_plain && wanted != nullptr && wanted->kind() == TypeKind::Decimal) {
    type = Type::decimal();
    value = coerce(*wide, type);
  }
  if (!value.has_value()) return integer_out_of_reach(c, node.text(), negative, span);
  const ExprId made = c.literal(std::move(value).value(), type, span);
  if (is_plain) c.plain_numbers[made.value()] = digits_of(decoded->value, negative);
  return made;
}

ExprId check_float(Checking& c, ast::Literal node, bool negative, Span span) {
  const zeroql::FloatLiteral decoded = zeroql::decode_float(node.text());
  const std::string digits = (negative ? "-" : "") + decoded.text;
  if (decoded.is_f32) {
    if (const auto number = parse_float32(digits))
      return c.literal(Value::float32(*number), Type(TypeKind::F32), span);
  } else if (const auto number = parse_float64(digits)) {
    const ExprId made = c.literal(Value::float64(*number), Type::float64(), span);
    c.plain_numbers[made.value()] = digits;
    return made;
  }
  c.report(ErrorCode::E0005, "`" + std::string(node.text()) + "` is beyond the greatest float",
           span);
  return c.poison(span);
}

ExprId check_decimal(Checking& c, ast::Literal node, bool negative, Span span) {
  const auto parsed = decimal::parse((negative ? "-" : "") + zeroql::decode_decimal(node.text()));
  if (parsed) return c.literal(Value::decimal(*parsed), Type::decimal(), span);
  c.report(ErrorCode::E0005, "a decimal has at most 38 digits", span);
  return c.poison(span);
}

ExprId check_duration(Checking& c, ast::Literal node, bool negative, Span span) {
  const auto nanos = zeroql::decode_duration(node.text());
  if (!nanos.has_value()) {
    c.report(nanos.error(), span);
    return c.poison(span);
  }
  const auto duration =
      duration_from_nanos(negative ? -static_cast<i128>(*nanos) : static_cast<i128>(*nanos));
  return c.literal(Value::duration(*duration), Type(TypeKind::Duration), span);
}

ExprId check_text(Checking& c, const Result<std::string>& text, bool is_bytes, Span span) {
  if (!text.has_value()) {
    c.report(text.error(), span);
    return c.poison(span);
  }
  if (is_bytes) return c.literal(Value::bytes(*text), Type(TypeKind::Bytes), span);
  return c.literal(Value::string(*text), Type::string(), span);
}

ExprId malformed(Checking& c, std::string_view what, Span span) {
  c.report(ErrorCode::E0006, "this is no " + std::string(what), span);
  return c.poison(span);
}

ExprId check_quoted(Checking& c, ast::Literal node, Span span) {
  const std::string text = zeroql::decode_quoted(node.text());
  if (node.literal_kind() == ast::LiteralKind::DateTime) {
    const auto datetime = parse_datetime(text);
    if (!datetime) return malformed(c, "datetime such as d'2026-01-31T12:00:00Z'", span);
    return c.literal(Value::datetime(*datetime), Type(TypeKind::Datetime), span);
  }
  if (node.literal_kind() == ast::LiteralKind::Uuid) {
    const auto uuid = parse_uuid(text);
    if (!uuid) return malformed(c, "uuid", span);
    return c.literal(Value::uuid(*uuid), Type(TypeKind::Uuid), span);
  }
  const Status pattern = function::check_pattern(text);
  if (!pattern.has_value()) {
    c.report(pattern.error(), span);
    return c.poison(span);
  }
  return c.literal(Value::regex(text), Type(TypeKind::Regex), span);
}

ExprId database_parameter(Checking& c, const catalog::Param& param, Span span) {
  // The value is an expression of constants; it is worked out where it is used.
  const Checking::ForeignText foreign(c, span);
  Scope scope;
  const ast::Expr node = parse_stored_expression(c, param.value_text);
  const ExprId value = check_expression(c, scope, node);
  return param.type_text.empty() ? value
                                 : store_into(c, value, {"$" + param.name, param.type, span});
}

ExprId unknown_parameter(Checking& c, const std::string& name, Span span) {
  auto& diagnostic = c.report(ErrorCode::E0204, "unknown parameter `$" + name + "`", span);
  std::vector<std::string> candidates;
  for (const KnownParameter& known : c.context.parameters) candidates.push_back("$" + known.name);
  for (const catalog::Param& param : c.schema().params()) candidates.push_back("$" + param.name);
  c.suggest(diagnostic, "$" + name, candidates);
  return c.poison(span);
}

// The components of the key of a table with KEY (..), each as the type that its column has.
ExprId check_declared_key(Checking& c, const catalog::Table& table, std::vector<ExprId> parts,
                          Span span) {
  if (parts.size() != table.key.size()) {
    c.report(ErrorCode::E1006,
             "the key of `" + table.name + "` has " + std::to_string(table.key.size()) + " parts",
             span);
    return c.poison(span);
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    const catalog::KeyColumn& column = table.key[i];
    const size_t before = c.diagnostics.size();
    parts[i] = store_into(c, parts[i], {"key column `" + column.name + "`", column.type, span});
    for (size_t d = before; d < c.diagnostics.size(); ++d) c.diagnostics[d].code = ErrorCode::E1006;
  }
  if (parts.size() == 1) return parts.front();
  Expr made;
  made.kind = ExprKind::Array;
  made.type = Type::array(Type::any());
  made.span = span;
  made.args = parts;
  if (!c.are_literals(parts)) return c.add(std::move(made));
  ArrayBuilder builder;
  for (const ExprId part : parts) builder.add(c.expr(part).literal);
  auto folded = builder.build();
  return folded.has_value() ? c.literal(std::move(folded).value(), made.type, span)
                            : c.add(std::move(made));
}

ExprId check_key_value(Checking& c, Scope& scope, const catalog::Table& table, ast::RecordKey key,
                       Span span) {
  ExprId value;
  switch (key.key_kind()) {
    case ast::KeyKind::Word:
      value = c.literal(Value::string(key.word().name()), Type::string(), span);
      break;
    case ast::KeyKind::Integer:
      value = check_literal(c, key.literal(), nullptr, false, span);
      break;
    case ast::KeyKind::NegativeInteger:
      value = check_literal(c, key.literal(), nullptr, true, span);
      break;
    case ast::KeyKind::String:
    case ast::KeyKind::Uuid:
    case ast::KeyKind::DateTime:
      value = check_literal(c, key.literal(), nullptr, false, span);
      break;
    case ast::KeyKind::Parameter:
      return check_parameter(c, scope, key.parameter());
    case ast::KeyKind::Array: {
      std::vector<ExprId> parts;
      for (const ast::Expr element : key.elements())
        parts.push_back(check_expression(c, scope, element));
      if (!table.key.empty()) return check_declared_key(c, table, std::move(parts), span);
      Expr made;
      made.kind = ExprKind::Array;
      made.type = Type::array(Type::any());
      made.span = span;
      made.args = parts;
      ArrayBuilder builder;
      for (const ExprId part : parts) builder.add(c.expr(part).literal);
      auto folded = builder.build();
      if (c.are_literals(parts) && folded.has_value())
        return c.literal(std::move(folded).value(), made.type, span);
      return c.add(std::move(made));
    }
  }
  return table.key.empty() ? value : check_declared_key(c, table, {value}, span);
}

}  // namespace

ExprId check_literal(Checking& c, ast::Literal node, const Type* wanted, bool negative, Span span) {
  switch (node.literal_kind()) {
    case ast::LiteralKind::Integer:
      return check_integer(c, node, wanted, negative, span);
    case ast::LiteralKind::Float:
      return check_float(c, node, negative, span);
    case ast::LiteralKind::Decimal:
      return check_decimal(c, node, negative, span);
    case ast::LiteralKind::Duration:
      return check_duration(c, node, negative, span);
    case ast::LiteralKind::String:
      return check_text(c, zeroql::decode_string(node.text()), false, span);
    case ast::LiteralKind::Bytes:
      return check_text(c, zeroql::decode_bytes(node.text()), true, span);
    case ast::LiteralKind::DateTime:
    case ast::LiteralKind::Uuid:
    case ast::LiteralKind::Regex:
      return check_quoted(c, node, span);
    case ast::LiteralKind::True:
      return c.literal(Value::boolean(true), Type::boolean(), span);
    case ast::LiteralKind::False:
      return c.literal(Value::boolean(false), Type::boolean(), span);
    case ast::LiteralKind::None:
      break;
  }
  return c.literal(Value::none(), Type::none(), span);
}

ExprId check_parameter(Checking& c, Scope& scope, ast::Parameter node) {
  std::string name = node.name();
  if (name == "value") {
    for (const Scope* at = &scope; at != nullptr; at = at->parent) {
      if (at->value) return *at->value;
    }
  }
  std::optional<Type> type;
  const bool is_auth = c.in_grant && name == kAuthParameter.substr(1);
  if (is_auth) {
    name = kAuthParameter;
    type = Type::any();
  }
  // Text of the catalog was defined without the parameters of this statement and sees none of them.
  const bool is_own = !c.is_foreign() && !c.in_grant;
  for (const KnownParameter& known : c.context.parameters) {
    if (is_own && known.name == name) type = known.type;
  }
  if (!type) {
    if (const catalog::Param* param = c.schema().find_param(name))
      return database_parameter(c, *param, node.span());
    if (!is_own || c.context.unknown_parameters == UnknownParameters::Refuse)
      return unknown_parameter(c, name, node.span());
  }
  Expr made;
  made.kind = ExprKind::Parameter;
  made.span = node.span();
  auto& parameters = c.statement.parameters;
  while (made.index < parameters.size() && parameters[made.index].name != name) ++made.index;
  if (made.index == parameters.size()) parameters.push_back({name, type.value_or(Type::any())});
  made.type = parameters[made.index].type;
  return narrowed(c, c.add(std::move(made)));
}

ExprId check_path_ref(Checking& c, ast::PathRef node) {
  const auto parts = node.path().parts();
  const std::string enum_name = parts[0].name();
  const catalog::Enum* found = c.schema().find_enum(enum_name);
  if (found == nullptr || parts.size() != 2) {
    auto& diagnostic =
        c.report(ErrorCode::E0205, "unknown enum `" + enum_name + "`", parts[0].span());
    std::vector<std::string> candidates;
    for (const catalog::Enum& each : c.schema().enums()) candidates.push_back(each.type->name);
    c.suggest(diagnostic, enum_name, candidates);
    return c.poison(node.span());
  }
  const std::string variant_name = parts[1].name();
  std::vector<std::string> candidates;
  for (const EnumType::Variant& variant : found->type->variants) {
    if (variant.name == variant_name) {
      return c.literal(Value::enumeration({found->type->id, variant.id}),
                       Type::enumeration(found->type), node.span());
    }
    candidates.push_back(variant.name);
  }
  auto& diagnostic =
      c.report(ErrorCode::E0205, "enum `" + enum_name + "` has no variant `" + variant_name + "`",
               parts[1].span());
  c.suggest(diagnostic, variant_name, candidates);
  return c.poison(node.span());
}

namespace {

// Whether what stands before the table's name says where the session is: [namespace.]database.
bool is_current(const catalog::Schema& schema, ast::Name name) {
  const auto parts = name.parts();
  if (parts.size() > 3 || parts[parts.size() - 2].name() != schema.database().name) return false;
  return parts.size() == 2 || parts[0].name() == schema.current_namespace().name;
}

}  // namespace

const catalog::Table* find_table(Checking& c, ast::Name name) {
  const bool is_qualified = name.parts().size() > 1;
  if (is_qualified && !is_current(c.schema(), name)) {
    c.report(ErrorCode::E0201, "`" + name.name() + "` is not in the database in use", name.span())
        .help = "a statement sees the tables of one database: USE it";
    return nullptr;
  }
  const std::string written = is_qualified ? name.last().name() : name.name();
  const catalog::Table* found = c.schema().find_table(written);
  if (found != nullptr) return found;
  auto& diagnostic = c.report(ErrorCode::E0201, "unknown table `" + written + "`", name.span());
  std::vector<std::string> candidates;
  for (const catalog::Table& table : c.schema().tables()) candidates.push_back(table.name);
  c.suggest(diagnostic, written, candidates);
  return nullptr;
}

const catalog::Table* find_stored_table(Checking& c, ast::Name name) {
  const catalog::Table* found = find_table(c, name);
  if (found == nullptr || found->kind != catalog::Table::Kind::View) return found;
  c.report(ErrorCode::E0201, "`" + found->name + "` is a view: it holds no records", name.span());
  return nullptr;
}

ExprId check_record_key(Checking& c, Scope& scope, const catalog::Table& table, ast::RecordKey key,
                        Span span) {
  const ExprId value = check_key_value(c, scope, table, key, span);
  if (c.is_poison(value)) return value;
  const Type type = Type::record({table.id});
  if (c.is_literal(value))
    return c.literal(Value::record_id(table.id, c.expr(value).literal), type, span);
  Expr made;
  made.kind = ExprKind::RecordId;
  made.table = table.id;
  made.type = c.type(value).is_optional() ? type.optional() : type;
  made.span = span;
  made.args = {value};
  return c.add(std::move(made));
}

ExprId check_range_key(Checking& c, Scope& scope, const catalog::Table& table, ast::RecordKey key,
                       Span span) {
  return check_key_value(c, scope, table, key, span);
}

ExprId check_record_id(Checking& c, Scope& scope, ast::RecordId node) {
  const catalog::Table* table = find_stored_table(c, node.table());
  if (table == nullptr) return c.poison(node.span());
  return check_record_key(c, scope, *table, node.key(), node.span());
}

}  // namespace zerodb::sema
