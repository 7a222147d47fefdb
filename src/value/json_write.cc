#include <cmath>

#include <fmt/format.h>

#include "value/decimal.h"
#include "value/json.h"
#include "value/number_text.h"
#include "value/temporal.h"
#include "value/uuid.h"
#include "value/zval.h"

namespace zerodb {

namespace {

void append_base64(std::string& out, std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - at);
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? static_cast<uint8_t>(bytes[at + i]) : 0u);
    for (size_t i = 0; i < 4; ++i)
      out.push_back(i <= count ? kDigits[(group >> (18 - 6 * i)) & 63] : '=');
  }
}

void append_float(std::string& out, double value, const std::string& text) {
  if (std::isfinite(value)) {
    out += text;
  } else {
    append_json_string(out, text);
  }
}

void append_sequence(std::string& out, const Value& value, const Names& names) {
  const SequenceView view(value);
  out.push_back('[');
  for (uint32_t i = 0; i < view.size(); ++i) {
    if (i != 0) out += ", ";
    append_json(out, view.at(i), names);
  }
  out.push_back(']');
}

void append_map(std::string& out, const Value& value, const Names& names) {
  const HashMapView view(value);
  out.push_back('[');
  for (uint32_t i = 0; i < view.size(); ++i) {
    out += i == 0 ? "[" : ", [";
    append_json(out, view.key(i), names);
    out += ", ";
    append_json(out, view.value(i), names);
    out.push_back(']');
  }
  out.push_back(']');
}

void append_object(std::string& out, const Value& value, const Names& names) {
  const ObjectView view(value);
  out.push_back('{');
  for (uint32_t i = 0; i < view.size(); ++i) {
    if (i != 0) out += ", ";
    append_json_string(out, view.key(i));
    out += ": ";
    append_json(out, view.value(i), names);
  }
  out.push_back('}');
}

void append_enum(std::string& out, EnumValue value, const Names& names) {
  const auto name = names.enums != nullptr ? names.enums->variant_name(value) : std::nullopt;
  append_json_string(out, name ? std::string(*name) : fmt::format("#{}", value.variant));
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
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
        if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) {
          out += fmt::format("\\u{:04x}", static_cast<uint8_t>(c));
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
}

void append_json(std::string& out, const Value& value, const Names& names) {
  switch (value.tag()) {
    case Tag::None:
      out += "null";
      return;
    case Tag::Bool:
      out += value.as_bool() ? "true" : "false";
      return;
    case Tag::I8:
    case Tag::I16:
    case Tag::I32:
    case Tag::I64:
    case Tag::I128:
    case Tag::U8:
    case Tag::U16:
    case Tag::U32:
    case Tag::U64:
      out += print_int128(value.as_int128());
      return;
    case Tag::U128:
      out += print_uint128(value.as_uint128());
      return;
    case Tag::F32:
      append_float(out, value.as_float64(), print_float32(static_cast<float>(value.as_float64())));
      return;
    case Tag::F64:
      append_float(out, value.as_float64(), print_float64(value.as_float64()));
      return;
    case Tag::Decimal:
      out += decimal::print(value.as_decimal());
      return;
    case Tag::String:
    case Tag::Regex:
      append_json_string(out, value.as_bytes());
      return;
    case Tag::Bytes:
      out.push_back('"');
      append_base64(out, value.as_bytes());
      out.push_back('"');
      return;
    case Tag::Datetime:
      append_json_string(out, print_datetime(value.as_datetime()));
      return;
    case Tag::Duration:
      append_json_string(out, print_duration(value.as_duration()));
      return;
    case Tag::Uuid:
      append_json_string(out, print_uuid(value.as_uuid()));
      return;
    case Tag::Enum:
      append_enum(out, value.as_enum(), names);
      return;
    case Tag::RecordId:
    case Tag::Range:
      append_json_string(out, literal_text(value, names));
      return;
    case Tag::Tuple:
    case Tag::Array:
    case Tag::Vector:
    case Tag::HashSet:
      append_sequence(out, value, names);
      return;
    case Tag::HashMap:
      append_map(out, value, names);
      return;
    case Tag::Result: {
      const ResultView view(value);
      out += view.is_ok() ? "{\"ok\": " : "{\"err\": ";
      append_json(out, view.value(), names);
      out.push_back('}');
      return;
    }
    case Tag::Object:
      append_object(out, value, names);
      return;
  }
}

std::string to_json(const Value& value, const Names& names) {
  std::string out;
  append_json(out, value, names);
  return out;
}

}  // namespace zerodb
