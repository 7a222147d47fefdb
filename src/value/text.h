// Values as zeroql text: the literal that reads back as the value, and what a table cell or CAST AS
// string shows.
//
// Threading: pure functions; the names are borrowed for the call.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "value/type.h"
#include "value/value.h"

namespace zerodb {

// Gives names to the variants of enums.
class EnumNames {
 public:
  virtual ~EnumNames() = default;
  virtual std::optional<std::string_view> enum_name(EnumId id) const = 0;
  virtual std::optional<std::string_view> variant_name(EnumValue value) const = 0;
};

// Both borrowed; null: tables are `#id`, variants `#id`.
struct Names {
  const TableNames* tables = nullptr;
  const EnumNames* enums = nullptr;
};

// `'it''s'`, `255u8`, `19.90dec`, `d'2026-01-31T00:00:00Z'`, `{a: 1}`, `person:'two words'`,
// `color::red`.
std::string literal_text(const Value& value, const Names& names = {});
// As literal_text, but without the marks of the type at the top: strings, datetimes, uuids, regexes
// bare, numbers without suffix, an enum's variant only, a vector in brackets. None is empty text
// nowhere: it shows as `none`.
std::string display_text(const Value& value, const Names& names = {});

// A name as it must be written: bare if it is a word, else in backticks. Reserved words are the
// caller's to quote.
std::string name_text(std::string_view name);
// 'text' with quotes doubled and control characters escaped.
std::string quoted_text(std::string_view text);
// b'..' with everything but printable ASCII as \xHH.
std::string bytes_literal(std::string_view bytes);

}  // namespace zerodb
