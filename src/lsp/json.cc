#include "lsp/json.h"

#include <cmath>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/assert.h"

namespace zerodb::lsp {
namespace {

namespace dom = simdjson::dom;

constexpr size_t kDepthMax = 128;

// The element is known to be of this type.
template <typename T>
T get(dom::element element) {
  T out{};
  [[maybe_unused]] const auto failure = element.get(out);
  DEBUG_ASSERT(failure == simdjson::SUCCESS);
  return out;
}

Json convert(dom::element element) {
  switch (element.type()) {
    case dom::element_type::ARRAY: {
      Json::Array out;
      for (const dom::element each : get<dom::array>(element)) out.push_back(convert(each));
      return Json(std::move(out));
    }
    case dom::element_type::OBJECT: {
      Json::Object out;
      for (const dom::key_value_pair each : get<dom::object>(element))
        out.emplace_back(std::string(each.key), convert(each.value));
      return Json(std::move(out));
    }
    case dom::element_type::INT64:
      return Json(get<int64_t>(element));
    case dom::element_type::UINT64:
      return Json(static_cast<double>(get<uint64_t>(element)));
    case dom::element_type::DOUBLE:
      return Json(get<double>(element));
    case dom::element_type::STRING:
      return Json(get<std::string_view>(element));
    case dom::element_type::BOOL:
      return Json(get<bool>(element));
    case dom::element_type::NULL_VALUE:
      return Json();
  }
  return Json();
}

void write_string(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

Result<Json> Json::parse(std::string_view text) {
  dom::parser parser;
  const auto allocated = parser.allocate(text.size(), kDepthMax);
  if (allocated != simdjson::SUCCESS)
    return Error(ErrorCode::E0620, simdjson::error_message(allocated));
  dom::element element;
  const auto failure = parser.parse(text.data(), text.size()).get(element);
  if (failure != simdjson::SUCCESS)
    return Error(ErrorCode::E0620, simdjson::error_message(failure));
  return convert(element);
}

std::string Json::dump() const {
  std::string out;
  write(out);
  return out;
}

void Json::write(std::string& out) const {
  if (is_null()) {
    out += "null";
  } else if (const auto* boolean = std::get_if<bool>(&value_)) {
    out += *boolean ? "true" : "false";
  } else if (const auto* integer = std::get_if<int64_t>(&value_)) {
    out += fmt::format("{}", *integer);
  } else if (const auto* number = std::get_if<double>(&value_)) {
    out += std::isfinite(*number) ? fmt::format("{}", *number) : "null";
  } else if (const auto* string = std::get_if<std::string>(&value_)) {
    write_string(*string, out);
  } else if (const auto* array = std::get_if<Array>(&value_)) {
    out += '[';
    for (size_t i = 0; i < array->size(); ++i) {
      if (i > 0) out += ',';
      (*array)[i].write(out);
    }
    out += ']';
  } else {
    out += '{';
    bool is_first = true;
    for (const auto& [key, value] : std::get<Object>(value_)) {
      if (!is_first) out += ',';
      is_first = false;
      write_string(key, out);
      out += ':';
      value.write(out);
    }
    out += '}';
  }
}

bool Json::as_bool() const {
  const auto* value = std::get_if<bool>(&value_);
  return value != nullptr && *value;
}

int64_t Json::as_integer(int64_t fallback) const {
  const auto* value = std::get_if<int64_t>(&value_);
  return value != nullptr ? *value : fallback;
}

std::string_view Json::as_string() const {
  const auto* value = std::get_if<std::string>(&value_);
  return value != nullptr ? std::string_view(*value) : std::string_view();
}

const Json::Array& Json::as_array() const {
  static const Array kEmpty;
  const auto* value = std::get_if<Array>(&value_);
  return value != nullptr ? *value : kEmpty;
}

const Json::Object& Json::as_object() const {
  static const Object kEmpty;
  const auto* value = std::get_if<Object>(&value_);
  return value != nullptr ? *value : kEmpty;
}

const Json& Json::operator[](std::string_view key) const {
  static const Json kNull;
  for (const auto& [name, value] : as_object()) {
    if (name == key) return value;
  }
  return kNull;
}

bool Json::has(std::string_view key) const {
  for (const auto& [name, value] : as_object()) {
    if (name == key) return true;
  }
  return false;
}

void Json::set(std::string_view key, Json value) {
  auto& members = std::get<Object>(value_);
  for (auto& [name, old] : members) {
    if (name != key) continue;
    old = std::move(value);
    return;
  }
  members.emplace_back(std::string(key), std::move(value));
}

}  // namespace zerodb::lsp
