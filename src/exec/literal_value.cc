#include "exec/literal_value.h"

#include "base/limits.h"
#include "value/decimal.h"
#include "value/integer.h"
#include "value/number.h"
#include "value/number_text.h"
#include "value/temporal.h"
#include "value/uuid.h"
#include "value/zval_builder.h"
#include "zeroql/lexer.h"
#include "zeroql/literal.h"

namespace zerodb::exec {
namespace {

using zeroql::Keyword;
using zeroql::Token;
using zeroql::TokenKind;

class LiteralReader {
 public:
  LiteralReader(std::string_view text, const catalog::Schema& schema)
      : text_(text), schema_(schema), lexed_(zeroql::lex(text)) {}

  Result<Value> read_all(const Type& type) {
    if (!lexed_.diagnostics.empty()) return malformed();
    Value value = TRY(read(type, limits::kValueDepthMax));
    if (!current().is(TokenKind::EndOfInput)) return malformed();
    return value;
  }

 private:
  const Token& current() const { return lexed_.tokens[at_]; }
  std::string_view spelled() const {
    return text_.substr(current().begin, current().end - current().begin);
  }
  // The token's text; the reader goes past it.
  std::string_view take() {
    const std::string_view text = spelled();
    if (!current().is(TokenKind::EndOfInput)) ++at_;
    return text;
  }
  bool accept(TokenKind kind) {
    if (!current().is(kind)) return false;
    take();
    return true;
  }
  Error malformed() const {
    return Error(ErrorCode::E0903, "`" + std::string(text_) + "` is no literal");
  }
  Result<Value> given(std::optional<Value> value) const {
    if (!value) return malformed();
    return std::move(*value);
  }

  bool is_end() const {
    return current().is(TokenKind::EndOfInput) || current().is(TokenKind::Comma) ||
           current().is(TokenKind::RightBracket) || current().is(TokenKind::RightParen);
  }

  // A value or a range, either end of which may be open.
  Result<Value> read(const Type& type, uint32_t room) {
    if (room == 0)
      return Error(ErrorCode::E1103, "a value may not be nested deeper than 128 levels");
    const Type end = type.kind() == TypeKind::Range ? type.element() : type;
    const auto is_dots = [&] {
      return current().is(TokenKind::DotDot) || current().is(TokenKind::DotDotEqual);
    };
    Value low;
    if (!is_dots()) low = TRY(read_single(end, room));
    if (!is_dots()) return low;
    const bool is_inclusive = current().is(TokenKind::DotDotEqual);
    take();
    Value high;
    if (!is_end()) high = TRY(read_single(end, room));
    return make_range(low, high, is_inclusive);
  }

  Result<Value> read_single(const Type& type, uint32_t room) {
    switch (current().kind) {
      case TokenKind::Minus:
      case TokenKind::Integer:
      case TokenKind::Float:
      case TokenKind::Decimal:
      case TokenKind::Duration:
        return read_number(type);
      case TokenKind::LeftBracket:
        return read_array(room);
      case TokenKind::LeftParen:
        return read_tuple(room);
      case TokenKind::Word:
      case TokenKind::QuotedName:
        return read_word(room);
      default:
        return read_quoted();
    }
  }

  Result<Value> read_number(const Type& type) {
    const bool is_negative = accept(TokenKind::Minus);
    const std::string sign = is_negative ? "-" : "";
    switch (current().kind) {
      case TokenKind::Integer:
        return read_integer(is_negative);
      case TokenKind::Float: {
        const zeroql::FloatLiteral number = zeroql::decode_float(take());
        if (type.kind() == TypeKind::Decimal && !number.is_f32)
          return decimal_of(sign + number.text);
        if (number.is_f32) {
          const auto single = parse_float32(sign + number.text);
          return given(single ? std::optional(Value::float32(*single)) : std::nullopt);
        }
        const auto wide = parse_float64(sign + number.text);
        return given(wide ? std::optional(Value::float64(*wide)) : std::nullopt);
      }
      case TokenKind::Decimal:
        return decimal_of(sign + zeroql::decode_decimal(take()));
      case TokenKind::Duration: {
        const auto duration = parse_duration(sign + std::string(take()));
        return given(duration ? std::optional(Value::duration(*duration)) : std::nullopt);
      }
      default:
        return malformed();
    }
  }

  Result<Value> decimal_of(const std::string& digits) const {
    const auto number = decimal::parse(digits);
    return given(number ? std::optional(Value::decimal(*number)) : std::nullopt);
  }

  Result<Value> read_integer(bool is_negative) {
    const zeroql::IntegerLiteral literal = TRY(zeroql::decode_integer(take()));
    if (is_negative && literal.value > u128{1} << 127) return malformed();
    Value number = narrowest_integer(is_negative && literal.value != 0, literal.value);
    if (literal.suffix.empty()) return number;
    for (int tag = static_cast<int>(Tag::I8); tag <= static_cast<int>(Tag::U128); ++tag) {
      if (literal.suffix == integer_name(static_cast<Tag>(tag)))
        return given(integer_as(static_cast<Tag>(tag), number));
    }
    return malformed();
  }

  Result<Value> read_quoted() {
    const TokenKind kind = current().kind;
    const std::string_view token = take();
    switch (kind) {
      case TokenKind::String:
      case TokenKind::DoubleString:
        return Value::string(TRY(zeroql::decode_string(token)));
      case TokenKind::Bytes:
        return Value::bytes(TRY(zeroql::decode_bytes(token)));
      case TokenKind::DateTime: {
        const auto datetime = parse_datetime(zeroql::decode_quoted(token));
        return given(datetime ? std::optional(Value::datetime(*datetime)) : std::nullopt);
      }
      case TokenKind::Uuid: {
        const auto uuid = parse_uuid(zeroql::decode_quoted(token));
        return given(uuid ? std::optional(Value::uuid(*uuid)) : std::nullopt);
      }
      case TokenKind::Regex:
        return Value::regex(zeroql::decode_quoted(token));
      default:
        return malformed();
    }
  }

  Result<Value> read_array(uint32_t room) {
    take();
    ArrayBuilder array;
    while (!accept(TokenKind::RightBracket)) {
      array.add(TRY(read(Type::any(), room - 1)));
      if (!accept(TokenKind::Comma) && !current().is(TokenKind::RightBracket)) return malformed();
    }
    return array.build();
  }

  Result<Value> read_tuple(uint32_t room) {
    take();
    TupleBuilder tuple;
    while (!accept(TokenKind::RightParen)) {
      tuple.add(TRY(read(Type::any(), room - 1)));
      if (!accept(TokenKind::Comma) && !current().is(TokenKind::RightParen)) return malformed();
    }
    return tuple.build();
  }

  // true, false, none, table:key or enumeration::variant.
  Result<Value> read_word(uint32_t room) {
    const Keyword keyword = current().keyword;
    const std::string name = zeroql::decode_name(take());
    if (accept(TokenKind::RecordColon)) return read_record(name, room);
    if (accept(TokenKind::DoubleColon)) return variant_of(name, zeroql::decode_name(take()));
    if (keyword == Keyword::True || keyword == Keyword::False)
      return Value::boolean(keyword == Keyword::True);
    if (keyword == Keyword::None) return Value::none();
    return malformed();
  }

  Result<Value> read_record(const std::string& table, uint32_t room) {
    const catalog::Table* found = schema_.find_table(table);
    if (found == nullptr) return malformed();
    const bool is_name = current().is(TokenKind::Word) || current().is(TokenKind::QuotedName);
    const Value key =
        is_name ? Value::string(zeroql::decode_name(take())) : TRY(read_single(Type::any(), room));
    return Value::record_id(found->id, key);
  }

  Result<Value> variant_of(const std::string& enumeration, const std::string& name) const {
    const catalog::Enum* found = schema_.find_enum(enumeration);
    if (found == nullptr) return malformed();
    for (const EnumType::Variant& variant : found->type->variants) {
      if (variant.name == name) return Value::enumeration({found->type->id, variant.id});
    }
    return malformed();
  }

  std::string_view text_;
  const catalog::Schema& schema_;
  zeroql::LexResult lexed_;
  size_t at_ = 0;
};

}  // namespace

Result<Value> value_of_literal(std::string_view text, const Type& type,
                               const catalog::Schema& schema) {
  return LiteralReader(text, schema).read_all(type);
}

}  // namespace zerodb::exec
