#include "exec/copy_value.h"

#include <charconv>

#include "exec/literal_value.h"
#include "function/base64.h"
#include "value/cast.h"
#include "value/json.h"
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
    case TypeKind::Result:
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

// A key as record ids are written: 7, name, 'any text', u'..', d'..', [..].
Result<Value> key_of_text(std::string_view text, const catalog::Schema& schema) {
  int64_t number = 0;
  if (is_plain_number(text, false) && read_whole(text, number)) return Value::int64(number);
  if (text.starts_with('[')) return value_of_literal(text, Type::any(), schema);
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

Result<Value> record_of_text(std::string_view text, const Type& type,
                             const catalog::Schema& schema) {
  if (type.tables().empty()) return value_of_literal(text, type, schema);
  for (TableId table : type.tables()) {
    const auto name = schema.table_name(table);
    const auto key = name ? key_text(text, *name) : std::nullopt;
    if (key) return Value::record_id(table, TRY(key_of_text(*key, schema)));
  }
  return Error(ErrorCode::E0903, "`" + std::string(text) + "` is not the id of a record of " +
                                     to_string(type, &schema));
}

// What the key of the table is; any if it is not declared.
Type key_type(const catalog::Table& table) {
  if (table.key.empty()) return Type::any();
  if (table.key.size() == 1) return table.key[0].type;
  std::vector<Type> parts;
  for (const catalog::KeyColumn& column : table.key) parts.push_back(column.type);
  return Type::tuple(std::move(parts));
}

// The forms of value/json.h for one type, read back. What has none of them stays as it is.
class JsonForms {
 public:
  explicit JsonForms(const catalog::Schema& schema) : schema_(schema) {}

  Result<Value> read(const Value& value, const Type& type) const {
    if (value.is_none() || type.is_any()) return value;
    if (type.kind() == TypeKind::Union) return read_union(value, type);
    switch (value.tag()) {
      case Tag::String:
        return read_string(value, type);
      case Tag::Array:
        return read_array(SequenceView(value), value, type);
      case Tag::Object:
        return read_object(ObjectView(value), value, type);
      default:
        return value;
    }
  }

 private:
  // As it stands, if that is a member; else as the first member that it can be read as.
  Result<Value> read_union(const Value& value, const Type& type) const {
    if (auto same = coerce(value, type, schema_.names()); same.has_value()) return same;
    for (const Type& member : type.parts()) {
      if (auto read = value_of_json(value, member, schema_); read.has_value()) return read;
    }
    return value;
  }

  Result<Value> read_string(const Value& value, const Type& type) const {
    const std::string_view text = value.as_string();
    switch (type.kind()) {
      case TypeKind::String:
      case TypeKind::Literal:
        return value;
      case TypeKind::Bytes:
        return value_of_base64(text);
      case TypeKind::RecordId:
        return record_of_text(text, type, schema_);
      case TypeKind::Range:
        return value_of_literal(text, type, schema_);
      default:
        return cast(value, type, schema_.names());
    }
  }

  Result<Value> read_array(const SequenceView& view, const Value& value, const Type& type) const {
    switch (type.kind()) {
      case TypeKind::Array:
      case TypeKind::Vector:
      case TypeKind::HashSet:
        // Numbers of one type, which there may be many of.
        return view.packed_tag()
                   ? value
                   : read_elements(view, [&](uint32_t) -> const Type& { return type.element(); });
      case TypeKind::Tuple:
        if (view.size() != type.parts().size()) return value;
        return read_elements(view, [&](uint32_t i) -> const Type& { return type.parts()[i]; });
      case TypeKind::HashMap:
        return read_entries(view, value, type);
      default:
        return value;
    }
  }

  template <typename ElementType>
  Result<Value> read_elements(const SequenceView& view, const ElementType& type) const {
    ArrayBuilder out;
    for (uint32_t i = 0; i < view.size(); ++i) out.add(TRY(read(view.at(i), type(i))));
    return out.build();
  }

  // [[key, value], ..]
  Result<Value> read_entries(const SequenceView& view, const Value& value, const Type& type) const {
    HashMapBuilder out;
    for (uint32_t i = 0; i < view.size(); ++i) {
      const Value entry = view.at(i);
      if (entry.tag() != Tag::Array || SequenceView(entry).size() != 2) return value;
      const SequenceView pair(entry);
      const Value key = TRY(read(pair.at(0), type.parts()[0]));
      out.set(key, TRY(read(pair.at(1), type.parts()[1])));
    }
    return out.build();
  }

  Result<Value> read_object(const ObjectView& view, const Value& value, const Type& type) const {
    switch (type.kind()) {
      case TypeKind::Shape:
        return read_members(view, type);
      case TypeKind::HashMap: {
        HashMapBuilder out;
        for (uint32_t i = 0; i < view.size(); ++i) {
          const Value key = TRY(read(Value::string(view.key(i)), type.parts()[0]));
          out.set(key, TRY(read(view.value(i), type.parts()[1])));
        }
        return out.build();
      }
      case TypeKind::Result: {
        if (view.size() != 1) return value;
        if (view.key(0) == "ok") return make_ok(TRY(read(view.value(0), type.parts()[0])));
        if (view.key(0) == "err") return make_err(TRY(read(view.value(0), type.parts()[1])));
        return value;
      }
      default:
        return value;
    }
  }

  Result<Value> read_members(const ObjectView& view, const Type& type) const {
    ObjectBuilder out;
    for (uint32_t i = 0; i < view.size(); ++i) {
      Type member = Type::any();
      for (const Type::Field& field : type.fields()) {
        if (field.name == view.key(i)) member = field.type;
      }
      out.set(view.key(i), TRY(read(view.value(i), member)));
    }
    return out.build();
  }

  const catalog::Schema& schema_;
};

Result<Value> value_of_union(std::string_view text, const Type& type,
                             const catalog::Schema& schema) {
  const Value string = Value::string(text);
  if (auto same = coerce(string, type, schema.names()); same.has_value()) return same;
  for (const Type& member : type.parts()) {
    if (auto read = value_of_cell(text, member, schema); read.has_value()) return read;
  }
  return cast(string, type, schema.names());
}

}  // namespace

Result<Value> value_of_cell(std::string_view text, const Type& type,
                            const catalog::Schema& schema) {
  if (auto plain = plain_value(text, type.kind())) return std::move(*plain);
  if (type.is_any()) return Value::string(text);
  if (is_composite(type.kind()))
    return value_of_json(TRY(JsonReader().parse(text, type)), type, schema);
  switch (type.kind()) {
    case TypeKind::Bytes:
      return value_of_base64(text);
    case TypeKind::RecordId:
      return record_of_text(text, type, schema);
    case TypeKind::Range:
      return coerce(TRY(value_of_literal(text, type, schema)), type, schema.names());
    case TypeKind::Union:
      return value_of_union(text, type, schema);
    default:
      return cast(Value::string(text), type, schema.names());
  }
}

Result<Value> key_of_cell(std::string_view text, const catalog::Table& table,
                          const catalog::Schema& schema) {
  if (const auto key = key_text(text, table.name))
    return Value::record_id(table.id, TRY(key_of_text(*key, schema)));
  if (!table.key.empty()) return value_of_cell(text, key_type(table), schema);
  int64_t number = 0;
  if (is_plain_number(text, false) && read_whole(text, number)) return Value::int64(number);
  if (text.size() == 36) {
    if (auto uuid = cast(Value::string(text), Type(TypeKind::Uuid)); uuid.has_value()) return uuid;
  }
  return Value::string(text);
}

Result<Value> value_of_json(const Value& value, const Type& type, const catalog::Schema& schema) {
  // Whether a place takes none is a rule of the table, as in a cell that is left out.
  if (value.is_none()) return value;
  return coerce(TRY(JsonForms(schema).read(value, type)), type, schema.names());
}

Result<Value> key_of_json(const Value& value, const catalog::Table& table,
                          const catalog::Schema& schema) {
  if (value.tag() == Tag::String) {
    if (const auto key = key_text(value.as_string(), table.name))
      return Value::record_id(table.id, TRY(key_of_text(*key, schema)));
  }
  return value_of_json(value, key_type(table), schema);
}

Type type_of_rows(const catalog::Table& table) {
  std::vector<Type::Field> fields = {{"id", key_type(table)}};
  for (const catalog::KeyColumn& column : table.key) fields.push_back({column.name, column.type});
  for (const catalog::Field& field : table.fields) fields.push_back({field.name, field.type});
  return Type::shape(std::move(fields));
}

}  // namespace zerodb::exec
