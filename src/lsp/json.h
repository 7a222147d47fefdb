// Json: a JSON value of the language server protocol, read from and written to text.
//
// Objects keep the order of their keys. A member that is not there, or a member of what is no
// object, is null, so optional fields are read without asking first. Threading: plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace zerodb::lsp {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;                    // null
  Json(std::nullptr_t) {}              // NOLINT(google-explicit-constructor): literals read as JSON
  Json(bool value) : value_(value) {}  // NOLINT(google-explicit-constructor)
  Json(int value) : value_(int64_t{value}) {}       // NOLINT(google-explicit-constructor)
  Json(int64_t value) : value_(value) {}            // NOLINT(google-explicit-constructor)
  Json(uint32_t value) : value_(int64_t{value}) {}  // NOLINT(google-explicit-constructor)
  Json(size_t value)
      : value_(static_cast<int64_t>(value)) {}             // NOLINT(google-explicit-constructor)
  Json(double value) : value_(value) {}                    // NOLINT(google-explicit-constructor)
  Json(const char* value) : value_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  Json(std::string_view value)
      : value_(std::string(value)) {}                    // NOLINT(google-explicit-constructor)
  Json(std::string value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Json(Array value) : value_(std::move(value)) {}        // NOLINT(google-explicit-constructor)
  Json(Object value) : value_(std::move(value)) {}       // NOLINT(google-explicit-constructor)

  static Json object(std::initializer_list<Member> members) { return Json(Object(members)); }
  static Json array() { return Json(Array()); }

  // E0620 with what is wrong; nesting beyond 128 is refused.
  static Result<Json> parse(std::string_view text);
  std::string dump() const;

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_integer() const { return std::holds_alternative<int64_t>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  // What it holds; else false, the fallback, or nothing.
  bool as_bool() const;
  int64_t as_integer(int64_t fallback = 0) const;
  std::string_view as_string() const;
  const Array& as_array() const;
  const Object& as_object() const;

  const Json& operator[](std::string_view key) const;
  bool has(std::string_view key) const;
  // Of an object.
  void set(std::string_view key, Json value);
  // Of an array.
  void push(Json value) { std::get<Array>(value_).push_back(std::move(value)); }

  bool operator==(const Json&) const = default;

 private:
  void write(std::string& out) const;

  std::variant<std::nullptr_t, bool, int64_t, double, std::string, Array, Object> value_ = nullptr;
};

}  // namespace zerodb::lsp
