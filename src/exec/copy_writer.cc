#include "exec/copy_writer.h"

#include "exec/csv_reader.h"
#include "value/json.h"

namespace zerodb::exec {
namespace {

using Format = sema::CopyStatement::Format;

// The text of a JSON value without the quotes of strings.
std::string cell_text(const Value& value, const Names& names) {
  switch (value.tag()) {
    case Tag::String:
      return std::string(value.as_string());
    case Tag::Bytes: {
      const std::string quoted = to_json(value, names);
      return quoted.substr(1, quoted.size() - 2);
    }
    case Tag::Array:
    case Tag::Vector:
    case Tag::Tuple:
    case Tag::HashSet:
    case Tag::HashMap:
    case Tag::Object:
    case Tag::Result:
      return to_json(value, names);
    case Tag::Range:
      return literal_text(value, names);
    default:
      return display_text(value, names);
  }
}

}  // namespace

void CopyWriter::begin(std::string& out) {
  if (format_ == Format::Json) out += "[";
  if (format_ != Format::Csv || !copy_.has_header) return;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += copy_.delimiter;
    append_csv_cell(out, columns_[i], copy_.delimiter, {});
  }
  out += '\n';
}

void CopyWriter::append(const RowBatch& batch, std::string& out) {
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    if (format_ == Format::Json) out += is_first_ ? "\n" : ",\n";
    is_first_ = false;
    if (format_ == Format::Csv) {
      append_csv(batch, row, out);
    } else {
      append_document(batch, row, out);
    }
    if (format_ != Format::Json) out += '\n';
  }
}

void CopyWriter::append_csv(const RowBatch& batch, uint32_t row, std::string& out) {
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += copy_.delimiter;
    const Value value = batch.value(row, i);
    if (value.is_none()) {
      out += copy_.none_text;
    } else {
      append_csv_cell(out, cell_text(value, names_), copy_.delimiter, copy_.none_text);
    }
  }
}

void CopyWriter::append_document(const RowBatch& batch, uint32_t row, std::string& out) {
  if (copy_.rows_are_objects) {
    append_json(out, batch.value(row, 0), names_);
    return;
  }
  out += '{';
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, columns_[i]);
    out += ':';
    append_json(out, batch.value(row, i), names_);
  }
  out += '}';
}

void CopyWriter::end(std::string& out) {
  if (format_ == Format::Json) out += is_first_ ? "]\n" : "\n]\n";
}

}  // namespace zerodb::exec
