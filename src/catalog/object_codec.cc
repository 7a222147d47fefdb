#include "catalog/object_codec.h"

#include "catalog/store_keys.h"
#include "value/zval.h"

namespace zerodb::catalog {
namespace {

RowWriter begin_row(uint64_t format = kRowFormat) {
  RowWriter out;
  out.number(format);
  return out;
}

template <typename T, typename WriteItem>
void write_list(RowWriter& out, const std::vector<T>& items, WriteItem write_item) {
  out.number(items.size());
  for (const T& item : items) write_item(item);
}

template <typename ReadItem>
auto read_list(RowReader& in, ReadItem read_item) {
  std::vector<decltype(read_item())> items;
  for (uint32_t left = in.count(); left > 0 && !in.broken(); --left) items.push_back(read_item());
  return items;
}

void write_texts(RowWriter& out, const std::vector<std::string>& texts) {
  write_list(out, texts, [&](const std::string& text) { out.text(text); });
}

std::vector<std::string> read_texts(RowReader& in) {
  return read_list(in, [&] { return in.text(); });
}

// Bounds are stored as values, so that reading needs no parser.
void write_partitions(RowWriter& out, const PartitionLevel& level) {
  out.number(static_cast<uint64_t>(level.method)).number(level.count);
  write_texts(out, level.arguments);
  write_list(out, level.parts, [&](const Partition& part) {
    out.text(part.name).number(static_cast<uint64_t>(part.bound)).text(part.placement);
    write_texts(out, part.texts);
    write_list(out, part.values, [&](const Value& value) {
      std::string element;
      zval::append_element(element, value);
      out.text(element);
    });
  });
}

PartitionLevel read_partitions(RowReader& in) {
  PartitionLevel level;
  level.method = static_cast<PartitionLevel::Method>(
      in.number_up_to(static_cast<uint64_t>(PartitionLevel::Method::Time)));
  level.count = in.number32();
  level.arguments = read_texts(in);
  level.parts = read_list(in, [&] {
    Partition part;
    part.name = in.text();
    part.bound = static_cast<Partition::Bound>(
        in.number_up_to(static_cast<uint64_t>(Partition::Bound::Default)));
    part.placement = in.text();
    part.texts = read_texts(in);
    part.values = read_list(in, [&] {
      const std::string element = in.text();
      if (!zval::validate_element(element).has_value()) in.fail();
      return in.broken() ? Value::none() : zval::read_element(element);
    });
    return part;
  });
  return level;
}

void write_path(RowWriter& out, const Path& path) {
  write_list(out, path, [&](const PathStep& step) {
    out.number(static_cast<uint64_t>(step.kind)).text(step.name).signed_number(step.position);
  });
}

Path read_path(RowReader& in) {
  return read_list(in, [&] {
    PathStep step;
    step.kind = static_cast<PathStep::Kind>(
        in.number_up_to(static_cast<uint64_t>(PathStep::Kind::AllElements)));
    step.name = in.text();
    step.position = in.signed_number();
    return step;
  });
}

void write_options(RowWriter& out, const std::map<std::string, std::string>& options) {
  out.number(options.size());
  for (const auto& [name, value] : options) out.text(name).text(value);
}

std::map<std::string, std::string> read_options(RowReader& in) {
  std::map<std::string, std::string> options;
  for (uint32_t left = in.count(); left > 0 && !in.broken(); --left) {
    std::string name = in.text();
    options[std::move(name)] = in.text();
  }
  return options;
}

void write_field(RowWriter& out, const Field& field) {
  out.number(field.id.value()).text(field.name);
  write_type(out, field.type);
  out.text(field.type_text).text(field.default_text).text(field.computed_text);
  write_texts(out, field.assert_texts);
  out.flag(field.read_only)
      .number(field.reference ? 1 + static_cast<uint64_t>(*field.reference) : 0)
      .text(field.comment);
}

Field read_field(RowReader& in, const FindEnum& find_enum) {
  Field field;
  field.id = FieldId(in.number32());
  field.name = in.text();
  field.type = read_type(in, find_enum);
  field.type_text = in.text();
  field.default_text = in.text();
  field.computed_text = in.text();
  field.assert_texts = read_texts(in);
  field.read_only = in.flag();
  const uint64_t reference = in.number_up_to(1 + static_cast<uint64_t>(OnDelete::Unset));
  if (reference > 0) field.reference = static_cast<OnDelete>(reference - 1);
  field.comment = in.text();
  return field;
}

void write_tables(RowWriter& out, const std::vector<TableId>& tables) {
  write_list(out, tables, [&](TableId table) { out.number(table.value()); });
}

std::vector<TableId> read_tables(RowReader& in) {
  return read_list(in, [&] { return TableId(in.number()); });
}

void write_layout(RowWriter& out, const RecordLayout& layout) {
  out.number(layout.version);
  write_list(out, layout.slots, [&](const RecordLayout::Slot& slot) {
    out.number(slot.field.value()).text(slot.name);
    write_type(out, slot.type);
  });
}

RecordLayout read_layout(RowReader& in, const FindEnum& find_enum) {
  RecordLayout layout;
  layout.version = in.number32();
  layout.slots = read_list(in, [&] {
    RecordLayout::Slot slot;
    slot.field = FieldId(in.number32());
    slot.name = in.text();
    slot.type = read_type(in, find_enum);
    return slot;
  });
  return layout;
}

}  // namespace

std::string encode(const Namespace& object) {
  RowWriter out = begin_row();
  out.number(object.id.value())
      .text(object.name)
      .number(static_cast<uint64_t>(object.consistency))
      .text(object.comment);
  write_options(out, object.limits);
  return out.take();
}

Namespace read_namespace(RowReader& in) {
  Namespace object;
  object.id = NamespaceId(in.number32());
  object.name = in.text();
  object.consistency =
      static_cast<Consistency>(in.number_up_to(static_cast<uint64_t>(Consistency::Eventual)));
  object.comment = in.text();
  object.limits = read_options(in);
  return object;
}

std::string encode(const Database& object) {
  RowWriter out = begin_row();
  out.number(object.id.value())
      .number(object.namespace_id.value())
      .text(object.name)
      .text(object.comment);
  write_options(out, object.limits);
  return out.take();
}

Database read_database(RowReader& in) {
  Database object;
  object.id = DatabaseId(in.number32());
  object.namespace_id = NamespaceId(in.number32());
  object.name = in.text();
  object.comment = in.text();
  object.limits = read_options(in);
  return object;
}

std::string encode(const Enum& object) {
  RowWriter out = begin_row();
  out.number(object.type->id.value()).text(object.type->name);
  write_list(out, object.type->variants,
             [&](const EnumType::Variant& variant) { out.number(variant.id).text(variant.name); });
  out.number(object.next_variant_id).text(object.comment);
  return out.take();
}

Enum read_enum(RowReader& in) {
  EnumType type;
  type.id = EnumId(in.number32());
  type.name = in.text();
  type.variants = read_list(in, [&] {
    EnumType::Variant variant;
    variant.id = in.number32();
    variant.name = in.text();
    return variant;
  });
  Enum object;
  object.type = std::make_shared<const EnumType>(std::move(type));
  object.next_variant_id = in.number32();
  object.comment = in.text();
  return object;
}

std::string encode(const NamedType& object) {
  RowWriter out = begin_row();
  out.number(object.id).text(object.name);
  write_type(out, object.type);
  out.text(object.type_text);
  write_texts(out, object.assert_texts);
  out.text(object.comment);
  return out.take();
}

NamedType read_named_type(RowReader& in, const FindEnum& find_enum) {
  NamedType object;
  object.id = in.number32();
  object.name = in.text();
  object.type = read_type(in, find_enum);
  object.type_text = in.text();
  object.assert_texts = read_texts(in);
  object.comment = in.text();
  return object;
}

std::string encode(const Param& object) {
  RowWriter out = begin_row();
  out.number(object.id).text(object.name);
  write_type(out, object.type);
  out.text(object.type_text).text(object.value_text).text(object.comment);
  return out.take();
}

Param read_param(RowReader& in, const FindEnum& find_enum) {
  Param object;
  object.id = in.number32();
  object.name = in.text();
  object.type = read_type(in, find_enum);
  object.type_text = in.text();
  object.value_text = in.text();
  object.comment = in.text();
  return object;
}

std::string encode(const Table& object) {
  const bool is_moved = object.space != SpaceId() && object.space.value() != object.id.value();
  RowWriter out = begin_row(is_moved ? kSpaceRowFormat : kRowFormat);
  out.number(object.id.value())
      .text(object.name)
      .number(static_cast<uint64_t>(object.kind))
      .flag(object.schemafull);
  write_list(out, object.fields, [&](const Field& field) { write_field(out, field); });
  write_list(out, object.nested, [&](const NestedField& nested) {
    write_path(out, nested.path);
    write_field(out, nested.rule);
  });
  write_list(out, object.key, [&](const KeyColumn& column) {
    out.text(column.name);
    write_type(out, column.type);
    out.text(column.type_text);
  });
  write_list(out, object.rules,
             [&](const Rule& rule) { out.text(rule.name).text(rule.condition_text); });
  write_tables(out, object.ends.from);
  write_tables(out, object.ends.to);
  out.flag(object.unique_edges).text(object.view_text);
  write_texts(out, object.view_columns);
  write_options(out, object.options);
  out.text(object.comment);
  write_list(out, object.layouts, [&](const RecordLayout& layout) { write_layout(out, layout); });
  out.number(object.next_field_id);
  write_list(out, object.partitions,
             [&](const PartitionLevel& level) { write_partitions(out, level); });
  if (is_moved) out.number(object.space.value());
  return out.take();
}

Table read_table(RowReader& in, const FindEnum& find_enum) {
  Table object;
  object.id = TableId(in.number());
  object.name = in.text();
  object.kind = static_cast<Table::Kind>(in.number_up_to(static_cast<uint64_t>(Table::Kind::View)));
  object.schemafull = in.flag();
  object.fields = read_list(in, [&] { return read_field(in, find_enum); });
  object.nested = read_list(in, [&] {
    NestedField nested;
    nested.path = read_path(in);
    nested.rule = read_field(in, find_enum);
    return nested;
  });
  object.key = read_list(in, [&] {
    KeyColumn column;
    column.name = in.text();
    column.type = read_type(in, find_enum);
    column.type_text = in.text();
    return column;
  });
  object.rules = read_list(in, [&] {
    Rule rule;
    rule.name = in.text();
    rule.condition_text = in.text();
    return rule;
  });
  object.ends.from = read_tables(in);
  object.ends.to = read_tables(in);
  object.unique_edges = in.flag();
  object.view_text = in.text();
  object.view_columns = read_texts(in);
  object.options = read_options(in);
  object.comment = in.text();
  object.layouts = read_list(in, [&] { return read_layout(in, find_enum); });
  if (object.layouts.empty()) in.fail();
  object.next_field_id = in.number32();
  object.partitions = read_list(in, [&] { return read_partitions(in); });
  object.space = SpaceId(in.at_end() ? object.id.value() : in.number());
  return object;
}

std::string encode(const Index& object) {
  RowWriter out = begin_row();
  out.number(object.id.value()).number(object.table.value()).text(object.name);
  write_list(out, object.columns, [&](const IndexColumn& column) {
    out.text(column.text);
    write_path(out, column.path);
    out.flag(column.is_expression).flag(column.descending).flag(column.multikey);
  });
  out.flag(object.unique).text(object.condition_text).text(object.method);
  write_options(out, object.options);
  out.number(static_cast<uint64_t>(object.state));
  out.number(static_cast<uint64_t>(object.origin)).text(object.comment);
  return out.take();
}

Index read_index(RowReader& in) {
  Index object;
  object.id = IndexId(in.number());
  object.table = TableId(in.number());
  object.name = in.text();
  object.columns = read_list(in, [&] {
    IndexColumn column;
    column.text = in.text();
    column.path = read_path(in);
    column.is_expression = in.flag();
    column.descending = in.flag();
    column.multikey = in.flag();
    return column;
  });
  object.unique = in.flag();
  object.condition_text = in.text();
  object.method = in.text();
  object.options = read_options(in);
  object.state =
      static_cast<Index::State>(in.number_up_to(static_cast<uint64_t>(Index::State::Ready)));
  object.origin =
      static_cast<Index::Origin>(in.number_up_to(static_cast<uint64_t>(Index::Origin::Reference)));
  object.comment = in.text();
  return object;
}

std::string encode(const Facility& object) {
  const bool is_user = object.kind == Facility::Kind::User;
  RowWriter out = begin_row(is_user ? kGrantRowFormat : kRowFormat);
  out.number(static_cast<uint64_t>(object.kind)).number(object.id).text(object.name);
  write_options(out, object.options);
  out.text(object.comment);
  if (!is_user) return out.take();
  out.text(object.password_hash);
  write_list(out, object.roles, [&](uint32_t role) { out.number(role); });
  return out.take();
}

Facility read_facility(RowReader& in) {
  Facility object;
  object.kind =
      static_cast<Facility::Kind>(in.number_up_to(static_cast<uint64_t>(Facility::Kind::Module)));
  object.id = in.number32();
  object.name = in.text();
  object.options = read_options(in);
  object.comment = in.text();
  if (object.kind != Facility::Kind::User) return object;
  object.password_hash = in.text();
  object.roles = read_list(in, [&] { return in.number32(); });
  return object;
}

std::string encode(const Grant& object) {
  RowWriter out = begin_row(kGrantRowFormat);
  out.number(object.id).number(object.role).number(static_cast<uint64_t>(object.target));
  out.number(object.object).number(object.privileges);
  write_texts(out, object.fields);
  out.text(object.condition_text);
  return out.take();
}

Grant read_grant(RowReader& in) {
  Grant object;
  object.id = in.number32();
  object.role = in.number32();
  object.target =
      static_cast<Grant::Target>(in.number_up_to(static_cast<uint64_t>(Grant::Target::Facility)));
  object.object = in.number();
  object.privileges = static_cast<uint8_t>(in.number_up_to(Privileges::kAll));
  object.fields = read_texts(in);
  object.condition_text = in.text();
  return object;
}

std::string encode(const Function& object) {
  RowWriter out = begin_row();
  out.number(object.id).text(object.name);
  write_list(out, object.parameters, [&](const FunctionParameter& parameter) {
    out.text(parameter.name);
    write_type(out, parameter.type);
    out.text(parameter.type_text).text(parameter.default_text);
  });
  write_type(out, object.returns);
  out.text(object.returns_text).text(object.body_text);
  out.text(object.module).text(object.export_name);
  out.number(static_cast<uint64_t>(object.volatility)).text(object.comment);
  return out.take();
}

Function read_function(RowReader& in, const FindEnum& find_enum) {
  Function object;
  object.id = in.number32();
  object.name = in.text();
  object.parameters = read_list(in, [&] {
    FunctionParameter parameter;
    parameter.name = in.text();
    parameter.type = read_type(in, find_enum);
    parameter.type_text = in.text();
    parameter.default_text = in.text();
    return parameter;
  });
  object.returns = read_type(in, find_enum);
  object.returns_text = in.text();
  object.body_text = in.text();
  object.module = in.text();
  object.export_name = in.text();
  object.volatility = static_cast<Function::Volatility>(
      in.number_up_to(static_cast<uint64_t>(Function::Volatility::Volatile)));
  object.comment = in.text();
  return object;
}

}  // namespace zerodb::catalog
