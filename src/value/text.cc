#include "value/text.h"

#include "value/decimal.h"
#include "value/integer.h"
#include "value/number_text.h"
#include "value/reserved_word.h"
#include "value/temporal.h"
#include "value/utf8.h"
#include "value/uuid.h"
#include "value/zval.h"

namespace zerodb {
namespace {

constexpr char kHex[] = "0123456789abcdef";

bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_word(std::string_view text) {
  if (text.empty() || !is_word_start(text.front())) return false;
  for (const char c : text) {
    if (!is_word_start(c) && (c < '0' || c > '9')) return false;
  }
  return true;
}

enum class Style : uint8_t { Literal, Display };

class Printer {
 public:
  Printer(const Names& names, Style style) : names_(names), style_(style) {}

  void put(const Value& value);
  void put_display(const Value& value);
  std::string take() { return std::move(out_); }

 private:
  void put_number(const Value& value);
  void put_float(const std::string& text, const char* type, const char* suffix);
  void put_integer(const Value& value);
  void put_record_id(const Value& value);
  void put_enum(EnumValue value);
  void put_elements(const SequenceView& view);
  void put_map(const Value& value);
  void put_object(const Value& value);
  void put_composite(const Value& value);
  void put_marked(const char* prefix, std::string_view text);
  bool is_literal() const { return style_ == Style::Literal; }

  const Names& names_;
  Style style_;
  std::string out_;
};

void Printer::put_integer(const Value& value) {
  out_ += value.tag() == Tag::U128 ? print_uint128(value.as_uint128())
                                   : print_int128(value.as_int128());
}

void Printer::put_float(const std::string& text, const char* type, const char* suffix) {
  if (!is_literal()) {
    out_ += text;
  } else if (text.back() == 'N' || text.back() == 'y') {
    // NaN and the infinities have no literal of their own.
    out_ += "CAST('" + text + "' AS " + type + ")";
  } else {
    out_ += text + suffix;
  }
}

void Printer::put_number(const Value& value) {
  switch (value.tag()) {
    case Tag::F64:
      put_float(print_float64(value.as_float64()), "float", "");
      return;
    case Tag::F32:
      put_float(print_float32(static_cast<float>(value.as_float64())), "f32", "f32");
      return;
    case Tag::Decimal:
      out_ += decimal::print(value.as_decimal());
      if (is_literal()) out_ += "dec";
      return;
    default:
      put_integer(value);
      if (is_literal() && value.tag() != Tag::I64) out_ += integer_name(value.tag());
  }
}

void Printer::put_record_id(const Value& value) {
  const RecordIdView view(value);
  const auto name =
      names_.tables != nullptr ? names_.tables->table_name(view.table()) : std::nullopt;
  out_ += name ? quoted_name(*name) : "#" + std::to_string(view.table().value());
  out_ += ':';
  const Value key = view.key();
  if (key.tag() == Tag::String && is_word(key.as_string()) && !is_reserved_word(key.as_string())) {
    out_ += key.as_string();
    return;
  }
  if (is_integer(key.tag())) {
    const auto number = integer_as(Tag::I64, key);
    out_ += number ? std::to_string(number->as_int64()) : literal_text(key, names_);
    return;
  }
  out_ += literal_text(key, names_);
}

void Printer::put_enum(EnumValue value) {
  const auto type = names_.enums != nullptr ? names_.enums->enum_name(value.type) : std::nullopt;
  const auto variant = names_.enums != nullptr ? names_.enums->variant_name(value) : std::nullopt;
  out_ += type ? quoted_name(*type) : "#" + std::to_string(value.type.value());
  out_ += "::";
  out_ += variant ? name_text(*variant) : "#" + std::to_string(value.variant);
}

void Printer::put_elements(const SequenceView& view) {
  for (uint32_t i = 0; i < view.size(); ++i) {
    if (i != 0) out_ += ", ";
    put(view.at(i));
  }
}

void Printer::put_map(const Value& value) {
  const HashMapView view(value);
  out_ += "hashmap{";
  for (uint32_t i = 0; i < view.size(); ++i) {
    if (i != 0) out_ += ", ";
    put(view.key(i));
    out_ += " => ";
    put(view.value(i));
  }
  out_ += '}';
}

void Printer::put_object(const Value& value) {
  const ObjectView view(value);
  out_ += '{';
  for (uint32_t i = 0; i < view.size(); ++i) {
    if (i != 0) out_ += ", ";
    out_ += is_word(view.key(i)) ? std::string(view.key(i)) : quoted_text(view.key(i));
    out_ += ": ";
    put(view.value(i));
  }
  out_ += '}';
}

void Printer::put_composite(const Value& value) {
  switch (value.tag()) {
    case Tag::RecordId:
      put_record_id(value);
      return;
    case Tag::Range: {
      const RangeView view(value);
      if (!view.low().is_none()) put(view.low());
      out_ += view.is_inclusive() ? "..=" : "..";
      if (!view.high().is_none()) put(view.high());
      return;
    }
    case Tag::Tuple: {
      const SequenceView view(value);
      out_ += '(';
      put_elements(view);
      out_ += view.size() == 1 ? ",)" : ")";
      return;
    }
    case Tag::Array:
    case Tag::Vector: {
      const bool marks = value.tag() == Tag::Vector && is_literal();
      out_ += marks ? "vector([" : "[";
      put_elements(SequenceView(value));
      out_ += marks ? "])" : "]";
      return;
    }
    case Tag::HashSet:
      out_ += "hashset{";
      put_elements(SequenceView(value));
      out_ += '}';
      return;
    case Tag::HashMap:
      put_map(value);
      return;
    case Tag::Result: {
      const ResultView view(value);
      out_ += view.is_ok() ? "ok(" : "err(";
      put(view.value());
      out_ += ')';
      return;
    }
    default:
      put_object(value);
  }
}

void Printer::put_marked(const char* prefix, std::string_view text) {
  out_ += prefix;
  out_ += '\'';
  for (const char c : text) {
    if (c == '\'') out_ += c;
    out_ += c;
  }
  out_ += '\'';
}

void Printer::put(const Value& value) {
  switch (value.tag()) {
    case Tag::None:
      out_ += "none";
      return;
    case Tag::Bool:
      out_ += value.as_bool() ? "true" : "false";
      return;
    case Tag::String:
      out_ += quoted_text(value.as_string());
      return;
    case Tag::Bytes:
      out_ += bytes_literal(value.as_bytes());
      return;
    case Tag::Datetime:
      put_marked("d", print_datetime(value.as_datetime()));
      return;
    case Tag::Duration:
      out_ += print_duration(value.as_duration());
      return;
    case Tag::Uuid:
      put_marked("u", print_uuid(value.as_uuid()));
      return;
    case Tag::Enum:
      put_enum(value.as_enum());
      return;
    case Tag::Regex:
      put_marked("re", value.as_bytes());
      return;
    default:
      is_number(value.tag()) ? put_number(value) : put_composite(value);
  }
}

void Printer::put_display(const Value& value) {
  switch (value.tag()) {
    case Tag::String:
    case Tag::Regex:
      out_ += value.as_bytes();
      return;
    case Tag::Datetime:
      out_ += print_datetime(value.as_datetime());
      return;
    case Tag::Uuid:
      out_ += print_uuid(value.as_uuid());
      return;
    case Tag::Enum: {
      const auto name =
          names_.enums != nullptr ? names_.enums->variant_name(value.as_enum()) : std::nullopt;
      if (name) {
        out_ += *name;
      } else {
        put_enum(value.as_enum());
      }
      return;
    }
    default:
      put(value);
  }
}

}  // namespace

std::string literal_text(const Value& value, const Names& names) {
  Printer printer(names, Style::Literal);
  printer.put(value);
  return printer.take();
}

std::string display_text(const Value& value, const Names& names) {
  Printer printer(names, Style::Display);
  printer.put_display(value);
  return printer.take();
}

std::string name_text(std::string_view name) {
  if (is_word(name)) return std::string(name);
  std::string out = "`";
  for (const char c : name) {
    if (c == '`') out += c;
    out += c;
  }
  return out + '`';
}

std::string quoted_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '\'':
        out += "''";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (byte < 0x20 || byte == 0x7f) {
          out += "\\u{";
          out += kHex[byte >> 4];
          out += kHex[byte & 15];
          out += '}';
        } else {
          out += c;
        }
    }
  }
  return out + '\'';
}

std::string bytes_literal(std::string_view bytes) {
  std::string out = "b'";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f || c == '\'' || c == '\\') {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '\'';
}

}  // namespace zerodb
