#include "catalog/statistics.h"

#include <bit>

#include "base/bytes.h"
#include "catalog/row_io.h"
#include "catalog/store_keys.h"
#include "value/zval.h"

namespace zerodb::catalog {
namespace {

void write_real(RowWriter& out, double value) {
  out.number(std::bit_cast<uint64_t>(value));
}

double read_real(RowReader& in) {
  return std::bit_cast<double>(in.number());
}

void write_value(RowWriter& out, const Value& value) {
  std::string element;
  zval::append_element(element, value);
  out.text(element);
}

Value read_value(RowReader& in) {
  const std::string element = in.text();
  if (!zval::validate_element(element).has_value()) in.fail();
  return in.broken() ? Value::none() : zval::read_element(element);
}

void write_field(RowWriter& out, const FieldStatistics& field) {
  write_real(out, field.none);
  write_real(out, field.distinct);
  out.number(field.common.size());
  for (const FieldStatistics::Common& common : field.common) {
    write_value(out, common.value);
    write_real(out, common.part);
  }
  out.number(field.bounds.size());
  for (const Value& bound : field.bounds) write_value(out, bound);
}

FieldStatistics read_field(RowReader& in) {
  FieldStatistics field;
  field.none = read_real(in);
  field.distinct = read_real(in);
  for (uint32_t left = in.count(); left > 0 && !in.broken(); --left) {
    Value value = read_value(in);
    field.common.push_back({std::move(value), read_real(in)});
  }
  for (uint32_t left = in.count(); left > 0 && !in.broken(); --left)
    field.bounds.push_back(read_value(in));
  return field;
}

}  // namespace

std::string statistics_key(TableId table) {
  std::string key = {kStatisticsTag};
  put_be(key, table.value());
  return key;
}

std::string statistics_prefix(DatabaseId database) {
  // Ids of tables begin with that of their database.
  std::string prefix = {kStatisticsTag};
  put_be(prefix, database.value());
  return prefix;
}

Change put_statistics(TableId table, const TableStatistics& statistics) {
  RowWriter out;
  out.number(kRowFormat);
  write_real(out, statistics.records);
  write_real(out, statistics.store_bytes);
  out.number(statistics.fields.size());
  for (const auto& [id, field] : statistics.fields) {
    out.number(id.value());
    write_field(out, field);
  }
  return Change::put(statistics_key(table), out.take());
}

Change erase_statistics(TableId table) {
  return Change::erase(statistics_key(table));
}

Result<TableStatistics> decode_statistics(std::string_view row) {
  RowReader in(row);
  const uint64_t format = in.number();
  if (!in.broken() && format > kRowFormat)
    return Error(ErrorCode::E1208, "statistics have a format of a later release");
  TableStatistics statistics;
  statistics.records = read_real(in);
  statistics.store_bytes = read_real(in);
  for (uint32_t left = in.count(); left > 0 && !in.broken(); --left) {
    const FieldId id(in.number32());
    statistics.fields[id] = read_field(in);
  }
  if (in.broken() || !in.at_end())
    return Error(ErrorCode::E1205, "statistics of a table are damaged");
  return statistics;
}

}  // namespace zerodb::catalog
