#include <cstring>
#include <variant>
#include <vector>

#include <simdjson.h>

#include "base/limits.h"
#include "value/decimal.h"
#include "value/json.h"
#include "value/number.h"
#include "value/number_text.h"
#include "value/zval_builder.h"

namespace zerodb {

namespace ondemand = simdjson::ondemand;

namespace {

// What the reader knows of the place that it stands at.
struct Place {
  const Type* type = nullptr;  // nothing is known
  bool is_entry = false;       // of a hashmap: [key, value]
};

// Whether a number with a point is to be a decimal.
bool wants_decimal(Place place) {
  if (place.type == nullptr || place.is_entry) return false;
  if (place.type->kind() != TypeKind::Union) return place.type->kind() == TypeKind::Decimal;
  bool has_decimal = false;
  for (const Type& member : place.type->parts()) {
    if (member.is_float()) return false;
    has_decimal = has_decimal || member.kind() == TypeKind::Decimal;
  }
  return has_decimal;
}

// The first member of a union that knows more.
template <typename Step>
Place first_of(const Type& type, const Step& step) {
  for (const Type& member : type.parts()) {
    if (const Place place = step(Place{&member}); place.type != nullptr) return place;
  }
  return {};
}

Place element_of(Place place, uint32_t index) {
  if (place.type == nullptr) return {};
  const Type& type = *place.type;
  switch (type.kind()) {
    case TypeKind::Array:
    case TypeKind::Vector:
    case TypeKind::HashSet:
      return {&type.element()};
    case TypeKind::Tuple:
      return index < type.parts().size() ? Place{&type.parts()[index]} : Place{};
    case TypeKind::HashMap:
      if (!place.is_entry) return {&type, true};
      return index < 2 ? Place{&type.parts()[index]} : Place{};
    case TypeKind::Union:
      return first_of(type, [&](Place member) { return element_of(member, index); });
    default:
      return {};
  }
}

Place member_of(Place place, std::string_view key) {
  if (place.type == nullptr || place.is_entry) return {};
  const Type& type = *place.type;
  switch (type.kind()) {
    case TypeKind::Shape:
      for (const Type::Field& field : type.fields()) {
        if (field.name == key) return {&field.type};
      }
      return {};
    case TypeKind::HashMap:
      return {&type.parts()[1]};
    case TypeKind::Result:
      return {&type.parts()[key == "ok" ? 0 : 1]};
    case TypeKind::Union:
      return first_of(type, [&](Place member) { return member_of(member, key); });
    default:
      return {};
  }
}

}  // namespace

struct JsonReader::State {
  ondemand::parser parser;
  std::vector<char> buffer;  // the text between brackets, padded
  std::vector<std::variant<std::string_view, uint32_t>> path;

  Error error(std::string_view what) const;
  Error error(simdjson::error_code code) const { return error(simdjson::error_message(code)); }
  Result<Value> read(ondemand::value json, Place place, uint32_t room);
  Result<Value> read_array(ondemand::value json, Place place, uint32_t room);
  Result<Value> read_object(ondemand::value json, Place place, uint32_t room);
  Result<Value> read_number(std::string_view token, Place place) const;
  Result<Value> read_integer(std::string_view token) const;
};

namespace {

Error too_deep() {
  return Error(ErrorCode::E1103, "a value may not be nested deeper than 128 levels");
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view token) {
  while (!token.empty() && (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' ||
                            token.back() == '\t')) {
    token.remove_suffix(1);
  }
  return token;
}

// Shape of a JSON number: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
enum class NumberShape { Malformed, Integer, Float };

NumberShape shape_of(std::string_view text) {
  size_t at = 0;
  const auto digits = [&] {
    const size_t begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - begin;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const size_t first = at;
  const size_t whole = digits();
  if (whole == 0 || (whole > 1 && text[first] == '0')) return NumberShape::Malformed;
  if (at == text.size()) return NumberShape::Integer;
  if (text[at] == '.') {
    ++at;
    if (digits() == 0) return NumberShape::Malformed;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return NumberShape::Malformed;
  }
  return at == text.size() ? NumberShape::Float : NumberShape::Malformed;
}

}  // namespace

Error JsonReader::State::error(std::string_view what) const {
  std::string place = "$";
  for (const auto& step : path) {
    if (const auto* key = std::get_if<std::string_view>(&step)) {
      place += ".";
      place += *key;
    } else {
      place += "[" + std::to_string(std::get<uint32_t>(step)) + "]";
    }
  }
  return Error(ErrorCode::E0624, "JSON cannot be read at " + place + ": " + std::string(what));
}

Result<Value> JsonReader::State::read_integer(std::string_view token) const {
  const bool is_negative = token.front() == '-';
  u128 magnitude = 0;
  for (const char c : token.substr(is_negative ? 1 : 0)) {
    const auto digit = static_cast<u128>(c - '0');
    if (magnitude > (~u128{0} - digit) / 10) return error("number is out of range");
    magnitude = magnitude * 10 + digit;
  }
  if (is_negative && magnitude > u128{1} << 127) return error("number is out of range");
  if (!is_negative && magnitude > INT64_MAX && magnitude <= UINT64_MAX) {
    return Value::integer(Tag::U64, static_cast<i128>(magnitude));
  }
  return narrowest_integer(is_negative && magnitude != 0, magnitude);
}

Result<Value> JsonReader::State::read_number(std::string_view token, Place place) const {
  switch (shape_of(token)) {
    case NumberShape::Malformed:
      return error("malformed number or word");
    case NumberShape::Integer:
      return read_integer(token);
    case NumberShape::Float:
      break;
  }
  if (wants_decimal(place)) {
    const auto exact = decimal::parse(token);
    if (!exact) return error("a decimal has at most 38 digits");
    return Value::decimal(*exact);
  }
  const auto value = parse_float64(token);
  if (!value) return error("number is out of range");
  return Value::float64(*value);
}

Result<Value> JsonReader::State::read_array(ondemand::value json, Place place, uint32_t room) {
  if (room == 0) return too_deep();
  ondemand::array array;
  if (const auto code = json.get_array().get(array)) return error(code);
  ArrayBuilder builder;
  path.emplace_back(uint32_t{0});
  for (auto item : array) {
    ondemand::value element;
    if (const auto code = item.get(element)) return error(code);
    const Value value = TRY(read(element, element_of(place, builder.size()), room - 1));
    builder.add(value);
    path.back() = builder.size();
  }
  path.pop_back();
  return builder.build();
}

Result<Value> JsonReader::State::read_object(ondemand::value json, Place place, uint32_t room) {
  if (room == 0) return too_deep();
  ondemand::object object;
  if (const auto code = json.get_object().get(object)) return error(code);
  ObjectBuilder builder;
  path.emplace_back(std::string_view());
  for (auto item : object) {
    ondemand::field field;
    if (const auto code = std::move(item).get(field)) return error(code);
    std::string_view key;
    if (const auto code = field.unescaped_key().get(key)) return error(code);
    path.back() = key;
    Value value = TRY(read(field.value(), member_of(place, key), room - 1));
    builder.set(key, std::move(value));
  }
  path.pop_back();
  return builder.build();
}

Result<Value> JsonReader::State::read(ondemand::value json, Place place, uint32_t room) {
  ondemand::json_type type;
  if (const auto code = json.type().get(type)) return error(code);
  switch (type) {
    case ondemand::json_type::array:
      return read_array(json, place, room);
    case ondemand::json_type::object:
      return read_object(json, place, room);
    case ondemand::json_type::number: {
      // The parser of simdjson refuses integers of more than 64 bits, so the text of every number
      // is read here. The iteration that gave the value steps over it.
      return read_number(trimmed(json.raw_json_token()), place);
    }
    case ondemand::json_type::string: {
      std::string_view text;
      if (const auto code = json.get_string().get(text)) return error(code);
      return Value::string(text);
    }
    case ondemand::json_type::boolean: {
      bool value = false;
      if (const auto code = json.get_bool().get(value)) return error(code);
      return Value::boolean(value);
    }
    case ondemand::json_type::null: {
      bool is_null = false;
      if (const auto code = json.is_null().get(is_null)) return error(code);
      if (!is_null) return error("malformed word");
      return Value::none();
    }
  }
  return error("malformed value");
}

JsonReader::JsonReader() : state_(std::make_unique<State>()) {}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

Result<Value> JsonReader::parse(std::string_view text) {
  return parse(text, Type::any());
}

Result<Value> JsonReader::parse(std::string_view text, const Type& type) {
  State& state = *state_;
  state.path.clear();
  if (text.size() > limits::kValueBytesMax)
    return Error(ErrorCode::E0611, "a value may not be larger than 64 MiB");
  // Brackets around the text make a lone scalar an element like any other.
  const size_t size = text.size() + 2;
  if (state.buffer.size() < size + simdjson::SIMDJSON_PADDING)
    state.buffer.resize(size + simdjson::SIMDJSON_PADDING);
  char* out = state.buffer.data();
  out[0] = '[';
  if (!text.empty()) std::memcpy(out + 1, text.data(), text.size());
  out[size - 1] = ']';
  std::memset(out + size, 0, simdjson::SIMDJSON_PADDING);
  ondemand::document document;
  if (const auto code = state.parser.iterate(out, size, state.buffer.size()).get(document))
    return state.error(code);
  ondemand::array root;
  if (const auto code = document.get_array().get(root)) return state.error(code);
  Result<Value> result = state.error("the text is empty");
  bool is_first = true;
  for (auto item : root) {
    ondemand::value element;
    if (const auto code = item.get(element)) return state.error(code);
    if (!is_first) return state.error("more than one value");
    is_first = false;
    result = state.read(element, {&type}, limits::kValueDepthMax);
    if (!result) return result;
  }
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
    return state.error("text after the value");
  return result;
}

Result<Value> parse_json(std::string_view text) {
  return JsonReader().parse(text);
}

}  // namespace zerodb
