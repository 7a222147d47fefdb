#include "exec/copy_value.h"

#include <charconv>

#include "function/base64.h"
#include "value/cast.h"
#include "value/json.h"
#include "value/uuid.h"
#include "value/zval_builder.h"
#include "zeroql/literal.h"

namespace zerodb::exec {
namespace {

bool is_composite(TypeKind kind) {
  switch (kind) {
    case TypeKind::Array:
    case TypeKind::Vector:
    case TypeKind::Tuple:
    case TypeKind::HashSet:
    case TypeKind::HashMap:
    case TypeKind::Object:
    case TypeKind::Shape:
      return true;
    default:
      return false;
  }
}

template <typename Number>
bool read_whole(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

// Digits, with a sign and a point at most: what every reader of numbers reads alike.
bool is_plain_number(std::string_view text, bool may_have_point) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  for (const char c : text) {
    if (c == '.' && may_have_point) {
      may_have_point = false;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  return true;
}

std::optional<Value> plain_value(std::string_view text, TypeKind kind) {
  if (kind == TypeKind::String) return Value::string(text);
  if (kind == TypeKind::I64 && is_plain_number(text, false)) {
    int64_t number = 0;
    if (read_whole(text, number)) return Value::int64(number);
  }
  if (kind == TypeKind::F64 && is_plain_number(text, true)) {
    double number = 0;
    if (read_whole(text, number)) return Value::float64(number);
  }
  return std::nullopt;
}

Result<Value> value_of_base64(std::string_view text) {
  const auto bytes = function::decode_base64(text);
  if (!bytes) return Error(ErrorCode::E0903, "not base64");
  return Value::bytes(*bytes);
}

// What stands behind the table of a record id; nothing for that of another table.
std::optional<std::string_view> key_text(std::string_view text, std::string_view table) {
  for (const std::string& name : {std::string(table), zeroql::quote_name(table)}) {
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == ':')
      return text.substr(name.size() + 1);
  }
  return std::nullopt;
}

// A key as record ids are written: 7, name, 'any text', u'..', d'..'.
Result<Value> key_of_text(std::string_view text) {
  int64_t number = 0;
  if (is_plain_number(text, false) && read_whole(text, number)) return Value::int64(number);
  const bool is_closed = text.size() >= 2 && text.back() == '\'';
  if (is_closed && text.front() == '\'') return Value::string(TRY(zeroql::decode_string(text)));
  if (is_closed && text.starts_with("u'"))
    return cast(Value::string(zeroql::decode_quoted(text)), Type(TypeKind::Uuid));
  if (is_closed && text.starts_with("d'"))
    return cast(Value::string(zeroql::decode_quoted(text)), Type(TypeKind::Datetime));
  if (text.empty() || text.find_first_of("[]{}'\"") != std::string_view::npos)
    return Error(ErrorCode::E0903, "`" + std::string(text) + "` is not the key of a record");
  return Value::string(text);
}

Result<Value> record_of_text(std::string_view text, const Type& type, const Names& names) {
  for (TableId table : type.tables()) {
    const auto name = names.tables->table_name(table);
    const auto key = name ? key_text(text, *name) : std::nullopt;
    if (key) return Value::record_id(table, TRY(key_of_text(*key)));
  }
  return Error(ErrorCode::E0903, "`" + std::string(text) + "` is not the id of a record of " +
                                     to_string(type, names.tables));
}

}  // namespace

Result<Value> value_of_cell(std::string_view text, const Type& type, const Names& names) {
  if (auto plain = plain_value(text, type.kind())) return std::move(*plain);
  if (type.is_any()) return Value::string(text);
  if (type.kind() == TypeKind::Bytes) return value_of_base64(text);
  if (type.kind() == TypeKind::RecordId) return record_of_text(text, type, names);
  if (is_composite(type.kind())) return value_of_json(TRY(parse_json(text)), type, names);
  const Value string = Value::string(text);
  if (type.kind() == TypeKind::Union) {
    if (auto same = coerce(string, type, names); same.has_value()) return same;
  }
  return cast(string, type, names);
}

Result<Value> key_of_cell(std::string_view text, const catalog::Table& table, const Names& names) {
  if (const auto key = key_text(text, table.name))
    return Value::record_id(table.id, TRY(key_of_text(*key)));
  if (table.key.size() == 1) return value_of_cell(text, table.key[0].type, names);
  if (table.key.size() > 1) return parse_json(text);
  int64_t number = 0;
  if (is_plain_number(text, false) && read_whole(text, number)) return Value::int64(number);
  if (text.size() == 36) {
    if (auto uuid = cast(Value::string(text), Type(TypeKind::Uuid)); uuid.has_value()) return uuid;
  }
  return Value::string(text);
}

Result<Value> value_of_json(const Value& value, const Type& type, const Names& names) {
  if (type.is_any() || value.is_none()) return value;
  if (value.tag() == Tag::String) {
    if (type.is_text()) return value;
    if (type.kind() == TypeKind::Bytes) return value_of_base64(value.as_string());
    if (type.kind() == TypeKind::RecordId) return record_of_text(value.as_string(), type, names);
    if (auto same = coerce(value, type, names); same.has_value()) return same;
    return cast(value, type, names);
  }
  if (value.tag() == Tag::Array && (type.is_sequence() || type.kind() == TypeKind::HashSet) &&
      !type.element().is_number()) {
    const SequenceView view(value);
    ArrayBuilder out;
    for (uint32_t i = 0; i < view.size(); ++i)
      out.add(TRY(value_of_json(view.at(i), type.element(), names)));
    return out.build();
  }
  if (value.tag() == Tag::Object && type.kind() == TypeKind::Shape) {
    const ObjectView view(value);
    ObjectBuilder out;
    for (uint32_t i = 0; i < view.size(); ++i) {
      Type member = Type::any();
      for (const Type::Field& field : type.fields()) {
        if (field.name == view.key(i)) member = field.type;
      }
      out.set(view.key(i), TRY(value_of_json(view.value(i), member, names)));
    }
    return out.build();
  }
  return value;
}

Result<Value> key_of_json(const Value& value, const catalog::Table& table, const Names& names) {
  if (value.tag() != Tag::String) return value;
  if (const auto key = key_text(value.as_string(), table.name))
    return Value::record_id(table.id, TRY(key_of_text(*key)));
  if (table.key.size() == 1) return value_of_json(value, table.key[0].type, names);
  return value;
}

}  // namespace zerodb::exec
